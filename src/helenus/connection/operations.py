"""Run operations and choose connections by the names in the registry: what models and users call."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar, overload

from helenus.connection import runner
from helenus.connection.drivers.recording import Answer, RecordingDriver
from helenus.connection.registry import check_name, register_driver, resolve, unregister_connection
from helenus.connection.request import Flow, Page, Request
from helenus.connection.runner import Load
from helenus.connection.scope import Selection, Use

__all__ = ["arun", "astream", "recording", "register_udt", "run", "stream", "udt_by_keyspace", "use"]

T = TypeVar("T")
Row = tuple[object, ...]

udt_by_keyspace: defaultdict[str, dict[str, type]] = defaultdict(dict)
"""Classes handed to :func:`register_udt`, by keyspace and type name."""


def use(connection: str | None = None, keyspace: str | None = None, consistency: int | None = None) -> Use:
    """Choose a connection, keyspace or consistency level for a block of code.

    For ``with``, ``async with`` or as a decorator. It holds in this thread or asyncio task, and in the tasks that it
    starts. Blocks may be nested: an inner one changes only what it names. Raw CQL takes the connection and the
    consistency level; its keyspace is in its text.

    Args:
        connection: the registered name of a connection.
        keyspace: the keyspace of the tables that models are read from and written to.
        consistency: consistency level by the driver's number.

    Raises:
        UnknownConnection: at entry, when no connection is registered under the name.
    """
    return Use(Selection(connection, keyspace, consistency), check_name)


def run(flow: Flow[T]) -> T:
    """Run an operation over the registered connections, waiting in this thread for each answer.

    Args:
        flow: a generator of requests, such as ``helenus.mapper.flows`` makes.
    """
    return runner.run(flow, resolve)


async def arun(flow: Flow[T]) -> T:
    """Run an operation over the registered connections, giving way to the event loop at each answer.

    Args:
        flow: a generator of requests, such as ``helenus.mapper.flows`` makes.
    """
    return await runner.arun(flow, resolve)


@overload
def stream(requests: Request | Iterable[Request]) -> Iterator[Row]: ...


@overload
def stream(requests: Request | Iterable[Request], load: Load[T]) -> Iterator[T]: ...


def stream(requests: Request | Iterable[Request], load: Load[T] | None = None) -> Iterator[T] | Iterator[Row]:
    """Iterate over all rows of one or more requests; the next page is asked for when half of this one is consumed.

    Args:
        requests: what to ask, one after another.
        load: turns each page into items, one for each row; None gives the rows as tuples.
    """
    if load is None:
        return runner.stream(requests, resolve, _rows)
    return runner.stream(requests, resolve, load)


@overload
def astream(requests: Request | Iterable[Request]) -> AsyncIterator[Row]: ...


@overload
def astream(requests: Request | Iterable[Request], load: Load[T]) -> AsyncIterator[T]: ...


def astream(
    requests: Request | Iterable[Request], load: Load[T] | None = None
) -> AsyncIterator[T] | AsyncIterator[Row]:
    """Iterate like :func:`stream`, giving way to the event loop while a page is on its way.

    Args:
        requests: what to ask, one after another.
        load: turns each page into items, one for each row; None gives the rows as tuples.
    """
    if load is None:
        return runner.astream(requests, resolve, _rows)
    return runner.astream(requests, resolve, load)


def _rows(page: Page) -> Iterable[Row]:
    return page.rows


def register_udt(keyspace: str, type_name: str, klass: type, connection: str | None = None) -> None:
    """Note the class of a user-defined type, for code written for cqlengine; models need no registration.

    No session is told of it: rows keep what the driver decodes, and the mapper turns that into the model's own class.

    Args:
        keyspace: where the type is.
        type_name: its name.
        klass: its class.
        connection: the registered name of a connection; it is checked, and otherwise of no consequence.

    Raises:
        UnknownConnection: when no connection is registered under the name.
    """
    if connection is not None:
        check_name(connection)
    udt_by_keyspace[keyspace][type_name] = klass


@contextmanager
def recording(name: str = "default", *answers: Answer, default: bool = True) -> Iterator[RecordingDriver]:
    """Register a connection that records requests and answers with pages prepared beforehand, for a block of test code.

    Args:
        name: its name.
        answers: what to answer, in this order: pages, errors or functions; after that, a page without rows.
        default: make it the default connection.
    """
    driver = RecordingDriver(name, *answers)
    register_driver(name, driver, default)
    try:
        yield driver
    finally:
        unregister_connection(name)
