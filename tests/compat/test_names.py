"""Every public name of cqlengine, every attribute of its classes and every parameter of its functions is there."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from datetime import datetime
from fnmatch import fnmatchcase

import pytest

from tests.compat import names

SUFFIXES = ("", *(f".{module}" for module in names.MODULES))


def missing() -> Iterator[str]:
    examples = instances("helenus.cqlengine").values()
    for suffix in SUFFIXES:  # all first: an imported module is an attribute of its package
        importlib.import_module(f"helenus.cqlengine{suffix}")
    for suffix in SUFFIXES:
        theirs = importlib.import_module(f"cassandra.cqlengine{suffix}")
        ours = importlib.import_module(f"helenus.cqlengine{suffix}")
        for full, value in names.public(theirs, suffix[1:] or "cqlengine"):
            name = full.rpartition(".")[2]
            if not hasattr(ours, name):
                yield full
            elif getattr(value, "__module__", None) == theirs.__name__:  # the sisters' own are compared there
                yield from names.lacking(full, value, getattr(ours, name), examples)
    example = instances("helenus.cqlengine")["Model"]
    yield from (f"models.Model.{name}" for name in names.SPECIAL if not hasattr(example, name))


def test_what_is_missing_is_missing_on_purpose():
    excused = [*names.EXCEPTIONS]
    assert [name for name in missing() if not any(fnmatchcase(name, pattern) for pattern in excused)] == []


@pytest.mark.parametrize("pattern", names.EXCEPTIONS)
def test_no_exception_is_out_of_date(pattern):
    assert any(fnmatchcase(name, pattern) for name in missing())


def test_the_walk_sees_the_whole_package():
    modules = [(importlib.import_module(f"cassandra.cqlengine{suffix}"), suffix) for suffix in SUFFIXES]
    seen = [full for module, suffix in modules for full, _ in names.public(module, suffix)]
    assert len(seen) > 200
    assert {".query.BatchQuery", ".models.DEFAULT_KEYSPACE", ".connection.udt_by_keyspace", ".models.query"} <= set(
        seen
    )


@pytest.mark.parametrize("name", names.SPECIAL)
def test_the_special_names_are_cqlengines(name):
    assert hasattr(instances("cassandra.cqlengine")["Model"], name)


CONSTANTS = ["CACHING_ALL", "CACHING_KEYS_ONLY", "CACHING_ROWS_ONLY", "CACHING_NONE"]


@pytest.mark.parametrize("name", CONSTANTS)
def test_constants_have_the_same_value(name):
    theirs = getattr(importlib.import_module("cassandra.cqlengine"), name)
    assert getattr(importlib.import_module("helenus.cqlengine"), name) == theirs


def instances(package: str) -> dict[str, object]:
    def of(module: str) -> object:
        return importlib.import_module(f"{package}.{module}")

    return {
        "Column": of("columns").Column(),
        "Text": of("columns").Text(min_length=1, max_length=2),
        "Set": of("columns").Set(of("columns").Text),
        "Map": of("columns").Map(of("columns").Text, of("columns").Text),
        "Tuple": of("columns").Tuple(of("columns").Text),
        "QueryValue": of("functions").QueryValue(1),
        "Token": of("functions").Token(1),
        "MinTimeUUID": of("functions").MinTimeUUID(datetime(2020, 1, 1)),
        "BatchQuery": of("query").BatchQuery(),
        "LWTException": of("query").LWTException({}),
        "NamedTable": of("named").NamedTable("a", "b"),
        "NamedColumn": of("named").NamedColumn("a"),
        "NamedKeyspace": of("named").NamedKeyspace("a"),
        "Connection": of("connection").Connection("a", ["127.0.0.1"]),
        "Operator": of("operators").EqualsOperator(),
        "Model": type("Example", (of("models").Model,), {"key": of("columns").Text(primary_key=True)})(key="a"),
    }


@pytest.mark.parametrize("kind", instances("helenus.cqlengine"))
def test_instances_have_the_same_public_attributes(kind):
    theirs, ours = instances("cassandra.cqlengine")[kind], instances("helenus.cqlengine")[kind]
    public = {name for name in getattr(theirs, "__dict__", {}) if not name.startswith("_")}
    assert public - set(dir(ours)) == set()


def exceptions(package: str) -> dict[str, type[Exception]]:
    found = {}
    for suffix in SUFFIXES:
        for name, value in vars(importlib.import_module(package + suffix)).items():
            own = isinstance(value, type) and value.__module__.startswith(("cassandra.cqlengine", "helenus"))
            if own and issubclass(value, Exception) and not name.startswith("_"):
                found[name] = value
    return found


def test_an_except_clause_catches_what_it_caught():
    theirs, ours = exceptions("cassandra.cqlengine"), exceptions("helenus.cqlengine")
    assert theirs.keys() <= ours.keys()
    for name, kind in theirs.items():
        for parent, ancestor in theirs.items():
            if issubclass(kind, ancestor):
                assert issubclass(ours[name], ours[parent]), (name, parent)


def test_the_columns_module_brings_along_what_it_always_did():
    found: dict[str, object] = {}
    exec("from helenus.cqlengine.columns import *", found)  # noqa: S102 - nothing else imports a star
    assert found["datetime"] is datetime
    assert "Text" in found


class TestOperators:
    """Users add operators by subclassing."""

    def test_a_subclass_is_found_by_its_symbol(self):
        from helenus.cqlengine import operators

        class StartsWithOperator(operators.LikeOperator):
            symbol = "STARTSWITH"
            cql_symbol = "LIKE"

        try:
            assert operators.BaseWhereOperator.get_operator("startswith") is StartsWithOperator
            assert str(StartsWithOperator()) == "LIKE"
            assert StartsWithOperator() is StartsWithOperator()
        finally:
            del operators.BaseWhereOperator.opmap["STARTSWITH"]

    def test_filters_take_it_and_it_counts_as_what_it_descends_from(self):
        from helenus.cqlengine import columns, models, operators

        class Member(models.Model):
            __keyspace__ = "k"
            name = columns.Text(primary_key=True)
            tags = columns.List(columns.Text, index=True)

        class HasOperator(operators.ContainsOperator):
            symbol = "HAS"
            cql_symbol = "CONTAINS"

        try:
            query = Member.objects.filter(tags__has="a")
            assert str(query) == "SELECT name, tags FROM k.member WHERE tags CONTAINS ?"
        finally:
            del operators.BaseWhereOperator.opmap["HAS"]

    def test_an_unknown_symbol_is_refused(self):
        from helenus.cqlengine import operators

        with pytest.raises(operators.QueryOperatorException, match="near doesn't map to a QueryOperator"):
            operators.BaseWhereOperator.get_operator("near")

    def test_an_operator_without_text_says_so(self):
        from helenus.cqlengine import operators

        with pytest.raises(operators.QueryOperatorException, match="cql_symbol is None"):
            str(operators.BaseQueryOperator())
