"""Tables without models, under cqlengine's module name."""

from __future__ import annotations

from helenus.connection import get_cluster
from helenus.errors import DoesNotExist, MultipleObjectsReturned
from helenus.errors import HelenusError as CQLEngineException
from helenus.mapper.attributes import TwoFaced as UsingDescriptor
from helenus.mapper.columns import Column
from helenus.mapper.expressions import ColumnExpression as AbstractQueryableColumn
from helenus.mapper.model import BaseModel
from helenus.mapper.named import NamedColumn, NamedKeyspace, NamedTable, SimpleQuerySet
from helenus.mapper.objects import Objects as QuerySetDescriptor

__all__ = [
    "AbstractQueryableColumn",
    "BaseModel",
    "CQLEngineException",
    "Column",
    "DoesNotExist",
    "MultipleObjectsReturned",
    "NamedColumn",
    "NamedKeyspace",
    "NamedTable",
    "QuerySetDescriptor",
    "SimpleQuerySet",
    "UsingDescriptor",
    "get_cluster",
]
