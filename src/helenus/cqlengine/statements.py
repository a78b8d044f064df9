"""What is public of cqlengine's statements; its clause classes are internal, and helenus has none of them."""

from __future__ import annotations

from helenus.errors import StatementException
from helenus.mapper.expressions import IsNotNull

__all__ = ["IsNotNull", "IsNotNullClause", "StatementException"]

IsNotNullClause = IsNotNull
