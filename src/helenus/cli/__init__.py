"""The command line, ``helenus``; it needs the extra ``cli``."""

from __future__ import annotations

from helenus.cli.entry import main

__all__ = ["main"]
