"""What the renderer writes of trees that no text gives, and what it refuses to write."""

from __future__ import annotations

import pytest

from helenus.cql import ast
from helenus.cql.ast import (
    Arithmetic,
    BindMarker,
    Column,
    Constant,
    ConstantKind,
    Negation,
    Relation,
    Select,
    TableName,
    integer,
    string,
)
from helenus.cql.render import render
from helenus.cql.types import Native
from helenus.errors import StatementException, ValidationError

T = TableName(None, "t")
INT = Native("int")
ONE, TWO, THREE = map(integer, (1, 2, 3))

TERMS = [
    (Arithmetic("*", Arithmetic("+", ONE, TWO), THREE), "(1 + 2) * 3"),
    (Arithmetic("-", ONE, Arithmetic("-", TWO, THREE)), "1 - (2 - 3)"),
    (Arithmetic("-", Arithmetic("-", ONE, TWO), THREE), "1 - 2 - 3"),
    (Arithmetic("-", ONE, integer(-2)), "1 - -2"),
    (Negation(Arithmetic("+", ONE, TWO)), "- (1 + 2)"),
    (Negation(ONE), "- 1"),
    (ast.FieldAccess(Arithmetic("+", Column("a"), ONE), "b"), "(a + 1).b"),
    (ast.FieldAccess(ONE, "b"), "1 .b"),
    (ast.TypeHint(INT, Arithmetic("+", ONE, TWO)), "(int) (1 + 2)"),
    (ast.FieldAccess(ast.TypeHint(INT, ONE), "b"), "(int) 1 .b"),
    (Column("json"), '"json"'),
    (Column("Name"), '"Name"'),
    (BindMarker("Name"), ':"Name"'),
    (string("it's"), "'it''s'"),
    (ast.MapLiteral(), "{}"),
    (ast.boolean(value=True), "true"),
]


@pytest.mark.parametrize(("term", "text"), TERMS)
def test_a_term_is_written_so(term, text):
    assert render(term) == text


def test_parts_of_a_statement_can_be_rendered_alone():
    assert render(TableName("App", "users")) == '"App".users'
    assert render(Relation("a", "IN", BindMarker())) == "a IN ?"
    assert render(ast.Using(ttl=BindMarker(), timestamp=BindMarker())) == "TTL ? AND TIMESTAMP ?"


def test_a_select_of_nothing_in_particular_is_a_star():
    assert render(Select(T)) == "SELECT * FROM t"


REFUSED = [
    (Relation("a", "= 1 OR", ONE), "'= 1 OR' is not an operator of a Relation"),
    (Relation("a", "in", ONE), "'in' is not an operator"),
    (ast.TokenRelation(("a",), "IN", ONE), "'IN' is not an operator of a TokenRelation"),
    (ast.Condition("a", "LIKE", ONE), "'LIKE' is not an operator of a Condition"),
    (Arithmetic("||", ONE, TWO), r"'\|\|' is not an arithmetic operator"),
    (ast.Batch("FAST"), "'FAST' is not a kind of batch"),
    (ast.CellFunction("now", Column("a")), "'now' is not a function of a cell"),
    (Constant(ConstantKind.INTEGER, "1; DROP TABLE t"), "is not one INTEGER constant"),
    (Constant(ConstantKind.INTEGER, "1.5"), "is not one INTEGER constant"),
    (Constant(ConstantKind.FLOAT, "inf"), "is not one FLOAT constant"),
    (Constant(ConstantKind.HEX, ""), "is not one HEX constant"),
    (ast.Word("x; DROP"), "is not an unreserved keyword"),
    (ast.IndexTarget("a", "VALUES(b), KEYS"), "is not a part to index"),
    (ast.Resource("EVERYTHING"), "'EVERYTHING' is not a resource"),
    (ast.Grant(("READ",), ast.Resource("ALL KEYSPACES"), "bob"), "'READ' is not a permission"),
    (ast.RoleOption("SHOE SIZE", integer(43)), "'SHOE SIZE' is not an option of a role"),
    (ast.RoleOption("PASSWORD", None), "'PASSWORD' is not an access of a role"),
    (ast.Describe("WEATHER"), "'WEATHER' is not something to describe"),
    (ast.CreateFunction(ast.FunctionName(None, "f"), (), INT, "java AS", "x"), "is not the name of a language"),
    (ast.Node(), "is not a CQL statement or a part of one"),
    ("SELECT 1", "is not a CQL statement or a part of one"),
]


@pytest.mark.parametrize(("node", "message"), REFUSED)
def test_what_cannot_be_written_is_refused(node, message):
    with pytest.raises(StatementException, match=message):
        render(node)


@pytest.mark.parametrize(
    "node",
    [
        ast.Use(""),
        ast.Use("a\0"),
        Select(TableName("", "t")),
        Select(T, (ast.Selector(Column("a\0")),)),
        ast.Insert(T, ("",), (ONE,)),
        BindMarker(""),
    ],
)
def test_names_that_cannot_be_written_are_refused(node):
    with pytest.raises(ValidationError, match="CQL name"):
        render(node)


def test_statements_are_frozen_values():
    select = Select(T)
    with pytest.raises(AttributeError):
        select.limit = ONE
    assert {select: 1}[Select(TableName(None, "t"))] == 1
