"""Native functions that a term or a selector may call: what they take, what they return, and how they are named.

Aggregates and ``token`` are the executor's, as they need more than values. This module must not know tables.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from helenus.cql.types import CQLType, Native
from helenus.engine.clock import GREGORIAN_TICKS, Clock
from helenus.engine.errors import InvalidRequest
from helenus.engine.marshal import validator_of
from helenus.engine.types import BIGINT, BLOB, TIMEUUID, UUID, same_type

__all__ = ["Function", "find_function", "known_functions", "no_match"]

_DATE, _TIME, _TIMESTAMP = Native("date"), Native("time"), Native("timestamp")
_DAY_MILLIS = 86_400_000
_LOW, _HIGH = 0x8080808080808080, 0x7F7F7F7F7F7F7F7F


@dataclass(frozen=True, slots=True)
class Function:
    """A function.

    Args:
        name: as results have it, without ``system.``.
        arguments: types of its arguments.
        returns: type of its result.
        call: from clock and arguments to result; none of the arguments is None.
    """

    name: str
    arguments: tuple[CQLType, ...]
    returns: CQLType
    call: Callable[[Clock, Sequence[bytes]], bytes]


def _millis_of(data: bytes) -> int:
    """Return the moment of a timeuuid in milliseconds since 1970."""
    return (uuid.UUID(bytes=data).time - GREGORIAN_TICKS) // 10_000


def _pack(number: int, size: int = 8) -> bytes:
    return number.to_bytes(size, signed=True)


def _day(millis: int) -> bytes:
    return (millis // _DAY_MILLIS + (1 << 31)).to_bytes(4)


def _bound(millis: bytes, tick: int, rest: int) -> bytes:
    ticks = int.from_bytes(millis, signed=True) * 10_000 + GREGORIAN_TICKS + tick
    high = (ticks >> 48 & 0x0FFF) | 0x1000
    return ((ticks & 0xFFFFFFFF) << 96 | (ticks >> 32 & 0xFFFF) << 80 | high << 64 | rest).to_bytes(16)


def _signed(data: bytes) -> int:
    return int.from_bytes(data, signed=True)


def _date_millis(data: bytes) -> int:
    return (int.from_bytes(data) - (1 << 31)) * _DAY_MILLIS


_TABLE = (
    Function("now", (), TIMEUUID, lambda clock, _: clock.timeuuid().bytes),
    Function("current_timeuuid", (), TIMEUUID, lambda clock, _: clock.timeuuid().bytes),
    Function("current_timestamp", (), _TIMESTAMP, lambda clock, _: _pack(clock.micros() // 1000)),
    Function("current_date", (), _DATE, lambda clock, _: _day(clock.micros() // 1000)),
    Function("current_time", (), _TIME, lambda clock, _: _pack(clock.micros() % (_DAY_MILLIS * 1000) * 1000)),
    Function("uuid", (), UUID, lambda _, __: uuid.uuid4().bytes),
    Function("min_timeuuid", (_TIMESTAMP,), TIMEUUID, lambda _, given: _bound(given[0], 0, _LOW)),
    Function("max_timeuuid", (_TIMESTAMP,), TIMEUUID, lambda _, given: _bound(given[0], 9999, _HIGH)),
    Function("to_date", (_TIMESTAMP,), _DATE, lambda _, given: _day(_signed(given[0]))),
    Function("to_date", (TIMEUUID,), _DATE, lambda _, given: _day(_millis_of(given[0]))),
    Function("to_timestamp", (TIMEUUID,), _TIMESTAMP, lambda _, given: _pack(_millis_of(given[0]))),
    Function("to_timestamp", (_DATE,), _TIMESTAMP, lambda _, given: _pack(_date_millis(given[0]))),
    Function("to_unix_timestamp", (TIMEUUID,), BIGINT, lambda _, given: _pack(_millis_of(given[0]))),
    Function("to_unix_timestamp", (_TIMESTAMP,), BIGINT, lambda _, given: given[0]),
    Function("to_unix_timestamp", (_DATE,), BIGINT, lambda _, given: _pack(_date_millis(given[0]))),
)
_BLOBBED = (
    *("ascii", "bigint", "boolean", "counter", "date", "decimal", "double", "duration", "float", "inet", "int"),
    *("smallint", "text", "time", "timestamp", "timeuuid", "tinyint", "uuid", "varchar", "varint"),
)


def _from_blob(of: CQLType, name: str) -> Callable[[Clock, Sequence[bytes]], bytes]:
    def call(_: Clock, given: Sequence[bytes]) -> bytes:
        try:
            validator_of(of)(given[0])
        except InvalidRequest:
            raise InvalidRequest(
                f"In call to function system.{name}, value 0x{given[0].hex()} is not a valid binary representation for "
                f"type {of}"
            ) from None
        return given[0]

    return call


def _conversions(name: str) -> list[Function]:
    of = Native(name)
    to_blob, from_blob = f"{name}_as_blob", f"blob_as_{name}"
    return [
        Function(to_blob, (of,), BLOB, lambda _, given: given[0]),
        Function(from_blob, (BLOB,), of, _from_blob(of, from_blob)),
    ]


def _legacy(function: Function) -> Function | None:
    """Return the same function under its name of Cassandra 4, which results then have as well."""
    if function.name in {"now", "uuid"}:
        return None
    name = function.name.replace("_", "")
    return Function(name, function.arguments, function.returns, function.call)


_ALL = [*_TABLE, *[function for name in _BLOBBED for function in _conversions(name)]]
_BY_NAME: dict[str, list[Function]] = {}
for _one in (*_ALL, *filter(None, map(_legacy, _ALL))):
    _BY_NAME.setdefault(_one.name, []).append(_one)


def known_functions(name: str) -> Sequence[Function]:
    """Return the functions of a name, one for each list of arguments.

    Args:
        name: without keyspace.
    """
    return _BY_NAME.get(name.lower(), ())


def find_function(name: str, arguments: Sequence[CQLType]) -> Function:
    """Return the function that takes arguments of these types.

    Args:
        name: without keyspace.
        arguments: types of the arguments.

    Raises:
        InvalidRequest: there is none.
    """
    known = known_functions(name)
    if not known:
        raise InvalidRequest(f"Unknown function '{name}'")
    for function in known:
        if len(function.arguments) == len(arguments) and all(
            same_type(one, other) for one, other in zip(function.arguments, arguments, strict=True)
        ):
            return function
    raise no_match(name, known)


def no_match(name: str, known: Sequence[Function]) -> InvalidRequest:
    """Make the error for arguments that no function of a name takes.

    Args:
        name: the function's name.
        known: the functions of that name.
    """
    signatures = ", ".join(map(_signature, known))
    return InvalidRequest(
        f"Invalid call to function {name}, none of its type signatures match (known type signatures: {signatures})"
    )


def _signature(function: Function) -> str:
    return f"system.{function.name} : ({', '.join(map(str, function.arguments))}) -> {function.returns}"
