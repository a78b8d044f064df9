"""``Model.objects``: a fresh query on the model."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from helenus.errors import HelenusError
from helenus.mapper.expressions import Operator, relation
from helenus.mapper.query import QuerySet

if TYPE_CHECKING:
    from helenus.mapper.model import BaseModel

__all__ = ["Objects"]

M = TypeVar("M", bound="BaseModel")


class Objects:
    """The descriptor behind ``Model.objects``."""

    __slots__ = ()

    def __get__(self, instance: M | None, owner: type[M]) -> QuerySet[M]:
        """Return a query; of a concrete polymorphic class whose discriminator leads to rows, only that class's rows.

        Raises:
            HelenusError: for abstract models, which have no table.
        """
        if owner.__abstract__:
            raise HelenusError(f"cannot execute queries against abstract models: {owner.__name__}")
        query: QuerySet[M] = owner.__queryset__(owner)
        discriminator = owner.__table__.discriminator
        if discriminator is None or owner._is_polymorphic_base:
            return query
        if discriminator.partition_key or discriminator.has_index:
            return query._but(_where=(relation(discriminator, Operator.EQ, owner.__discriminator_value__),))
        return query
