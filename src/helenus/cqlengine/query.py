"""Queries and batches, under cqlengine's module name."""

from __future__ import annotations

from helenus import connection as conn
from helenus.cqlengine import columns
from helenus.cqlengine.names import UnicodeMixin
from helenus.errors import (
    DoesNotExist,
    IfExistsWithCounterColumn,
    IfNotExistsWithCounterColumn,
    LWTException,
    MultipleObjectsReturned,
    QueryException,
    ValidationError,
)
from helenus.errors import HelenusError as CQLEngineException
from helenus.mapper.batch import BatchQuery, BatchType
from helenus.mapper.context import ContextQuery
from helenus.mapper.dml import DMLQuery, check_applied
from helenus.mapper.expressions import ColumnExpression as AbstractQueryableColumn
from helenus.mapper.functions import BaseQueryFunction, MaxTimeUUID, MinTimeUUID, QueryValue, Token
from helenus.mapper.named import ResultObject, SimpleQuerySet
from helenus.mapper.operators import (
    BaseWhereOperator,
    ContainsOperator,
    EqualsOperator,
    GreaterThanOperator,
    GreaterThanOrEqualOperator,
    InOperator,
    LessThanOperator,
    LessThanOrEqualOperator,
)
from helenus.mapper.query import ModelQuerySet
from helenus.mapper.query import QuerySet as AbstractQuerySet

__all__ = [
    "AbstractQuerySet",
    "AbstractQueryableColumn",
    "BaseQueryFunction",
    "BaseWhereOperator",
    "BatchQuery",
    "BatchType",
    "CQLEngineException",
    "ContainsOperator",
    "ContextQuery",
    "DMLQuery",
    "DoesNotExist",
    "EqualsOperator",
    "GreaterThanOperator",
    "GreaterThanOrEqualOperator",
    "IfExistsWithCounterColumn",
    "IfNotExistsWithCounterColumn",
    "InOperator",
    "LWTException",
    "LessThanOperator",
    "LessThanOrEqualOperator",
    "MaxTimeUUID",
    "MinTimeUUID",
    "ModelQuerySet",
    "MultipleObjectsReturned",
    "QueryException",
    "QueryValue",
    "ResultObject",
    "SimpleQuerySet",
    "Token",
    "UnicodeMixin",
    "ValidationError",
    "check_applied",
    "columns",
    "conn",
]
