"""Adapters that let other tools use helenus: the pytest plugin."""

from __future__ import annotations

__all__: list[str] = []
