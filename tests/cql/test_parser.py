"""What texts mean: the forms that render to something else, and the places where a word may be two things."""

from __future__ import annotations

import pytest

from helenus.cql import ast, parse, parse_all
from helenus.cql.ast import (
    NULL,
    BindMarker,
    Column,
    Constant,
    ConstantKind,
    FunctionCall,
    Relation,
    TableName,
    integer,
    string,
)
from helenus.cql.render import render
from helenus.errors import CQLSyntaxError

T = TableName(None, "t")

SPELLINGS = [
    ("select A, B from T", "SELECT a, b FROM t"),
    ('Select "A" From "T" ;', 'SELECT "A" FROM "T"'),
    ("SELECT a FROM t;;;", "SELECT a FROM t"),
    ("SELECT a -- all\nFROM t /* here */ WHERE b = 1 // now\n", "SELECT a FROM t WHERE b = 1"),
    ("SELECT a FROM t ORDER BY b ASC, c DESC", "SELECT a FROM t ORDER BY b, c DESC"),
    ("SELECT a FROM t WHERE (((b = 1))) AND ((c, d) > (1, 2))", "SELECT a FROM t WHERE b = 1 AND (c, d) > (1, 2)"),
    ("SELECT COUNT ( * ), TOKEN(a), TtL(b) FROM t", "SELECT count(*), token(a), ttl(b) FROM t"),
    ("SELECT toJson(a) FROM t", "SELECT tojson(a) FROM t"),
    ('SELECT "toJson"(a) FROM t', 'SELECT "toJson"(a) FROM t'),
    ("SELECT cast(a as VARCHAR) FROM t", "SELECT CAST(a AS text) FROM t"),
    ("SELECT ttl, ks.f(a), ttl.f(a) FROM t", "SELECT ttl, ks.f(a), ttl.f(a) FROM t"),
    ("SELECT $$it's$$ FROM t", "SELECT 'it''s' FROM t"),
    ("SELECT TRUE, nan, -NAN, INFINITY, -infinity FROM t", "SELECT true, NaN, -NaN, Infinity, -Infinity FROM t"),
    ("UPDATE t SET a += 1, b -= ? WHERE c = 1", "UPDATE t SET a = a + 1, b = b - ? WHERE c = 1"),
    ("UPDATE t SET a = a -3 WHERE c = 1", "UPDATE t SET a = a + -3 WHERE c = 1"),
    ("UPDATE t SET a = a 3 WHERE c = 1", "UPDATE t SET a = a + 3 WHERE c = 1"),
    ("UPDATE t SET a = a - 3 WHERE c = 1", "UPDATE t SET a = a - 3 WHERE c = 1"),
    ("UPDATE t SET a = 1 + 2 + a WHERE c = 1", "UPDATE t SET a = 1 + 2 + a WHERE c = 1"),
    ("UPDATE t SET a = f(1) + g(2) WHERE c = 1", "UPDATE t SET a = f(1) + g(2) WHERE c = 1"),
    (
        "INSERT INTO t (a) VALUES (1) USING TIMESTAMP 1 AND TTL 2",
        "INSERT INTO t (a) VALUES (1) USING TTL 2 AND TIMESTAMP 1",
    ),
    ("INSERT INTO t (a) VALUES (1) USING TTL 1 AND TTL 2", "INSERT INTO t (a) VALUES (1) USING TTL 2"),
    ("INSERT INTO t JSON ? DEFAULT NULL", "INSERT INTO t JSON ?"),
    (
        "BEGIN BATCH INSERT INTO t (a) VALUES (1) DELETE FROM t WHERE a = 2 APPLY BATCH",
        "BEGIN BATCH INSERT INTO t (a) VALUES (1); DELETE FROM t WHERE a = 2; APPLY BATCH",
    ),
    ("TRUNCATE t", "TRUNCATE TABLE t"),
    ("CREATE COLUMNFAMILY t (a int PRIMARY KEY, b varchar)", "CREATE TABLE t (a int, b text, PRIMARY KEY (a))"),
    ("CREATE TABLE t (PRIMARY KEY ((a)), a int,,)", "CREATE TABLE t (a int, PRIMARY KEY (a))"),
    ("CREATE TABLE t (a int, PRIMARY KEY ((a)),)", "CREATE TABLE t (a int, PRIMARY KEY (a))"),
    (
        "CREATE TABLE t (a int, PRIMARY KEY (a)) WITH cdc = true AND CLUSTERING ORDER BY (b DESC) AND COMPACT STORAGE",
        "CREATE TABLE t (a int, PRIMARY KEY (a)) WITH COMPACT STORAGE AND CLUSTERING ORDER BY (b DESC) AND cdc = true",
    ),
    ("CREATE TABLE t (a int) WITH compression = lz4", None),
    ("CREATE TABLE t (a int) WITH speculative_retry = ALL", "CREATE TABLE t (a int) WITH speculative_retry = all"),
    ("ALTER TABLE t ADD (a int)", "ALTER TABLE t ADD a int"),
    ("ALTER TABLE t DROP (a)", "ALTER TABLE t DROP a"),
    ("ALTER TABLE t DROP compact", "ALTER TABLE t DROP compact"),
    ("DESC t", "DESCRIBE t"),
    ("DESC type.x", 'DESCRIBE "type".x'),
    ('DESC "tables"', 'DESCRIBE "tables"'),
    ("CREATE ROLE BOB WITH login = TRUE", "CREATE ROLE bob WITH LOGIN = true"),
    ("CREATE ROLE 'Bob'", 'CREATE ROLE "Bob"'),
    ("CREATE USER Bob", "CREATE USER 'Bob'"),
    ("GRANT ALL PERMISSIONS ON t TO bob", "GRANT ALL ON TABLE t TO bob"),
    ("GRANT SELECT PERMISSION, MODIFY PERMISSION ON t TO bob", "GRANT SELECT, MODIFY ON TABLE t TO bob"),
    ("GRANT all TO bob", "GRANT all TO bob"),
    ("GRANT SELECT ON role TO bob", "GRANT SELECT ON TABLE role TO bob"),
    ("LIST ALL PERMISSIONS", "LIST ALL"),
]


@pytest.mark.parametrize(("text", "canonical"), SPELLINGS)
def test_a_text_has_one_canonical_form(text, canonical):
    if canonical is None:
        with pytest.raises(CQLSyntaxError):
            parse(text)
    else:
        assert render(parse(text)) == canonical
        assert parse(canonical) == parse(text)


def selected(text: str) -> tuple[object, ...]:
    """Return what is selected, without aliases."""
    return tuple(selector.expression for selector in parse(f"SELECT {text} FROM t").selectors)


def assigned(text: str) -> object:
    """Return what a term means."""
    return parse(f"INSERT INTO t (a) VALUES ({text})").values[0]


MODIFIERS = [
    ("SELECT json FROM t", (False, False, ["json"])),
    ("SELECT json, a FROM t", (False, False, ["json", "a"])),
    ("SELECT json AS x FROM t", (False, False, ["json"])),
    ("SELECT json.a FROM t", (False, False, ["json.a"])),
    ("SELECT json + 1 FROM t", (False, False, ["json + 1"])),
    ("SELECT JSON a FROM t", (True, False, ["a"])),
    ("SELECT JSON json FROM t", (True, False, ["json"])),
    ("SELECT JSON * FROM t", (True, False, [])),
    ("SELECT JSON - json FROM t", (True, False, ["- json"])),
    ("SELECT JSON as FROM t", (True, False, ["as"])),
    ("SELECT distinct FROM t", (False, True, None)),
    ("SELECT distinct, a FROM t", (False, False, ["distinct", "a"])),
    ("SELECT DISTINCT distinct FROM t", (False, True, ["distinct"])),
    ("SELECT JSON DISTINCT a FROM t", (True, True, ["a"])),
]


@pytest.mark.parametrize(("text", "expected"), MODIFIERS)
def test_json_and_distinct_may_be_columns(text, expected):
    json, distinct, names = expected
    if names is None:
        json, distinct, names = False, False, ["distinct"]
    select = parse(text)
    written = [render(selector.expression).replace('"', "") for selector in select.selectors]
    assert (select.json, select.distinct, written) == (json, distinct, names)


def test_operators_bind_as_everywhere():
    assert selected("a + b * c - d") == (
        ast.Arithmetic(
            "-",
            ast.Arithmetic("+", Column("a"), ast.Arithmetic("*", Column("b"), Column("c"))),
            Column("d"),
        ),
    )


def test_fields_bind_closer_than_signs_and_hints():
    assert selected("- a.b, (int) a.b") == (
        ast.Negation(ast.FieldAccess(Column("a"), "b")),
        ast.FieldAccess(ast.TypeHint(ast_type("int"), Column("a")), "b"),
    )


def ast_type(text: str) -> object:
    """Read a type."""
    return parse(f"CREATE TABLE t (a {text})").columns[0].type


HINTS = [
    ("(a)", ast.TupleLiteral((Column("a"),))),
    ("(a) - 1", ast.Arithmetic("-", ast.TupleLiteral((Column("a"),)), integer(1))),
    ("(a) -1", ast.TypeHint(ast_type("a"), integer(-1))),
    ("(a) b", ast.TypeHint(ast_type("a"), Column("b"))),
    ("(a)[1]", ast.TypeHint(ast_type("a"), ast.ListLiteral((integer(1),)))),
    ("(a).b", ast.FieldAccess(ast.TupleLiteral((Column("a"),)), "b")),
    ("(a, b)[1]", ast.ElementAccess(ast.TupleLiteral((Column("a"), Column("b"))), integer(1))),
    ("(list<int>) [1]", ast.TypeHint(ast_type("list<int>"), ast.ListLiteral((integer(1),)))),
    ("(a + b)", ast.TupleLiteral((ast.Arithmetic("+", Column("a"), Column("b")),))),
]


@pytest.mark.parametrize(("text", "value"), HINTS)
def test_parentheses_are_a_hint_if_an_operand_follows(text, value):
    assert selected(text) == (value,)


def test_parentheses_before_an_alias_are_no_hint():
    assert parse("SELECT (a) AS b FROM t").selectors == (ast.Selector(ast.TupleLiteral((Column("a"),)), "b"),)


TERMS = [
    ("{a: 1}", ast.UserTypeLiteral((("a", integer(1)),))),
    ("{'a': 1}", ast.MapLiteral(((string("a"), integer(1)),))),
    ("{now(): 1}", ast.MapLiteral(((FunctionCall("now"), integer(1)),))),
    ("{:a: 1}", ast.MapLiteral(((BindMarker("a"), integer(1)),))),
    ("{('x'): 1}", ast.MapLiteral(((ast.TupleLiteral((string("x"),)), integer(1)),))),
    ("{}", ast.SetLiteral()),
    ("[]", ast.ListLiteral()),
    ("(1)", ast.TupleLiteral((integer(1),))),
    ("null", NULL),
    ("-3", integer(-3)),
    ("- 3", ast.Negation(integer(3))),
    ("007", Constant(ConstantKind.INTEGER, "007")),
    ("1.50", Constant(ConstantKind.FLOAT, "1.50")),
    ("0xCaFe", Constant(ConstantKind.HEX, "0xCaFe")),
    ("1h30m", Constant(ConstantKind.DURATION, "1h30m")),
    ("123E4567-e89b-12d3-a456-426614174000", Constant(ConstantKind.UUID, "123E4567-e89b-12d3-a456-426614174000")),
    ("TRUE", Constant(ConstantKind.BOOLEAN, "true")),
    ("count(1)", FunctionCall("count", (integer(1),))),
    ("token(1)", FunctionCall("token", (integer(1),))),
    ('ks."F"()', FunctionCall("F", (), "ks")),
]


@pytest.mark.parametrize(("text", "value"), TERMS)
def test_a_term_means_this(text, value):
    assert assigned(text) == value


def test_exists_may_be_a_column():
    exists = parse("UPDATE t SET a = 1 WHERE b = 1 IF EXISTS")
    compared = parse("UPDATE t SET a = 1 WHERE b = 1 IF exists = 1")
    assert (exists.if_exists, exists.conditions) == (True, ())
    assert (compared.if_exists, compared.conditions) == (False, (ast.Condition("exists", "=", integer(1)),))


def test_markers_are_numbered_in_the_order_of_the_text():
    update = parse("UPDATE t USING TIMESTAMP ? AND TTL :a SET b = ? WHERE c = :c IF d = ?")
    assert [update.using.timestamp.index, update.using.ttl.index] == [0, 1]
    others = [update.assignments[0].value, update.where[0].value, update.conditions[0].value]
    assert [marker.index for marker in others] == [2, 3, 4]


def test_markers_keep_their_order_when_rendered():
    update = parse("UPDATE t USING TIMESTAMP ? AND TTL ? SET b = ? WHERE c = ?")
    assert render(update) == "UPDATE t USING TIMESTAMP ? AND TTL ? SET b = ? WHERE c = ?"


def test_the_number_of_a_marker_takes_no_part_in_equality():
    assert BindMarker("a", 3) == BindMarker("a")
    assert hash(BindMarker("a", 3)) == hash(BindMarker("a"))
    assert BindMarker("a") != BindMarker()


def test_markers_count_through_a_batch_and_anew_in_each_statement_of_a_script():
    batch = parse("BEGIN BATCH INSERT INTO t (a) VALUES (?); DELETE FROM t WHERE a = ?; APPLY BATCH")
    assert [batch.statements[0].values[0].index, batch.statements[1].where[0].value.index] == [0, 1]
    first, second = parse_all("SELECT * FROM t WHERE a = ?; SELECT * FROM t WHERE a = ?")
    assert [first.where[0].value.index, second.where[0].value.index] == [0, 0]


SCRIPTS = [
    ("", []),
    (" ;; ; -- nothing\n", []),
    ("USE a", ["USE a"]),
    ("USE a;", ["USE a"]),
    ("USE a;\n\n-- then\nUSE b;;USE c", ["USE a", "USE b", "USE c"]),
    (
        "BEGIN BATCH DELETE FROM t WHERE a = 1; DELETE FROM t WHERE a = 2; APPLY BATCH; USE a",
        ["BEGIN BATCH DELETE FROM t WHERE a = 1; DELETE FROM t WHERE a = 2; APPLY BATCH", "USE a"],
    ),
    (
        "CREATE FUNCTION f() CALLED ON NULL INPUT RETURNS int LANGUAGE java AS $$ a; b; $$; USE a",
        ["CREATE FUNCTION f() CALLED ON NULL INPUT RETURNS int LANGUAGE java AS ' a; b; '", "USE a"],
    ),
    ("INSERT INTO t (a) VALUES (';'); USE a", ["INSERT INTO t (a) VALUES (';')", "USE a"]),
]


@pytest.mark.parametrize(("script", "statements"), SCRIPTS)
def test_a_script_is_cut_at_its_semicolons(script, statements):
    assert [render(statement) for statement in parse_all(script)] == statements


def test_an_error_in_a_script_counts_lines_from_its_start():
    with pytest.raises(CQLSyntaxError) as caught:
        parse_all("USE a;\nUSE b;\nUSE c USE d")
    assert str(caught.value).startswith("line 3:6 mismatched input 'USE' expecting ';'")


def test_parse_takes_one_statement_only():
    with pytest.raises(CQLSyntaxError, match="mismatched input 'USE' expecting EOF"):
        parse("USE a; USE b")


@pytest.mark.parametrize(
    "relation",
    ["a BETWEEN 1 AND 2", "a NOT IN (1)", "a NOT CONTAINS 1", "a NOT LIKE 'x'", "a IS NULL", "a <> 1", "a = b || c"],
)
def test_relations_that_cassandra_5_0_6_does_not_have_are_errors(relation):
    with pytest.raises(CQLSyntaxError):
        parse(f"SELECT * FROM t WHERE {relation}")


def test_a_select_has_all_its_clauses():
    text = (
        "SELECT JSON DISTINCT a AS b FROM k.t WHERE a = ? GROUP BY c ORDER BY d DESC "
        "PER PARTITION LIMIT 2 LIMIT ? ALLOW FILTERING"
    )
    assert parse(text) == ast.Select(
        table=TableName("k", "t"),
        selectors=(ast.Selector(Column("a"), "b"),),
        where=(Relation("a", "=", BindMarker()),),
        group_by=(Column("c"),),
        order_by=(ast.Ordering("d", descending=True),),
        per_partition_limit=integer(2),
        limit=BindMarker(),
        allow_filtering=True,
        distinct=True,
        json=True,
    )
