"""The parameters that QUERY, EXECUTE and BATCH share: consistency, bound values, paging, timestamp.

Section 4.1.4 of ``native_protocol_v5.spec``. This module must not know statements.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from helenus.wire.codes import Consistency, QueryFlag
from helenus.wire.errors import ProtocolError
from helenus.wire.notation import UNSET, Value, int32, int64, int_bytes, short, string, value, values
from helenus.wire.reader import Reader

__all__ = ["QueryParameters"]

# Plain numbers: an operation on IntFlag makes a new member each time.
_VALUES = int(QueryFlag.VALUES)
_SKIP_METADATA = int(QueryFlag.SKIP_METADATA)
_PAGE_SIZE = int(QueryFlag.PAGE_SIZE)
_PAGING_STATE = int(QueryFlag.PAGING_STATE)
_SERIAL_CONSISTENCY = int(QueryFlag.SERIAL_CONSISTENCY)
_TIMESTAMP = int(QueryFlag.TIMESTAMP)
_NAMES = int(QueryFlag.NAMES)
_KEYSPACE = int(QueryFlag.KEYSPACE)
_NOW_IN_SECONDS = int(QueryFlag.NOW_IN_SECONDS)

_NO_TIMESTAMP = -(1 << 63)


@dataclass(frozen=True, slots=True)
class QueryParameters:
    """How a statement is to be executed.

    Args:
        consistency: how many replicas must answer.
        values: bound values, in the order of the markers or of ``names``.
        names: names of the markers, one for each value; None if values go by position.
        skip_metadata: the client knows the result's columns already.
        page_size: rows in a page, from 1; None for all at once.
        paging_state: where the page before ended.
        serial_consistency: for the Paxos part of a conditional write; None for SERIAL.
        timestamp: of the write, in microseconds since 1970; None for the server's clock.
        keyspace: for names without one (v5).
        now_in_seconds: what time it is for TTLs, in seconds since 1970 (v5).
    """

    consistency: Consistency = Consistency.ONE
    values: tuple[Value, ...] = field(default=(), repr=False)
    names: tuple[str, ...] | None = None
    skip_metadata: bool = False
    page_size: int | None = None
    paging_state: bytes | None = field(default=None, repr=False)
    serial_consistency: Consistency | None = None
    timestamp: int | None = None
    keyspace: str | None = None
    now_in_seconds: int | None = None

    @classmethod
    def parse(cls, reader: Reader, version: int) -> QueryParameters:
        """Take parameters from a body.

        Args:
            reader: where they begin.
            version: the protocol version.

        Raises:
            ProtocolError: they are cut short, or one is out of its range.
        """
        consistency = reader.consistency()
        flags = reader.flags32() if version >= 5 else reader.byte()
        names: tuple[str, ...] | None = None
        bound: tuple[Value, ...] = ()
        if flags & _VALUES:
            if flags & _NAMES:
                names, bound = reader.named_values(version)
            else:
                bound = reader.values(version)
        return cls(
            consistency,
            bound,
            names,
            flags & _SKIP_METADATA != 0,
            _page_size(reader.int32()) if flags & _PAGE_SIZE else None,
            reader.int_bytes() if flags & _PAGING_STATE else None,
            reader.consistency() if flags & _SERIAL_CONSISTENCY else None,
            _timestamp(reader.int64()) if flags & _TIMESTAMP else None,
            reader.string() if flags & _KEYSPACE else None,
            reader.int32() if flags & _NOW_IN_SECONDS else None,
        )

    def serialize(self, version: int) -> bytes:
        """Return the bytes of the parameters.

        Args:
            version: the protocol version; ``keyspace`` and ``now_in_seconds`` need v5, UNSET needs v4.

        Raises:
            ProtocolError: the version has no place for one of them.
        """
        if version < 5 and (self.keyspace is not None or self.now_in_seconds is not None):
            raise ProtocolError(f"Keyspace and now_in_seconds of a request need protocol v5, not v{version}")
        flags = self._flags()
        parts = [short(self.consistency), int32(flags) if version >= 5 else bytes((flags,))]
        if flags & _VALUES:
            parts.append(self._bound(version))
        if self.page_size is not None:
            parts.append(int32(self.page_size))
        if self.paging_state is not None:
            parts.append(int_bytes(self.paging_state))
        if self.serial_consistency is not None:
            parts.append(short(self.serial_consistency))
        if self.timestamp is not None:
            parts.append(int64(self.timestamp))
        if self.keyspace is not None:
            parts.append(string(self.keyspace))
        if self.now_in_seconds is not None:
            parts.append(int32(self.now_in_seconds))
        return b"".join(parts)

    def _flags(self) -> int:
        return (
            _VALUES * (bool(self.values) or self.names is not None)
            | _SKIP_METADATA * self.skip_metadata
            | _PAGE_SIZE * (self.page_size is not None)
            | _PAGING_STATE * (self.paging_state is not None)
            | _SERIAL_CONSISTENCY * (self.serial_consistency is not None)
            | _TIMESTAMP * (self.timestamp is not None)
            | _NAMES * (self.names is not None)
            | _KEYSPACE * (self.keyspace is not None)
            | _NOW_IN_SECONDS * (self.now_in_seconds is not None)
        )

    def _bound(self, version: int) -> bytes:
        if self.names is None:
            return values(self.values, version)
        if len(self.names) != len(self.values):
            raise ProtocolError(f"{len(self.names)} names were given for {len(self.values)} values")
        pairs = zip(self.names, self.values, strict=True)
        return short(len(self.names)) + b"".join([string(name) + value(bound, version) for name, bound in pairs])

    def __str__(self) -> str:
        """Return what may stand in a log: how many values, not which."""
        shown = {
            "values": len(self.values) or None,
            "unset": sum(bound is UNSET for bound in self.values) or None,
            "page": self.page_size,
            "paging state": self.paging_state and f"{len(self.paging_state)} B",
            "serial": self.serial_consistency and self.serial_consistency.name,
            "timestamp": self.timestamp,
            "keyspace": self.keyspace,
            "now": self.now_in_seconds,
        }
        return ", ".join([self.consistency.name, *[f"{key} {it}" for key, it in shown.items() if it is not None]])


def _page_size(rows: int) -> int | None:
    if not rows:
        raise ProtocolError("The page size cannot be 0")
    return rows if rows > 0 else None


def _timestamp(microseconds: int) -> int:
    if microseconds == _NO_TIMESTAMP:
        raise ProtocolError(
            f"Out of bound timestamp, must be in [{_NO_TIMESTAMP + 1}, {-_NO_TIMESTAMP - 1}] (got {microseconds})"
        )
    return microseconds
