"""The functions that users call, cqlengine's names and signatures, each with its async twin.

Every body is one statement; what happens is in ``flows``. Whether the process may change schemas is asked here.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TypeAlias, TypeVar

from helenus.connection import arun, run
from helenus.connection.request import Flow
from helenus.cql.render import render
from helenus.mapper.model import BaseModel
from helenus.mapper.usertype import BaseUserType
from helenus.schema import ddl, flows
from helenus.schema.permission import check_permission
from helenus.schema.steps import Step
from helenus.schema.targets import checked_type, places_of_keyspace, places_of_model

__all__ = [
    "acreate_keyspace_network_topology",
    "acreate_keyspace_simple",
    "acreate_simple_keyspace",
    "adrop_keyspace",
    "adrop_table",
    "adrop_type",
    "aplan_table",
    "async_table",
    "async_type",
    "create_keyspace_network_topology",
    "create_keyspace_simple",
    "create_simple_keyspace",
    "drop_keyspace",
    "drop_table",
    "drop_type",
    "get_create_type",
    "plan_table",
    "sync_table",
    "sync_type",
]

T = TypeVar("T")

Names: TypeAlias = Sequence[str] | None


def _run(flow: Flow[T]) -> T:
    check_permission(os.environ)
    return run(flow)


async def _arun(flow: Flow[T]) -> T:
    check_permission(os.environ)
    return await arun(flow)


# ---- keyspaces -------------------------------------------------------------------------------------------------------


def create_keyspace_simple(
    name: str, replication_factor: int = 1, durable_writes: bool = True, connections: Names = None
) -> None:
    """Create a keyspace with SimpleStrategy wherever it does not exist; one that does is left as it is.

    Args:
        name: the keyspace's name.
        replication_factor: number of copies of every row.
        durable_writes: whether writes go through the commit log.
        connections: registered names of connections; None is the default one.

    Raises:
        ValueError: ``connections`` is neither list nor tuple.
        SchemaException: the environment forbids schema changes.
    """
    _run(
        flows.create_keyspace(
            ddl.simple(replication_factor), places_of_keyspace(name, connections), durable_writes=durable_writes
        )
    )


async def acreate_keyspace_simple(
    name: str, replication_factor: int = 1, durable_writes: bool = True, connections: Names = None
) -> None:
    """Create a keyspace like :func:`create_keyspace_simple`, giving way to the event loop."""
    await _arun(
        flows.create_keyspace(
            ddl.simple(replication_factor), places_of_keyspace(name, connections), durable_writes=durable_writes
        )
    )


create_simple_keyspace = create_keyspace_simple
"""What cqlengine's guide to connections calls :func:`create_keyspace_simple`."""

acreate_simple_keyspace = acreate_keyspace_simple


def create_keyspace_network_topology(
    name: str, dc_replication_map: Mapping[str, int], durable_writes: bool = True, connections: Names = None
) -> None:
    """Create a keyspace with NetworkTopologyStrategy wherever it does not exist; one that does is left as it is.

    Args:
        name: the keyspace's name.
        dc_replication_map: number of copies of every row by data center.
        durable_writes: whether writes go through the commit log.
        connections: registered names of connections; None is the default one.

    Raises:
        ValueError: ``connections`` is neither list nor tuple.
        SchemaException: the environment forbids schema changes.
    """
    _run(
        flows.create_keyspace(
            ddl.network_topology(dc_replication_map),
            places_of_keyspace(name, connections),
            durable_writes=durable_writes,
        )
    )


async def acreate_keyspace_network_topology(
    name: str, dc_replication_map: Mapping[str, int], durable_writes: bool = True, connections: Names = None
) -> None:
    """Create a keyspace like :func:`create_keyspace_network_topology`, giving way to the event loop."""
    await _arun(
        flows.create_keyspace(
            ddl.network_topology(dc_replication_map),
            places_of_keyspace(name, connections),
            durable_writes=durable_writes,
        )
    )


def drop_keyspace(name: str, connections: Names = None) -> None:
    """Drop a keyspace **with all its data** wherever it exists.

    Args:
        name: the keyspace's name.
        connections: registered names of connections; None is the default one.

    Raises:
        ValueError: ``connections`` is neither list nor tuple.
        SchemaException: the environment forbids schema changes.
    """
    _run(flows.drop_keyspace(places_of_keyspace(name, connections)))


async def adrop_keyspace(name: str, connections: Names = None) -> None:
    """Drop a keyspace like :func:`drop_keyspace`, giving way to the event loop."""
    await _arun(flows.drop_keyspace(places_of_keyspace(name, connections)))


# ---- tables ----------------------------------------------------------------------------------------------------------


def sync_table(model: type[BaseModel], keyspaces: Names = None, connections: Names = None) -> None:
    """Make a model's table be there and have all that the model declares, in every keyspace on every connection.

    Creates what is missing: the table, user-defined types of its columns, columns, fields, indexes; sets the options
    that differ. Nothing is ever dropped. A column or field whose type differs is warned of. All places are read and
    compared before the first change is made. Several processes may sync the same model at the same time.

    Args:
        model: a model that is not abstract. Subclasses of a polymorphic model are synced one by one.
        keyspaces: a list or tuple of keyspaces, which must exist; None is the model's own.
        connections: a list or tuple of registered names of connections; None is the model's own.

    Raises:
        ValueError: ``keyspaces`` or ``connections`` is neither list nor tuple.
        HelenusError: this is no model, an abstract one, or nothing names a keyspace.
        SchemaException: a keyspace does not exist, the primary keys differ, or the environment forbids schema changes.
    """
    _run(flows.sync_table(model, places_of_model(model, keyspaces, connections)))


async def async_table(model: type[BaseModel], keyspaces: Names = None, connections: Names = None) -> None:
    """Sync a table like :func:`sync_table`, giving way to the event loop."""
    await _arun(flows.sync_table(model, places_of_model(model, keyspaces, connections)))


def plan_table(model: type[BaseModel], keyspaces: Names = None, connections: Names = None) -> tuple[Step, ...]:
    """Return the steps that :func:`sync_table` would take, in order, and take none; a step prints as its CQL.

    Args:
        model: a model that is not abstract.
        keyspaces: a list or tuple of keyspaces, which must exist; None is the model's own.
        connections: a list or tuple of registered names of connections; None is the model's own.

    Raises:
        ValueError: ``keyspaces`` or ``connections`` is neither list nor tuple.
        HelenusError: this is no model, an abstract one, or nothing names a keyspace.
        SchemaException: a keyspace does not exist, or the primary keys differ.
    """
    return run(flows.plan_table(model, places_of_model(model, keyspaces, connections)))


async def aplan_table(model: type[BaseModel], keyspaces: Names = None, connections: Names = None) -> tuple[Step, ...]:
    """Return the steps like :func:`plan_table`, giving way to the event loop."""
    return await arun(flows.plan_table(model, places_of_model(model, keyspaces, connections)))


def drop_table(model: type[BaseModel], keyspaces: Names = None, connections: Names = None) -> None:
    """Drop a model's table **with all its data** wherever it exists, in every keyspace on every connection.

    Args:
        model: a model that is not abstract; of a polymorphic one, the table of the whole family.
        keyspaces: a list or tuple of keyspaces; None is the model's own.
        connections: a list or tuple of registered names of connections; None is the model's own.

    Raises:
        ValueError: ``keyspaces`` or ``connections`` is neither list nor tuple.
        HelenusError: this is no model, an abstract one, or nothing names a keyspace.
        SchemaException: the environment forbids schema changes.
    """
    _run(flows.drop_table(model, places_of_model(model, keyspaces, connections)))


async def adrop_table(model: type[BaseModel], keyspaces: Names = None, connections: Names = None) -> None:
    """Drop a table like :func:`drop_table`, giving way to the event loop."""
    await _arun(flows.drop_table(model, places_of_model(model, keyspaces, connections)))


# ---- user-defined types ----------------------------------------------------------------------------------------------


def sync_type(ks_name: str, type_model: type[BaseUserType], connection: str | None = None) -> None:
    """Make a user-defined type be there with all its fields, and before it the types of its fields.

    Args:
        ks_name: the keyspace, which must exist.
        type_model: the user type.
        connection: the registered name of a connection; None is the default one.

    Raises:
        HelenusError: this is no user type.
        SchemaException: the keyspace does not exist, or the environment forbids schema changes.
    """
    _run(flows.sync_type(checked_type(type_model), places_of_keyspace(ks_name, _one(connection))))


async def async_type(ks_name: str, type_model: type[BaseUserType], connection: str | None = None) -> None:
    """Sync a type like :func:`sync_type`, giving way to the event loop."""
    await _arun(flows.sync_type(checked_type(type_model), places_of_keyspace(ks_name, _one(connection))))


def drop_type(ks_name: str, type_model: type[BaseUserType], connection: str | None = None) -> None:
    """Drop a user-defined type if it exists; the types of its fields stay.

    Args:
        ks_name: the keyspace.
        type_model: the user type.
        connection: the registered name of a connection; None is the default one.

    Raises:
        HelenusError: this is no user type.
        SchemaException: the environment forbids schema changes.
    """
    _run(flows.drop_type(checked_type(type_model), places_of_keyspace(ks_name, _one(connection))))


async def adrop_type(ks_name: str, type_model: type[BaseUserType], connection: str | None = None) -> None:
    """Drop a type like :func:`drop_type`, giving way to the event loop."""
    await _arun(flows.drop_type(checked_type(type_model), places_of_keyspace(ks_name, _one(connection))))


def _one(name: str | None) -> list[str]:
    return [] if name is None else [name]


def get_create_type(type_model: type[BaseUserType], keyspace: str) -> str:
    """Return the CREATE TYPE statement of a user type.

    Args:
        type_model: the user type.
        keyspace: the keyspace's name.

    Raises:
        HelenusError: this is no user type.
    """
    return render(ddl.create_type(checked_type(type_model), keyspace))
