"""Operations on queries: plans and flows. Pure, like ``flows``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from helenus.connection.request import Flow
from helenus.errors import QueryException, ValidationError
from helenus.mapper import writes
from helenus.mapper.chain import unknown_column
from helenus.mapper.columns import AnyColumn, Counter
from helenus.mapper.expressions import Operator
from helenus.mapper.flows import send
from helenus.mapper.results import ResultPage
from helenus.mapper.values import Assignment, Change, bound

if TYPE_CHECKING:
    from helenus.mapper.query import QuerySet
    from helenus.mapper.reads import Read
    from helenus.mapper.writes import Write

__all__ = ["count", "delete", "page", "rows", "send", "update"]


def rows(read: Read) -> Flow[list[Any]]:
    """Return all rows of a read that is limited to a few; a server may answer them in several pages."""
    result: list[Any] = []
    state = None
    while True:
        answer = yield read.request(state)
        result.extend(read.load(answer))
        state = answer.paging_state
        if state is None:
            return result


def page(read: Read, state: bytes | None) -> Flow[ResultPage]:
    """Return one page and the state of the next."""
    answer = yield read.request(state)
    return ResultPage(read.load(answer), answer.paging_state)


def count(read: Read, limit: int | None) -> Flow[int]:
    """Return the number that the server counted, at most ``limit``."""
    counted = yield from rows(read)
    total: int = sum(counted)
    return total if limit is None else min(total, limit)


def update(query: QuerySet[Any], values: Mapping[str, object]) -> Write | None:
    """Plan the UPDATE of a query; None if there is nothing to set.

    Raises:
        ValidationError: for a column that does not exist or belongs to the primary key, or a value that does not fit.
    """
    changes: list[Assignment] = []
    for key, value in values.items():
        changes.extend(_changes(query, key, value))
    if not changes:
        return None
    _check_written(query)
    return writes.update(query.model, query._origin(), query._how(), changes, query._where, "objects.update")


def _changes(query: QuerySet[Any], key: str, value: object) -> list[Assignment]:
    model = query.model
    columns = model.__table__.by_name
    name, _, suffix = key.rpartition("__")
    if key in columns or name not in columns:
        name, suffix = key, ""
    column = columns.get(name)
    if column is None:
        raise ValidationError(
            f"{model.__module__}.{model.__name__} has no column named: {key}. {unknown_column(model, name)}"
        )
    if column.primary_key:
        raise ValidationError(f"Cannot apply update to primary key '{name}' for {model.__module__}.{model.__name__}")
    if suffix:
        return writes.element_change(column, suffix, value)
    return [_assignment(column, value)]


def _assignment(column: AnyColumn, value: object) -> Assignment:
    if column.db_type == Counter.db_type:  # of a model or of a table without one
        return Assignment(column, Change.ADD, column.binder()(value))
    return Assignment(column, Change.SET, bound(column, value))


def delete(query: QuerySet[Any]) -> Write:
    """Plan the DELETE of a query.

    Raises:
        QueryException: unless every column of the partition key is restricted.
    """
    _check_written(query)
    return writes.delete(query.model, query._origin(), query._how(), query._where)


def _check_written(query: QuerySet[Any]) -> None:
    restricted = {
        relation.column.column_name
        for relation in query._where
        if relation.column is not None and relation.operator in (Operator.EQ, Operator.IN)
    }
    missing = [c.column_name for c in query.model.__table__.partition_key if c.column_name not in restricted]
    if missing:
        raise QueryException(
            f"The partition key must be defined on delete and update queries: {query.model.__name__} needs"
            f" {', '.join(missing)} by = or IN"
        )
