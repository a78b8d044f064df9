"""Errors that are of ours and of the driver's class at once, so that old ``except`` clauses still catch them.

It imports no driver: any exception class will do.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from helenus.errors import HelenusError

__all__ = ["combine"]

_classes: dict[tuple[type[HelenusError], type[BaseException]], type[HelenusError]] = {}


def combine(kind: type[HelenusError], error: BaseException, message: str) -> HelenusError:
    """Return an error of ours that is also an instance of the driver's class, with the driver's attributes.

    Args:
        kind: our class.
        error: the driver's error; it becomes the cause.
        message: what the error says.
    """
    if isinstance(error, kind):
        return error
    combined = _rebuild(kind, type(error), message, vars(error))
    combined.__cause__ = error
    return combined


def _rebuild(
    kind: type[HelenusError], driver_class: type[BaseException], message: str, state: dict[str, object]
) -> HelenusError:
    made = _classes.get((kind, driver_class)) or _combined_class(kind, driver_class)
    error = made.__new__(made, message)
    error.__dict__.update(state)
    error.args = (message,)
    return error


def _reduce(error: HelenusError) -> tuple[object, ...]:
    kind, driver_class = type(error).__bases__
    return _rebuild, (kind, driver_class, error.args[0], dict(vars(error)))


def _combined_class(kind: type[HelenusError], driver_class: type[BaseException]) -> type[HelenusError]:
    # The metaclass of the driver's error messages enters each class that has an error_code into the table by which the
    # server's errors are decoded, and each class without a leading underscore into the table of messages. Ours must get
    # into neither, so that it is made without the one and with the other.
    namespace: dict[str, object] = {
        "__doc__": f"{kind.__name__}, and the driver's {driver_class.__name__} as well.",
        "__module__": kind.__module__,
        "__reduce__": _reduce,
        "__repr__": Exception.__repr__,
        "__str__": Exception.__str__,
    }
    if hasattr(driver_class, "error_code"):
        namespace["error_code"] = None
    metaclass = cast("Callable[[str, tuple[type, ...], dict[str, object]], type[HelenusError]]", type(driver_class))
    made = metaclass("_combined", (kind, driver_class), namespace)
    made.__name__ = made.__qualname__ = f"{kind.__name__}_{driver_class.__name__}"
    if hasattr(driver_class, "error_code"):
        made.error_code = driver_class.error_code  # type: ignore[attr-defined]
    _classes[kind, driver_class] = made
    return made
