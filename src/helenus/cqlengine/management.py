"""Schema management, under cqlengine's module name."""

from __future__ import annotations

from helenus.schema import *  # noqa: F403
from helenus.schema import __all__ as _schema

__all__ = [*_schema]  # noqa: PLE0604 - names of another module's __all__
