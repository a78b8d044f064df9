"""The event loop, asked only where there is one: importing asyncio takes longer than all of the connection room.

Code that awaits runs in a loop, so asyncio is loaded by then; synchronous programs never load it through helenus.
"""

from __future__ import annotations

import sys
from concurrent.futures import Future
from typing import TypeVar

__all__ = ["in_running_loop", "settled", "wrapped"]

T = TypeVar("T")


def in_running_loop() -> bool:
    """Tell whether an event loop runs in this thread."""
    asyncio = sys.modules.get("asyncio")
    if asyncio is None:
        return False
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


async def wrapped(future: Future[T]) -> T:
    """Await the result of a future of another thread; cancelling the task cancels it."""
    import asyncio  # noqa: PLC0415 - see above

    return await asyncio.wrap_future(future)


async def settled(future: Future[T]) -> None:
    """Wait until a future of another thread is done, whatever came of it."""
    import asyncio  # noqa: PLC0415 - see above

    if not future.done():
        await asyncio.wait([asyncio.wrap_future(future)])
