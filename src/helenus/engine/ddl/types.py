"""CREATE, ALTER and DROP TYPE, on the catalogue; and which types columns and fields may have.

This module must not know storage.
"""

from __future__ import annotations

from helenus.cql.ast import AlterTypeAdd, AlterTypeField, AlterTypeRename, CreateType, DropType, TypeName
from helenus.cql.types import (
    CQLType,
    Frozen,
    List,
    Map,
    Set,
    Tuple,
    UserDefined,
    Vector,
    canonical,
    is_collection,
    user_types,
    walk,
)
from helenus.engine.catalog import Keyspace, UserType
from helenus.engine.ddl.base import Change, Context
from helenus.engine.ddl.options import PropertyError
from helenus.engine.errors import InvalidRequest
from helenus.engine.types import COUNTER, resolve

__all__ = [
    "alter_type_add",
    "alter_type_field",
    "alter_type_rename",
    "checked_type",
    "create_type",
    "drop_type",
    "key_problem",
]


def checked_type(keyspace: Keyspace, of: CQLType) -> CQLType:
    """Return a type as it is stored, or refuse it.

    Args:
        keyspace: where its user types are.
        of: as a statement spells it.

    Raises:
        InvalidRequest: there is no such type, or it cannot be nested like that.
    """
    _check_frozen(of)
    resolve(of, keyspace.lookup)
    _check_nesting(of, of)
    if isinstance(of, UserDefined):
        for _, part in keyspace.lookup(of).fields:
            if isinstance(part, List | Set | Map):
                raise InvalidRequest("Non-frozen UDTs with nested non-frozen collections are not supported")
    return canonical(_local(of))


def _check_frozen(of: CQLType) -> None:
    for part in walk(of):
        if isinstance(part, Frozen) and not isinstance(part.inner, List | Set | Map | Tuple | UserDefined | Vector):
            raise PropertyError(
                f"frozen<> is only allowed on collections, tuples, and user-defined types (got {part.inner})"
            )


def _local(of: CQLType) -> CQLType:
    """Leave out the keyspace of user types: it is the table's own."""
    match of:
        case UserDefined():
            return UserDefined(None, of.name)
        case Frozen():
            return Frozen(_local(of.inner))
        case List() | Set():
            return type(of)(_local(of.element))
        case Map():
            return Map(_local(of.key), _local(of.value))
        case Tuple():
            return Tuple(tuple(_local(element) for element in of.elements))
        case Vector():
            return Vector(_local(of.element), of.dimension)
        case _:
            return of


def _check_nesting(of: CQLType, whole: CQLType) -> None:
    if not isinstance(of, List | Set | Map):
        return
    for part in of.children():
        if part == COUNTER:
            raise InvalidRequest(f"Counters are not allowed inside collections: {whole}")
        if isinstance(part, List | Set | Map):
            raise InvalidRequest(f"Non-frozen collections are not allowed inside collections: {whole}")
        if isinstance(part, UserDefined):
            raise InvalidRequest(f"Non-frozen UDTs are not allowed inside collections: {whole}")
    first = str(of.children()[0])
    if first == "duration" and isinstance(of, Set):
        raise InvalidRequest(f"Durations are not allowed inside sets: {whole}")
    if first == "duration" and isinstance(of, Map):
        raise InvalidRequest(f"Durations are not allowed as map keys: {whole}")


def _checked_field(keyspace: Keyspace, of: CQLType) -> CQLType:
    if of == COUNTER:
        raise InvalidRequest("A user type cannot contain counters")
    stored = checked_type(keyspace, of)
    if isinstance(stored, UserDefined):
        raise InvalidRequest("A user type cannot contain non-frozen UDTs")
    return stored


def create_type(context: Context, statement: CreateType) -> Change:
    """Add a type.

    Args:
        context: what there is.
        statement: what is asked.

    Raises:
        InvalidRequest: there is one of that name, or its fields cannot be.
    """
    keyspace = context.keyspace(statement.name.keyspace)
    name = statement.name.name
    if name in keyspace.types:
        if statement.if_not_exists:
            return context.unchanged()
        raise InvalidRequest(f"A user type with name '{name}' already exists")
    fields: dict[str, CQLType] = {}
    for field in statement.fields:
        if field.name in fields:
            raise InvalidRequest(f"Duplicate field name '{field.name}' in type '{name}'")
        fields[field.name] = field.type
    stored = tuple((field, _checked_field(keyspace, of)) for field, of in fields.items())
    changed = keyspace.with_types({**keyspace.types, name: UserType(keyspace.name, name, stored)})
    return context.changed(changed, "CREATED", "TYPE", name)


def _existing(context: Context, name: TypeName, *, if_exists: bool) -> UserType | None:
    found = context.catalog.keyspaces.get(context.keyspace_name(name.keyspace))
    known = None if found is None else found.types.get(name.name)
    if known is None and not if_exists:
        raise InvalidRequest(f"Type '{context.keyspace_name(name.keyspace)}.{name.name}' doesn't exist")
    return known


def _altered(context: Context, known: UserType, fields: tuple[tuple[str, CQLType], ...]) -> Change:
    keyspace = context.keyspace(known.keyspace)
    changed = keyspace.with_types({**keyspace.types, known.name: UserType(known.keyspace, known.name, fields)})
    return context.changed(changed, "UPDATED", "TYPE", known.name)


def _known(context: Context, name: TypeName, *, if_exists: bool) -> UserType | None:
    known = _existing(context, name, if_exists=True)
    if known is None and not if_exists:
        raise InvalidRequest(f"Type {context.keyspace_name(name.keyspace)}.{name.name} doesn't exist")
    return known


def alter_type_add(context: Context, statement: AlterTypeAdd) -> Change:
    """Add a field to a type.

    Args:
        context: what there is.
        statement: what is asked.

    Raises:
        InvalidRequest: there is no such type, or it has a field of that name.
    """
    known = _known(context, statement.name, if_exists=statement.if_exists)
    if known is None:
        return context.unchanged()
    field = statement.field
    if field.name in dict(known.fields):
        if statement.if_not_exists:
            return context.unchanged()
        raise InvalidRequest(
            f"Cannot add field {field.name} to type {known.keyspace}.{known.name}: a field with name {field.name} "
            "already exists"
        )
    stored = _checked_field(context.keyspace(known.keyspace), field.type)
    return _altered(context, known, (*known.fields, (field.name, stored)))


def alter_type_rename(context: Context, statement: AlterTypeRename) -> Change:
    """Rename fields of a type.

    Args:
        context: what there is.
        statement: what is asked.

    Raises:
        InvalidRequest: there is no such type or field, or two would have one name.
    """
    known = _known(context, statement.name, if_exists=statement.if_exists)
    if known is None:
        return context.unchanged()
    fields = list(known.fields)
    for old, new in statement.renames:
        names = [name for name, _ in fields]
        if old not in names:
            if statement.if_fields_exist:
                continue
            raise InvalidRequest(f"Unkown field {old} in user type {known.keyspace}.{known.name}")
        at = names.index(old)
        fields[at] = (new, fields[at][1])
    seen: set[str] = set()
    for name, _ in fields:
        if name in seen:
            raise InvalidRequest(f"Duplicate field name {name} in type {known.keyspace}")
        seen.add(name)
    return _altered(context, known, tuple(fields))


def alter_type_field(context: Context, statement: AlterTypeField) -> Change:
    """Refuse to change a field's type, as servers since 3.10 do.

    Args:
        context: what there is.
        statement: what is asked.

    Raises:
        InvalidRequest: always, unless there is no such type and that is allowed.
    """
    if _known(context, statement.name, if_exists=statement.if_exists) is None:
        return context.unchanged()
    raise InvalidRequest("Altering field types is no longer supported")


def drop_type(context: Context, statement: DropType) -> Change:
    """Remove a type that nothing uses.

    Args:
        context: what there is.
        statement: what is asked.

    Raises:
        InvalidRequest: there is no such type, or something uses it.
    """
    known = _existing(context, statement.name, if_exists=statement.if_exists)
    if known is None:
        return context.unchanged()
    keyspace = context.keyspace(known.keyspace)
    used = f"Cannot drop user type '{known.keyspace}.{known.name}' as it is still used by"
    types = [other.name for other in keyspace.types.values() if any(_names(of, known.name) for _, of in other.fields)]
    if types:
        raise InvalidRequest(f"{used} user types {', '.join(types)}")
    tables = [
        table.name
        for table in keyspace.tables.values()
        if any(_names(column.type, known.name) for column in table.columns)
    ]
    if tables:
        raise InvalidRequest(f"{used} tables {', '.join(tables)}")
    left = {name: of for name, of in keyspace.types.items() if name != known.name}
    return context.changed(keyspace.with_types(left), "DROPPED", "TYPE", known.name)


def _names(of: CQLType, name: str) -> bool:
    return any(part.name == name for part in user_types(of))


def key_problem(of: CQLType, keyspace: str, column: str) -> str | None:
    """Tell why a column of a type cannot be part of a primary key; None if it can.

    Args:
        of: the type as it is stored.
        keyspace: the table's keyspace.
        column: the column's name.
    """
    where = f"for PRIMARY KEY column '{column}'"
    if isinstance(of, UserDefined):
        return f'Invalid non-frozen user-defined type "{keyspace}.{of.name}" {where}'
    if is_collection(of) and not isinstance(of, Frozen):
        return f"Invalid non-frozen collection type {of} {where}"
    if of == COUNTER:
        return f"counter type is not supported {where}"
    if any(str(part) == "duration" for part in walk(of)):
        return f"duration type is not supported {where}"
    return None
