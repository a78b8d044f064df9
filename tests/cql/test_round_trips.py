"""What is rendered and parsed again is what it was: the property that holds both halves of the product together."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helenus.cql import ast, parse, parse_all
from helenus.cql.ast import Statement
from helenus.cql.render import render
from tests.cql.strategies import STATEMENTS, deep_expressions, deep_terms, plain

quick = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
anything = plain(st.one_of(list(STATEMENTS.values())))
thorough = settings(quick, max_examples=60)


@pytest.mark.parametrize("kind", STATEMENTS, ids=lambda kind: kind.__name__)
@quick
@given(data=st.data())
def test_a_statement_comes_back(kind, data):
    statement = data.draw(STATEMENTS[kind])
    assert parse(render(statement)) == statement


@thorough
@given(term=deep_terms)
def test_a_term_comes_back(term):
    insert = ast.Insert(ast.TableName(None, "t"), ("c",), (term,))
    assert parse(render(insert)) == insert


@thorough
@given(expression=deep_expressions)
def test_a_selected_expression_comes_back(expression):
    select = ast.Select(ast.TableName(None, "t"), (ast.Selector(expression),))
    assert parse(render(select)) == select


@quick
@given(statements=st.lists(anything, max_size=3))
def test_a_script_comes_back(statements):
    assert parse_all(";\n".join(map(render, statements))) == statements


@quick
@given(statement=anything)
def test_equal_statements_have_equal_hashes_and_texts(statement):
    again = parse(render(statement))
    assert hash(again) == hash(statement)
    assert render(again) == render(statement)


def test_every_statement_of_the_language_is_drawn():
    named = [getattr(ast, name) for name in ast.__all__ if name[0].isupper()]
    statements = {node for node in named if isinstance(node, type) and issubclass(node, Statement)}
    assert set(STATEMENTS) == statements - {Statement}
