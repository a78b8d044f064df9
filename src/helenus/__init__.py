"""helenus: the object mapper for Apache Cassandra and ScyllaDB, for many clusters at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helenus import connection, errors
from helenus.mapper import columns, functions, usertype
from helenus.mapper.batch import BatchQuery, BatchType
from helenus.mapper.context import ContextQuery
from helenus.mapper.functions import MaxTimeUUID, MinTimeUUID, Token
from helenus.mapper.model import Model
from helenus.mapper.named import NamedKeyspace, NamedTable
from helenus.mapper.query import QuerySet
from helenus.mapper.usertype import UserType

if TYPE_CHECKING:
    from helenus import schema as management

__all__ = [
    "BatchQuery",
    "BatchType",
    "ContextQuery",
    "MaxTimeUUID",
    "MinTimeUUID",
    "Model",
    "NamedKeyspace",
    "NamedTable",
    "QuerySet",
    "Token",
    "UserType",
    "__version__",
    "columns",
    "connection",
    "errors",
    "functions",
    "management",
    "usertype",
]

__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    """Load the schema room when it is asked for: most processes that use models never change a schema."""
    if name == "management":
        from helenus import schema  # noqa: PLC0415

        return schema
    raise AttributeError(f"module 'helenus' has no attribute {name!r}")
