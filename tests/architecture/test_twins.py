"""Whatever waits has a twin that awaits: ``x`` and ``ax``, with the same parameters."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from types import FunctionType, ModuleType

import pytest

from helenus import BatchQuery, ContextQuery, Model, QuerySet, connection, management
from helenus.mapper.dml import DMLQuery
from helenus.mapper.named import SimpleQuerySet

PLACES: list[type | ModuleType] = [
    BatchQuery,
    ContextQuery,
    DMLQuery,
    Model,
    QuerySet,
    SimpleQuerySet,
    connection,
    management,
]
WAITING = {"_run", "chunks", "execute", "run", "stream"}
PROTOCOLS = {"__iter__": "__aiter__", "__enter__": "__aenter__", "__exit__": "__aexit__"}


def functions(place: type | ModuleType) -> dict[str, FunctionType]:
    """Return the functions of a class, or those that a module offers, by name; class methods are unwrapped."""
    names = place.__all__ if isinstance(place, ModuleType) else dir(place)
    found = {name: inspect.getattr_static(place, name, None) for name in names}
    unwrapped = {name: getattr(value, "__func__", value) for name, value in found.items()}
    return {name: value for name, value in unwrapped.items() if isinstance(value, FunctionType)}


def waiting(place: type | ModuleType) -> set[str]:
    """Name the functions that wait for an answer, themselves or through a private function beside them."""
    names = {name: set(function.__code__.co_names) for name, function in functions(place).items()}
    found = {name for name, called in names.items() if called & WAITING}
    while more := {name for name, called in names.items() if called & found & private(found)} - found:
        found |= more
    return {name for name in found if not inspect.iscoroutinefunction(functions(place)[name])}


def private(names: Iterable[str]) -> set[str]:
    return {name for name in names if name.startswith("_")}


def twin(name: str) -> str | None:
    """Return the name that the twin must have."""
    return PROTOCOLS.get(name) if name.startswith("__") else f"a{name}"


def is_async(function: Callable[..., object]) -> bool:
    returns = str(inspect.signature(function).return_annotation)
    return inspect.iscoroutinefunction(function) or returns.startswith("AsyncIterator")


def pairs() -> list[tuple[type | ModuleType, str, str]]:
    """Find all twins by their names."""
    return [
        (place, name[1:], name)
        for place in PLACES
        for name, function in functions(place).items()
        if not name.startswith("_") and is_async(function)
    ]


def shape(function: Callable[..., object]) -> tuple[object, ...]:
    """Return the parameters and the result of a function, as annotated."""
    signature = inspect.signature(function)
    result = str(signature.return_annotation).replace("AsyncIterator", "Iterator")
    return *((each.name, each.kind, each.default, each.annotation) for each in signature.parameters.values()), result


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.__name__)
def test_what_waits_has_a_twin_that_awaits(place):
    known = functions(place)
    public = {name for name in waiting(place) if not name.startswith("_") or name in PROTOCOLS}
    assert {name for name in public if twin(name) not in known} == set()


@pytest.mark.parametrize(("place", "name", "other"), pairs(), ids=str)
def test_twins_take_and_give_the_same(place, name, other):
    known = functions(place)
    assert name in known, f"{other} has no twin {name}"
    assert shape(known[name]) == shape(known[other])


@pytest.mark.parametrize(
    ("place", "names"),
    [
        (BatchQuery, {"execute"}),
        (Model, {"create", "get", "save", "update", "delete"}),
        (QuerySet, {"create", "get", "first", "count", "update", "delete"}),
        (management, {"create_keyspace_simple", "sync_table", "drop_table"}),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_what_everybody_calls_is_among_the_twins(place, names):
    assert names <= {name for where, name, _ in pairs() if where is place}


@pytest.mark.parametrize("place", [BatchQuery, ContextQuery], ids=lambda place: place.__name__)
def test_blocks_are_for_with_and_for_async_with(place):
    assert {"__enter__", "__exit__", "__aenter__", "__aexit__"} <= set(dir(place))
