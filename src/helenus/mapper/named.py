"""Tables and views without a model: ``NamedTable("ks", "automobile").objects.filter(year=2010)``.

The columns are read from the live schema at the first use and kept; rows are :class:`ResultObject`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn, cast

from helenus import connection as connections
from helenus.connection.request import Flow
from helenus.errors import DoesNotExist, MultipleObjectsReturned, QueryException
from helenus.mapper.columns import Column
from helenus.mapper.columns.options import Binder
from helenus.mapper.expressions import ColumnExpression
from helenus.mapper.metadata import TableMeta
from helenus.mapper.query import QuerySet
from helenus.mapper.reads import Read, fetched
from helenus.mapper.reflect import LiveColumn, table_columns
from helenus.mapper.selection import select
from helenus.mapper.state import Origin
from helenus.mapper.values import Value

if TYPE_CHECKING:
    from typing import Self

__all__ = ["NamedColumn", "NamedKeyspace", "NamedTable", "ResultObject", "SimpleQuerySet"]


class ResultObject(dict[str, Any]):
    """A row as a dict whose keys are attributes too."""

    def __getattr__(self, name: str) -> Value:
        """Return a column's value.

        Raises:
            AttributeError: if the row has no such column.
        """
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"the row has no column {name!r}; it has {', '.join(self)}") from None


class RawColumn(Column[Any]):
    """A column of which only the live schema is known: values pass as they are, the driver checks them."""

    def __init__(self, live: LiveColumn) -> None:
        """Describe a column of the live schema."""
        key = live.kind in ("partition_key", "clustering")
        super().__init__(
            primary_key=key,
            partition_key=live.kind == "partition_key",
            static=live.kind == "static",
            clustering_order=live.clustering_order if live.kind == "clustering" else None,
            custom_index=not key,  # an index may exist: let the server judge
        )
        self.db_type = live.type
        self.set_column_name(live.name)

    def element_binder(self) -> Binder:
        """Return the identity."""
        return _as_is

    def key_binder(self) -> Binder:
        """Return the identity."""
        return _as_is


def _as_is(value: object) -> object:
    return value


class NamedColumn(ColumnExpression):
    """A column by its name, for conditions: ``table.column("year") > 2000``.

    Args:
        name: the column's CQL name.
    """

    __slots__ = ()

    def __init__(self, name: str) -> None:
        """Stand for the column ``name``."""
        super().__init__(RawColumn(LiveColumn(name, "text", "regular")))

    @property
    def name(self) -> str:
        """The column's name."""
        return self.column.column_name

    @property
    def db_field_name(self) -> str:
        """The column's name."""
        return self.column.db_field_name

    @property
    def cql(self) -> str:
        """The column's name in double quotes."""
        return self.column.cql

    def get_cql(self) -> str:
        """Return the column's name in double quotes."""
        return self.column.cql

    def to_database(self, val: object) -> object:
        """Return a value as it is; the driver checks it."""
        return val


class SimpleQuerySet(QuerySet[Any]):
    """A query on a :class:`NamedTable`; its rows are :class:`ResultObject`."""

    def _read(self, limit: int | None = None) -> Read:
        read = super()._read(limit)
        if self._values_list is None:
            names = fetched(self)
            read.load = lambda page: [ResultObject(zip(names, row, strict=True)) for row in page.rows]
        return read

    def using(self, keyspace: str | None = None, connection: str | None = None) -> Self:
        """Return a query on the table of that name in another keyspace or on another connection."""
        query = super().using(keyspace=keyspace, connection=connection)
        table = cast(Any, self.model)
        there = NamedTable(query._keyspace or table.keyspace, table.name, query._connection or table.__connection__)
        return query._but(model=there)

    def create(self, /, **values: object) -> NoReturn:  # noqa: ARG002 - the signature of what it refuses
        """Refuse: a table without a model has no instances.

        Raises:
            QueryException: always.
        """
        raise QueryException(f"{self.model.__name__} has no model to make instances of; declare a Model to insert rows")

    acreate = create


class NamedTable:
    """A table or materialized view without a model.

    Args:
        keyspace: its keyspace.
        name: its name.
        connection: name of the connection; None is the default one.
    """

    DoesNotExist = DoesNotExist
    MultipleObjectsReturned = MultipleObjectsReturned
    __abstract__ = False
    __keyspace__: str | None = None
    __consistency__: int | None = None
    __queryset__ = SimpleQuerySet
    _is_polymorphic = False

    def __init__(self, keyspace: str, name: str, connection: str | None = None) -> None:
        """Name the table; nothing is asked before its first use."""
        self.keyspace = keyspace
        self.name = name
        self.__connection__ = connection
        self.__name__ = name
        self._texts: dict[Any, str] = {}
        self._lookups: dict[str, Any] = {}
        self._layouts: dict[Any, Any] = {}
        self._equalities: dict[str, Any] = {}
        self._meta: TableMeta | None = None

    @property
    def __table__(self) -> TableMeta:
        """The table, as the live schema has it.

        Raises:
            QueryException: if there is no such table.
        """
        if self._meta is None:
            self.reflect()
        return cast(TableMeta, self._meta)

    async def areflect(self) -> None:
        """Read the columns from the live schema without blocking the event loop; do it before the first use there."""
        origin = select(cast(Any, self))
        self._meta = self._described(await connections.arun(self._asked(origin)), origin)

    def reflect(self) -> None:
        """Read the columns from the live schema again."""
        origin = select(cast(Any, self))
        self._meta = self._described(connections.run(self._asked(origin)), origin)

    def _asked(self, origin: Origin) -> Flow[tuple[LiveColumn, ...]]:
        return table_columns(cast(str, origin.keyspace), self.name, origin.connection)

    def _described(self, live: tuple[LiveColumn, ...], origin: Origin) -> TableMeta:
        if not live:
            raise QueryException(f"there is no table {origin.keyspace}.{self.name} on connection {origin.connection!r}")
        columns = {column.name: RawColumn(column) for column in live}
        self._texts.clear()
        self._lookups.clear()
        return TableMeta(
            model_name=self.name,
            keyspace=self.keyspace,
            name=self.name,
            columns=tuple(columns.values()),
            partition_key=tuple(columns[c.name] for c in live if c.kind == "partition_key"),
            clustering_key=tuple(columns[c.name] for c in live if c.kind == "clustering"),
            options={},
        )

    def _all_names(self) -> tuple[str, ...]:
        return tuple(self.__table__.by_name)

    @property
    def _has_counter(self) -> bool:
        return self.__table__.has_counter

    @property
    def _partition_keys(self) -> dict[str, Column[Any]]:
        return {column.column_name: column for column in self.__table__.partition_key}

    def _get_keyspace(self) -> str:
        return self.keyspace

    def _get_connection(self) -> str | None:
        return self.__connection__

    @property
    def objects(self) -> SimpleQuerySet:
        """A fresh query on the table."""
        return self.__queryset__(self)  # type: ignore[arg-type]

    def using(self, keyspace: str | None = None, connection: str | None = None) -> SimpleQuerySet:
        """Return a query on another keyspace or connection."""
        return self.objects.using(keyspace=keyspace, connection=connection)

    def column(self, name: str) -> NamedColumn:
        """Return a column, for conditions."""
        return NamedColumn(name)

    def column_family_name(self, include_keyspace: bool = True) -> str:
        """Return the table's name, with its keyspace by default; not quoted."""
        return f"{self.keyspace}.{self.name}" if include_keyspace else self.name

    def all(self) -> SimpleQuerySet:
        """Return a query for all rows."""
        return self.objects.all()

    def filter(self, /, *conditions: Any, **kwargs: object) -> SimpleQuerySet:
        """Return a query with conditions; see :meth:`QuerySet.filter`."""
        return self.objects.filter(*conditions, **kwargs)

    def get(self, /, *conditions: Any, **kwargs: object) -> ResultObject:
        """Return the only row that matches; see :meth:`QuerySet.get`."""
        row: ResultObject = self.objects.get(*conditions, **kwargs)
        return row

    async def aget(self, /, *conditions: Any, **kwargs: object) -> ResultObject:
        """Return the only row that matches; see :meth:`QuerySet.get`."""
        await self.areflect() if self._meta is None else None
        row: ResultObject = await self.objects.aget(*conditions, **kwargs)
        return row


class NamedKeyspace:
    """A keyspace by its name.

    Args:
        name: its name.
    """

    def __init__(self, name: str) -> None:
        """Name the keyspace."""
        self.name = name

    def table(self, name: str) -> NamedTable:
        """Return one of its tables or views."""
        return NamedTable(self.name, name)
