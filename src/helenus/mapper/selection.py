"""Decides to which connection and keyspace an operation goes.

From the strongest to the weakest: ``queryset.using()``, ``instance.using()``, ``connection.use()``, the place that
the instance was loaded from or saved to, the model's ``__connection__`` and ``__keyspace__`` (of a ContextQuery's
class: what the ContextQuery says), the default connection and keyspace. Connection and keyspace are decided apart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from helenus import connection as connections
from helenus.connection import registry
from helenus.errors import UndefinedKeyspaceException
from helenus.mapper.state import Origin

if TYPE_CHECKING:
    from helenus.mapper.model import BaseModel

__all__ = ["consistency_for", "resolve_name", "select"]

NOWHERE = Origin(None, None)


def select(
    model: type[BaseModel],
    connection: str | None = None,
    keyspace: str | None = None,
    origin: Origin | None = None,
) -> Origin:
    """Return where an operation goes.

    Args:
        model: the model.
        connection: the connection that the query or instance asks for by ``using()``.
        keyspace: the keyspace that it asks for.
        origin: where the instance was loaded from or saved to.

    Raises:
        UndefinedKeyspaceException: if nothing names a keyspace.
        UnknownConnection: if the connection's name is not registered.
    """
    context = connections.selection()
    if origin is None:
        origin = NOWHERE
    name = connection or context.connection or origin.connection or model._get_connection()
    space = keyspace or context.keyspace or origin.keyspace or model._get_keyspace()
    if space is None:
        raise UndefinedKeyspaceException(
            f"{model.__name__} has no keyspace: set {model.__name__}.__keyspace__, pass default_keyspace to"
            " connection.setup(), or select one with using(keyspace=...) or connection.use(keyspace=...)"
        )
    return Origin(resolve_name(name), space)


def consistency_for(model: type[BaseModel], asked: int | None) -> int | None:
    """Return the consistency level of an operation: asked, of the context, of the model; None is the connection's."""
    if asked is not None:
        return asked
    context = connections.selection().consistency
    return model.__consistency__ if context is None else context


def resolve_name(name: str | None) -> str:
    """Return the registered name that a name stands for; None stands for the default connection.

    Raises:
        UnknownConnection: if it is not registered, or there is no default connection.
    """
    return registry.check_name(cast(str, name))
