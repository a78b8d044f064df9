"""User-defined types, under cqlengine's module name."""

from __future__ import annotations

from helenus import connection as conn
from helenus.cqlengine import columns, models
from helenus.errors import HelenusError as CQLEngineException
from helenus.errors import UserTypeDefinitionException, UserTypeException
from helenus.mapper.usertype import BaseUserType, UserType, UserTypeMetaClass

__all__ = [
    "BaseUserType",
    "CQLEngineException",
    "UserType",
    "UserTypeDefinitionException",
    "UserTypeException",
    "UserTypeMetaClass",
    "columns",
    "conn",
    "models",
]
