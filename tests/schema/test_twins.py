"""Every function that asks a server has an async twin with the same signature, and both have one statement."""

from __future__ import annotations

import ast
import inspect
import textwrap

import pytest

from helenus import schema

SYNC = [
    name
    for name in schema.__all__
    if inspect.isfunction(getattr(schema, name))
    and not inspect.iscoroutinefunction(getattr(schema, name))
    and name != "get_create_type"  # which sends nothing
]


def statements(function):
    (definition,) = ast.parse(textwrap.dedent(inspect.getsource(function))).body
    return [
        node for node in definition.body if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
    ]


def test_there_are_pairs_to_look_at():
    assert "sync_table" in SYNC
    assert len(SYNC) == 9


@pytest.mark.parametrize("name", SYNC)
def test_the_twin_has_the_same_signature_and_both_are_one_statement(name):
    function, twin = getattr(schema, name), getattr(schema, f"a{name}")
    assert inspect.iscoroutinefunction(twin)
    assert inspect.signature(function) == inspect.signature(twin)
    assert len(statements(function)) == len(statements(twin)) == 1
