"""The CQL language: names, types, statements as values, their text, and the parser."""

from __future__ import annotations

from helenus.cql.names import maybe_quote, quote
from helenus.cql.parser import parse, parse_all
from helenus.cql.types import parse_type

__all__ = ["maybe_quote", "parse", "parse_all", "parse_type", "quote"]
