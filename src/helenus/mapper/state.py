"""What an instance remembers beside its values: where it came from, and how its next operation is to be sent.

Pure values; this module does not know models, queries or connections.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from helenus.connection.request import NOT_SET, NotSet
from helenus.errors import ValidationError

if TYPE_CHECKING:
    from helenus.mapper.batch import BatchQuery
    from helenus.mapper.expressions import Relation

__all__ = ["UNMARKED", "Layout", "Next", "Origin", "Timestamp", "microseconds"]

Timestamp: TypeAlias = int | datetime | timedelta


class Origin(NamedTuple):
    """A place where a row lives.

    Args:
        connection: the registered name of the connection; None is the default one.
        keyspace: the keyspace's name.
    """

    connection: str | None
    keyspace: str | None


NO_POSITIONS: Mapping[str, int] = MappingProxyType({})


class Layout:
    """What the tuples of one result hold: shared by all instances that were loaded from it.

    Args:
        positions: index into the row by column name; a column that is missing here was not fetched.
        loaders: by column name, what turns the driver's value into the Python value; None keeps it as it is.
        origin: where the rows were read.
        plain: positions of the columns whose values are handed out as the driver decoded them, null included.
    """

    __slots__ = ("loaders", "origin", "plain", "positions")

    def __init__(
        self,
        positions: Mapping[str, int],
        loaders: Mapping[str, Callable[[object], object] | None],
        origin: Origin,
        plain: Mapping[str, int] = NO_POSITIONS,
    ) -> None:
        """Keep the four."""
        self.positions = positions
        self.loaders = loaders
        self.origin = origin
        self.plain = plain


@dataclass(slots=True)
class Next:
    """How the next operation on an instance is to be sent; used up by that operation.

    In cqlengine these marks stay on the instance, so that a later, unrelated save is sent with an old TTL, or
    into a batch that was executed long ago.
    """

    ttl: int | None = None
    timestamp: Timestamp | None = None
    consistency: int | None = None
    if_not_exists: bool = False
    if_exists: bool = False
    conditions: tuple[Relation, ...] = ()
    batch: BatchQuery | None = None
    timeout: float | NotSet | None = NOT_SET
    connection: str | None = None
    keyspace: str | None = None

    @property
    def is_conditional(self) -> bool:
        """Whether the operation is a lightweight transaction."""
        return self.if_not_exists or self.if_exists or bool(self.conditions)


UNMARKED = Next()
"""How an operation is sent of which nothing was said; shared, so it is never changed."""


def microseconds(timestamp: Timestamp, now: datetime | None = None) -> int:
    """Return a write timestamp as CQL takes it: microseconds since 1970 UTC.

    Args:
        timestamp: microseconds; a datetime (naive ones are local time, as everywhere in Python's ``datetime``); or a
            timedelta from now.
        now: the time that a timedelta counts from; the current time by default.

    Raises:
        ValidationError: for anything else.
    """
    if isinstance(timestamp, bool) or not isinstance(timestamp, (int, datetime, timedelta)):
        raise ValidationError(f"a timestamp is an int (microseconds), datetime or timedelta, got {timestamp!r}")
    if isinstance(timestamp, int):
        return timestamp
    if isinstance(timestamp, timedelta):
        timestamp = (now or datetime.now(UTC)) + timestamp
    return (timestamp.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
