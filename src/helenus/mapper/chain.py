"""What a query says, and the calls that say more: every call returns a new query and leaves the old one alone.

A query is a handful of attributes whose defaults live on the class, so a copy copies only what was said; cqlengine
deep-copies all of it. Nothing here sends anything.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from helenus.connection.request import NOT_SET, NotSet
from helenus.errors import (
    HelenusError,
    IfExistsWithCounterColumn,
    IfNotExistsWithCounterColumn,
    QueryException,
)
from helenus.mapper.expressions import OPERATORS, Operator, Relation, equality, operator_of, relation, token_relation
from helenus.mapper.functions import Token

if TYPE_CHECKING:
    from typing import Self

    from helenus.mapper.batch import BatchQuery
    from helenus.mapper.columns import AnyColumn
    from helenus.mapper.model import BaseModel
    from helenus.mapper.results import Rows
    from helenus.mapper.state import Timestamp

__all__ = ["Query"]

M = TypeVar("M", bound="BaseModel")
TOKEN = "pk__token"  # noqa: S105 - a filter keyword, no password
CONDITION_OPERATORS = frozenset(
    {Operator.EQ, Operator.NE, Operator.GT, Operator.GTE, Operator.LT, Operator.LTE, Operator.IN}
)


class Query(Generic[M]):
    """The state of a query on a model, and the calls that refine it."""

    _where: tuple[Relation, ...] = ()
    _conditional: tuple[Relation, ...] = ()
    _order: Sequence[tuple[str, bool] | str] = ()
    _limit: int | None = None
    _per_partition_limit: int | None = None
    _fetch_size: int | None = None
    _allow_filtering: bool = False
    _distinct_fields: tuple[str, ...] = ()
    _only_fields: tuple[str, ...] = ()
    _defer_fields: frozenset[str] = frozenset()
    _values_list: tuple[str, ...] | None = None
    _flat_values_list: bool = False
    _batch: BatchQuery | None = None
    _ttl: int | None = None
    _timestamp: Timestamp | None = None
    _consistency: int | None = None
    _timeout: float | NotSet | None = NOT_SET
    _if_not_exists: bool = False
    _if_exists: bool = False
    _connection: str | None = None
    _keyspace: str | None = None
    _rows: Rows[Any] | None = None
    _count: int | None = None  # for subclasses of other packages that remember what they counted

    def __init__(self, model: type[M]) -> None:
        """Select all rows of ``model``."""
        self.model = model

    def _but(self, **changes: object) -> Self:
        """Return a copy with some attributes changed; the copy has no result yet."""
        copy = object.__new__(type(self))
        state = copy.__dict__
        state.update(self.__dict__)
        state.pop("_rows", None)
        state.pop("_count", None)
        state.update(changes)
        return copy

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """Return a copy; what a query says never changes, so nothing deeper needs copying.

        Its order is a list: django-cassandra-engine appends ``'"column" ASC'`` to the copy's.
        """
        return self._but(_order=[*self._order])

    @property
    def column_family_name(self) -> str:
        """The table's CQL name, with its keyspace."""
        return self.model.column_family_name()

    # ---- conditions -------------------------------------------------------------------------------------------------

    def __call__(self, /, *conditions: Relation, **kwargs: object) -> Self:
        """Same as :meth:`filter`."""
        return self.filter(*conditions, **kwargs)

    def all(self) -> Self:
        """Return a copy that has no result yet."""
        return self._but()

    def filter(self, /, *conditions: Relation, **kwargs: object) -> Self:
        """Return a query with more conditions, all of which must hold.

        Args:
            conditions: comparisons such as ``Automobile.year > 2000``.
            kwargs: ``column=value`` or ``column__operator=value`` with eq, gt, gte, lt, lte, in, contains,
                contains_key, like; ``pk__token`` and ``pk__token__gt`` compare the partition key's token.

        Raises:
            QueryException: for an unknown column, a comparison with None, or something that is no condition.
            QueryOperatorException: for an unknown operator.
            ValidationError: if a value does not fit its column.
        """
        added = [_checked(self.model, condition, "filter") for condition in conditions]
        equalities = self.model._equalities
        for key, value in kwargs.items():
            if value is None:
                raise QueryException(
                    f"None values on filter are not allowed: {key}=None; CQL has no conditions on null"
                )
            if key in equalities:
                added.append(equalities[key](value))
            else:
                added.extend(self._relations(*self._resolve(key), value))
        return self._but(_where=self._where + tuple(added))

    def _relations(self, column: AnyColumn | str, operator: Operator, value: object) -> Iterable[Relation]:
        table = self.model.__table__
        if column == TOKEN:
            yield token_relation(table.partition_key, operator, value)
        elif column == "pk":
            parts = value if len(table.partition_key) > 1 else (value,)
            if not isinstance(parts, (tuple, list)) or len(parts) != len(table.partition_key):
                names = ", ".join(c.column_name for c in table.partition_key)
                raise QueryException(f"pk takes one value for each of {names}, got {value!r}")
            yield from (relation(c, operator, part) for c, part in zip(table.partition_key, parts, strict=True))
        else:
            yield relation(column, operator, value)  # type: ignore[arg-type]

    def _resolve(self, key: str) -> tuple[AnyColumn | str, Operator]:
        """Return the column and operator that a filter keyword names; remembered for each model."""
        found = self.model._lookups.get(key)
        if found is None:
            found = self.model._lookups[key] = self._look_up(key)
        return found

    def _look_up(self, key: str) -> tuple[AnyColumn | str, Operator]:
        columns = self.model.__table__.by_name
        if key in columns:
            return columns[key], Operator.EQ
        if key in (TOKEN, "pk"):
            return key, Operator.EQ
        name, _, suffix = key.rpartition("__")
        if name in columns:
            return columns[name], operator_of(suffix)
        if name == TOKEN:
            return TOKEN, operator_of(suffix)
        raise QueryException(unknown_column(self.model, name or key))

    def iff(self, /, *conditions: Relation, **kwargs: object) -> Self:
        """Return a query whose update or delete is applied only if these conditions hold (a lightweight transaction).

        Raises:
            QueryException: for an unknown column, None, a token, or an operator that conditions do not have.
        """
        added = [_checked(self.model, condition, "iff") for condition in conditions]
        for key, value in kwargs.items():
            column, operator = self._resolve(key)
            if value is None:
                raise HelenusError(f"Non-None values required in conditional: {key}=None")
            if isinstance(column, str) or isinstance(value, Token):
                raise QueryException(f"Token() values and {key} are not valid in conditionals")
            added.append(relation(column, operator, value))
        for condition in added:
            if condition.operator not in CONDITION_OPERATORS:
                raise QueryException(f"{condition.operator.value} is not an operator of conditions (iff)")
        return self._but(_conditional=self._conditional + tuple(added))

    # ---- what comes back --------------------------------------------------------------------------------------------

    def limit(self, v: int | None) -> Self:
        """Return a query for at most ``v`` rows; None and 0 mean no limit, which is the default.

        Raises:
            TypeError: if it is no int.
            QueryException: if it is negative.
        """
        if v is None:
            v = 0
        if isinstance(v, bool) or not isinstance(v, int):
            raise TypeError(f"limit takes an int or None, got {v!r}")
        if v < 0:
            raise QueryException(f"Negative limit is not allowed: {v}")
        return self._but(_limit=v or None)

    def per_partition_limit(self, v: int | None) -> Self:
        """Return a query for at most ``v`` rows of each partition; None means no limit."""
        if v is not None and (type(v) is not int or v < 1):
            raise QueryException(f"per_partition_limit takes an int of 1 or more, or None, got {v!r}")
        return self._but(_per_partition_limit=v)

    def fetch_size(self, v: int) -> Self:
        """Return a query that fetches ``v`` rows at a time.

        Raises:
            TypeError: if it is no int.
            QueryException: if it is less than 1.
        """
        if isinstance(v, bool) or not isinstance(v, int):
            raise TypeError(f"fetch_size takes an int, got {v!r}")
        if v < 1:
            raise QueryException(f"fetch size less than 1 is not allowed: {v}")
        return self._but(_fetch_size=v)

    def order_by(self, *names: str) -> Self:
        """Return a query ordered by clustering columns; ``-name`` is descending, no names at all take the order back.

        Raises:
            QueryException: for a name that is no clustering column.
        """
        if not names:
            return self._but(_order=())
        return self._but(_order=self._orders() + tuple(self._ordering(name) for name in names))

    def _get_ordering_condition(self, colname: str) -> tuple[str, str]:
        """Return a column's CQL name and ``ASC`` or ``DESC``; raises like :meth:`order_by`."""
        name, descending = self._ordering(colname)
        return self.model.__table__.by_name[name].db_field_name, "DESC" if descending else "ASC"

    def _orders(self) -> tuple[tuple[str, bool], ...]:
        """Return pairs of clustering column and whether it is descending; see ``__deepcopy__`` for text among them."""
        columns = self.model.__table__.by_db_name
        pairs = []
        for order in self._order:
            if isinstance(order, str):
                field, _, direction = order.rpartition(" ")
                pairs.append((columns[field.strip('"')].column_name, direction.upper() == "DESC"))
            else:
                pairs.append(order)
        return tuple(pairs)

    def _ordering(self, name: str) -> tuple[str, bool]:
        descending = name.startswith("-")
        bare = name.removeprefix("-")
        table = self.model.__table__
        column = table.by_name.get(bare)
        if column is None:
            raise QueryException(unknown_column(self.model, bare))
        if not column.primary_key:
            raise QueryException(f"Can't order on '{bare}', can only order on (clustered) primary keys")
        if column not in table.clustering_key:
            raise QueryException(
                f"Can't order by the first primary key (partition key): {bare}; only by clustering columns"
            )
        return bare, descending

    def allow_filtering(self) -> Self:
        """Return a query that may read rows only to drop them (ALLOW FILTERING); its cost grows with the table."""
        return self._but(_allow_filtering=True)

    def distinct(self, distinct_fields: Sequence[str] | None = None) -> Self:
        """Return a query for distinct values of partition key (and static) columns, by default the partition key."""
        if isinstance(distinct_fields, str):
            distinct_fields = [distinct_fields]
        fields = distinct_fields or [c.column_name for c in self.model.__table__.partition_key]
        self._check_fields(fields)
        return self._but(_distinct_fields=tuple(fields))

    def only(self, fields: Sequence[str]) -> Self:
        """Return a query that fetches only ``fields`` and the primary key.

        Reading another column of its instances fetches that column (in a running event loop it raises
        :class:`DeferredColumnError` instead); saving never writes it back.
        """
        fields = [fields] if isinstance(fields, str) else list(fields)
        if self._only_fields:
            raise QueryException("QuerySet already has 'only' fields defined")
        self._check_fields(fields)
        if not fields:
            raise QueryException("No fields in select query: only() got an empty list")
        return self._but(_only_fields=tuple(fields))

    def defer(self, fields: Sequence[str]) -> Self:
        """Return a query that does not fetch ``fields``; see :meth:`only` for what reading them does."""
        fields = [fields] if isinstance(fields, str) else list(fields)
        self._check_fields(fields)
        return self._but(_defer_fields=self._defer_fields.union(fields))

    def _check_fields(self, fields: Iterable[str]) -> None:
        for field in fields:
            if field not in self.model.__table__.by_name:
                raise QueryException(unknown_column(self.model, field))

    def values_list(self, *fields: str, **kwargs: bool) -> Self:
        """Return a query whose rows are lists of the values of ``fields`` (all columns by default).

        Args:
            fields: column names.
            kwargs: ``flat=True`` gives the values themselves, for one field.

        Raises:
            TypeError: for other keywords, or ``flat`` with several fields.
        """
        flat = kwargs.pop("flat", False)
        if kwargs:
            raise TypeError(f"Unexpected keyword arguments to values_list: {sorted(kwargs)}")
        if flat and len(fields) != 1:
            raise TypeError("'flat' is not valid when values_list is not called with exactly one field.")
        self._check_fields(fields)
        names = fields or tuple(self.model.__table__.by_name)
        return self._but(_values_list=tuple(names), _flat_values_list=flat)

    # ---- how it is sent ---------------------------------------------------------------------------------------------

    def using(self, keyspace: str | None = None, connection: str | None = None) -> Self:
        """Return a query on another keyspace or connection.

        Raises:
            HelenusError: if the query is in a batch and a connection is named; the batch has its own.
        """
        if connection and self._batch is not None:
            raise HelenusError("Cannot specify a connection on model in batch mode. Use BatchQuery(connection=...)")
        return self._but(_keyspace=keyspace or self._keyspace, _connection=connection or self._connection)

    def batch(self, batch_obj: BatchQuery | None) -> Self:
        """Return a query whose writes are added to a batch; None takes it out again."""
        from helenus.mapper.batch import BatchQuery  # noqa: PLC0415 - the batch knows queries by name only

        if self._connection and batch_obj is not None:
            raise HelenusError("Cannot specify a connection on model in batch mode. Use BatchQuery(connection=...)")
        if batch_obj is not None and not isinstance(batch_obj, BatchQuery):
            raise HelenusError(f"batch_obj must be a BatchQuery instance or None, got {batch_obj!r}")
        return self._but(_batch=batch_obj)

    def consistency(self, consistency: int | None) -> Self:
        """Return a query with a consistency level (``ConsistencyLevel.QUORUM`` ...)."""
        return self._but(_consistency=consistency)

    def timeout(self, timeout: float | None) -> Self:
        """Return a query with a client-side timeout in seconds; None waits for ever."""
        return self._but(_timeout=timeout)

    def ttl(self, ttl: int | None) -> Self:
        """Return a query whose writes live ``ttl`` seconds; 0 overrides a table's default, None is the table's."""
        return self._but(_ttl=ttl)

    def timestamp(self, timestamp: Timestamp | None) -> Self:
        """Return a query whose writes have a timestamp: microseconds, a datetime, or a timedelta from now."""
        return self._but(_timestamp=timestamp)

    def if_not_exists(self) -> Self:
        """Return a query whose ``create`` is applied only if the row does not exist.

        Raises:
            IfNotExistsWithCounterColumn: for counter models.
        """
        if self.model._has_counter:
            raise IfNotExistsWithCounterColumn("if_not_exists cannot be used with tables containing counter columns")
        return self._but(_if_not_exists=True)

    def if_exists(self) -> Self:
        """Return a query whose update or delete is applied only if the row exists.

        Raises:
            IfExistsWithCounterColumn: for counter models.
        """
        if self.model._has_counter:
            raise IfExistsWithCounterColumn("if_exists cannot be used with tables containing counter columns")
        return self._but(_if_exists=True)


def equalities(columns: Mapping[str, AnyColumn]) -> dict[str, Callable[[object], Relation]]:
    """Return for each column what makes ``column=value`` a condition."""
    return {name: equality(column) for name, column in columns.items()}


def _checked(model: type[BaseModel], condition: object, call: str) -> Relation:
    if not isinstance(condition, Relation):
        raise QueryException(
            f"{condition!r} is not a valid query operator: {call}() takes comparisons such as Model.column == value"
        )
    if condition.column is not None and condition.column.column_name not in model._all_names():
        raise QueryException(unknown_column(model, condition.column.column_name))
    return condition


def unknown_column(model: type[BaseModel], name: str) -> str:
    """Return the message for a column name that the model does not have."""
    names = list(model.__table__.by_name)
    close = difflib.get_close_matches(name, names, 1)
    hint = f"; did you mean '{close[0]}'?" if close else f"; {model.__name__} has {', '.join(names)}"
    if name.upper() in OPERATORS:
        return f"Can't resolve column name: '{name}' is an operator{hint}"
    return f"Can't resolve column name: '{name}'{hint}"
