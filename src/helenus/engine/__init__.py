"""The database: CQL in, rows out, without sockets."""

from __future__ import annotations

from helenus.engine.clock import Clock
from helenus.engine.ddl import SchemaChange
from helenus.engine.errors import (
    AlreadyExists,
    ConfigurationError,
    InvalidPagingState,
    InvalidRequest,
    RequestError,
    StorageError,
    Unauthorized,
    Unprepared,
)
from helenus.engine.results import KeyspaceSet, Result, ResultColumn, Rows, SchemaChanged, Void
from helenus.engine.session import BatchItem, Engine, Options, Prepared, Session
from helenus.engine.storage import SQLiteStorage
from helenus.engine.system import NodeInfo
from helenus.engine.terms import UNSET
from helenus.engine.types import Udt

__all__ = [
    "UNSET",
    "AlreadyExists",
    "BatchItem",
    "Clock",
    "ConfigurationError",
    "Engine",
    "InvalidPagingState",
    "InvalidRequest",
    "KeyspaceSet",
    "NodeInfo",
    "Options",
    "Prepared",
    "RequestError",
    "Result",
    "ResultColumn",
    "Rows",
    "SQLiteStorage",
    "SchemaChange",
    "SchemaChanged",
    "Session",
    "StorageError",
    "Udt",
    "Unauthorized",
    "Unprepared",
    "Void",
]
