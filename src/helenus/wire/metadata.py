"""The columns of results and of bind markers, and how RESULT writes them.

Section 4.2.5.2 and 4.2.5.4 of ``native_protocol_v5.spec``. This module must not know rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from helenus.cql.types import CQLType
from helenus.wire.codes import MetadataFlag
from helenus.wire.errors import ProtocolError
from helenus.wire.notation import int32, int_bytes, short_bytes, string
from helenus.wire.options import read_type, write_type
from helenus.wire.reader import Reader

__all__ = ["ColumnSpec", "Columns", "ResultMetadata"]

_GLOBAL = int(MetadataFlag.GLOBAL_TABLES_SPEC)
_MORE_PAGES = int(MetadataFlag.HAS_MORE_PAGES)
_NO_METADATA = int(MetadataFlag.NO_METADATA)
_CHANGED = int(MetadataFlag.METADATA_CHANGED)


class ColumnSpec(NamedTuple):
    """A column of a result, or a bind marker.

    Args:
        keyspace: of the table.
        table: its name.
        name: the column's, or what the result calls it.
        type: its type; user types have their fields.
    """

    keyspace: str
    table: str
    name: str
    type: CQLType


@dataclass(frozen=True, slots=True)
class Columns:
    """Columns in order; keep them where they are sent again and again, for they keep their bytes.

    Args:
        specs: the columns.
    """

    specs: tuple[ColumnSpec, ...]
    _written: dict[int, tuple[int, bytes]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.specs)

    def __iter__(self) -> Iterator[ColumnSpec]:
        """Go through them in order."""
        return iter(self.specs)

    def serialize(self, version: int) -> tuple[int, bytes]:
        """Return flags, and the bytes of all columns: the table once if they are all of one.

        Args:
            version: the protocol version.

        Raises:
            ProtocolError: a name is too long, or the fields of a user type are not known.
        """
        written = self._written.get(version)
        if written is None:
            written = self._written[version] = self._serialize(version)
        return written

    def _serialize(self, version: int) -> tuple[int, bytes]:
        tables = {(spec.keyspace, spec.table) for spec in self.specs}
        if len(tables) == 1:
            ((keyspace, table),) = tables
            columns = [string(spec.name) + write_type(spec.type, version) for spec in self.specs]
            return _GLOBAL, b"".join([string(keyspace), string(table), *columns])
        parts = [
            string(spec.keyspace) + string(spec.table) + string(spec.name) + write_type(spec.type, version)
            for spec in self.specs
        ]
        return 0, b"".join(parts)

    @classmethod
    def parse(cls, reader: Reader, flags: int, count: int) -> Columns:
        """Take columns from a body.

        Args:
            reader: where they begin.
            flags: ``MetadataFlag`` bits.
            count: how many.

        Raises:
            ProtocolError: there are fewer.
        """
        shared = (reader.string(), reader.string()) if flags & _GLOBAL else None
        specs: list[ColumnSpec] = []
        while len(specs) < count:
            keyspace, table = shared or (reader.string(), reader.string())
            specs.append(ColumnSpec(keyspace, table, reader.string(), read_type(reader)))
        return cls(tuple(specs))


class ResultMetadata(NamedTuple):
    """What RESULT says before its rows.

    Args:
        columns: the columns, or only how many if the client knows them or there are none.
        paging_state: where the next page begins; None after the last.
        new_id: the id of the columns, if they are not those that the client knows (v5).
    """

    columns: Columns | int
    paging_state: bytes | None = None
    new_id: bytes | None = None

    @property
    def width(self) -> int:
        """How many columns there are."""
        return self.columns if isinstance(self.columns, int) else len(self.columns)

    def serialize(self, version: int) -> bytes:
        """Return the bytes of the metadata.

        Args:
            version: the protocol version; ``new_id`` needs v5.

        Raises:
            ProtocolError: the version has no place for it.
        """
        if isinstance(self.columns, int):
            # What is left out is of one table, which Cassandra says all the same.
            flags, columns = _NO_METADATA | _GLOBAL * (self.columns > 0), b""
        else:
            flags, columns = self.columns.serialize(version)
        tail = b""
        if self.paging_state is not None:
            flags |= _MORE_PAGES
            tail = int_bytes(self.paging_state)
        if self.new_id is not None:
            if version < 5:
                raise ProtocolError(f"A new metadata id needs protocol v5, not v{version}")
            flags |= _CHANGED
            tail += short_bytes(self.new_id)
        return b"".join((int32(flags), int32(self.width), tail, columns))

    @classmethod
    def parse(cls, reader: Reader) -> ResultMetadata:
        """Take metadata from a body.

        Args:
            reader: where they begin.

        Raises:
            ProtocolError: they are cut short.
        """
        flags, count = reader.flags32(), reader.int32()
        if count < 0:
            raise ProtocolError(f"Invalid number of columns {count}")
        paging_state = reader.int_bytes() if flags & _MORE_PAGES else None
        new_id = reader.short_bytes() if flags & _CHANGED else None
        columns = count if flags & _NO_METADATA else Columns.parse(reader, flags, count)
        return cls(columns, paging_state, new_id)
