"""Which places a call is about: the product of its keyspaces and connections, with what the context and model say.

This is the part of the room that asks the running program (registry, ``connection.use``, default keyspace); it sends
nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from helenus import connection as connections
from helenus.errors import HelenusError
from helenus.mapper.model import BaseModel
from helenus.mapper.selection import resolve_name, select
from helenus.mapper.usertype import BaseUserType
from helenus.schema.steps import Place

__all__ = ["checked_type", "places_of_keyspace", "places_of_model"]


def places_of_model(
    model: type[BaseModel], keyspaces: Sequence[str] | None, names: Sequence[str] | None
) -> tuple[Place, ...]:
    """Return every keyspace on every connection, each pair once, connections first.

    Args:
        model: the model.
        keyspaces: keyspaces; None or empty is the model's own.
        names: registered names of connections; None or empty is the model's own.

    Raises:
        ValueError: one of the two is neither list nor tuple.
        HelenusError: this is no model, an abstract one, or nothing names a keyspace.
        UnknownConnection: a name is not registered.
    """
    model = checked_model(model)
    spaces: Sequence[str | None] = _listed("keyspaces", keyspaces) or (None,)
    origins = (
        select(model, connection=name, keyspace=space)
        for name in _listed("connections", names) or (None,)
        for space in spaces
    )
    return tuple(dict.fromkeys(Place(origin.connection, str(origin.keyspace)) for origin in origins))


def places_of_keyspace(name: str, names: Sequence[str] | None) -> tuple[Place, ...]:
    """Return one keyspace on every connection, each once.

    Args:
        name: the keyspace.
        names: registered names of connections; None or empty is the one that ``connection.use`` chose, or the default.

    Raises:
        ValueError: the connections are neither list nor tuple.
        HelenusError: the keyspace has no name.
        UnknownConnection: a name is not registered, or there is no default connection.
    """
    if not name:
        raise HelenusError(f"a keyspace needs a name, got {name!r}")
    chosen = connections.selection().connection
    every = (resolve_name(each or chosen) for each in _listed("connections", names) or (None,))
    return tuple(Place(each, name) for each in dict.fromkeys(every))


def checked_model(model: object) -> type[BaseModel]:
    """Return a model that has a table.

    Raises:
        HelenusError: this is no model, or an abstract one.
    """
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        raise HelenusError(f"Models must be derived from base Model; {model!r} is not. Pass the class, not an instance")
    if model.__abstract__:
        raise HelenusError(
            f"cannot create table from abstract model {model.__name__}; sync its subclasses, or remove __abstract__"
        )
    return model


def checked_type(user_type: object) -> type[BaseUserType]:
    """Return a user type.

    Raises:
        HelenusError: this is none.
    """
    if not (isinstance(user_type, type) and issubclass(user_type, BaseUserType)):
        raise HelenusError(
            f"Types must be derived from base UserType; {user_type!r} is not. Pass the class, not an instance"
        )
    return user_type


def _listed(what: str, values: Sequence[str] | None) -> Sequence[str]:
    """Return a list or tuple; not any iterable, since ``connections="ab"`` would be taken for two connections."""
    if values and not isinstance(values, (list, tuple)):
        raise ValueError(f"{what} must be a list or a tuple, got {values!r}; write {what}=[...]")
    return values or ()
