"""The words of CQL: which are keywords, which of those may stand unquoted as a name, which name a native type.

The lists are those of Apache Cassandra 5.0 (``Lexer.g``, ``Parser.g``, ``reserved_keywords.txt``). All are lower
case. This module must not know how a keyword is used: that is the parser's business.
"""

from __future__ import annotations

__all__ = [
    "BASIC_UNRESERVED",
    "KEYWORDS",
    "NATIVE_TYPES",
    "NOT_FUNCTION_NAMES",
    "RESERVED",
    "RESERVED_ELSEWHERE",
    "RESERVED_TYPE_NAMES",
    "UNRESERVED",
    "VALUES",
]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


RESERVED = _words(
    """
    add allow alter and apply asc authorize batch begin by columnfamily create delete desc describe drop entries
    execute from full grant if in index infinity insert into is keyspace limit materialized modify nan norecursive
    not null of on or order primary rename revoke schema select set table to token truncate unlogged update use
    using view where with
    """
)
"""Keywords that can only be names when quoted (``reserved_keywords.txt`` of Cassandra 5.0)."""

RESERVED_ELSEWHERE = frozenset({"default", "mbean", "mbeans", "replace", "unset"})
"""Unreserved in Cassandra 5.0, reserved in grammars that older Cassandra and ScyllaDB have or had.

They are quoted when written, which every server accepts, and taken unquoted when read, as Cassandra 5.0 does.
"""

VALUES = frozenset({"false", "true"})
"""No keywords, and yet no names either: the lexer takes them for booleans, whatever stands around them."""

NATIVE_TYPES = _words(
    """
    ascii bigint blob boolean counter date decimal double duration float inet int smallint text time timestamp
    timeuuid tinyint uuid varchar varint
    """
)
"""Names of native types; all are unreserved keywords."""

NOT_FUNCTION_NAMES = frozenset({"cast", "distinct", "json", "key", "maxwritetime", "ttl", "writetime"})
"""Unreserved keywords that cannot begin a function call unless quoted (rule ``allowedFunctionName``)."""

BASIC_UNRESERVED = _words(
    """
    access aggregate aggregates all ann as called cidrs cluster clustering compact contains custom datacenters
    default exists filtering finalfunc frozen function functions group hashed identity initcond input internals
    keys keyspaces language like list login map masked mbean mbeans nologin nosuperuser only options partition
    password per permission permissions replace returns role roles select_masked sfunc static storage stype
    superuser tables trigger tuple type types unmask unset user users values vector
    """
)
"""Unreserved keywords that may name anything, user-defined types included (rule ``basic_unreserved_keyword``)."""

UNRESERVED = BASIC_UNRESERVED | NATIVE_TYPES | NOT_FUNCTION_NAMES | {"count"}
"""Keywords that may be names without quotes."""

KEYWORDS = RESERVED | UNRESERVED

RESERVED_TYPE_NAMES = frozenset({"bitstring", "byte", "complex", "enum", "interval", "macaddr"})
"""Words that are no keywords and yet cannot be the unquoted name of a user-defined type."""
