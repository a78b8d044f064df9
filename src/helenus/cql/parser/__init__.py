"""The parser: CQL text to statements; it knows the grammar of Cassandra 5.0.6 and no tables."""

from __future__ import annotations

from helenus.cql.parser.statements import parse, parse_all

__all__ = ["parse", "parse_all"]
