"""``with ContextQuery(Automobile, connection="cluster1") as A``: models that go elsewhere, for a block.

The models that it yields are classes of their own, so that nothing is changed that other threads or tasks could see;
their instances equal those of the original models.
"""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeAlias

from helenus.mapper.declare import ModelMetaClass
from helenus.mapper.selection import resolve_name

if TYPE_CHECKING:
    from helenus.mapper.model import BaseModel

__all__ = ["ContextQuery", "clone"]

Twins: TypeAlias = Any
"""A model, or a tuple of models: which, only the number of arguments tells."""


class ContextQuery:
    """Yields twins of models that use another connection or keyspace.

    Args:
        models: one or more models.
        keyspace: the keyspace that the twins use.
        connection: the name of the connection that they use.

    Raises:
        ValueError: without a model, for something that is no model, or for other keywords.
        UnknownConnection: if the connection is not registered.
    """

    def __init__(self, *models: type[BaseModel], **kwargs: str | None) -> None:
        """Check the arguments; nothing is connected."""
        keyspace, connection = kwargs.pop("keyspace", None), kwargs.pop("connection", None)
        if kwargs:
            raise ValueError(
                f"Unknown keyword argument(s): {', '.join(sorted(kwargs))}; there are keyspace and connection"
            )
        if not models:
            raise ValueError("No model provided.")
        for model in models:
            if not isinstance(model, ModelMetaClass):
                raise ValueError(f"Models must be derived from base Model, got {model!r}")
        if connection is not None:
            resolve_name(connection)
        self.models = tuple(clone(model, keyspace, connection) for model in models)

    def __enter__(self) -> Twins:
        """Return the twin, or a tuple of twins for several models."""
        return self.models[0] if len(self.models) == 1 else self.models

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave the block; nothing was changed, so nothing is put back."""

    async def __aenter__(self) -> Twins:
        """Return the twin, or a tuple of twins for several models."""
        return self.__enter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave the block."""


def clone(model: type[BaseModel], keyspace: str | None, connection: str | None) -> type[BaseModel]:
    """Return a twin of a model on another keyspace or connection.

    Args:
        model: the model.
        keyspace: None keeps the model's.
        connection: None keeps the model's.
    """
    body: dict[str, Any] = {
        "__module__": model.__module__,
        "__qualname__": model.__qualname__,
        "__doc__": model.__doc__,
        "__abstract__": model.__abstract__,
        "__table_name__": model.__table__.name,
        "__table_name_case_sensitive__": True,
        "__discriminator_value__": model.__discriminator_value__,
        "__keyspace__": keyspace or model.__keyspace__,
        "__connection__": connection or model.__connection__,
        "_is_clone": True,
        "_identity": model._identity,
        "DoesNotExist": model.DoesNotExist,
        "MultipleObjectsReturned": model.MultipleObjectsReturned,
    }
    return ModelMetaClass(model.__name__, (model,), body)  # type: ignore[return-value]
