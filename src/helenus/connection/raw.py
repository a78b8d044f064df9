"""Raw CQL: text and values in, rows as dicts out.

Values always travel beside the text, in a prepared statement. Knows no models.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from helenus.connection import runner
from helenus.connection.drivers.base import Driver
from helenus.connection.entry import DefaultConnection
from helenus.connection.markers import is_select, positional
from helenus.connection.registry import default_name, resolve
from helenus.connection.request import NOT_SET, Flow, NotSet, Options, Page, Request
from helenus.connection.scope import selection
from helenus.errors import StatementException

__all__ = ["Params", "Row", "Rows", "aexecute", "execute"]

Row: TypeAlias = dict[str, object]
Params: TypeAlias = Sequence[object] | Mapping[str, object] | None


def execute(
    query: object,
    params: Params = None,
    consistency_level: int | None = None,
    timeout: float | NotSet | None = NOT_SET,
    connection: str | DefaultConnection | None = None,
) -> Rows:
    """Send a CQL statement and return its rows as dicts by column name.

    A statement with values is prepared and its values are bound; one without is sent as it is. Only SELECT is sent
    again when an answer is lost, unless the statement object says that it is idempotent.

    Args:
        query: CQL text, or a statement object of the driver's (simple, prepared or bound) or of cqlengine's.
        params: a list or tuple of values for ``?`` or ``%s`` markers, a dict for ``%(name)s`` or ``:name`` ones.
        consistency_level: by the driver's number; None takes the statement's, else that of ``use``, else the
            connection's.
        timeout: client-side timeout in seconds; None waits for ever.
        connection: the registered name of a connection; None takes that of ``use``, else the default one.

    Raises:
        UnknownConnection: when no connection is registered under the name.
        MaybeApplied: when the answer to a write was lost.
        StatementException: when markers and values do not fit each other.
    """
    return runner.run(_flow(_request(query, params, consistency_level, timeout, connection)), resolve)


async def aexecute(
    query: object,
    params: Params = None,
    consistency_level: int | None = None,
    timeout: float | NotSet | None = NOT_SET,
    connection: str | DefaultConnection | None = None,
) -> Rows:
    """Send a CQL statement like :func:`execute`, giving way to the event loop.

    Iterate over the rows with ``async for``; ``for`` works as well but blocks the event loop at each further page.

    Args:
        query: CQL text, or a statement object of the driver's (simple, prepared or bound) or of cqlengine's.
        params: a list or tuple of values for ``?`` or ``%s`` markers, a dict for ``%(name)s`` or ``:name`` ones.
        consistency_level: by the driver's number.
        timeout: client-side timeout in seconds; None waits for ever.
        connection: the registered name of a connection.

    Raises:
        UnknownConnection: when no connection is registered under the name.
        MaybeApplied: when the answer to a write was lost.
        StatementException: when markers and values do not fit each other.
    """
    return await runner.arun(_flow(_request(query, params, consistency_level, timeout, connection)), resolve)


class Rows:
    """The rows of one statement as dicts; further pages are fetched while iterating.

    Args:
        request: what was asked.
        page: its first page.
    """

    def __init__(self, request: Request, page: Page) -> None:
        """Start with the first page."""
        self._request = request
        self._page = page
        # Later pages come from whoever sent this one, whatever the name stands for by then.
        self._resolve = resolve if page.paging_state is None else _always(resolve(page.connection))

    @property
    def column_names(self) -> tuple[str, ...]:
        """The column names, as the server sent them."""
        return self._page.columns

    @property
    def current_rows(self) -> list[Row]:
        """The rows of the first page."""
        return list(_dicts(self._page))

    @property
    def has_more_pages(self) -> bool:
        """Whether there are rows after the first page."""
        return self._page.paging_state is not None

    @property
    def paging_state(self) -> bytes | None:
        """Where the first page ends. It can be forged to read other partitions: never hand it to untrusted parties."""
        return self._page.paging_state

    @property
    def was_applied(self) -> bool:
        """Whether a conditional statement was applied.

        Raises:
            StatementException: when the statement was not conditional.
        """
        if self._page.columns[:1] != ("[applied]",):
            raise StatementException(f"Only a conditional statement is applied or not: {self._request.text}")
        return all(row[0] is True for row in self._page.rows)

    def one(self) -> Row | None:
        """Return the first row, None when there is none."""
        return next(iter(self), None)

    def all(self) -> list[Row]:
        """Return all rows of all pages."""
        return list(self)

    async def aone(self) -> Row | None:
        """Return the first row, None when there is none."""
        return await anext(aiter(self), None)

    async def aall(self) -> list[Row]:
        """Return all rows of all pages."""
        return [row async for row in self]

    def __iter__(self) -> Iterator[Row]:
        """Iterate from the first row on, fetching further pages as they are needed."""
        yield from _dicts(self._page)
        if self._page.paging_state is not None:
            yield from runner.stream(self._rest(), self._resolve, _dicts)

    async def __aiter__(self) -> AsyncIterator[Row]:
        """Iterate from the first row on, giving way to the event loop when a further page is needed."""
        for row in _dicts(self._page):
            yield row
        if self._page.paging_state is not None:
            async for row in runner.astream(self._rest(), self._resolve, _dicts):
                yield row

    def _rest(self) -> Request:
        return replace(self._request, paging_state=self._page.paging_state)

    def __getitem__(self, index: int) -> Row:
        """Return a row by its position, fetching all pages unless the first one has it."""
        if 0 <= index < len(self._page.rows):
            return dict(zip(self._page.columns, self._page.rows[index], strict=True))
        return self.all()[index]

    def __bool__(self) -> bool:
        """Tell whether the first page has rows."""
        return bool(self._page.rows)

    def __repr__(self) -> str:
        """Print the size of the first page, never its values."""
        more = " and more" if self.has_more_pages else ""
        return f"<Rows {len(self._page.rows)}{more} from {self._page.connection!r}: {self._request.text}>"


def _flow(request: Request) -> Flow[Rows]:
    page = yield request
    return Rows(request, page)


def _always(driver: Driver) -> runner.Resolve:
    return lambda _: driver


def _dicts(page: Page) -> Iterator[Row]:
    columns = page.columns
    return (dict(zip(columns, row, strict=True)) for row in page.rows)


def _request(
    query: object,
    params: Params,
    consistency_level: int | None,
    timeout: float | NotSet | None,
    connection: str | DefaultConnection | None,
) -> Request:
    text, values, idempotent = _statement(query, params)
    chosen = selection()
    if consistency_level is None:
        consistency_level = getattr(query, "consistency_level", None)
    if consistency_level is None:
        consistency_level = chosen.consistency
    if isinstance(connection, DefaultConnection):
        connection = default_name()
    elif connection is None:
        connection = chosen.connection
    fetch_size = getattr(query, "fetch_size", None)
    return Request(
        text,
        values,
        connection=connection,
        idempotent=idempotent,
        options=Options(
            consistency=consistency_level,
            serial_consistency=getattr(query, "serial_consistency_level", None),
            timeout=timeout,
            fetch_size=fetch_size if isinstance(fetch_size, int) else None,
        ),
        prepare=bool(values),
    )


def _statement(query: object, params: Params) -> tuple[str, Sequence[object], bool]:
    """Return text, values and whether it may be sent twice, for each kind of statement object, by its attributes."""
    idempotent = bool(getattr(query, "is_idempotent", False))
    bound = getattr(query, "prepared_statement", None)
    if bound is not None:
        return str(bound.query_string), list(getattr(query, "raw_values", ())), idempotent
    context = getattr(query, "get_context", None)
    if context is not None:
        text, params = str(query), context()
    elif isinstance(query, str):
        text = query
    elif hasattr(query, "query_string"):
        text = str(query.query_string)
    else:
        raise StatementException(
            f"execute() takes CQL text or a single statement, not {type(query).__name__}; "
            "for a batch, use helenus.BatchQuery or get_session().execute()."
        )
    idempotent = idempotent or is_select(text)
    if not params:
        return text, (), idempotent
    text, values = positional(text, params)
    return text, values, idempotent
