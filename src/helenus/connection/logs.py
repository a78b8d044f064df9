"""What goes into logs: statement texts, names and hosts; bound values only when asked for.

This module must not know connections or drivers.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager

from helenus.connection.request import Batch, Request

__all__ = ["format_log_context", "log", "log_request", "log_values", "shape"]

log = logging.getLogger("helenus.connection")

_LONGEST = 500
_STATEMENTS_SHOWN = 3


class _Values:
    """Whether bound values are logged; the environment decides until somebody calls ``log_values``."""

    shown = os.environ.get("HELENUS_LOG_VALUES", "") not in {"", "0"}


def log_values(enabled: bool = True) -> AbstractContextManager[None]:
    """Show bound values in DEBUG log lines, or stop showing them.

    They are not shown unless HELENUS_LOG_VALUES=1 was in the environment when helenus was imported. Holds for the
    whole process; as a context manager it ends with the block: ``with log_values(): ...``.

    Args:
        enabled: whether values are shown.
    """
    before, _Values.shown = _Values.shown, enabled

    @contextmanager
    def until_the_end() -> Iterator[None]:
        try:
            yield
        finally:
            _Values.shown = before

    return until_the_end()


def log_request(connection: str, request: Request | Batch) -> None:
    """Write a request's DEBUG line."""
    values: object = "not shown"
    if _Values.shown:
        values = [bound for _, bound in request.statements] if isinstance(request, Batch) else request.values
    log.debug("[Connection: %s] %s, values: %s", connection, shape(request), values)


def shape(request: Request | Batch) -> str:
    """Return what a request looks like without its values: who asks, and its text."""
    if isinstance(request, Batch):
        text = _batch_shape(request.kind, [statement for statement, _ in request.statements])
    else:
        text = _short(request.text)
    return f"{request.label}: {text}" if request.label else text


def _batch_shape(kind: str, texts: Sequence[str]) -> str:
    shown = "; ".join(_short(text) for text in texts[:_STATEMENTS_SHOWN])
    more = f"; ... {len(texts) - _STATEMENTS_SHOWN} more" if len(texts) > _STATEMENTS_SHOWN else ""
    return f"{kind} batch of {len(texts)}: {shown}{more}"


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def format_log_context(msg: str, connection: str | None = None, keyspace: str | None = None) -> str:
    """Return a log message with the connection and keyspace that it is about in front, as cqlengine does.

    Args:
        msg: the message.
        connection: the connection; None is the default one.
        keyspace: the keyspace, if it matters.
    """
    about = f"Connection: {connection or 'DEFAULT_CONNECTION'}"
    if keyspace:
        about += f", Keyspace: {keyspace}"
    return f"[{about}] {msg}"
