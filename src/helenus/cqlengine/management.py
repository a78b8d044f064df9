"""Schema management, under cqlengine's module name."""

from __future__ import annotations

from collections import namedtuple

from helenus.connection import execute, format_log_context, get_cluster
from helenus.cqlengine import columns, query
from helenus.errors import HelenusError as CQLEngineException
from helenus.mapper.model import Model
from helenus.mapper.named import NamedTable
from helenus.mapper.usertype import UserType
from helenus.schema import *  # noqa: F403
from helenus.schema import __all__ as _schema

__all__ = [  # noqa: PLE0604 - names of another module's __all__
    "CQLEngineException",
    "Field",
    "Model",
    "NamedTable",
    "UserType",
    "columns",
    "execute",
    "format_log_context",
    "get_cluster",
    "query",
    "schema_columnfamilies",
    *_schema,
]

Field = namedtuple("Field", ["name", "type"])  # noqa: PYI024 - cqlengine's, untyped

schema_columnfamilies = NamedTable("system", "schema_columnfamilies")
