"""The dispatch of the renderer, and what all clauses share: names, lists, IF NOT EXISTS.

One function renders one class of node; the modules beside this one register theirs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import singledispatch

from helenus.cql.ast.base import FunctionName, IndexName, Node, TableName, TypeName
from helenus.cql.names import maybe_quote, maybe_quote_function, maybe_quote_type, qualified
from helenus.errors import StatementException

__all__ = ["commas", "if_exists", "if_not_exists", "names", "one_of", "parts", "render", "text"]


@singledispatch
def render(node: Node) -> str:
    """Return the CQL text of a statement, or of a part of one; ``parse(render(statement)) == statement``.

    Names are quoted only if they need it, and a statement ends without a semicolon.

    Args:
        node: a statement, term, relation, or any other node of ``helenus.cql.ast``.

    Raises:
        ValidationError: a name cannot be written in CQL.
        StatementException: the node is none of ``helenus.cql.ast``, or cannot be written.
    """
    raise StatementException(
        f"{node!r} is not a CQL statement or a part of one; build it from the classes of helenus.cql.ast."
    )


@render.register
def _table_name(node: TableName) -> str:
    return qualified(node.keyspace, node.name)


@render.register
def _index_name(node: IndexName) -> str:
    return qualified(node.keyspace, node.name)


@render.register
def _type_name(node: TypeName) -> str:
    name = maybe_quote_type(node.name)
    return name if node.keyspace is None else f"{maybe_quote(node.keyspace)}.{name}"


@render.register
def _function_name(node: FunctionName) -> str:
    name = maybe_quote_function(node.name)
    return name if node.keyspace is None else f"{maybe_quote(node.keyspace)}.{name}"


def parts(*clauses: str) -> str:
    """Join the clauses that are not empty with blanks.

    Args:
        clauses: texts in order.
    """
    return " ".join(clause for clause in clauses if clause)


def commas(nodes: Iterable[Node]) -> str:
    """Render nodes with commas between them.

    Args:
        nodes: in order.
    """
    return ", ".join(map(render, nodes))


def names(values: Sequence[str]) -> str:
    """Render names with commas between them.

    Args:
        values: names without quotes.
    """
    return ", ".join(map(maybe_quote, values))


def text(value: str) -> str:
    """Render a string literal.

    Args:
        value: the string, without quotes.
    """
    return "'" + value.replace("'", "''") + "'"


def one_of(value: str, allowed: Collection[str], what: str) -> str:
    """Return a word that is written as it is, if it is one that CQL has there.

    Args:
        value: the word.
        allowed: all words that may stand there.
        what: what the word is, for the error.

    Raises:
        StatementException: it is none of them.
    """
    if value not in allowed:
        raise StatementException(f"{value!r} is not {what}; CQL has {', '.join(sorted(allowed))}.")
    return value


def if_exists(said: bool) -> str:
    """Render IF EXISTS, or nothing.

    Args:
        said: whether the statement says so.
    """
    return "IF EXISTS" if said else ""


def if_not_exists(said: bool) -> str:
    """Render IF NOT EXISTS, or nothing.

    Args:
        said: whether the statement says so.
    """
    return "IF NOT EXISTS" if said else ""
