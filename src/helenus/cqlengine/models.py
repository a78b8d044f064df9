"""Models, under cqlengine's module name; ``models.DEFAULT_KEYSPACE`` can be read and set, as there."""

from __future__ import annotations

import sys
import types

from helenus import connection
from helenus.connection import defaults
from helenus.cqlengine import columns, query
from helenus.errors import (
    DoesNotExist,
    ModelDefinitionException,
    ModelException,
    MultipleObjectsReturned,
    PolymorphicModelException,
    ValidationError,
)
from helenus.errors import HelenusError as CQLEngineException
from helenus.mapper.attributes import ColumnAttribute as ColumnDescriptor
from helenus.mapper.attributes import TwoFaced
from helenus.mapper.declare import ModelMetaClass
from helenus.mapper.expressions import ColumnExpression as ColumnQueryEvaluator
from helenus.mapper.model import BaseModel, Model
from helenus.mapper.objects import Objects as QuerySetDescriptor

__all__ = [
    "DEFAULT_KEYSPACE",
    "BaseModel",
    "CQLEngineException",
    "ColumnDescriptor",
    "ColumnQueryEvaluator",
    "ConditionalDescriptor",
    "ConsistencyDescriptor",
    "DoesNotExist",
    "IfExistsDescriptor",
    "IfNotExistsDescriptor",
    "Model",
    "ModelDefinitionException",
    "ModelException",
    "ModelMetaClass",
    "MultipleObjectsReturned",
    "PolymorphicModelException",
    "QuerySetDescriptor",
    "TTLDescriptor",
    "TimestampDescriptor",
    "UndefinedKeyspaceWarning",
    "UsingDescriptor",
    "ValidationError",
    "columns",
    "connection",
    "query",
]

DEFAULT_KEYSPACE: str | None
"""The keyspace of models that name none: a property of the module, see below."""

# The two-faced calls of models have one descriptor here.
ConditionalDescriptor = ConsistencyDescriptor = IfExistsDescriptor = IfNotExistsDescriptor = TwoFaced
TTLDescriptor = TimestampDescriptor = UsingDescriptor = TwoFaced


class UndefinedKeyspaceWarning(Warning):
    """Never emitted, here as there; kept for code that imports it."""


class _Module(types.ModuleType):
    """The module itself: ``DEFAULT_KEYSPACE`` is the one default keyspace that the connections keep."""

    @property
    def DEFAULT_KEYSPACE(self) -> str | None:  # noqa: N802 - cqlengine's name
        """The keyspace of models that name none."""
        return defaults.keyspace

    @DEFAULT_KEYSPACE.setter
    def DEFAULT_KEYSPACE(self, keyspace: str | None) -> None:  # noqa: N802
        defaults.keyspace = keyspace


sys.modules[__name__].__class__ = _Module
