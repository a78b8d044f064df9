"""Plans what a query reads: its SELECT, and how a page becomes instances or values.

Pure: it does not send anything. It refuses what the server would refuse for lack of a key, with a better message.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from helenus.connection.request import NOT_SET, Options, Page, Request
from helenus.errors import QueryException
from helenus.mapper import statements
from helenus.mapper.loader import columns_of, layout_of, load, load_values
from helenus.mapper.operators import EqualsOperator
from helenus.mapper.state import Origin
from helenus.mapper.statements import Shape

if TYPE_CHECKING:
    from helenus.mapper.chain import Query

__all__ = ["Read", "plan_count", "plan_read"]

DEFAULTS = Options()


@dataclass(slots=True)
class Read:
    """One SELECT.

    Args:
        text: CQL with markers.
        values: one for each marker.
        origin: the connection and keyspace that it reads from.
        options: how to send it.
        label: who asks, for errors and logs.
        load: turns a page into a list with one item for each row.
    """

    text: str
    values: Sequence[object]
    origin: Origin
    options: Options
    label: str
    load: Callable[[Page], list[Any]]

    def request(self, paging_state: bytes | None = None) -> Request:
        """Return the request for one page."""
        return Request(
            self.text,
            self.values,
            self.origin.connection,
            idempotent=True,
            options=self.options,
            paging_state=paging_state,
            label=self.label,
        )


def plan_read(query: Query[Any], origin: Origin, consistency: int | None, limit: int | None = None) -> Read:
    """Plan the SELECT of a query.

    Args:
        query: what is asked.
        origin: where.
        consistency: at which consistency level; None is the connection's.
        limit: at most this many rows, if the query does not ask for fewer.

    Raises:
        QueryException: if no column that is restricted leads to rows, and ALLOW FILTERING is not given; if the query
            is in a batch, or has nothing to fetch.
    """
    check_readable(query)
    names = fetched(query)
    asked = query._limit
    limit = asked if limit is None else min(limit, asked or limit)
    shape = Shape(
        "select",
        origin.keyspace,
        names,
        where=statements.outline(query._where),
        order=query._orders() if query._order else (),
        limit=limit is not None,
        per_partition_limit=query._per_partition_limit is not None,
        filtering=query._allow_filtering,
        distinct=bool(query._distinct_fields),
    )
    values = statements.operands(query._where)
    if query._per_partition_limit is not None:
        values.append(query._per_partition_limit)
    if limit is not None:
        values.append(limit)
    label = f"{query.model.__name__}.objects"
    return Read(
        statements.text(query.model, shape),
        values,
        origin,
        _options(query, consistency),
        label,
        _loading(query, names, origin),
    )


def plan_count(query: Query[Any], origin: Origin, consistency: int | None) -> Read:
    """Plan ``SELECT COUNT(*)`` of a query."""
    check_readable(query)
    shape = Shape("count", origin.keyspace, where=statements.outline(query._where), filtering=query._allow_filtering)
    return Read(
        statements.text(query.model, shape),
        statements.operands(query._where),
        origin,
        _options(query, consistency),
        f"{query.model.__name__}.count",
        lambda page: [row[0] for row in page.rows],
    )


def _options(query: Query[Any], consistency: int | None) -> Options:
    if consistency is None and query._timeout is NOT_SET and query._fetch_size is None:
        return DEFAULTS
    return Options(consistency=consistency, timeout=query._timeout, fetch_size=query._fetch_size)


def _loading(query: Query[Any], names: tuple[str, ...], origin: Origin) -> Callable[[Page], list[Any]]:
    """Return what turns a page into instances, or into the values that were asked for."""
    model = query.model
    wanted = query._values_list
    if wanted is None:

        def instances(page: Page) -> list[Any]:
            place = Origin(page.connection or origin.connection, origin.keyspace)
            return load(model, layout_of(model, names, place), page.rows)

        return instances
    layout = layout_of(model, names, origin)
    if query._flat_values_list:
        return lambda page: [load_values(layout, wanted, row)[0] for row in page.rows]
    return lambda page: [load_values(layout, wanted, row) for row in page.rows]


def fetched(query: Query[Any]) -> tuple[str, ...]:
    """Return the names of the columns to fetch, in the table's order.

    Raises:
        QueryException: if nothing is left to fetch.
    """
    if query._distinct_fields:
        return query._distinct_fields
    if query._values_list is not None:
        return query._values_list
    if not query._only_fields and not query._defer_fields:
        names: tuple[str, ...] = query.model._all_names()
        return names
    columns = columns_of(query.model)
    wanted = set(query._only_fields or columns) - query._defer_fields
    if query._only_fields and not wanted:
        raise QueryException(
            f"No fields in select query. Only fields: {', '.join(query._only_fields)};"
            f" defer fields: {', '.join(sorted(query._defer_fields))}"
        )
    table = query.model.__table__
    always = {column.column_name for column in table.primary_key}
    if table.discriminator is not None:
        always.add(table.discriminator.column_name)
    return tuple(name for name in columns if name in wanted or name in always)


def check_readable(query: Query[Any]) -> None:
    """Refuse a SELECT that no server would answer.

    Raises:
        QueryException: if the query is in a batch, or restricts columns in a way that needs ALLOW FILTERING.
    """
    if query._batch is not None:
        raise QueryException("Only inserts, updates, and deletes are available in batch mode")
    where = query._where
    for relation in where:
        if relation.column is None or (relation.column.partition_key and isinstance(relation.operator, EqualsOperator)):
            return  # what else is restricted is for the server to judge
    if not where or query._allow_filtering:
        return
    columns = [r.column for r in where if r.column is not None]
    if any(column.custom_index for column in columns):
        return
    model = query.model.__name__
    led = [r.column for r in where if r.column is not None and isinstance(r.operator, EqualsOperator)]
    if not any(column.primary_key or column.has_index for column in led):
        raise QueryException(
            f"Where clauses require either  =, a IN or a CONTAINS (collection) comparison with either a primary key or"
            f" indexed field. {model} restricts {', '.join(c.column_name for c in columns)}; its primary key is"
            f" {', '.join(c.column_name for c in query.model.__table__.primary_key)}. Restrict the partition key, or"
            " call allow_filtering() to scan the table"
        )
    if not any(column.has_index for column in led) and not any(column.partition_key for column in columns):
        raise QueryException(
            f"Filtering on a clustering key without a partition key is not allowed unless allow_filtering() is called"
            f" on the queryset. The partition key of {model} is"
            f" {', '.join(c.column_name for c in query.model.__table__.partition_key)}"
        )
