"""What a room offers is exactly what it lists."""

from __future__ import annotations

import importlib
import pkgutil
import re
from types import ModuleType

import pytest

import helenus

ROOMS = ["helenus", *(f"helenus.{room.name}" for room in pkgutil.iter_modules(helenus.__path__) if room.ispkg)]


def order(name: str) -> tuple[int, list[str | int]]:
    """Sort as ruff's RUF022 does: constants, then classes, then the rest; numbers by value."""
    kind = 0 if name.isupper() else 1 if name[0].isupper() else 2
    return kind, [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", name)]


def offered(room: ModuleType) -> set[str]:
    """Name what stands in a room without an underscore; its files show up as attributes and are not counted."""
    return {
        name
        for name, value in vars(room).items()
        if name.isidentifier()  # pytest leaves marks of its own in what it rewrites
        and not name.startswith("_")
        and name not in {"TYPE_CHECKING", "annotations"}
        and (
            name in room.__all__ or not (isinstance(value, ModuleType) and value.__name__ == f"{room.__name__}.{name}")
        )
    }


@pytest.mark.parametrize("name", ROOMS)
def test_the_list_is_sorted(name):
    room = importlib.import_module(name)
    assert list(room.__all__) == sorted(room.__all__, key=order)


@pytest.mark.parametrize("name", ROOMS)
def test_the_list_is_true(name):
    room = importlib.import_module(name)
    assert [entry for entry in room.__all__ if not hasattr(room, entry)] == []


@pytest.mark.parametrize("name", ROOMS)
def test_the_list_is_complete(name):
    room = importlib.import_module(name)
    assert offered(room) - set(room.__all__) == set()
