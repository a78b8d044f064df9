"""Where clusters keep their data and where jars are cached.

It knows directories only: nothing about processes, Java or Cassandra.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path


def state_directory() -> Path:
    """Return the directory that holds the clusters: ``$HELENUS_HOME``, else one in the user's state directory."""
    chosen = os.environ.get("HELENUS_HOME")
    if chosen:
        return Path(chosen).expanduser().absolute()
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "helenus"
    return _xdg("XDG_STATE_HOME", ".local/state") / "helenus"


def cache_directory() -> Path:
    """Return the directory for what can be fetched again; all projects of a user share it."""
    if sys.platform == "darwin" and not os.environ.get("XDG_CACHE_HOME"):
        return Path.home() / "Library" / "Caches" / "helenus"
    return _xdg("XDG_CACHE_HOME", ".cache") / "helenus"


def _xdg(variable: str, default: str) -> Path:
    """Return a base directory of the XDG specification, which says that relative values must be ignored."""
    value = Path(os.environ.get(variable, ""))
    return value if value.is_absolute() else Path.home() / default
