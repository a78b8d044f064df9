"""cqlengine's names: import from here what was imported from ``cassandra.cqlengine``, or call :func:`install` once.

The modules of this package carry names, no logic: there is one implementation, in ``helenus``.
"""

from __future__ import annotations

from helenus import connection
from helenus.cqlengine.aliases import install, uninstall
from helenus.cqlengine.names import (
    CACHING_ALL,
    CACHING_KEYS_ONLY,
    CACHING_NONE,
    CACHING_ROWS_ONLY,
    UnicodeMixin,
)
from helenus.errors import HelenusError as CQLEngineException
from helenus.errors import ValidationError

__all__ = [
    "CACHING_ALL",
    "CACHING_KEYS_ONLY",
    "CACHING_NONE",
    "CACHING_ROWS_ONLY",
    "CQLEngineException",
    "UnicodeMixin",
    "ValidationError",
    "connection",
    "install",
    "uninstall",
]
