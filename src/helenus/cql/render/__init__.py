"""The renderer: statements and terms to CQL text."""

from __future__ import annotations

from helenus.cql.render import admin, ddl, dml, functions, terms
from helenus.cql.render.base import render

__all__ = ["render"]

# Importing these modules is what fills the dispatch table.
_REGISTERED = (admin, ddl, dml, functions, terms)
