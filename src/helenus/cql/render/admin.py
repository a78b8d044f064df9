"""How statements on roles, users and permissions are written, and DESCRIBE."""

from __future__ import annotations

from collections.abc import Sequence

from helenus.cql.ast.admin import (
    AddIdentity,
    AlterRole,
    AlterUser,
    CreateRole,
    CreateUser,
    Describe,
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
from helenus.cql.ast.base import FunctionName, TableName
from helenus.cql.ast.terms import Constant, MapLiteral
from helenus.cql.names import maybe_quote, quote
from helenus.cql.render.base import if_exists, if_not_exists, one_of, parts, render, text

__all__: list[str] = []

_OPTIONS = frozenset({"HASHED PASSWORD", "LOGIN", "OPTIONS", "PASSWORD", "SUPERUSER"})
_ACCESS = {"ACCESS TO DATACENTERS": ("TO", "DATACENTERS"), "ACCESS FROM CIDRS": ("FROM", "CIDRS")}


@render.register
def _role_option(node: RoleOption) -> str:
    if isinstance(node.value, Constant | MapLiteral):
        return f"{one_of(node.name, _OPTIONS, 'an option of a role')} = {render(node.value)}"
    preposition, things = _ACCESS[one_of(node.name, _ACCESS, "an access of a role")]
    if node.value is None:
        return f"ACCESS {preposition} ALL {things}"
    return f"ACCESS {preposition} {things} {{{', '.join(map(text, node.value))}}}"


def _role_options(options: Sequence[RoleOption]) -> str:
    return f"WITH {' AND '.join(map(render, options))}" if options else ""


@render.register
def _create_role(node: CreateRole) -> str:
    return parts("CREATE ROLE", if_not_exists(node.if_not_exists), maybe_quote(node.name), _role_options(node.options))


@render.register
def _alter_role(node: AlterRole) -> str:
    return parts("ALTER ROLE", if_exists(node.if_exists), maybe_quote(node.name), _role_options(node.options))


@render.register
def _drop_role(node: DropRole) -> str:
    return parts("DROP ROLE", if_exists(node.if_exists), maybe_quote(node.name))


def _of(role: str | None) -> str:
    return "" if role is None else f"OF {maybe_quote(role)}"


def _norecursive(node: ListRoles | ListPermissions) -> str:
    return "" if node.recursive else "NORECURSIVE"


@render.register
def _list_roles(node: ListRoles) -> str:
    return parts("LIST ROLES", _of(node.of), _norecursive(node))


@render.register
def _grant_role(node: GrantRole) -> str:
    return f"GRANT {maybe_quote(node.role)} TO {maybe_quote(node.grantee)}"


@render.register
def _revoke_role(node: RevokeRole) -> str:
    return f"REVOKE {maybe_quote(node.role)} FROM {maybe_quote(node.revokee)}"


def _user_options(node: CreateUser | AlterUser) -> str:
    word = "HASHED PASSWORD" if node.hashed else "PASSWORD"
    return parts(
        "" if node.password is None else f"WITH {word} {text(node.password)}",
        {True: "SUPERUSER", False: "NOSUPERUSER", None: ""}[node.superuser],
    )


@render.register
def _create_user(node: CreateUser) -> str:
    return parts("CREATE USER", if_not_exists(node.if_not_exists), text(node.name), _user_options(node))


@render.register
def _alter_user(node: AlterUser) -> str:
    return parts("ALTER USER", if_exists(node.if_exists), text(node.name), _user_options(node))


@render.register
def _drop_user(node: DropUser) -> str:
    return parts("DROP USER", if_exists(node.if_exists), text(node.name))


@render.register
def _list_users(_: ListUsers) -> str:
    return "LIST USERS"


@render.register
def _add_identity(node: AddIdentity) -> str:
    return parts("ADD IDENTITY", if_not_exists(node.if_not_exists), f"{text(node.identity)} TO ROLE {text(node.role)}")


@render.register
def _drop_identity(node: DropIdentity) -> str:
    return parts("DROP IDENTITY", if_exists(node.if_exists), text(node.identity))


# ---- permissions -----------------------------------------------------------------------------------------------------


_RESOURCES = frozenset(
    {"ALL KEYSPACES", "ALL TABLES IN KEYSPACE", "KEYSPACE", "TABLE", "ALL ROLES", "ROLE", "ALL FUNCTIONS"}
    | {"ALL FUNCTIONS IN KEYSPACE", "FUNCTION", "ALL MBEANS", "MBEAN", "MBEANS"}
)
_PERMISSIONS = frozenset(
    {"ALL", "ALTER", "AUTHORIZE", "CREATE", "DESCRIBE", "DROP", "EXECUTE", "MODIFY", "SELECT", "SELECT_MASKED"}
    | {"UNMASK"}
)


@render.register
def _resource(node: Resource) -> str:
    kind, name = one_of(node.kind, _RESOURCES, "a resource"), node.name
    if name is None:
        return kind
    if isinstance(name, FunctionName):
        return f"{kind} {render(name)}({', '.join(map(str, node.argument_types))})"
    if isinstance(name, TableName):
        return f"{kind} {render(name)}"
    return f"{kind} {text(name) if kind.startswith('MBEAN') else maybe_quote(name)}"


def _permissions(permissions: Sequence[str]) -> str:
    return ", ".join([one_of(permission, _PERMISSIONS, "a permission") for permission in permissions])


@render.register
def _grant(node: Grant) -> str:
    return f"GRANT {_permissions(node.permissions)} ON {render(node.resource)} TO {maybe_quote(node.role)}"


@render.register
def _revoke(node: Revoke) -> str:
    return f"REVOKE {_permissions(node.permissions)} ON {render(node.resource)} FROM {maybe_quote(node.role)}"


@render.register
def _list_permissions(node: ListPermissions) -> str:
    return parts(
        f"LIST {_permissions(node.permissions)}",
        "" if node.resource is None else f"ON {render(node.resource)}",
        _of(node.role),
        _norecursive(node),
    )


# ---- DESCRIBE --------------------------------------------------------------------------------------------------------


_DESCRIBED = frozenset(
    {"AGGREGATE", "AGGREGATES", "CLUSTER", "FULL SCHEMA", "FUNCTION", "FUNCTIONS", "INDEX", "KEYSPACE", "KEYSPACES"}
    | {"MATERIALIZED VIEW", "ONLY KEYSPACE", "SCHEMA", "TABLE", "TABLES", "TYPE", "TYPES"}
)


_KIND_WORDS = frozenset(kind.lower() for kind in _DESCRIBED) | {"only"}


@render.register
def _describe(node: Describe) -> str:
    return parts(
        "DESCRIBE",
        "" if node.kind is None else one_of(node.kind, _DESCRIBED, "something to describe"),
        _described(node),
        "WITH INTERNALS" if node.internals else "",
    )


def _described(node: Describe) -> str:
    name = node.name
    if isinstance(name, str):
        return maybe_quote(name)
    if node.kind is None and isinstance(name, TableName):
        # An unquoted TABLES or TYPE would be a kind.
        parts_of_name = [part for part in (name.keyspace, name.name) if part is not None]
        return ".".join(quote(part) if part in _KIND_WORDS else maybe_quote(part) for part in parts_of_name)
    return "" if name is None else render(name)
