"""The database: CQL in, rows out, without sockets."""

from __future__ import annotations

__all__: list[str] = []
