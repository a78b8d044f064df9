"""How statements on functions, aggregates and triggers are written."""

from __future__ import annotations

from collections.abc import Sequence

from helenus.cql.ast.functions import (
    Argument,
    CreateAggregate,
    CreateFunction,
    CreateTrigger,
    DropAggregate,
    DropFunction,
    DropTrigger,
)
from helenus.cql.keywords import UNRESERVED
from helenus.cql.names import maybe_quote, maybe_quote_function, needs_quotes
from helenus.cql.render.base import commas, if_exists, if_not_exists, parts, render, text
from helenus.cql.types import CQLType
from helenus.errors import StatementException

__all__: list[str] = []


def _signature(types: Sequence[CQLType] | None) -> str:
    return "" if types is None else f"({', '.join(map(str, types))})"


@render.register
def _argument(node: Argument) -> str:
    return f"{maybe_quote(node.name)} {node.type}"


@render.register
def _create_function(node: CreateFunction) -> str:
    return parts(
        "CREATE OR REPLACE FUNCTION" if node.or_replace else "CREATE FUNCTION",
        if_not_exists(node.if_not_exists),
        f"{render(node.name)}({commas(node.arguments)})",
        "CALLED ON NULL INPUT" if node.called_on_null else "RETURNS NULL ON NULL INPUT",
        f"RETURNS {node.returns} LANGUAGE {_language(node.language)} AS {text(node.body)}",
    )


def _language(name: str) -> str:
    if needs_quotes(name) or name in UNRESERVED:
        raise StatementException(f"{name!r} is not the name of a language for functions; Cassandra 5.0 has java.")
    return name


@render.register
def _drop_function(node: DropFunction) -> str:
    return parts("DROP FUNCTION", if_exists(node.if_exists), render(node.name) + _signature(node.argument_types))


@render.register
def _create_aggregate(node: CreateAggregate) -> str:
    return parts(
        "CREATE OR REPLACE AGGREGATE" if node.or_replace else "CREATE AGGREGATE",
        if_not_exists(node.if_not_exists),
        render(node.name) + _signature(node.argument_types),
        f"SFUNC {maybe_quote_function(node.state_function)} STYPE {node.state_type}",
        "" if node.final_function is None else f"FINALFUNC {maybe_quote_function(node.final_function)}",
        "" if node.initial_value is None else f"INITCOND {render(node.initial_value)}",
    )


@render.register
def _drop_aggregate(node: DropAggregate) -> str:
    return parts("DROP AGGREGATE", if_exists(node.if_exists), render(node.name) + _signature(node.argument_types))


@render.register
def _create_trigger(node: CreateTrigger) -> str:
    on = f"ON {render(node.table)} USING {text(node.class_name)}"
    return parts("CREATE TRIGGER", if_not_exists(node.if_not_exists), maybe_quote(node.name), on)


@render.register
def _drop_trigger(node: DropTrigger) -> str:
    return parts("DROP TRIGGER", if_exists(node.if_exists), f"{maybe_quote(node.name)} ON {render(node.table)}")
