"""How statements on roles, users and permissions are read."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from helenus.cql.ast.admin import (
    AddIdentity,
    AlterRole,
    AlterUser,
    CreateRole,
    CreateUser,
    DropIdentity,
    DropRole,
    DropUser,
    Grant,
    GrantRole,
    ListPermissions,
    ListRoles,
    ListUsers,
    Resource,
    Revoke,
    RevokeRole,
    RoleOption,
)
from helenus.cql.ast.base import Statement, TableName
from helenus.cql.ast.terms import Constant
from helenus.cql.cursor import Cursor
from helenus.cql.parser.functions import signature
from helenus.cql.parser.names import (
    function_name,
    if_exists,
    if_not_exists,
    keyspace_name,
    role_name,
    string_literal,
    table_name,
)
from helenus.cql.parser.terms import constant, map_literal
from helenus.cql.tokens import NAME_KINDS

__all__ = ["ALTER", "CREATE", "DROP", "add", "grant", "list_something", "revoke"]


# ---- roles -----------------------------------------------------------------------------------------------------------


def _create_role(cursor: Cursor) -> CreateRole:
    cursor.expect("K_ROLE")
    absent = if_not_exists(cursor)
    return CreateRole(role_name(cursor), _role_options(cursor), absent)


def _alter_role(cursor: Cursor) -> AlterRole:
    cursor.expect("K_ROLE")
    present = if_exists(cursor)
    return AlterRole(role_name(cursor), _role_options(cursor), present)


def _drop_role(cursor: Cursor) -> DropRole:
    cursor.expect("K_ROLE")
    present = if_exists(cursor)
    return DropRole(role_name(cursor), present)


def _role_options(cursor: Cursor) -> tuple[RoleOption, ...]:
    if not cursor.accept("K_WITH"):
        return ()
    found = [_role_option(cursor)]
    while cursor.accept("K_AND"):
        found.append(_role_option(cursor))
    return tuple(found)


def _role_option(cursor: Cursor) -> RoleOption:
    reader = _ROLE_OPTIONS.get(cursor.kind)
    return cursor.no_alternative() if reader is None else reader(cursor)


def _password(cursor: Cursor) -> RoleOption:
    cursor.phrase("K_PASSWORD", "=")
    return RoleOption("PASSWORD", _constant_of(cursor, "STRING_LITERAL"))


def _hashed_password(cursor: Cursor) -> RoleOption:
    cursor.phrase("K_HASHED", "K_PASSWORD", "=")
    return RoleOption("HASHED PASSWORD", _constant_of(cursor, "STRING_LITERAL"))


def _constant_of(cursor: Cursor, kind: str) -> Constant:
    return constant(cursor) if cursor.kind == kind else cursor.mismatched(kind)


def _options(cursor: Cursor) -> RoleOption:
    cursor.phrase("K_OPTIONS", "=")
    return RoleOption("OPTIONS", map_literal(cursor))


def _switch(cursor: Cursor) -> RoleOption:
    name = cursor.expect(cursor.kind).upper()
    cursor.expect("=")
    return RoleOption(name, _constant_of(cursor, "BOOLEAN"))


def _access(cursor: Cursor) -> RoleOption:
    cursor.expect("K_ACCESS")
    name, things = _ACCESS.get(cursor.kind, (None, ""))
    if name is None:
        cursor.no_alternative()
    cursor.expect(cursor.kind)
    everything = cursor.accept("K_ALL")
    cursor.expect(things)
    return RoleOption(name, None if everything else cursor.bracketed(string_literal, "{}"))


_ACCESS = {
    "K_TO": ("ACCESS TO DATACENTERS", "K_DATACENTERS"),
    "K_FROM": ("ACCESS FROM CIDRS", "K_CIDRS"),
}

_ROLE_OPTIONS: Mapping[str, Callable[[Cursor], RoleOption]] = {
    "K_ACCESS": _access,
    "K_HASHED": _hashed_password,
    "K_LOGIN": _switch,
    "K_OPTIONS": _options,
    "K_PASSWORD": _password,
    "K_SUPERUSER": _switch,
}


# ---- users and identities --------------------------------------------------------------------------------------------


def _user_name(cursor: Cursor) -> str:
    if cursor.kind == "STRING_LITERAL":
        return string_literal(cursor)
    if cursor.kind == "QUOTED_NAME":
        cursor.fail("Quoted strings are are not supported for user names and USER is deprecated, please use ROLE")
    return cursor.expect("IDENT") if cursor.kind == "IDENT" else cursor.no_alternative()


def _identity(cursor: Cursor) -> str:
    if cursor.kind == "QUOTED_NAME":
        cursor.fail("Quoted strings are are not supported for identity")
    return _user_name(cursor)


def _create_user(cursor: Cursor) -> CreateUser:
    cursor.expect("K_USER")
    absent = if_not_exists(cursor)
    name = _user_name(cursor)
    password, hashed = _user_password(cursor)
    return CreateUser(name, password, hashed, _superuser(cursor), absent)


def _alter_user(cursor: Cursor) -> AlterUser:
    cursor.expect("K_USER")
    present = if_exists(cursor)
    name = _user_name(cursor)
    password, hashed = _user_password(cursor)
    return AlterUser(name, password, hashed, _superuser(cursor), present)


def _user_password(cursor: Cursor) -> tuple[str | None, bool]:
    if not cursor.accept("K_WITH"):
        return None, False
    hashed = cursor.accept("K_HASHED")
    if not hashed and cursor.kind != "K_PASSWORD":
        cursor.no_alternative()
    cursor.expect("K_PASSWORD")
    return string_literal(cursor), hashed


def _superuser(cursor: Cursor) -> bool | None:
    if cursor.accept("K_SUPERUSER"):
        return True
    return False if cursor.accept("K_NOSUPERUSER") else None


def _drop_user(cursor: Cursor) -> DropUser:
    cursor.expect("K_USER")
    present = if_exists(cursor)
    return DropUser(_user_name(cursor), present)


def add(cursor: Cursor) -> AddIdentity:
    """Take ADD IDENTITY.

    Args:
        cursor: where it begins.
    """
    cursor.phrase("K_ADD", "K_IDENTITY")
    absent = if_not_exists(cursor)
    identity = _identity(cursor)
    cursor.phrase("K_TO", "K_ROLE")
    return AddIdentity(identity, _identity(cursor), absent)


def _drop_identity(cursor: Cursor) -> DropIdentity:
    cursor.expect("K_IDENTITY")
    present = if_exists(cursor)
    return DropIdentity(_identity(cursor), present)


# ---- permissions -----------------------------------------------------------------------------------------------------


def grant(cursor: Cursor) -> Grant | GrantRole:
    """Take GRANT, of permissions or of a role.

    Args:
        cursor: where it begins.
    """
    if cursor.ahead(1) not in _GRANTED:
        cursor.no_alternative(1)
    cursor.expect("K_GRANT")
    if not _permission_follows(cursor):
        role = role_name(cursor)
        cursor.expect("K_TO")
        return GrantRole(role, role_name(cursor))
    permissions = _permissions(cursor)
    cursor.expect("K_ON")
    resource = _resource(cursor)
    cursor.expect("K_TO")
    return Grant(permissions, resource, role_name(cursor))


def revoke(cursor: Cursor) -> Revoke | RevokeRole:
    """Take REVOKE, of permissions or of a role.

    Args:
        cursor: where it begins.
    """
    if cursor.ahead(1) not in _GRANTED:
        cursor.no_alternative(1)
    cursor.expect("K_REVOKE")
    if not _permission_follows(cursor):
        role = role_name(cursor)
        cursor.expect("K_FROM")
        return RevokeRole(role, role_name(cursor))
    permissions = _permissions(cursor)
    cursor.expect("K_ON")
    resource = _resource(cursor)
    cursor.expect("K_FROM")
    return Revoke(permissions, resource, role_name(cursor))


_PERMISSIONS = frozenset(
    {
        "K_ALTER",
        "K_AUTHORIZE",
        "K_CREATE",
        "K_DESCRIBE",
        "K_DROP",
        "K_EXECUTE",
        "K_MODIFY",
        "K_SELECT",
        "K_SELECT_MASKED",
        "K_UNMASK",
    }
)
_GRANTED = _PERMISSIONS | NAME_KINDS | {"STRING_LITERAL", "?"}


def _permission_follows(cursor: Cursor) -> bool:
    # ALL, UNMASK and SELECT_MASKED may also be the name of a role: "GRANT all TO someone".
    return cursor.kind in _PERMISSIONS | {"K_ALL"} and cursor.ahead(1) not in {"K_TO", "K_FROM"}


def _permissions(cursor: Cursor) -> tuple[str, ...]:
    if cursor.accept("K_ALL"):
        cursor.accept("K_PERMISSIONS")
        return ("ALL",)
    return cursor.list_of(_permission)


def _permission(cursor: Cursor) -> str:
    if cursor.kind not in _PERMISSIONS:
        cursor.no_alternative()
    name = cursor.expect(cursor.kind).upper()
    cursor.accept("K_PERMISSION")
    return name


def _resource(cursor: Cursor) -> Resource:
    if cursor.ahead(1) not in {".", "K_TO", "K_FROM", "K_OF", "K_NORECURSIVE", "EOF", ";"}:
        reader = _RESOURCES.get(cursor.kind)
        if reader is not None:
            return reader(cursor)
    return Resource("TABLE", table_name(cursor))


def _all_of(cursor: Cursor) -> Resource:
    cursor.expect("K_ALL")
    kind = cursor.kind
    if kind not in {"K_KEYSPACES", "K_TABLES", "K_ROLES", "K_FUNCTIONS", "K_MBEANS"}:
        cursor.no_alternative()
    named = f"ALL {cursor.expect(kind).upper()}"
    if kind != "K_TABLES" and not (kind == "K_FUNCTIONS" and cursor.kind == "K_IN"):
        return Resource(named)
    cursor.phrase("K_IN", "K_KEYSPACE")
    return Resource(f"{named} IN KEYSPACE", keyspace_name(cursor))


def _one(cursor: Cursor) -> Resource:
    kind = cursor.kind
    cursor.expect(kind)
    name, read = _ONE[kind]
    return Resource(name, read(cursor))


def _function(cursor: Cursor) -> Resource:
    cursor.expect("K_FUNCTION")
    name = function_name(cursor)
    return Resource("FUNCTION", name, signature(cursor))


_ONE: Mapping[str, tuple[str, Callable[[Cursor], str | TableName]]] = {
    "K_COLUMNFAMILY": ("TABLE", table_name),
    "K_KEYSPACE": ("KEYSPACE", keyspace_name),
    "K_MBEAN": ("MBEAN", string_literal),
    "K_MBEANS": ("MBEANS", string_literal),
    "K_ROLE": ("ROLE", role_name),
}

_RESOURCES: Mapping[str, Callable[[Cursor], Resource]] = {
    "K_ALL": _all_of,
    "K_FUNCTION": _function,
    **dict.fromkeys(_ONE, _one),
}


# ---- LIST ------------------------------------------------------------------------------------------------------------


def list_something(cursor: Cursor) -> ListUsers | ListRoles | ListPermissions:
    """Take LIST, of users, roles or permissions.

    Args:
        cursor: where it begins.
    """
    if cursor.ahead(1) not in _PERMISSIONS | {"K_ALL", "K_ROLES", "K_USERS"}:
        cursor.no_alternative(1)
    cursor.expect("K_LIST")
    if cursor.accept("K_USERS"):
        return ListUsers()
    if cursor.accept("K_ROLES"):
        return ListRoles(_of(cursor), not cursor.accept("K_NORECURSIVE"))
    permissions = _permissions(cursor)
    resource = _resource(cursor) if cursor.accept("K_ON") else None
    return ListPermissions(permissions, resource, _of(cursor), not cursor.accept("K_NORECURSIVE"))


def _of(cursor: Cursor) -> str | None:
    return role_name(cursor) if cursor.accept("K_OF") else None


CREATE: Mapping[str, Callable[[Cursor], Statement]] = {"K_ROLE": _create_role, "K_USER": _create_user}
"""What of this module can stand behind CREATE, by the kind of the word."""

ALTER: Mapping[str, Callable[[Cursor], Statement]] = {"K_ROLE": _alter_role, "K_USER": _alter_user}
"""What of this module can stand behind ALTER, by the kind of the word."""

DROP: Mapping[str, Callable[[Cursor], Statement]] = {
    "K_IDENTITY": _drop_identity,
    "K_ROLE": _drop_role,
    "K_USER": _drop_user,
}
"""What of this module can stand behind DROP, by the kind of the word."""
