"""The operators of conditions, as classes: subclassing one adds an operator, found by its ``symbol`` in filters.

``Operator`` is the namespace of those that helenus has: ``Operator.EQ`` is the one instance of :class:`EqualsOperator`.
An instance carries no state, so identity is equality, and hashing one costs nothing. Pure: this module must not know
columns, values or statements.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

from helenus.errors import QueryOperatorException

if TYPE_CHECKING:
    from typing import Self

__all__ = [
    "BaseQueryOperator",
    "BaseWhereOperator",
    "ContainsKeyOperator",
    "ContainsOperator",
    "EqualsOperator",
    "GreaterThanOperator",
    "GreaterThanOrEqualOperator",
    "InOperator",
    "IsNotNullOperator",
    "LessThanOperator",
    "LessThanOrEqualOperator",
    "LikeOperator",
    "NotEqualsOperator",
    "OpMapMeta",
    "Operator",
]


class BaseQueryOperator:
    """Something that stands between two sides of a condition.

    Attributes:
        symbol: what a filter's keyword ends with, in capitals: ``GTE`` in ``year__gte``.
        cql_symbol: its CQL text, one that the CQL grammar has.
    """

    symbol: ClassVar[str | None] = None
    cql_symbol: ClassVar[str | None] = None

    def __str__(self) -> str:
        """Return the CQL text.

        Raises:
            QueryOperatorException: if there is none.
        """
        if self.cql_symbol is None:
            raise QueryOperatorException(f"{type(self).__name__}.cql_symbol is None: set the operator's CQL text")
        return self.cql_symbol


class OpMapMeta(type):
    """Keeps the operators by symbol; a class is registered when it is made."""

    opmap: ClassVar[dict[str, type[BaseWhereOperator]]] = {}
    """Every operator by its symbol."""

    name: str
    value: str

    def __init__(cls, name: str, bases: tuple[type, ...], dct: dict[str, Any]) -> None:
        """Register the class, if it has a symbol."""
        super().__init__(name, bases, dct)
        symbol: str | None = getattr(cls, "symbol", None)
        if symbol is not None:
            cls.name, cls.value = symbol.replace(" ", "_"), str(getattr(cls, "cql_symbol", None))
            OpMapMeta.opmap[symbol.upper()] = cls  # type: ignore[assignment]

    def __iter__(cls) -> Iterator[BaseWhereOperator]:
        """Iterate over all operators."""
        return (operator() for operator in OpMapMeta.opmap.values())


class BaseWhereOperator(BaseQueryOperator, metaclass=OpMapMeta):
    """An operator of WHERE and IF; there is one instance of each class.

    Attributes:
        name: the symbol, as a Python name.
        value: the CQL text, as ``str()`` gives it.
    """

    EQ: ClassVar[EqualsOperator]
    NE: ClassVar[NotEqualsOperator]
    IN: ClassVar[InOperator]
    GT: ClassVar[GreaterThanOperator]
    GTE: ClassVar[GreaterThanOrEqualOperator]
    LT: ClassVar[LessThanOperator]
    LTE: ClassVar[LessThanOrEqualOperator]
    CONTAINS: ClassVar[ContainsOperator]
    CONTAINS_KEY: ClassVar[ContainsKeyOperator]
    LIKE: ClassVar[LikeOperator]
    IS_NOT_NULL: ClassVar[IsNotNullOperator]

    name: ClassVar[str]
    value: ClassVar[str]

    def __new__(cls) -> Self:
        """Return the one instance; copying and unpickling give it, too."""
        one: Self | None = cls.__dict__.get("_one")
        if one is None:
            one = super().__new__(cls)
            cls._one = one
        return one

    if TYPE_CHECKING:
        _one: ClassVar[Any]

    def __repr__(self) -> str:
        """Print the symbol."""
        return f"<operator {self.name}>"

    @classmethod
    def get_operator(cls, symbol: str) -> type[BaseWhereOperator]:
        """Return the operator that a filter keyword's suffix names.

        Args:
            symbol: the suffix, in any case.

        Raises:
            QueryOperatorException: if there is none.
        """
        try:
            return OpMapMeta.opmap[symbol.upper()]
        except KeyError:
            known = ", ".join(sorted(operator.name.lower() for operator in OpMapMeta.opmap.values()))
            raise QueryOperatorException(f"{symbol} doesn't map to a QueryOperator; there are {known}") from None


class EqualsOperator(BaseWhereOperator):
    """``=``; what descends from it counts as equality where a query needs one."""

    symbol = "EQ"
    cql_symbol = "="


class NotEqualsOperator(BaseWhereOperator):
    """``!=``; servers take it in conditions (``iff``) only."""

    symbol = "NE"
    cql_symbol = "!="


class InOperator(EqualsOperator):
    """``IN``."""

    symbol = "IN"
    cql_symbol = "IN"


class GreaterThanOperator(BaseWhereOperator):
    """``>``."""

    symbol = "GT"
    cql_symbol = ">"


class GreaterThanOrEqualOperator(BaseWhereOperator):
    """``>=``."""

    symbol = "GTE"
    cql_symbol = ">="


class LessThanOperator(BaseWhereOperator):
    """``<``."""

    symbol = "LT"
    cql_symbol = "<"


class LessThanOrEqualOperator(BaseWhereOperator):
    """``<=``."""

    symbol = "LTE"
    cql_symbol = "<="


class ContainsOperator(EqualsOperator):
    """``CONTAINS``: an element of a list or set, or a value of a map."""

    symbol = "CONTAINS"
    cql_symbol = "CONTAINS"


class ContainsKeyOperator(EqualsOperator):
    """``CONTAINS KEY``: a key of a map; not in cqlengine."""

    symbol = "CONTAINS_KEY"
    cql_symbol = "CONTAINS KEY"


class LikeOperator(EqualsOperator):
    """``LIKE``; needs a SASI index."""

    symbol = "LIKE"
    cql_symbol = "LIKE"


class IsNotNullOperator(EqualsOperator):
    """``IS NOT NULL``, by :func:`~helenus.mapper.expressions.IsNotNull`."""

    symbol = "IS NOT NULL"
    cql_symbol = "IS NOT NULL"


for _operator in list(OpMapMeta.opmap.values()):
    setattr(BaseWhereOperator, _operator.name, _operator())

Operator: TypeAlias = BaseWhereOperator
"""The namespace of the operators that helenus has."""
