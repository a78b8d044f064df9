"""Names that cqlengine's root module has of its own; nothing in helenus uses them."""

from __future__ import annotations

__all__ = ["CACHING_ALL", "CACHING_KEYS_ONLY", "CACHING_NONE", "CACHING_ROWS_ONLY", "UnicodeMixin"]

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
