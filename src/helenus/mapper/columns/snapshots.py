"""Hashable pictures of Python values, by which user-defined types are compared with what they were, and hashed.

This module must not know columns; a value that has ``_snapshot()`` makes its own picture.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from helenus.mapper.columns.drivertypes import DurationValue

__all__ = ["snapshot"]


def snapshot(value: object) -> object:
    """Return a picture of a value that does not change with it; equal values have equal pictures.

    Args:
        value: what a field holds. Lists and tuples become tuples, sets frozensets, dicts frozensets of pairs; values
            of other types that cannot be hashed stay what they are.
    """
    take = _TAKERS.get(type(value))
    if take is not None:
        return take(value)
    if hasattr(value, "_snapshot"):
        return value._snapshot()
    if hasattr(value, "nanoseconds") and hasattr(value, "months") and hasattr(value, "days"):
        return DurationValue(value.months, value.days, value.nanoseconds)
    return next((_TAKERS[kind](value) for kind in _MUTABLE if isinstance(value, kind)), value)


def _of_items(value: object) -> object:
    return tuple(map(snapshot, value))  # type: ignore[call-overload]


def _of_set(value: object) -> object:
    return frozenset(map(snapshot, value))  # type: ignore[call-overload]


def _of_map(value: object) -> object:
    pairs = [(snapshot(key), snapshot(item)) for key, item in value.items()]  # type: ignore[attr-defined]
    try:
        return frozenset(pairs)
    except TypeError:
        return tuple(pairs)


def _of_bytes(value: object) -> object:
    return bytes(value)  # type: ignore[call-overload]


_MUTABLE: tuple[type, ...] = (list, tuple, set, frozenset, dict, bytearray)
_TAKERS: Mapping[type, Callable[[object], object]] = {
    list: _of_items,
    tuple: _of_items,
    set: _of_set,
    frozenset: _of_set,
    dict: _of_map,
    bytearray: _of_bytes,
}
