"""Which connection, keyspace and consistency level the code that runs now has asked for, by ``with use(...)``.

Kept in a context variable: each thread and each asyncio task has its own, and a task starts with its creator's. This
module knows no connections; whoever hands in ``check`` decides which names are good.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from functools import wraps
from types import TracebackType
from typing import NamedTuple, ParamSpec, TypeVar, cast

__all__ = ["Selection", "Use", "selection"]

P = ParamSpec("P")
R = TypeVar("R")


class Selection(NamedTuple):
    """What ``use`` has chosen; None where it has chosen nothing."""

    connection: str | None = None
    keyspace: str | None = None
    consistency: int | None = None


class _Block(NamedTuple):
    """One open ``with`` block."""

    holds: Selection
    opener: Use | None
    outer: _Block | None


# One variable for all blocks, not one for each Use: a context keeps every variable it has ever seen.
_innermost: ContextVar[_Block] = ContextVar("helenus_use", default=_Block(Selection(), None, None))  # noqa: B039


def selection() -> Selection:
    """Return what the ``with use(...)`` blocks around the running code have chosen."""
    return _innermost.get().holds


class Use:
    """What :func:`helenus.connection.use` returns: a context manager, plain and async, and a decorator.

    One object may be entered several times, nested or from many threads and tasks at once.
    """

    __slots__ = ("_check", "_chosen")

    def __init__(self, chosen: Selection, check: Callable[[str], object]) -> None:
        """Remember what to choose.

        Args:
            chosen: what to choose; None leaves what is chosen already.
            check: raises for a connection name that is not good.
        """
        self._chosen = chosen
        self._check = check

    def __enter__(self) -> Selection:
        """Choose, and return what holds within the block.

        Raises:
            UnknownConnection: when no connection is registered under the name.
        """
        if self._chosen.connection is not None:
            self._check(self._chosen.connection)
        block = self._within(_innermost.get())
        _innermost.set(block)
        return block.holds

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Choose what was chosen before the block."""
        inner = []
        block: _Block | None = _innermost.get()
        while block is not None and block.opener is not self:
            inner.append(block)
            block = block.outer
        if block is None or block.outer is None:
            # An async generator may be finalized in another context than the one it ran in. What it chose there never
            # held here, so there is nothing to take back.
            return
        # Mostly nothing is inside; but between two items of a generator its consumer may have opened a block that is
        # still open. That block stays.
        left = block.outer
        for still_open in reversed(inner):
            if still_open.opener is not None:
                left = still_open.opener._within(left)  # noqa: SLF001 - its own class
        _innermost.set(left)

    def _within(self, outer: _Block) -> _Block:
        chosen, held = self._chosen, outer.holds
        holds = Selection(
            held.connection if chosen.connection is None else chosen.connection,
            held.keyspace if chosen.keyspace is None else chosen.keyspace,
            held.consistency if chosen.consistency is None else chosen.consistency,
        )
        return _Block(holds, self, outer)

    async def __aenter__(self) -> Selection:
        """Choose, as ``with`` does: nothing here waits."""
        return self.__enter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Choose what was chosen before the block."""
        self.__exit__(kind, error, traceback)

    def __call__(self, function: Callable[P, R]) -> Callable[P, R]:
        """Return ``function`` with every call of it inside the block.

        Raises:
            TypeError: for generators, whose code runs when they are iterated over, not when they are called.
        """
        if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
            raise TypeError(f"use() cannot decorate the generator {function.__qualname__}: use it inside, with 'with'.")
        if inspect.iscoroutinefunction(function):
            awaited = cast("Callable[P, Awaitable[object]]", function)

            @wraps(function)
            async def waiting(*args: P.args, **kwargs: P.kwargs) -> object:
                with self:
                    return await awaited(*args, **kwargs)

            return cast("Callable[P, R]", waiting)

        @wraps(function)
        def inside(*args: P.args, **kwargs: P.kwargs) -> R:
            with self:
                return function(*args, **kwargs)

        return inside

    def __repr__(self) -> str:
        """Print as it was written."""
        chosen = ", ".join(f"{name}={value!r}" for name, value in self._chosen._asdict().items() if value is not None)
        return f"use({chosen})"
