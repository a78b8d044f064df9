"""Conditions on columns: ``Automobile.year > 2000`` and ``year__gt=2000`` become the same :class:`Relation`.

Pure values: this module does not know how a condition becomes CQL (``statements``) nor which conditions a server
accepts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from helenus.errors import QueryException, ValidationError
from helenus.mapper.columns import AnyColumn, Column
from helenus.mapper.functions import BaseQueryFunction, Token
from helenus.mapper.operators import (
    ContainsKeyOperator,
    ContainsOperator,
    InOperator,
    LikeOperator,
    Operator,
    OpMapMeta,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

__all__ = ["OPERATORS", "ColumnExpression", "IsNotNull", "Operator", "Relation", "bind_operand", "relation"]


OPERATORS = OpMapMeta.opmap
"""Every operator by its symbol, those of users included."""


class Relation(NamedTuple):
    """One condition: a column (or the token of the partition key), an operator and what it is compared with.

    Args:
        column: the column; None for the token of the partition key.
        operator: how it is compared.
        value: the operand, already bound (see ``Column.binder``); a query function stays as it is.
        outline: the condition without its value, part of a statement's shape: the column's name (None for the token),
            the operator, and the term if the operand is a function.
    """

    column: AnyColumn | None
    operator: Operator
    value: Any
    outline: tuple[str | None, str, Any]

    @property
    def is_function(self) -> bool:
        """Whether the operand is a CQL function call that binds values of its own."""
        return isinstance(self.value, BaseQueryFunction)


def bind_operand(column: AnyColumn, operator: Operator, value: object) -> object:
    """Return an operand as the driver binds it.

    Raises:
        ValidationError: if the value does not fit the column.
        QueryException: if ``IN`` gets something else than a list, tuple or set.
    """
    if isinstance(value, Token):
        raise QueryException("Token() values may only be compared to the 'pk__token' virtual column")
    if isinstance(value, BaseQueryFunction):
        return value
    if isinstance(operator, InOperator):
        return _bind_each(column, value)
    if isinstance(operator, ContainsOperator):
        return column.element_binder()(value)
    if isinstance(operator, ContainsKeyOperator):
        return column.key_binder()(value)
    if isinstance(operator, LikeOperator) and not isinstance(value, str):
        raise ValidationError(f"{column.column_name}: LIKE takes a pattern (str), got {value!r}")
    return column.binder()(value)


def _bind_each(column: AnyColumn, value: object) -> list[object]:
    if not isinstance(value, (list, tuple, set, frozenset)):
        raise QueryException(
            f"IN queries must use a list/tuple value: {column.column_name}__in got {value!r} ({type(value).__name__})"
        )
    bind = column.binder()
    return [bind(item) for item in value]


def operator_of(suffix: str) -> Operator:
    """Return the operator that a filter keyword's suffix names (``gte`` in ``year__gte``).

    Raises:
        QueryOperatorException: if there is none.
    """
    return Operator.get_operator(suffix)()


def relation(column: AnyColumn | None, operator: Operator, value: object) -> Relation:
    """Return the condition, its operand checked and bound; without a column it is one on the token.

    Raises:
        ValidationError: if the operand does not fit the column.
        QueryException: if ``IN`` gets something else than a list, tuple or set.
    """
    bound = value if column is None else bind_operand(column, operator, value)
    term = bound.terms()[0] if isinstance(bound, BaseQueryFunction) else None
    return Relation(column, operator, bound, (None if column is None else column.column_name, operator.value, term))


def equality(column: AnyColumn) -> Callable[[object], Relation]:
    """Return what makes ``column = value`` of a value: :func:`relation` for the commonest case, compiled."""
    bind = column.binder()
    operator, outline = Operator.EQ, (column.column_name, Operator.EQ.value, None)

    def equals(value: object) -> Relation:
        if isinstance(value, BaseQueryFunction):
            return relation(column, operator, value)
        return Relation(column, operator, bind(value), outline)

    return equals


class ColumnExpression:
    """A column as seen on its class, ``Automobile.year``: comparing it gives a :class:`Relation`."""

    __slots__ = ("column",)

    def __init__(self, column: AnyColumn) -> None:
        """Stand for ``column``."""
        self.column = column

    def __eq__(self, value: object) -> Relation:  # type: ignore[override]
        """``Automobile.year == 2010``."""
        return relation(self.column, Operator.EQ, _not_none(self.column, value))

    def __ne__(self, value: object) -> Relation:  # type: ignore[override]
        """``Automobile.year != 2010``; servers take it in conditions (``iff``) only."""
        return relation(self.column, Operator.NE, _not_none(self.column, value))

    def __gt__(self, value: object) -> Relation:
        """``Automobile.year > 2010``."""
        return relation(self.column, Operator.GT, _not_none(self.column, value))

    def __ge__(self, value: object) -> Relation:
        """``Automobile.year >= 2010``."""
        return relation(self.column, Operator.GTE, _not_none(self.column, value))

    def __lt__(self, value: object) -> Relation:
        """``Automobile.year < 2010``."""
        return relation(self.column, Operator.LT, _not_none(self.column, value))

    def __le__(self, value: object) -> Relation:
        """``Automobile.year <= 2010``."""
        return relation(self.column, Operator.LTE, _not_none(self.column, value))

    def __hash__(self) -> int:
        """Hash by column."""
        return hash(self.column)

    def __repr__(self) -> str:
        """Print the column's name."""
        return f"<column {self.column.column_name}>"

    def in_(self, item: Iterable[object]) -> Relation:
        """``Automobile.year.in_([2010, 2011])``."""
        return relation(self.column, Operator.IN, item)

    def contains_(self, item: object) -> Relation:
        """``Automobile.options.contains_("radio")``."""
        return relation(self.column, Operator.CONTAINS, _not_none(self.column, item))

    def contains_key_(self, value: object) -> Relation:
        """``Automobile.prices.contains_key_("eu")``."""
        return relation(self.column, Operator.CONTAINS_KEY, _not_none(self.column, value))

    def like_(self, pattern: str) -> Relation:
        """``Automobile.model.like_("civ%")``; needs a SASI index."""
        return relation(self.column, Operator.LIKE, pattern)


def _not_none(column: AnyColumn, value: object) -> object:
    if value is None:
        raise QueryException(f"{column.column_name} is compared with None: CQL has no conditions on null")
    return value


def token_relation(partition_key: Sequence[AnyColumn], operator: Operator, value: object) -> Relation:
    """Return a condition on the token of the partition key: ``pk__token__gt=Token(last.pk)``.

    Raises:
        QueryException: if the operand is no :class:`Token`, or has more or fewer values than the key has columns.
    """
    if not isinstance(value, Token):
        raise QueryException(f"Virtual column 'pk__token' may only be compared to Token() values, got {value!r}")
    if len(value.value) != len(partition_key):
        names = ", ".join(c.column_name for c in partition_key)
        raise QueryException(
            f"Token() got {len(value.value)} value(s), but the partition key has {len(partition_key)}: {names}"
        )
    value.set_columns(partition_key)
    return relation(None, operator, value)


def IsNotNull(field: str | ColumnExpression) -> Relation:  # noqa: N802 - cqlengine's class
    """Return the condition ``column IS NOT NULL``, which servers take for the key columns of materialized views.

    Args:
        field: the column, or its name.
    """
    named: AnyColumn = Column() if isinstance(field, str) else field.column
    if isinstance(field, str):
        named.set_column_name(field)
    return Relation(named, Operator.IS_NOT_NULL, None, (named.column_name, Operator.IS_NOT_NULL.value, None))
