"""What is asked of a cluster and what comes back, as plain data.

Operations (``helenus.mapper.flows``, ``helenus.schema``) are generators that yield a :class:`Request` and receive a
:class:`Page`. This module must not know how a request travels: no driver, no socket, no thread, no loop.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import TypeAlias, TypeVar

__all__ = ["NOT_SET", "UNSET", "Batch", "Flow", "NotSet", "Options", "Page", "Request", "Unset"]

T = TypeVar("T")


class Unset(Enum):
    """A bound value that leaves its column as it is (native protocol v4, section 2.2.4.1: "not set")."""

    UNSET = "UNSET"

    def __repr__(self) -> str:
        """Print as the name that users import."""
        return "UNSET"


class NotSet(Enum):
    """An option that was not given, where None has a meaning of its own (a timeout of None waits for ever).

    An enum member, not an object(): identity survives pickling and deep copies.
    """

    NOT_SET = "NOT_SET"

    def __repr__(self) -> str:
        """Print as the name that users import."""
        return "NOT_SET"


UNSET = Unset.UNSET
NOT_SET = NotSet.NOT_SET


@dataclass(frozen=True, slots=True)
class Options:
    """How one statement is sent; whatever is not given comes from the connection.

    Args:
        consistency: consistency level by the driver's number (``ConsistencyLevel.QUORUM`` is 4).
        serial_consistency: serial consistency level of conditional statements, by the driver's number.
        timeout: client-side timeout in seconds; None waits for ever.
        fetch_size: rows per page; 0 turns paging off, None takes the connection's.
        execution_profile: name of a driver execution profile of the connection's cluster.
        trace: ask the server for a trace.
    """

    consistency: int | None = None
    serial_consistency: int | None = None
    timeout: float | NotSet | None = NOT_SET
    fetch_size: int | None = None
    execution_profile: str | None = None
    trace: bool = False

    def but(self, **changes: object) -> Options:
        """Return a copy with some options changed."""
        return replace(self, **changes)  # type: ignore[arg-type]


DEFAULTS = Options()


@dataclass(slots=True)
class Request:
    """One statement for one connection.

    Args:
        text: CQL with positional markers; every value is bound, none is in the text.
        values: one value for each marker, as the driver's serializers take them; UNSET leaves a column as it is.
        connection: the registered name of the connection; None is the default one.
        idempotent: whether sending it twice is the same as sending it once; only then may it be sent again when the
            outcome is unknown.
        options: how to send it.
        paging_state: where to go on, from an earlier :class:`Page`.
        prepare: False sends the text unprepared (DDL, USE, statements that run once).
        label: who asks, for errors and logs ("Automobile.save"); never holds values.
    """

    text: str
    values: Sequence[object] = ()
    connection: str | None = None
    idempotent: bool = False
    options: Options = DEFAULTS
    paging_state: bytes | None = None
    prepare: bool = True
    label: str = ""


@dataclass(slots=True)
class Batch:
    """Several statements for one connection, sent as one native BATCH message.

    Args:
        statements: pairs of CQL text and values, all bound.
        kind: ``LOGGED``, ``UNLOGGED`` or ``COUNTER``.
        connection: the registered name of the connection; None is the default one.
        idempotent: True only if every statement is.
        options: how to send it; the statements' own options do not count.
        label: who asks, for errors and logs.
    """

    statements: Sequence[tuple[str, Sequence[object]]]
    kind: str = "LOGGED"
    connection: str | None = None
    idempotent: bool = False
    options: Options = DEFAULTS
    label: str = ""


@dataclass(slots=True)
class Page:
    """One page of an answer.

    Args:
        columns: column names as the server sent them; empty for statements without rows.
        rows: one tuple for each row, values as the driver decodes them (user-defined types as named tuples).
        paging_state: bytes to ask for the next page with, None on the last one.
        coordinator: the node that answered, as ``host:port``, taken from the driver's response.
        connection: the registered name of the connection that answered.
        warnings: what the server warned of.
    """

    columns: tuple[str, ...] = ()
    rows: Sequence[tuple[object, ...]] = ()
    paging_state: bytes | None = None
    coordinator: str | None = None
    connection: str | None = None
    warnings: tuple[str, ...] = ()


Flow: TypeAlias = Generator[Request | Batch, Page, T]
"""An operation that will give a T: yields requests, receives their pages, returns the result."""
