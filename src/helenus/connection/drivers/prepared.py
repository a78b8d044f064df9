"""Prepared statements of one connection, by their text: at most so many, each prepared once however many ask.

It does not know the driver: what prepares a text is handed in.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

__all__ = ["PreparedStatements"]

S = TypeVar("S")


class PreparedStatements(Generic[S]):
    """A bounded cache: what was used last stays longest."""

    def __init__(self, prepare: Callable[[str], S], limit: int) -> None:
        """Start empty.

        Args:
            prepare: prepares a text, waiting for the server.
            limit: how many statements are kept.
        """
        self._prepare = prepare
        self._limit = limit
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, S] = OrderedDict()
        self._coming: dict[str, Future[S]] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def __contains__(self, text: str) -> bool:
        return text in self._kept

    def get(self, text: str) -> S:
        """Return a statement, preparing it if need be; others who ask meanwhile wait for the same answer."""
        with self._lock:
            statement = self._kept.get(text)
            if statement is not None:
                self._kept.move_to_end(text)
                return statement
            coming = self._coming.get(text)
            mine = coming is None
            if coming is None:
                coming = self._coming[text] = Future()
        if mine:
            self._fetch(text, coming)
        return coming.result()

    def _fetch(self, text: str, coming: Future[S]) -> None:
        try:
            statement = self._prepare(text)
        except BaseException as error:  # noqa: BLE001 - handed to everyone who waits; the next one tries again
            with self._lock:
                del self._coming[text]
            coming.set_exception(error)
            return
        with self._lock:
            del self._coming[text]
            self._kept[text] = statement
            while len(self._kept) > self._limit:
                self._kept.popitem(last=False)
        coming.set_result(statement)
