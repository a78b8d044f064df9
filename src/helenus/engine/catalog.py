"""What there is: keyspaces, tables, types and indexes as frozen values; a schema change makes a new catalogue.

This module must not know how statements spell a change (``ddl``), nor how the catalogue is answered (``system``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypeAlias
from uuid import UUID

from helenus.cql.types import CQLType, UserDefined
from helenus.engine.errors import InvalidRequest
from helenus.engine.order import Orderer, order_of, reversed_order_of
from helenus.engine.types import COUNTER, Udt, is_multicell, resolve

__all__ = [
    "Catalog",
    "ColumnMeta",
    "DroppedColumn",
    "Index",
    "Keyspace",
    "OptionValue",
    "Table",
    "UserType",
    "sorted_columns",
]

OptionValue: TypeAlias = str | int | float | bool | Mapping[str, str] | frozenset[str] | None


@dataclass(frozen=True, slots=True)
class ColumnMeta:
    """A column.

    Args:
        name: its name, without quotes.
        type: its type as ``system_schema.columns`` has it.
        kind: ``partition_key``, ``clustering``, ``static`` or ``regular``.
        position: its place in the partition or clustering key; -1 for others.
        descending: whether a clustering column is in descending order.
        number: what it is called in records, never used twice in a table.
        resolved: its type with the fields of user types.
    """

    name: str
    type: CQLType
    kind: str
    position: int
    descending: bool
    number: int
    resolved: CQLType

    @property
    def is_key(self) -> bool:
        """Tell whether it is part of the primary key."""
        return self.position >= 0

    @property
    def is_multicell(self) -> bool:
        """Tell whether its elements are cells of their own."""
        return is_multicell(self.type)

    @property
    def orderer(self) -> Orderer:
        """Return what encodes its values in the order that rows are kept in."""
        return reversed_order_of(self.resolved) if self.descending else order_of(self.resolved)


@dataclass(frozen=True, slots=True)
class DroppedColumn:
    """A column that was dropped; fields as in ``system_schema.dropped_columns``, the time in microseconds."""

    name: str
    type: str
    kind: str
    dropped_time: int


@dataclass(frozen=True, slots=True)
class Index:
    """A secondary index.

    Args:
        name: its name.
        column: the column it is on.
        target: ``values``, ``keys``, ``entries`` or ``full``; ``simple`` for a column as it is.
        custom_class: what USING named, or None.
        options: those given behind WITH OPTIONS.
    """

    name: str
    column: str
    target: str = "simple"
    custom_class: str | None = None
    options: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Table:
    """A table.

    Args:
        keyspace: its keyspace.
        name: its name.
        id: its identity, by which its records are found.
        columns: partition key, clustering, static, regular; the last two by name.
        options: as in ``system_schema.tables``.
        indexes: its indexes.
        dropped: columns that it no longer has.
        next_number: the number of the next column.
        virtual: whether the engine computes its rows.
    """

    keyspace: str
    name: str
    id: UUID
    columns: tuple[ColumnMeta, ...]
    options: Mapping[str, OptionValue] = field(default_factory=dict)
    indexes: tuple[Index, ...] = ()
    dropped: tuple[DroppedColumn, ...] = ()
    next_number: int = 0
    virtual: bool = False

    def __str__(self) -> str:
        """Return keyspace and name, as messages have them."""
        return f"{self.keyspace}.{self.name}"

    @cached_property
    def store(self) -> str:
        """Return what the storage calls it."""
        return self.id.hex

    @cached_property
    def by_name(self) -> Mapping[str, ColumnMeta]:
        """Return the columns by name."""
        return {column.name: column for column in self.columns}

    def _of_kind(self, kind: str) -> tuple[ColumnMeta, ...]:
        return tuple(column for column in self.columns if column.kind == kind)

    @cached_property
    def partition_key(self) -> tuple[ColumnMeta, ...]:
        """Return the columns of the partition key."""
        return self._of_kind("partition_key")

    @cached_property
    def clustering(self) -> tuple[ColumnMeta, ...]:
        """Return the clustering columns."""
        return self._of_kind("clustering")

    @cached_property
    def static(self) -> tuple[ColumnMeta, ...]:
        """Return the static columns."""
        return self._of_kind("static")

    @cached_property
    def regular(self) -> tuple[ColumnMeta, ...]:
        """Return the regular columns."""
        return self._of_kind("regular")

    @cached_property
    def is_counter(self) -> bool:
        """Tell whether its columns are counters."""
        return any(column.type == COUNTER for column in self.columns)

    def column(self, name: str) -> ColumnMeta:
        """Return a column.

        Args:
            name: its name.

        Raises:
            InvalidRequest: there is none of that name.
        """
        try:
            return self.by_name[name]
        except KeyError:
            raise InvalidRequest(f"Undefined column name {name} in table {self}") from None


def sorted_columns(columns: tuple[ColumnMeta, ...]) -> tuple[ColumnMeta, ...]:
    """Return columns in the order in which ``SELECT *`` answers them.

    Args:
        columns: in any order.
    """
    kinds = ("partition_key", "clustering", "static", "regular")
    return tuple(sorted(columns, key=lambda column: (kinds.index(column.kind), column.position, column.name)))


@dataclass(frozen=True, slots=True)
class UserType:
    """A user-defined type; its fields' types as ``system_schema.types`` has them."""

    keyspace: str
    name: str
    fields: tuple[tuple[str, CQLType], ...]


@dataclass(frozen=True, slots=True)
class Keyspace:
    """A keyspace.

    Args:
        name: its name.
        replication: as ``system_schema.keyspaces`` has it.
        durable_writes: kept, and of no effect.
        tables: by name.
        types: by name.
        virtual: whether it is none of ``system_schema`` but of ``system_virtual_schema``.
    """

    name: str
    replication: Mapping[str, str]
    durable_writes: bool = True
    tables: Mapping[str, Table] = field(default_factory=dict)
    types: Mapping[str, UserType] = field(default_factory=dict)
    virtual: bool = False

    def lookup(self, of: UserDefined) -> Udt:
        """Return a user type with its fields.

        Args:
            of: its name.

        Raises:
            InvalidRequest: there is none of that name, or it is in another keyspace.
        """
        if of.keyspace is not None and of.keyspace != self.name:
            raise InvalidRequest(
                f"Statement on keyspace {self.name} cannot refer to a user type in keyspace {of.keyspace}; "
                "user types can only be used in the keyspace they are defined in"
            )
        found = self.types.get(of.name)
        if found is None:
            raise InvalidRequest(f"Unknown type {self.name}.{of.name}")
        fields = tuple((name, resolve(part, self.lookup)) for name, part in found.fields)
        return Udt(self.name, of.name, fields)

    def with_table(self, table: Table) -> Keyspace:
        """Return the keyspace with a table added or replaced.

        Args:
            table: the table.
        """
        return replace(self, tables={**self.tables, table.name: table})

    def without_table(self, name: str) -> Keyspace:
        """Return the keyspace without a table.

        Args:
            name: the table's name.
        """
        return replace(self, tables={key: table for key, table in self.tables.items() if key != name})

    def with_types(self, types: Mapping[str, UserType]) -> Keyspace:
        """Return the keyspace with other types, and its tables seeing them.

        Args:
            types: all of its types, by name.
        """
        changed = replace(self, types=types)
        tables = {
            name: replace(
                table,
                columns=tuple(
                    replace(column, resolved=resolve(column.type, changed.lookup)) for column in table.columns
                ),
            )
            for name, table in self.tables.items()
        }
        return replace(changed, tables=tables)


@dataclass(frozen=True, slots=True)
class Catalog:
    """All keyspaces.

    Args:
        keyspaces: by name.
        version: another one after each change.
    """

    keyspaces: Mapping[str, Keyspace]
    version: UUID

    def keyspace(self, name: str) -> Keyspace:
        """Return a keyspace.

        Args:
            name: its name.

        Raises:
            InvalidRequest: there is none of that name.
        """
        found = self.keyspaces.get(name)
        if found is None:
            raise InvalidRequest(f"keyspace {name} does not exist")
        return found

    def table(self, keyspace: str, name: str) -> Table:
        """Return a table.

        Args:
            keyspace: the keyspace's name.
            name: the table's name.

        Raises:
            InvalidRequest: there is none of that name.
        """
        found = self.keyspace(keyspace).tables.get(name)
        if found is None:
            raise InvalidRequest(f"table {name} does not exist")
        return found

    def with_keyspace(self, keyspace: Keyspace, version: UUID) -> Catalog:
        """Return the catalogue with a keyspace added or replaced.

        Args:
            keyspace: the keyspace.
            version: the new catalogue's version.
        """
        return Catalog({**self.keyspaces, keyspace.name: keyspace}, version)

    def without_keyspace(self, name: str, version: UUID) -> Catalog:
        """Return the catalogue without a keyspace.

        Args:
            name: the keyspace's name.
            version: the new catalogue's version.
        """
        return Catalog({key: keyspace for key, keyspace in self.keyspaces.items() if key != name}, version)
