"""Frozen and canonical forms of types, and the types within types."""

from __future__ import annotations

from collections.abc import Iterator

from helenus.cql.types.values import CQLType, Frozen, List, Map, Set, Tuple, UserDefined, Vector

__all__ = ["canonical", "freeze", "is_collection", "is_multicell", "unfreeze", "user_types", "walk"]


def walk(root: CQLType) -> Iterator[CQLType]:
    """Yield a type and every type within it, outer ones first.

    Args:
        root: where to begin.
    """
    yield root
    for child in root.children():
        yield from walk(child)


def user_types(root: CQLType) -> tuple[UserDefined, ...]:
    """Return the user-defined types that a type names, each once, in order.

    Args:
        root: the type to look through.
    """
    return tuple(dict.fromkeys(part for part in walk(root) if isinstance(part, UserDefined)))


def is_collection(of: CQLType) -> bool:
    """Tell whether a type is a list, set or map, frozen or not.

    Args:
        of: the type to look at.
    """
    return isinstance(unfreeze(of), List | Set | Map)


def is_multicell(of: CQLType) -> bool:
    """Tell whether a column of this type keeps its elements as cells of their own: a non-frozen collection or UDT.

    Args:
        of: the column's type.
    """
    return isinstance(of, List | Set | Map | UserDefined)


def freeze(of: CQLType) -> CQLType:
    """Return the frozen form of a type; native types, vectors and custom types have no other.

    Args:
        of: a type, frozen or not.
    """
    return Frozen(of) if isinstance(of, List | Set | Map | Tuple | UserDefined) else of


def unfreeze(of: CQLType) -> CQLType:
    """Return a type without the ``frozen<>`` around it; what is within stays as it is.

    Args:
        of: a type, frozen or not.
    """
    while isinstance(of, Frozen):
        of = of.inner
    return of


def canonical(of: CQLType) -> CQLType:
    """Return a type as the server stores it: tuples frozen, and whatever is within something frozen as well.

    ``frozen<list<list<int>>>`` becomes ``frozen<list<frozen<list<int>>>>``, ``tuple<int>`` becomes
    ``frozen<tuple<int>>``. Two types are the same for the server if their canonical forms are equal.

    Args:
        of: a type as somebody wrote it.
    """
    return _canonical(of, within_frozen=False)


def _canonical(of: CQLType, *, within_frozen: bool) -> CQLType:
    plain = unfreeze(of)
    frozen = within_frozen or plain is not of or isinstance(plain, Tuple)
    inner = _rebuild(plain, frozen=frozen)
    return freeze(inner) if frozen else inner


def _rebuild(plain: CQLType, *, frozen: bool) -> CQLType:
    parts = [_canonical(child, within_frozen=frozen) for child in plain.children()]
    match plain:
        case List():
            return List(parts[0])
        case Set():
            return Set(parts[0])
        case Map():
            return Map(parts[0], parts[1])
        case Tuple():
            return Tuple(tuple(parts))
        case Vector():
            return Vector(parts[0], plain.dimension)
        case _:
            return plain
