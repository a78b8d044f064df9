"""Statements in ``identity.cql`` parse and render to themselves, letter for letter."""

from __future__ import annotations

from pathlib import Path

import pytest

from helenus.cql import parse
from helenus.cql.render import render

LINES = (Path(__file__).parent / "identity.cql").read_text(encoding="utf-8").splitlines()
STATEMENTS = [line.removesuffix(";") for line in LINES if line and not line.startswith("--")]


@pytest.mark.parametrize("text", STATEMENTS)
def test_a_statement_renders_to_itself(text):
    assert render(parse(text)) == text


def test_no_statement_stands_there_twice():
    assert sorted(STATEMENTS) == sorted(set(STATEMENTS))
