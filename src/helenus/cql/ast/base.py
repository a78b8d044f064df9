"""What all nodes of the syntax tree are, and the names of things that they share."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["FunctionName", "IndexName", "Node", "Statement", "TableName", "TypeName"]


class Node:
    """A part of a statement: a frozen, hashable value that equals any node written in the same way."""

    __slots__ = ()


class Statement(Node):
    """A whole statement."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class TableName(Node):
    """A table or a materialized view.

    Args:
        keyspace: its keyspace, or None for the session's.
        name: its name, without quotes.
    """

    keyspace: str | None
    name: str


@dataclass(frozen=True, slots=True)
class IndexName(Node):
    """A secondary index.

    Args:
        keyspace: its keyspace, or None for the session's.
        name: its name, without quotes.
    """

    keyspace: str | None
    name: str


@dataclass(frozen=True, slots=True)
class TypeName(Node):
    """A user-defined type, as the object of a statement; as the type of a column it is ``types.UserDefined``.

    Args:
        keyspace: its keyspace, or None for the session's.
        name: its name, without quotes.
    """

    keyspace: str | None
    name: str


@dataclass(frozen=True, slots=True)
class FunctionName(Node):
    """A function or an aggregate.

    Args:
        keyspace: its keyspace; None for a native function or one of the session's keyspace.
        name: its name, without quotes.
    """

    keyspace: str | None
    name: str
