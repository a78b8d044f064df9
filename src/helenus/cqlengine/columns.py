"""The columns, under cqlengine's module name; ``from helenus.cqlengine.columns import *`` works as it did there.

What that import brought along by accident (``datetime`` and others) comes along here, too.
"""

from __future__ import annotations

from copy import copy, deepcopy
from datetime import date, datetime, timedelta, timezone

from helenus.errors import ValidationError
from helenus.mapper.columns import *  # noqa: F403
from helenus.mapper.columns import __all__ as _columns
from helenus.mapper.functions import get_total_seconds
from helenus.mapper.values import ValueView as BaseValueManager

__all__ = [  # noqa: PLE0604 - names of another module's __all__
    "BaseValueManager",
    "CounterValueManager",
    "UDTValueManager",
    "ValidationError",
    "copy",
    "date",
    "datetime",
    "deepcopy",
    "get_total_seconds",
    "timedelta",
    "timezone",
    *_columns,
]

CounterValueManager = BaseValueManager
UDTValueManager = BaseValueManager
