"""RESULT: what a statement answers, in its five kinds.

Section 4.2.5 of ``native_protocol_v5.spec``. Rows are cells as bytes: nobody who passes them on decodes them. This
module must not know values.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from struct import Struct
from typing import ClassVar

from helenus.wire.codes import Opcode, ResultKind
from helenus.wire.errors import ProtocolError
from helenus.wire.metadata import Columns, ResultMetadata
from helenus.wire.notation import int32, short, short_bytes, string
from helenus.wire.reader import Reader
from helenus.wire.responses import ResponseMessage
from helenus.wire.schema_change import SchemaChange

__all__ = ["Prepared", "Result", "Rows", "SchemaChanged", "SetKeyspace", "Void"]

Row = Sequence[bytes | None]

_LENGTH = Struct(">i").pack
_SHORT_LENGTHS = tuple(_LENGTH(size) for size in range(256))
_NULL = _LENGTH(-1)
_KINDS: Mapping[ResultKind, bytes] = {kind: int32(kind) for kind in ResultKind}


class Result(ResponseMessage):
    """A RESULT of some kind; its ``parse`` begins behind the kind."""

    __slots__ = ()

    opcode: ClassVar[Opcode] = Opcode.RESULT
    kind: ClassVar[ResultKind]


@dataclass(frozen=True, slots=True)
class Void(Result):
    """There is nothing to tell."""

    kind: ClassVar[ResultKind] = ResultKind.VOID

    @classmethod
    def parse(cls, _reader: Reader, _version: int) -> Void:
        """Take nothing."""
        return cls()

    def body(self, _version: int) -> bytes:
        """Return the kind."""
        return _KINDS[self.kind]

    def __str__(self) -> str:
        """Return the kind."""
        return "RESULT void"


@dataclass(frozen=True, slots=True)
class Rows(Result):
    """A page of rows.

    Args:
        metadata: the columns, or their number if the client asked to skip them, and where the next page begins.
        rows: cells in the order of the columns, each as bytes or None.
    """

    kind: ClassVar[ResultKind] = ResultKind.ROWS
    metadata: ResultMetadata
    rows: Sequence[Row] = field(repr=False)

    @classmethod
    def parse(cls, reader: Reader, _version: int) -> Rows:
        """Take metadata and rows."""
        metadata = ResultMetadata.parse(reader)
        width, count = metadata.width, reader.int32()
        # Every cell has four bytes of length, so that no more rows than these are there.
        if count < 0 or count * width * 4 > reader.remaining or (count and not width):
            raise ProtocolError(f"Not enough bytes to read {count} rows of {width} columns")
        return cls(metadata, tuple([reader.cells(width) for _ in range(count)]))

    def body(self, version: int) -> bytes:
        """Return metadata and rows."""
        parts = [_KINDS[self.kind], self.metadata.serialize(version), int32(len(self.rows))]
        _write_rows(parts, self.rows, self.metadata.width)
        return b"".join(parts)

    def __str__(self) -> str:
        """Return how many rows there are, without any value."""
        more = ", more pages" if self.metadata.paging_state is not None else ""
        return f"RESULT {len(self.rows)} rows of {self.metadata.width} columns{more}"


def _write_rows(parts: list[bytes], rows: Sequence[Row], width: int) -> None:
    # The hot loop of every answer: no call for most cells, and nothing is joined twice.
    append = parts.append
    lengths, null = _SHORT_LENGTHS, _NULL
    for row in rows:
        if len(row) != width:
            raise ProtocolError(f"A row of {len(row)} cells cannot stand under {width} columns")
        for cell in row:
            if cell is None:
                append(null)
            else:
                size = len(cell)
                append(lengths[size] if size < 256 else _LENGTH(size))
                append(cell)


@dataclass(frozen=True, slots=True)
class SetKeyspace(Result):
    """USE was executed.

    Args:
        keyspace: the connection's keyspace from now on.
    """

    kind: ClassVar[ResultKind] = ResultKind.SET_KEYSPACE
    keyspace: str

    @classmethod
    def parse(cls, reader: Reader, _version: int) -> SetKeyspace:
        """Take the keyspace."""
        return cls(reader.string())

    def body(self, _version: int) -> bytes:
        """Return the keyspace."""
        return _KINDS[self.kind] + string(self.keyspace)

    def __str__(self) -> str:
        """Return the keyspace."""
        return f"RESULT use {self.keyspace}"


@dataclass(frozen=True, slots=True)
class Prepared(Result):
    """A statement was prepared.

    Args:
        statement_id: what EXECUTE calls it.
        variables: the bind markers.
        pk_indices: for each column of the partition key, which marker binds it; empty if some column is bound by none,
            and in v3.
        result: the columns of the result; 0 if it has none.
        result_metadata_id: the id of these columns (v5); None up to v4.
    """

    kind: ClassVar[ResultKind] = ResultKind.PREPARED
    statement_id: bytes
    variables: Columns
    pk_indices: tuple[int, ...] = ()
    result: Columns | int = 0
    result_metadata_id: bytes | None = None

    @classmethod
    def parse(cls, reader: Reader, version: int) -> Prepared:
        """Take ids and both kinds of metadata."""
        statement_id = reader.short_bytes()
        result_metadata_id = reader.short_bytes() if version >= 5 else None
        flags, count = reader.flags32(), reader.int32()
        pk_count = reader.int32() if version >= 4 else 0
        if count < 0 or not 0 <= pk_count * 2 <= reader.remaining:
            raise ProtocolError(f"Not enough bytes to read {count} bind markers and {pk_count} of their indices")
        pk_indices = tuple([reader.short() for _ in range(pk_count)])
        variables = Columns.parse(reader, flags, count)
        return cls(statement_id, variables, pk_indices, ResultMetadata.parse(reader).columns, result_metadata_id)

    def body(self, version: int) -> bytes:
        """Return ids and both kinds of metadata."""
        parts = [_KINDS[self.kind], short_bytes(self.statement_id)]
        if version >= 5:
            parts.append(short_bytes(self.result_metadata_id or b""))
        flags, variables = self.variables.serialize(version)
        parts += [int32(flags), int32(len(self.variables))]
        if version >= 4:
            parts += [int32(len(self.pk_indices)), *[short(index) for index in self.pk_indices]]
        return b"".join([*parts, variables, ResultMetadata(self.result).serialize(version)])

    def __str__(self) -> str:
        """Return the id and how much it binds."""
        return f"RESULT prepared {self.statement_id.hex()} with {len(self.variables)} markers"


@dataclass(frozen=True, slots=True)
class SchemaChanged(Result):
    """A statement changed the schema.

    Args:
        change: how.
    """

    kind: ClassVar[ResultKind] = ResultKind.SCHEMA_CHANGE
    change: SchemaChange

    @classmethod
    def parse(cls, reader: Reader, _version: int) -> SchemaChanged:
        """Take the change."""
        return cls(SchemaChange.parse(reader))

    def body(self, version: int) -> bytes:
        """Return the change."""
        return _KINDS[self.kind] + self.change.serialize(version)

    def __str__(self) -> str:
        """Return the change."""
        return f"RESULT {self.change}"
