"""Statements of administration: roles, users, permissions, identities, and DESCRIBE."""

from __future__ import annotations

from dataclasses import dataclass

from helenus.cql.ast.base import FunctionName, IndexName, Node, Statement, TableName, TypeName
from helenus.cql.ast.terms import Constant, MapLiteral
from helenus.cql.types import CQLType

__all__ = [
    "AddIdentity",
    "AlterRole",
    "AlterUser",
    "CreateRole",
    "CreateUser",
    "Describe",
    "DropIdentity",
    "DropRole",
    "DropUser",
    "Grant",
    "GrantRole",
    "ListPermissions",
    "ListRoles",
    "ListUsers",
    "Resource",
    "Revoke",
    "RevokeRole",
    "RoleOption",
]


# ---- roles -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RoleOption(Node):
    """``name = value`` behind WITH.

    Args:
        name: ``PASSWORD``, ``HASHED PASSWORD``, ``OPTIONS``, ``SUPERUSER``, ``LOGIN``, ``ACCESS TO DATACENTERS`` or
            ``ACCESS FROM CIDRS``.
        value: a string, boolean or map; for the last two names or None, which means all.
    """

    name: str
    value: Constant | MapLiteral | tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class CreateRole(Statement):
    """``CREATE ROLE name WITH options``."""

    name: str
    options: tuple[RoleOption, ...] = ()
    if_not_exists: bool = False


@dataclass(frozen=True, slots=True)
class AlterRole(Statement):
    """``ALTER ROLE name WITH options``."""

    name: str
    options: tuple[RoleOption, ...] = ()
    if_exists: bool = False


@dataclass(frozen=True, slots=True)
class DropRole(Statement):
    """``DROP ROLE name``."""

    name: str
    if_exists: bool = False


@dataclass(frozen=True, slots=True)
class ListRoles(Statement):
    """``LIST ROLES OF role NORECURSIVE``."""

    of: str | None = None
    recursive: bool = True


@dataclass(frozen=True, slots=True)
class GrantRole(Statement):
    """``GRANT role TO grantee``."""

    role: str
    grantee: str


@dataclass(frozen=True, slots=True)
class RevokeRole(Statement):
    """``REVOKE role FROM revokee``."""

    role: str
    revokee: str


# ---- users, the older form of roles ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CreateUser(Statement):
    """``CREATE USER name WITH PASSWORD 'password' SUPERUSER``.

    Args:
        name: the user's name; unlike a role's it keeps its case.
        password: in clear, or the hash of ``WITH HASHED PASSWORD``; None if absent.
        hashed: whether it is a hash.
        superuser: whether SUPERUSER (True) or NOSUPERUSER (False) stands there; None if neither.
        if_not_exists: whether an existing user is no error.
    """

    name: str
    password: str | None = None
    hashed: bool = False
    superuser: bool | None = None
    if_not_exists: bool = False


@dataclass(frozen=True, slots=True)
class AlterUser(Statement):
    """``ALTER USER name WITH PASSWORD 'password' SUPERUSER``; fields as in ``CreateUser``."""

    name: str
    password: str | None = None
    hashed: bool = False
    superuser: bool | None = None
    if_exists: bool = False


@dataclass(frozen=True, slots=True)
class DropUser(Statement):
    """``DROP USER name``."""

    name: str
    if_exists: bool = False


@dataclass(frozen=True, slots=True)
class ListUsers(Statement):
    """``LIST USERS``."""


@dataclass(frozen=True, slots=True)
class AddIdentity(Statement):
    """``ADD IDENTITY 'identity' TO ROLE 'role'``."""

    identity: str
    role: str
    if_not_exists: bool = False


@dataclass(frozen=True, slots=True)
class DropIdentity(Statement):
    """``DROP IDENTITY 'identity'``."""

    identity: str
    if_exists: bool = False


# ---- permissions -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Resource(Node):
    """What a permission is on.

    Args:
        kind: ``ALL KEYSPACES``, ``KEYSPACE``, ``ALL TABLES IN KEYSPACE``, ``TABLE``, ``ALL ROLES``, ``ROLE``,
            ``ALL FUNCTIONS``, ``ALL FUNCTIONS IN KEYSPACE``, ``FUNCTION``, ``ALL MBEANS``, ``MBEAN`` or ``MBEANS``.
        name: which one, for the kinds that need it: a keyspace, role, MBean or pattern as a string, a ``TableName`` or
            a ``FunctionName``.
        argument_types: the types of a function's arguments.
    """

    kind: str
    name: str | TableName | FunctionName | None = None
    argument_types: tuple[CQLType, ...] = ()


@dataclass(frozen=True, slots=True)
class Grant(Statement):
    """``GRANT permissions ON resource TO role``; permissions in upper case, ``("ALL",)`` for all."""

    permissions: tuple[str, ...]
    resource: Resource
    role: str


@dataclass(frozen=True, slots=True)
class Revoke(Statement):
    """``REVOKE permissions ON resource FROM role``; permissions in upper case, ``("ALL",)`` for all."""

    permissions: tuple[str, ...]
    resource: Resource
    role: str


@dataclass(frozen=True, slots=True)
class ListPermissions(Statement):
    """``LIST permissions ON resource OF role NORECURSIVE``; permissions in upper case, ``("ALL",)`` for all."""

    permissions: tuple[str, ...]
    resource: Resource | None = None
    role: str | None = None
    recursive: bool = True


# ---- DESCRIBE --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Describe(Statement):
    """``DESCRIBE kind name WITH INTERNALS``.

    Args:
        kind: ``CLUSTER``, ``SCHEMA``, ``FULL SCHEMA``, ``KEYSPACES``, ``KEYSPACE``, ``ONLY KEYSPACE``, ``TABLES``,
            ``TABLE``, ``INDEX``, ``MATERIALIZED VIEW``, ``TYPES``, ``TYPE``, ``FUNCTIONS``, ``FUNCTION``,
            ``AGGREGATES``, ``AGGREGATE``; None for whatever has the name.
        name: a keyspace as a string (None for the session's), or the name of the kind's own class; a ``TableName`` when
            the kind is None.
        internals: whether WITH INTERNALS stands there.
    """

    kind: str | None
    name: str | TableName | IndexName | TypeName | FunctionName | None = None
    internals: bool = False
