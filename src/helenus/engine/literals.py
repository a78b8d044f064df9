"""Constants of CQL text as bytes: what ``'2024-01-01'`` is in a column of type ``date``.

Which kinds of constants a type takes, and what it says to those it cannot read, is as in Cassandra 5.0.6
(``Constants.Literal`` and each type's ``fromString``). This module must not know tables.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import re
import struct
import uuid
from collections.abc import Callable, Mapping
from decimal import Decimal

from helenus.cql.ast import Constant, ConstantKind
from helenus.cql.types import CQLType, Native, unfreeze
from helenus.engine.errors import InvalidRequest
from helenus.engine.marshal import unsigned_vint, varint_bytes

__all__ = ["accepts", "parse_constant", "timestamp_millis"]

_BOOLEAN, _INTEGER, _FLOAT = ConstantKind.BOOLEAN, ConstantKind.INTEGER, ConstantKind.FLOAT
_STRING, _UUID, _HEX, _DURATION = ConstantKind.STRING, ConstantKind.UUID, ConstantKind.HEX, ConstantKind.DURATION

_ACCEPTED: Mapping[str, frozenset[ConstantKind]] = {
    "ascii": frozenset({_STRING}),
    "bigint": frozenset({_INTEGER}),
    "blob": frozenset({_HEX}),
    "boolean": frozenset({_BOOLEAN}),
    "counter": frozenset({_INTEGER}),
    "date": frozenset({_STRING, _INTEGER}),
    "decimal": frozenset({_INTEGER, _FLOAT}),
    "double": frozenset({_INTEGER, _FLOAT}),
    "duration": frozenset({_DURATION}),
    "float": frozenset({_INTEGER, _FLOAT}),
    "inet": frozenset({_STRING}),
    "int": frozenset({_INTEGER}),
    "smallint": frozenset({_INTEGER}),
    "text": frozenset({_STRING}),
    "time": frozenset({_STRING, _INTEGER}),
    "timestamp": frozenset({_STRING, _INTEGER}),
    "timeuuid": frozenset({_UUID}),
    "tinyint": frozenset({_INTEGER}),
    "uuid": frozenset({_UUID}),
    "varint": frozenset({_INTEGER}),
}


def accepts(of: CQLType, kind: ConstantKind) -> bool:
    """Tell whether a type takes a kind of constant.

    Args:
        of: the type.
        kind: how the constant is written.
    """
    plain = unfreeze(of)
    return isinstance(plain, Native) and kind in _ACCEPTED[plain.name]


def parse_constant(of: CQLType, constant: Constant) -> bytes:
    """Return the bytes of a constant.

    Args:
        of: a native type that accepts the constant's kind.
        constant: the constant.

    Raises:
        InvalidRequest: its text is no value of the type.
    """
    return _PARSERS[str(unfreeze(of))](constant.text)


def _integer(name: str, size: int) -> Callable[[str], bytes]:
    def parse(text: str) -> bytes:
        number = int(text)
        if not -(1 << (8 * size - 1)) <= number < 1 << (8 * size - 1):
            raise InvalidRequest(f"Unable to make {name} from '{text}'")
        return number.to_bytes(size, signed=True)

    return parse


def _real(form: str) -> Callable[[str], bytes]:
    def parse(text: str) -> bytes:
        number = float(text)
        try:
            return struct.pack(form, number)
        except OverflowError:
            return struct.pack(form, float("-inf") if number < 0 else float("inf"))

    return parse


def _decimal(text: str) -> bytes:
    sign, digits, exponent = Decimal(text).as_tuple()
    if not isinstance(exponent, int):
        raise InvalidRequest(f"unable to coerce '{text}' to version 1 decimal")
    unscaled = int("".join(map(str, digits))) * (-1 if sign else 1)
    return (-exponent).to_bytes(4, signed=True) + varint_bytes(unscaled)


def _ascii(text: str) -> bytes:
    if not text.isascii():
        # The Java exception's name is part of what Cassandra says.
        problem = "java.nio.charset.UnmappableCharacterException: Input length = 1"
        raise InvalidRequest(f"Invalid ASCII character in string literal: {problem}")
    return text.encode()


def _blob(text: str) -> bytes:
    digits = text[2:]
    if len(digits) % 2:
        raise InvalidRequest(f"cannot parse '{digits}' as hex bytes")
    return bytes.fromhex(digits)


def _timeuuid(text: str) -> bytes:
    data = uuid.UUID(text).bytes
    if data[6] >> 4 != 1:
        raise InvalidRequest("TimeUUID supports only version 1 UUIDs")
    return data


def _inet(text: str) -> bytes:
    try:
        return ipaddress.ip_address(text).packed
    except ValueError:
        raise InvalidRequest(f"Unable to make inet address from '{text}'") from None


# ---- dates and times -------------------------------------------------------------------------------------------------

_EPOCH = dt.date(1970, 1, 1).toordinal()
_DATE = re.compile(r"(-?\d{4,7})-(\d{1,2})-(\d{1,2})", re.ASCII)
_DAYS = re.compile(r"-?\d+", re.ASCII)
_TIME = re.compile(r"(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.(\d{1,9}))?", re.ASCII)
_TIMESTAMP = re.compile(
    r"""(\d{4,6})-(\d{1,2})-(\d{1,2})
        (?:[T\ ](\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,9}))?)?)?
        \ ?(Z|z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?""",
    re.ASCII | re.VERBOSE,
)


def _days(year: int, month: int, day: int) -> int:
    """Count the days since 1970 in the proleptic Gregorian calendar, for years that ``datetime`` does not know."""
    cycles = 0 if 1 <= year <= 9999 else (year - 2000) // 400
    return dt.date(year - 400 * cycles, month, day).toordinal() - _EPOCH + cycles * 146_097


def _date(text: str) -> bytes:
    if _DAYS.fullmatch(text):
        number = int(text)
        if not 0 <= number < 1 << 32:
            raise InvalidRequest(f"Unable to make unsigned int (for date) from: '{text}'")
        return number.to_bytes(4)
    found = _DATE.fullmatch(text)
    problem = InvalidRequest(f"Unable to coerce '{text}' to a formatted date (long)")
    if found is None:
        raise problem
    try:
        return (_days(*map(int, found.groups())) + (1 << 31)).to_bytes(4)
    except (ValueError, OverflowError):
        raise problem from None


def _time(text: str) -> bytes:
    if _DAYS.fullmatch(text):
        number = int(text)
        if not 0 <= number < 86_400_000_000_000:
            raise InvalidRequest(f"Input long out of bounds: {number}")
        return number.to_bytes(8)
    found = _TIME.fullmatch(text)
    problem = InvalidRequest(f"(TimeType) Unable to coerce '{text}' to a formatted time (long)")
    if found is None:
        raise problem
    hours, minutes, seconds = map(int, found.groups()[:3])
    nanoseconds = int((found[4] or "").ljust(9, "0"))
    if hours > 23 or minutes > 59 or seconds > 59:
        raise problem
    return (((hours * 60 + minutes) * 60 + seconds) * 1_000_000_000 + nanoseconds).to_bytes(8)


def timestamp_millis(text: str) -> int:
    """Return what a timestamp's text stands for, in milliseconds since 1970; without a zone it is UTC.

    Args:
        text: an ISO 8601 date, with or without time and zone, or a number.

    Raises:
        InvalidRequest: it is none.
    """
    if _DAYS.fullmatch(text):
        return int(text)
    found = _TIMESTAMP.fullmatch(text)
    problem = InvalidRequest(f"Unable to parse a date/time from '{text}'")
    if found is None:
        raise problem
    try:
        year, month, day = map(int, found.groups()[:3])
        hour, minute, second = (int(part or 0) for part in found.groups()[3:6])
        moment = dt.time(hour, minute, second)
        millis = int((found[7] or "").ljust(3, "0")[:3])
        days = _days(year, month, day)
    except ValueError:
        raise problem from None
    seconds = (moment.hour * 60 + moment.minute) * 60 + moment.second - _zone(found[8] or "Z")
    return (days * 86_400 + seconds) * 1000 + millis


def _zone(text: str) -> int:
    if not text.startswith(("+", "-")):
        return 0
    digits = text[1:].replace(":", "").ljust(4, "0")
    seconds = (int(digits[:2]) * 60 + int(digits[2:])) * 60
    return -seconds if text[0] == "-" else seconds


def _timestamp(text: str) -> bytes:
    try:
        return timestamp_millis(text).to_bytes(8, signed=True)
    except OverflowError:
        raise InvalidRequest(f"Unable to make long (for date) from: '{text}'") from None


# ---- durations -------------------------------------------------------------------------------------------------------

_UNITS = {"y": (12, 0, 0), "mo": (1, 0, 0), "w": (0, 7, 0), "d": (0, 1, 0), "h": (0, 0, 3_600_000_000_000)}
_UNITS |= {"m": (0, 0, 60_000_000_000), "s": (0, 0, 1_000_000_000), "ms": (0, 0, 1_000_000), "us": (0, 0, 1000)}
_UNITS |= {"µs": (0, 0, 1000), "ns": (0, 0, 1)}
_PART = re.compile(r"(\d+)(y|mo|w|d|h|ms|us|µs|ns|m|s)", re.IGNORECASE)
_ISO = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
_ISO_WEEKS = re.compile(r"P(\d+)W")
_ISO_LONG = re.compile(r"P(\d+)-(\d+)-(\d+)T(\d+):(\d+):(\d+)")
_ISO_ORDER = ("y", "mo", "d", "h", "m", "s")


def _duration(text: str) -> bytes:
    negative = text.startswith("-")
    body = text.removeprefix("-")
    counts = [0, 0, 0]
    for amount, unit in _duration_parts(body, text):
        for index, factor in enumerate(_UNITS[unit]):
            counts[index] += amount * factor
    signed = [-count if negative else count for count in counts]
    return b"".join([unsigned_vint((count << 1) ^ (count >> 63)) for count in signed])


def _duration_parts(body: str, text: str) -> list[tuple[int, str]]:
    if body.startswith("P"):
        weeks = _ISO_WEEKS.fullmatch(body)
        if weeks is not None:
            return [(int(weeks[1]), "w")]
        found = _ISO_LONG.fullmatch(body) or _ISO.fullmatch(body)
        if found is not None:
            return [(int(part), unit) for part, unit in zip(found.groups(), _ISO_ORDER, strict=True) if part]
    parts = _PART.findall(body)
    if not parts or "".join(amount + unit for amount, unit in parts) != body:
        raise InvalidRequest(f"Unable to convert '{text}' to a duration")
    return [(int(amount), unit.lower()) for amount, unit in parts]


_PARSERS: Mapping[str, Callable[[str], bytes]] = {
    "ascii": _ascii,
    "bigint": _integer("long", 8),
    "blob": _blob,
    "boolean": lambda text: b"\x01" if text == "true" else b"\x00",
    "counter": _integer("long", 8),
    "date": _date,
    "decimal": _decimal,
    "double": _real(">d"),
    "duration": _duration,
    "float": _real(">f"),
    "inet": _inet,
    "int": _integer("int", 4),
    "smallint": _integer("short", 2),
    "text": str.encode,
    "time": _time,
    "timestamp": _timestamp,
    "timeuuid": _timeuuid,
    "tinyint": _integer("byte", 1),
    "uuid": lambda text: uuid.UUID(text).bytes,
    "varint": lambda text: varint_bytes(int(text)),
}
