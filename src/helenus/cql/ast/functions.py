"""Statements on code in the server: functions, aggregates, triggers."""

from __future__ import annotations

from dataclasses import dataclass

from helenus.cql.ast.base import FunctionName, Node, Statement, TableName
from helenus.cql.ast.terms import Term
from helenus.cql.types import CQLType

__all__ = [
    "Argument",
    "CreateAggregate",
    "CreateFunction",
    "CreateTrigger",
    "DropAggregate",
    "DropFunction",
    "DropTrigger",
]


@dataclass(frozen=True, slots=True)
class Argument(Node):
    """A named argument of a user-defined function."""

    name: str
    type: CQLType


@dataclass(frozen=True, slots=True)
class CreateFunction(Statement):
    """``CREATE FUNCTION name (arguments) CALLED ON NULL INPUT RETURNS returns LANGUAGE language AS body``.

    Args:
        name: the function.
        arguments: in order.
        returns: type of its result.
        language: ``java``, in lower case.
        body: its source.
        called_on_null: whether it is called when an argument is null; else it returns null then.
        or_replace: whether an existing function is replaced.
        if_not_exists: whether an existing function is no error.
    """

    name: FunctionName
    arguments: tuple[Argument, ...]
    returns: CQLType
    language: str
    body: str
    called_on_null: bool = False
    or_replace: bool = False
    if_not_exists: bool = False


@dataclass(frozen=True, slots=True)
class DropFunction(Statement):
    """``DROP FUNCTION name (argument_types)``; None if no argument types were written."""

    name: FunctionName
    argument_types: tuple[CQLType, ...] | None = None
    if_exists: bool = False


@dataclass(frozen=True, slots=True)
class CreateAggregate(Statement):
    """``CREATE AGGREGATE name (argument_types) SFUNC f STYPE t FINALFUNC g INITCOND v``.

    Args:
        name: the aggregate.
        argument_types: in order.
        state_function: name of the function that folds a row into the state.
        state_type: type of the state.
        final_function: name of the function that turns the state into the result, or None.
        initial_value: the state before the first row, or None.
        or_replace: whether an existing aggregate is replaced.
        if_not_exists: whether an existing aggregate is no error.
    """

    name: FunctionName
    argument_types: tuple[CQLType, ...]
    state_function: str
    state_type: CQLType
    final_function: str | None = None
    initial_value: Term | None = None
    or_replace: bool = False
    if_not_exists: bool = False


@dataclass(frozen=True, slots=True)
class DropAggregate(Statement):
    """``DROP AGGREGATE name (argument_types)``; None if no argument types were written."""

    name: FunctionName
    argument_types: tuple[CQLType, ...] | None = None
    if_exists: bool = False


@dataclass(frozen=True, slots=True)
class CreateTrigger(Statement):
    """``CREATE TRIGGER name ON table USING 'class_name'``."""

    name: str
    table: TableName
    class_name: str
    if_not_exists: bool = False


@dataclass(frozen=True, slots=True)
class DropTrigger(Statement):
    """``DROP TRIGGER name ON table``."""

    name: str
    table: TableName
    if_exists: bool = False
