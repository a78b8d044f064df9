"""User-defined types, under cqlengine's module name."""

from __future__ import annotations

from helenus.errors import UserTypeDefinitionException, UserTypeException
from helenus.mapper.usertype import BaseUserType, UserType, UserTypeMetaClass

__all__ = ["BaseUserType", "UserType", "UserTypeDefinitionException", "UserTypeException", "UserTypeMetaClass"]
