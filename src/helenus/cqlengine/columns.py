"""The columns, under cqlengine's module name; ``from helenus.cqlengine.columns import *`` works as it did there."""

from __future__ import annotations

from helenus.errors import ValidationError
from helenus.mapper.columns import *  # noqa: F403
from helenus.mapper.columns import __all__ as _columns
from helenus.mapper.values import ValueView as BaseValueManager

__all__ = ["BaseValueManager", "ValidationError", *_columns]  # noqa: PLE0604 - names of another module's __all__
