"""The shape of a statement, and the CQL text of a shape: built once through the syntax tree, then looked up.

A shape says which columns a statement names and how, never with which values: everything is bound, TTL, timestamp,
LIMIT, IN lists and map keys included. A model therefore has a handful of texts for its whole life, which the servers
prepare once. Pure: nothing is sent here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from helenus.mapper.expressions import Operator, Relation

if TYPE_CHECKING:
    from helenus.mapper.model import BaseModel

__all__ = ["MAX_TEXTS", "Outline", "Shape", "operands", "outline", "text"]

MAX_TEXTS = 512
"""How many texts a model keeps; a program with more shapes than this renders some again."""

Outline: TypeAlias = tuple[tuple[str | None, str, Any], ...]


class Shape(NamedTuple):
    """What a statement says, without its values.

    Args:
        kind: ``insert``, ``update``, ``delete``, ``select`` or ``count``.
        keyspace: the keyspace that its table is in.
        columns: names for INSERT and SELECT; pairs of name and :class:`Change` for UPDATE.
        where: see :func:`outline`.
        conditions: of a lightweight transaction, see :func:`outline`.
        using: ``ttl`` and ``timestamp``, those that are given.
        exists: IF NOT EXISTS for INSERT, IF EXISTS else.
        order: pairs of clustering column and whether it is descending.
        limit: whether there is a LIMIT.
        per_partition_limit: whether there is a PER PARTITION LIMIT.
        filtering: whether it says ALLOW FILTERING.
        distinct: whether it says DISTINCT.
    """

    kind: str
    keyspace: str | None
    columns: tuple[Any, ...] = ()
    where: Outline = ()
    conditions: Outline = ()
    using: tuple[str, ...] = ()
    exists: bool = False
    order: tuple[tuple[str, bool], ...] = ()
    limit: bool = False
    per_partition_limit: bool = False
    filtering: bool = False
    distinct: bool = False


def outline(relations: Sequence[Relation]) -> Outline:
    """Return conditions without their values."""
    return tuple([relation.outline for relation in relations])


def operands(relations: Sequence[Relation]) -> list[object]:
    """Return the values that conditions bind, in the order of their markers."""
    values: list[object] = []
    for relation in relations:
        if relation.outline[2] is not None:
            values.extend(relation.value.terms()[1])
        elif relation.operator is not Operator.IS_NOT_NULL:
            values.append(relation.value)
    return values


def text(model: type[BaseModel], shape: Shape) -> str:
    """Return the CQL of a shape, from the model's cache or built now."""
    cache = model._texts
    found = cache.get(shape)
    if found is None:
        # Here and not at the top: the syntax tree takes longer to load than all the rest of helenus, and a process that
        # only declares models does not need it.
        from helenus.mapper.builders import build  # noqa: PLC0415

        found = build(model, shape)
        if len(cache) >= MAX_TEXTS:
            cache.clear()
        cache[shape] = found
    return found
