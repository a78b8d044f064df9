"""Models, under cqlengine's module name; ``models.DEFAULT_KEYSPACE`` can be read and set, as there."""

from __future__ import annotations

import sys
import types

from helenus.connection import defaults
from helenus.errors import ModelDefinitionException, ModelException, PolymorphicModelException, ValidationError
from helenus.mapper.declare import ModelMetaClass
from helenus.mapper.model import BaseModel, Model

__all__ = [
    "BaseModel",
    "Model",
    "ModelDefinitionException",
    "ModelException",
    "ModelMetaClass",
    "PolymorphicModelException",
    "UndefinedKeyspaceWarning",
    "ValidationError",
]


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
