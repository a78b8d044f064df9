"""CQL types as values: one frozen class per kind of type, their text, and the helpers that walk and freeze them.

``str(type)`` is what the server stores in ``system_schema.columns.type``, and ``parse_type(str(type)) == type``. These
modules must not know the Python side of a type (columns) or its bytes (the wire).
"""

from __future__ import annotations

from helenus.cql.types.forms import canonical, freeze, is_collection, is_multicell, unfreeze, user_types, walk
from helenus.cql.types.reading import (
    NATIVE_KINDS,
    parse_type,
    read_type,
    read_type_name,
    string_value,
    type_keyspace,
)
from helenus.cql.types.values import CQLType, Custom, Frozen, List, Map, Native, Set, Tuple, UserDefined, Vector

__all__ = [
    "NATIVE_KINDS",
    "CQLType",
    "Custom",
    "Frozen",
    "List",
    "Map",
    "Native",
    "Set",
    "Tuple",
    "UserDefined",
    "Vector",
    "canonical",
    "freeze",
    "is_collection",
    "is_multicell",
    "parse_type",
    "read_type",
    "read_type_name",
    "string_value",
    "type_keyspace",
    "unfreeze",
    "user_types",
    "walk",
]
