"""The CQL language: names, types, statements as values, their text, and the parser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helenus.cql.names import maybe_quote, quote
from helenus.cql.types import parse_type

if TYPE_CHECKING:
    from helenus.cql.parser import parse, parse_all

__all__ = ["maybe_quote", "parse", "parse_all", "parse_type", "quote"]


def __getattr__(name: str) -> object:
    """Load the parser and the syntax tree when they are asked for: the mapper writes names and types without them."""
    if name in {"parse", "parse_all"}:
        from helenus.cql import parser  # noqa: PLC0415

        return getattr(parser, name)
    raise AttributeError(f"module 'helenus.cql' has no attribute {name!r}")
