"""Makes ``import cassandra.cqlengine`` find helenus, for code that cannot change its imports."""

from __future__ import annotations

import importlib
import sys
import types

__all__ = ["install", "uninstall"]

OLD = "cassandra.cqlengine"
NEW = "helenus.cqlengine"
MODULES = (
    "",
    ".columns",
    ".connection",
    ".functions",
    ".management",
    ".models",
    ".named",
    ".operators",
    ".query",
    ".statements",
    ".usertype",
)


def install() -> None:
    """Put helenus in the place of the driver's ``cassandra.cqlengine`` for the rest of the process.

    Call it before anything imports ``cassandra.cqlengine``; third-party packages that are imported afterwards, such
    as django-cassandra-engine, run on helenus. Calling it again does nothing.

    Raises:
        ImportError: if the driver's own module was imported before, whose classes some code may hold already.
    """
    driver = importlib.import_module("cassandra")
    ours = {suffix: importlib.import_module(NEW + suffix) for suffix in MODULES}
    for suffix, module in ours.items():
        if sys.modules.get(OLD + suffix) not in (None, module):
            raise ImportError(
                f"{OLD + suffix} was imported before helenus.cqlengine.install(); call install() first, at the top"
                " of the program"
            )
    for suffix, module in ours.items():
        sys.modules[OLD + suffix] = module
    driver.cqlengine = sys.modules[OLD]  # type: ignore[attr-defined]


def uninstall() -> None:
    """Take :func:`install` back; what was imported meanwhile keeps helenus's classes."""
    driver: types.ModuleType = importlib.import_module("cassandra")
    for suffix in MODULES:
        if sys.modules.get(OLD + suffix) is importlib.import_module(NEW + suffix):
            del sys.modules[OLD + suffix]
    if getattr(driver, "cqlengine", None) is sys.modules[NEW]:
        delattr(driver, "cqlengine")
