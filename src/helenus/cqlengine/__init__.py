"""cqlengine's names: import from here what was imported from ``cassandra.cqlengine``, or call :func:`install` once.

The modules of this package carry names, no logic: there is one implementation, in ``helenus``.
"""

from __future__ import annotations

from helenus.cqlengine.aliases import install, uninstall
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
    "install",
    "uninstall",
]

CACHING_ALL = "ALL"
CACHING_KEYS_ONLY = "KEYS_ONLY"
CACHING_ROWS_ONLY = "ROWS_ONLY"
CACHING_NONE = "NONE"


class UnicodeMixin:
    """Prints as its ``__unicode__`` says; kept for classes that were written for Python 2."""

    def __str__(self) -> str:
        """Return what ``__unicode__`` returns."""
        text: str = self.__unicode__()  # type: ignore[attr-defined]
        return text
