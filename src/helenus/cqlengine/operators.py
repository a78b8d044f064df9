"""The operators of conditions, under cqlengine's module name."""

from __future__ import annotations

from helenus.cqlengine.names import UnicodeMixin
from helenus.errors import QueryOperatorException
from helenus.mapper.operators import (
    BaseQueryOperator,
    BaseWhereOperator,
    ContainsKeyOperator,
    ContainsOperator,
    EqualsOperator,
    GreaterThanOperator,
    GreaterThanOrEqualOperator,
    InOperator,
    IsNotNullOperator,
    LessThanOperator,
    LessThanOrEqualOperator,
    LikeOperator,
    NotEqualsOperator,
    OpMapMeta,
)

__all__ = [
    "BaseQueryOperator",
    "BaseWhereOperator",
    "ContainsKeyOperator",
    "ContainsOperator",
    "EqualsOperator",
    "GreaterThanOperator",
    "GreaterThanOrEqualOperator",
    "InOperator",
    "IsNotNullOperator",
    "LessThanOperator",
    "LessThanOrEqualOperator",
    "LikeOperator",
    "NotEqualsOperator",
    "OpMapMeta",
    "QueryOperatorException",
    "UnicodeMixin",
]
