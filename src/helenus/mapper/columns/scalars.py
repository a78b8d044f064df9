"""Columns of one number, boolean or UUID.

The driver decodes these to the Python value that the column has, so none of them has a loader. This module must not
know containers, models or the driver.
"""

from __future__ import annotations

import decimal
import uuid
from typing import Any, SupportsFloat, cast

from helenus.mapper.columns.base import Column
from helenus.mapper.columns.options import Binder

__all__ = [
    "UUID",
    "BaseFloat",
    "BigInt",
    "Boolean",
    "Counter",
    "Decimal",
    "Double",
    "Float",
    "Integer",
    "SmallInt",
    "TimeUUID",
    "TinyInt",
    "VarInt",
]

RANGES = {
    "tinyint": (-(2**7), 2**7 - 1),
    "smallint": (-(2**15), 2**15 - 1),
    "int": (-(2**31), 2**31 - 1),
    "bigint": (-(2**63), 2**63 - 1),
    "counter": (-(2**63), 2**63 - 1),
}
"""The least and the greatest number by CQL type; by type, since a subclass of ``Integer`` may set another."""

INFINITY = float("inf")
FLOAT_LIMIT = (2 - 2**-24) * 2.0**127  # from here on a double rounds to infinity as a float (IEEE 754, binary32)
MAX_EXPONENT = 2**31 - 1  # the scale of a decimal is an int on the wire (native protocol v4, section 6)
TRUTH = {True: True, False: False}  # 1, 1.0 and Decimal(1) equal True and hash alike


class _Whole(Column[int]):
    """What the integer columns share: taking whatever is a whole number, and nothing else.

    Strings of digits are numbers, as in cqlengine; so are whole floats and decimals. ``1.9``, which cqlengine cuts
    to 1, is refused, and so is what lies outside the type's range, which the driver would refuse with struct's error.
    """

    def _clean(self, value: object) -> int:
        number = self._whole(value)
        low, high = self._range()
        if not low <= number <= high:
            raise self.refusal(value, f"{self.db_type} from {low} to {high}", "use a wider type, BigInt or VarInt")
        return number

    def _range(self) -> tuple[float, float]:
        return RANGES.get(self.db_type or "", (-INFINITY, INFINITY))

    def _whole(self, value: object) -> int:
        try:
            number = int(cast(int, value))
        except (TypeError, ValueError, OverflowError):
            raise self.refusal(value, f"{self.db_type}", "it can't be converted to integral value") from None
        if number != value and not isinstance(value, (str, bytes, bytearray)):
            raise self.refusal(value, f"{self.db_type}", "it is not a whole number; round it first")
        return number

    def _read(self, value: object) -> int:
        return self._clean(value)

    def _fast_binder(self, slow: Binder) -> Binder:
        low, high = self._range()
        return lambda value: value if type(value) is int and low <= value <= high else slow(value)


class Integer(_Whole):
    """An ``int``: a whole number of 32 bits, signed."""

    db_type = "int"


class TinyInt(Integer):
    """A ``tinyint``: a whole number of 8 bits, signed."""

    db_type = "tinyint"


class SmallInt(Integer):
    """A ``smallint``: a whole number of 16 bits, signed."""

    db_type = "smallint"


class BigInt(Integer):
    """A ``bigint``: a whole number of 64 bits, signed."""

    db_type = "bigint"


class VarInt(_Whole):
    """A ``varint``: a whole number of any size."""

    db_type = "varint"


class Counter(Integer):
    """A ``counter``: a whole number of 64 bits that is only ever added to; null reads as 0.

    Args:
        index: see :class:`Column`; no server indexes counters.
        db_field: see :class:`Column`.
        required: see :class:`Column`.
    """

    db_type = "counter"

    def __init__(self, index: bool = False, db_field: str | None = None, required: bool = False) -> None:
        """Declare the column; see the class for the arguments."""
        super().__init__(index=index, db_field=db_field, default=0, required=required)

    def empty(self) -> int:
        """Return 0, which a counter that was never added to is."""
        return 0


class UUID(Column[uuid.UUID]):
    """A ``uuid``: a :class:`uuid.UUID`; strings are parsed."""

    db_type = "uuid"

    def _clean(self, value: object) -> uuid.UUID:
        if isinstance(value, uuid.UUID):
            return value
        if isinstance(value, str):
            try:
                return uuid.UUID(value)
            except ValueError:
                pass
        raise self.refusal(value, "a UUID", "it is not a valid uuid; pass uuid.UUID or its text")

    def _read(self, value: object) -> uuid.UUID:
        return self._clean(value)

    def _fast_binder(self, slow: Binder) -> Binder:
        return lambda value: value if type(value) is uuid.UUID else slow(value)


class TimeUUID(UUID):
    """A ``timeuuid``: a UUID of version 1, which holds a time.

    Others are refused, as by the server (Cassandra's ``TimeUUIDType``); cqlengine does not look.
    """

    db_type = "timeuuid"

    def _clean(self, value: object) -> uuid.UUID:
        number = super()._clean(value)
        if not _is_version_1(number):
            raise self.refusal(value, "a UUID of version 1", "make one with uuid.uuid1(), or use a UUID column")
        return number

    def _fast_binder(self, slow: Binder) -> Binder:
        return lambda value: value if type(value) is uuid.UUID and _is_version_1(value) else slow(value)


def _is_version_1(value: uuid.UUID) -> bool:
    # Not `value.version`: the server looks at these four bits and not at the variant.
    return value.int >> 76 & 15 == 1


class Boolean(Column[bool]):
    """A ``boolean``.

    Takes what equals True or False: booleans, 0 and 1. cqlengine takes anything by its truth, ``'false'`` for True.
    """

    db_type = "boolean"

    def _clean(self, value: object) -> bool:
        try:
            return TRUTH[cast(bool, value)]
        except (KeyError, TypeError):
            advice = "compare it with what you mean by true, or pass bool(value)"
            raise self.refusal(value, "True or False (or 1, 0)", advice) from None

    def _read(self, value: object) -> bool:
        return self._clean(value)

    def _fast_binder(self, slow: Binder) -> Binder:
        return lambda value: value if value is True or value is False else slow(value)


class BaseFloat(Column[float]):
    """What the floating-point columns share: taking whatever ``float()`` takes."""

    def _limit(self) -> float:
        return FLOAT_LIMIT if self.db_type == "float" else INFINITY

    def _clean(self, value: object) -> float:
        try:
            number = float(cast(SupportsFloat, value))
        except (TypeError, ValueError, OverflowError):
            raise self.refusal(value, f"{self.db_type}", "it is not a valid float; pass a number") from None
        if self._limit() <= abs(number) < INFINITY:
            raise self.refusal(value, f"{self.db_type} within ±3.4e38", "use a Double column")
        return number

    def _read(self, value: object) -> float:
        return self._clean(value)

    def _fast_binder(self, slow: Binder) -> Binder:
        high = self._limit()
        return lambda value: value if type(value) is float and -high < value < high else slow(value)


class Float(BaseFloat):
    """A ``float``: a floating-point number of 32 bits; what is read back is rounded to them."""

    db_type = "float"


class Double(BaseFloat):
    """A ``double``: a floating-point number of 64 bits."""

    db_type = "double"


class Decimal(Column[decimal.Decimal]):
    """A ``decimal``: a :class:`decimal.Decimal` of any precision.

    Takes whatever ``Decimal()`` takes; a float by its ``repr``, so that 1.1 is 1.1. NaN and infinities are refused:
    CQL's decimal has none.
    """

    db_type = "decimal"

    def _clean(self, value: object) -> decimal.Decimal:
        try:
            number = (
                decimal.Decimal(float.__repr__(value))
                if isinstance(value, float)
                else decimal.Decimal(cast(Any, value))
            )
        except (decimal.InvalidOperation, TypeError, ValueError):
            advice = "it can't be coerced to decimal; pass a Decimal, int or str"
            raise self.refusal(value, "a decimal", advice) from None
        if not _is_representable(number):
            raise self.refusal(value, "a finite decimal", "CQL has no NaN, infinity or exponent beyond 32 bits")
        return number

    def _read(self, value: object) -> decimal.Decimal:
        return self._clean(value)

    def _fast_binder(self, slow: Binder) -> Binder:
        return lambda value: value if type(value) is decimal.Decimal and _is_representable(value) else slow(value)


def _is_representable(number: decimal.Decimal) -> bool:
    # `adjusted` is the exponent plus the number of digits; no number in memory has 2**30 of them.
    return number.is_finite() and abs(number.adjusted()) < MAX_EXPONENT - 2**30
