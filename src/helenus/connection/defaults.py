"""The default keyspace: the one place where it is kept, readable and settable by anyone.

``setup(hosts, "ks")`` and ``set_session(session)`` set it; models without a keyspace of their own read it. This module
must not know models or connections.
"""

from __future__ import annotations

__all__ = ["keyspace"]

keyspace: str | None = None
