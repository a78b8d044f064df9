"""Models: classes whose instances are rows, and the queries and batches on them."""

from __future__ import annotations

from helenus.mapper.batch import BatchQuery, BatchType
from helenus.mapper.bulk import BulkError, BulkResult
from helenus.mapper.context import ContextQuery
from helenus.mapper.model import BaseModel, Model
from helenus.mapper.named import NamedKeyspace, NamedTable, ResultObject
from helenus.mapper.query import QuerySet
from helenus.mapper.results import ResultPage
from helenus.mapper.usertype import UserType

__all__ = [
    "BaseModel",
    "BatchQuery",
    "BatchType",
    "BulkError",
    "BulkResult",
    "ContextQuery",
    "Model",
    "NamedKeyspace",
    "NamedTable",
    "QuerySet",
    "ResultObject",
    "ResultPage",
    "UserType",
]
