"""Queries and batches, under cqlengine's module name."""

from __future__ import annotations

from helenus.errors import (
    DoesNotExist,
    IfExistsWithCounterColumn,
    IfNotExistsWithCounterColumn,
    LWTException,
    MultipleObjectsReturned,
    QueryException,
)
from helenus.mapper.batch import BatchQuery, BatchType
from helenus.mapper.chain import Query as AbstractQuerySet
from helenus.mapper.context import ContextQuery
from helenus.mapper.dml import DMLQuery
from helenus.mapper.expressions import ColumnExpression as AbstractQueryableColumn
from helenus.mapper.functions import MaxTimeUUID, MinTimeUUID, Token
from helenus.mapper.named import ResultObject, SimpleQuerySet
from helenus.mapper.query import QuerySet as ModelQuerySet

__all__ = [
    "AbstractQuerySet",
    "AbstractQueryableColumn",
    "BatchQuery",
    "BatchType",
    "ContextQuery",
    "DMLQuery",
    "DoesNotExist",
    "IfExistsWithCounterColumn",
    "IfNotExistsWithCounterColumn",
    "LWTException",
    "MaxTimeUUID",
    "MinTimeUUID",
    "ModelQuerySet",
    "MultipleObjectsReturned",
    "QueryException",
    "ResultObject",
    "SimpleQuerySet",
    "Token",
]
