"""Where records are kept: one port, on SQLite for tables and in memory for what the engine answers about itself."""

from __future__ import annotations

from helenus.engine.storage.base import PARTITION, Place, Record, Span, Storage, Store
from helenus.engine.storage.memory import MemoryStore
from helenus.engine.storage.sqlite import SQLiteStorage

__all__ = ["PARTITION", "MemoryStore", "Place", "Record", "SQLiteStorage", "Span", "Storage", "Store"]
