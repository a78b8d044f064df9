"""What every schema change is given, and what it returns.

This module must not know any statement.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from helenus.engine.catalog import Catalog, Keyspace, Table
from helenus.engine.errors import InvalidRequest, Unauthorized

__all__ = ["NO_KEYSPACE", "SYSTEM_KEYSPACES", "Change", "Context", "SchemaChange"]

NO_KEYSPACE = "No keyspace has been specified. USE a keyspace, or explicitly specify keyspace.tablename"

SYSTEM_KEYSPACES = frozenset(
    {"system", "system_auth", "system_distributed", "system_schema", "system_traces", "system_views"}
    | {"system_virtual_schema"}
)


@dataclass(frozen=True, slots=True)
class SchemaChange:
    """What clients are told of a change.

    Args:
        change: ``CREATED``, ``UPDATED`` or ``DROPPED``.
        target: ``KEYSPACE``, ``TABLE`` or ``TYPE``.
        keyspace: the keyspace.
        name: the table or type; empty for a keyspace.
    """

    change: str
    target: str
    keyspace: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """A schema change that was made.

    Args:
        catalog: what there is now.
        event: what clients are told; None if nothing has changed.
        warnings: for who asked.
    """

    catalog: Catalog
    event: SchemaChange | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Context:
    """What a schema change is given.

    Args:
        catalog: what there is.
        current: the session's keyspace, or None.
        data_center: the node's.
        now: microseconds since 1970.
        new_id: makes ids of tables and versions of the catalogue, never the same twice.
    """

    catalog: Catalog
    current: str | None
    data_center: str
    now: int
    new_id: Callable[[], UUID]

    def keyspace_name(self, named: str | None) -> str:
        """Return the keyspace that a statement is about.

        Args:
            named: the one that it names, or None.

        Raises:
            InvalidRequest: neither it nor the session has one.
            Unauthorized: it is the system's.
        """
        name = named if named is not None else self.current
        if name is None:
            raise InvalidRequest(NO_KEYSPACE)
        if name in SYSTEM_KEYSPACES:
            raise Unauthorized(f"{name} keyspace is not user-modifiable.")
        return name

    def keyspace(self, named: str | None) -> Keyspace:
        """Return the keyspace that a statement is about.

        Args:
            named: the one that it names, or None.

        Raises:
            InvalidRequest: there is none.
        """
        name = self.keyspace_name(named)
        found = self.catalog.keyspaces.get(name)
        if found is None:
            raise InvalidRequest(f"Keyspace '{name}' doesn't exist")
        return found

    def table(self, named: str | None, name: str) -> Table | None:
        """Return a table, or None.

        Args:
            named: the keyspace that the statement names, or None.
            name: the table's name.
        """
        found = self.catalog.keyspaces.get(self.keyspace_name(named))
        return None if found is None else found.tables.get(name)

    def unchanged(self) -> Change:
        """Return that nothing has changed."""
        return Change(self.catalog)

    def changed(self, keyspace: Keyspace, change: str, target: str, name: str = "") -> Change:
        """Return that a keyspace, or something in it, has changed.

        Args:
            keyspace: the keyspace as it is now.
            change: see ``SchemaChange``.
            target: see ``SchemaChange``.
            name: see ``SchemaChange``.
        """
        catalog = self.catalog.with_keyspace(keyspace, self.new_id())
        return Change(catalog, SchemaChange(change, target, keyspace.name, name))
