"""CQL functions as operands of filters: ``MinTimeUUID``, ``MaxTimeUUID``, ``Token``.

``terms()`` is what helenus sends; the rest is cqlengine's own rendering, kept for those who wrote functions of their
own. This module must not know columns beyond their ``binder``, nor how a term becomes text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from helenus.errors import QueryException, ValidationError

if TYPE_CHECKING:
    from helenus.cql.ast import BindMarker, FunctionCall

__all__ = [
    "BaseQueryFunction",
    "MaxTimeUUID",
    "MinTimeUUID",
    "QueryValue",
    "TimeUUIDQueryFunction",
    "Token",
    "get_total_seconds",
]

V = TypeVar("V")

_CALL = re.compile(r"(?:(\w+)\.)?(\w+)\(%\(\{0\}\)s\)")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Bindable(Protocol):
    """What :class:`Token` asks of a column."""

    def binder(self) -> Callable[[object], object]:
        """Return the function that checks and binds a value."""


def get_total_seconds(td: timedelta) -> float:
    """Return a timedelta in seconds.

    Args:
        td: the timedelta.
    """
    return td.total_seconds()


class QueryValue(Generic[V]):
    """A value in a filter that renders itself.

    Args:
        value: what is bound.
    """

    format_string = "%({0})s"
    """How cqlengine writes it: ``{0}`` is the context id. One marker, or a function call around it."""

    def __init__(self, value: V) -> None:
        """Wrap a value."""
        self.value = value
        self.context_id: int | None = None

    def terms(self) -> tuple[BindMarker | FunctionCall, tuple[object, ...]]:
        """Return the term, with markers, and the values to bind to them.

        Raises:
            QueryException: if ``format_string`` is neither ``%({0})s`` nor a call ``name(%({0})s)``.
        """
        context: dict[str, object] = {}
        bound = _with_id(self, 0)
        bound.update_context(context)
        return _term(self.format_string, type(self).__name__), tuple(context.values())

    def set_context_id(self, ctx_id: int) -> None:
        """Say by which name the value is bound.

        Args:
            ctx_id: a number that is unique in the statement.
        """
        self.context_id = ctx_id

    def get_context_size(self) -> int:
        """Return how many values are bound."""
        return 1

    def update_context(self, ctx: dict[str, object]) -> None:
        """Put the bound values into a dict.

        Args:
            ctx: values by context id.
        """
        ctx[str(self.context_id)] = self.value

    def __str__(self) -> str:
        """Return the text with cqlengine's named markers."""
        return self.format_string.format(self.context_id)

    def __repr__(self) -> str:
        """Print as the call that makes it."""
        return f"{type(self).__name__}({self.value!r})"


def _with_id(function: QueryValue[V], context_id: int) -> QueryValue[V]:
    """Return a twin that has a context id, so that asking for the terms changes nothing."""
    twin = object.__new__(type(function))
    twin.__dict__.update(function.__dict__, context_id=context_id)
    return twin


def _term(format_string: str, owner: str) -> BindMarker | FunctionCall:
    # The syntax tree takes longer to load than all the rest of helenus, and most programs use no function.
    from helenus.cql.ast import BindMarker, FunctionCall  # noqa: PLC0415

    if format_string == QueryValue.format_string:
        return BindMarker()
    call = _CALL.fullmatch(format_string)
    if call is None:
        raise QueryException(
            f"{owner}.format_string {format_string!r} cannot be prepared; write it as 'name(%({{0}})s)', or override"
            " terms()"
        )
    keyspace, name = call.groups()
    return FunctionCall(name.lower(), (BindMarker(),), keyspace and keyspace.lower())


class BaseQueryFunction(QueryValue[V]):
    """A CQL function of one value; subclass it and set ``format_string`` to call another one."""


class TimeUUIDQueryFunction(BaseQueryFunction[datetime]):
    """A function of a point in time.

    Args:
        value: a datetime; naive ones are UTC.

    Raises:
        ValidationError: if it is none.
    """

    def __init__(self, value: datetime) -> None:
        """Wrap a datetime."""
        if not isinstance(value, datetime):
            raise ValidationError(f"datetime instance is required, {type(self).__name__} got {value!r}")
        super().__init__(value)

    def to_database(self, val: datetime) -> int:
        """Return milliseconds since 1970 UTC.

        Args:
            val: a datetime; naive ones are UTC.
        """
        moment = val.replace(tzinfo=UTC) if val.utcoffset() is None else val
        return (moment - _EPOCH) // timedelta(milliseconds=1)

    def update_context(self, ctx: dict[str, object]) -> None:
        """Put the milliseconds into a dict.

        Args:
            ctx: values by context id.
        """
        ctx[str(self.context_id)] = self.to_database(self.value)


class MinTimeUUID(TimeUUIDQueryFunction):
    """The smallest possible timeuuid of a point in time: ``Event.objects(id__gt=MinTimeUUID(start))``."""

    format_string = "MinTimeUUID(%({0})s)"


class MaxTimeUUID(TimeUUIDQueryFunction):
    """The largest possible timeuuid of a point in time: ``Event.objects(id__lt=MaxTimeUUID(end))``."""

    format_string = "MaxTimeUUID(%({0})s)"


class Token(BaseQueryFunction[Sequence[object]]):
    """The token of a partition key: ``Person.objects(pk__token__gt=Token(last.pk))``.

    Args:
        values: one for each column of the partition key, in order; or all of them as one list or tuple.
    """

    def __init__(self, *values: object) -> None:
        """Wrap the values of a partition key."""
        only = values[0] if len(values) == 1 else None
        super().__init__(only if isinstance(only, (list, tuple)) else values)
        self._columns: Sequence[Bindable] | None = None

    def set_columns(self, columns: Sequence[Bindable]) -> None:
        """Say which columns the values are of; the query does.

        Args:
            columns: the partition key's columns, in order.
        """
        self._columns = columns

    def terms(self) -> tuple[FunctionCall, tuple[object, ...]]:
        """Return ``token(?, ?)`` and the bound values.

        Raises:
            QueryException: if ``set_columns`` was not called, or there are more or fewer values than columns.
            ValidationError: if a value does not fit its column.
        """
        from helenus.cql.ast import BindMarker, FunctionCall  # noqa: PLC0415 - as in _term

        return FunctionCall("token", (BindMarker(),) * len(self.value)), self._bound()

    def _bound(self) -> tuple[object, ...]:
        if self._columns is None or len(self._columns) != len(self.value):
            known = "unknown columns" if self._columns is None else f"{len(self._columns)} column(s)"
            raise QueryException(
                f"{self!r} has {len(self.value)} value(s) for a partition key of {known}; compare it with pk__token"
            )
        return tuple(column.binder()(value) for column, value in zip(self._columns, self.value, strict=True))

    def get_context_size(self) -> int:
        """Return how many values are bound."""
        return len(self.value)

    def update_context(self, ctx: dict[str, object]) -> None:
        """Put the bound values into a dict.

        Args:
            ctx: values by context id.
        """
        first = self.context_id or 0
        ctx.update({str(first + place): value for place, value in enumerate(self._bound())})

    def __str__(self) -> str:
        """Return the text with cqlengine's named markers."""
        first = self.context_id or 0
        return f"token({', '.join(f'%({first + place})s' for place in range(len(self.value)))})"

    def __repr__(self) -> str:
        """Print as the call that makes it."""
        return f"Token({', '.join(map(repr, self.value))})"
