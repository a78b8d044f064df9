"""Tables without models, under cqlengine's module name."""

from __future__ import annotations

from helenus.errors import DoesNotExist, MultipleObjectsReturned
from helenus.mapper.named import NamedColumn, NamedKeyspace, NamedTable

__all__ = ["DoesNotExist", "MultipleObjectsReturned", "NamedColumn", "NamedKeyspace", "NamedTable"]
