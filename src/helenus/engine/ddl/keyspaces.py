"""CREATE, ALTER and DROP KEYSPACE, on the catalogue.

This module must not know storage.
"""

from __future__ import annotations

from dataclasses import replace

from helenus.cql.ast import AlterKeyspace, CreateKeyspace, DropKeyspace, Option
from helenus.engine.catalog import Keyspace
from helenus.engine.ddl.base import Change, Context, SchemaChange
from helenus.engine.ddl.options import Property, PropertyError, properties, replication
from helenus.engine.errors import AlreadyExists, ConfigurationError, InvalidRequest

__all__ = ["alter_keyspace", "create_keyspace", "drop_keyspace"]

_KNOWN = frozenset({"durable_writes", "replication"})


def _read(options: tuple[Option, ...]) -> tuple[Property | None, bool | None]:
    found = properties(options, _KNOWN)
    durable = found.get("durable_writes")
    if isinstance(durable, dict):
        raise PropertyError("Invalid value for property 'durable_writes'. It should be a string")
    return found.get("replication"), None if durable is None else durable.lower() == "true"


def create_keyspace(context: Context, statement: CreateKeyspace) -> Change:
    """Add a keyspace.

    Args:
        context: what there is.
        statement: what is asked.

    Raises:
        AlreadyExists: there is one of that name.
        ConfigurationError: its replication cannot be.
    """
    name = context.keyspace_name(statement.name)
    chosen, durable = _read(statement.options)
    if chosen is None:
        raise InvalidRequest("Missing mandatory option 'replication'")
    if isinstance(chosen, dict) and "class" not in chosen:
        raise ConfigurationError("Missing replication strategy class")
    if name in context.catalog.keyspaces:
        if statement.if_not_exists:
            return context.unchanged()
        raise AlreadyExists(name)
    keyspace = Keyspace(name, replication(name, chosen, context.data_center), durable is not False)
    return context.changed(keyspace, "CREATED", "KEYSPACE")


def alter_keyspace(context: Context, statement: AlterKeyspace) -> Change:
    """Change a keyspace's options.

    Args:
        context: what there is.
        statement: what is asked.

    Raises:
        InvalidRequest: there is no such keyspace.
        ConfigurationError: its replication cannot be.
    """
    name = context.keyspace_name(statement.name)
    chosen, durable = _read(statement.options)
    if name not in context.catalog.keyspaces and statement.if_exists:
        return context.unchanged()
    keyspace = context.keyspace(name)
    if chosen is not None:
        keyspace = replace(keyspace, replication=replication(name, chosen, context.data_center))
    if durable is not None:
        keyspace = replace(keyspace, durable_writes=durable)
    return context.changed(keyspace, "UPDATED", "KEYSPACE")


def drop_keyspace(context: Context, statement: DropKeyspace) -> Change:
    """Remove a keyspace with all that is in it.

    Args:
        context: what there is.
        statement: what is asked.

    Raises:
        InvalidRequest: there is no such keyspace.
    """
    name = context.keyspace_name(statement.name)
    if name not in context.catalog.keyspaces and statement.if_exists:
        return context.unchanged()
    context.keyspace(name)
    catalog = context.catalog.without_keyspace(name, context.new_id())
    return Change(catalog, SchemaChange("DROPPED", "KEYSPACE", name))
