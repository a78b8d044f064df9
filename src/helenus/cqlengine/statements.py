"""What is public of cqlengine's statements; its clause classes are internal, and helenus has none of them."""

from __future__ import annotations

from helenus.cqlengine import columns
from helenus.cqlengine.names import UnicodeMixin
from helenus.errors import StatementException
from helenus.mapper.expressions import IsNotNull
from helenus.mapper.functions import QueryValue
from helenus.mapper.operators import BaseWhereOperator, EqualsOperator, InOperator, IsNotNullOperator

__all__ = [
    "BaseWhereOperator",
    "EqualsOperator",
    "InOperator",
    "IsNotNull",
    "IsNotNullClause",
    "IsNotNullOperator",
    "QueryValue",
    "StatementException",
    "UnicodeMixin",
    "columns",
]

IsNotNullClause = IsNotNull
