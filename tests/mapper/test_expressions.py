"""Comparisons with columns become conditions, whichever way they are written, or a message says why not."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

import pytest

from helenus import MaxTimeUUID, MinTimeUUID, Model, Token, columns
from helenus.errors import QueryException, QueryOperatorException, ValidationError
from helenus.mapper.expressions import IsNotNull, Operator


class Car(Model):
    __keyspace__ = "ks"
    maker = columns.Text(partition_key=True)
    plant = columns.Integer(partition_key=True)
    year = columns.Integer(primary_key=True)
    color = columns.Text(index=True)
    made = columns.TimeUUID()
    tags = columns.Set(columns.Text)
    notes = columns.List(columns.Text)
    prices = columns.Map(columns.Text, columns.Integer)
    sea = columns.Text(db_field="c")


def conditions(query):
    return [(r.column.column_name if r.column else None, r.operator, r.value) for r in query._where]


EQ = Operator.EQ
BOTH_WAYS = [
    (lambda: Car.year == 5, {"year": 5}, EQ, 5),
    (lambda: Car.year == "5", {"year__eq": "5"}, EQ, 5),
    (lambda: Car.year != 5, {"year__ne": 5}, Operator.NE, 5),
    (lambda: Car.year > 5, {"year__gt": 5}, Operator.GT, 5),
    (lambda: Car.year >= 5, {"year__gte": 5}, Operator.GTE, 5),
    (lambda: Car.year < 5, {"year__lt": 5}, Operator.LT, 5),
    (lambda: Car.year <= 5, {"year__LTE": 5}, Operator.LTE, 5),
    (lambda: Car.year.in_([1, "2"]), {"year__in": (1, "2")}, Operator.IN, [1, 2]),
    (lambda: Car.tags.contains_("x"), {"tags__contains": "x"}, Operator.CONTAINS, "x"),
    (lambda: Car.notes.contains_("x"), {"notes__contains": "x"}, Operator.CONTAINS, "x"),
    (lambda: Car.prices.contains_("5"), {"prices__contains": "5"}, Operator.CONTAINS, 5),
    (lambda: Car.prices.contains_key_("eu"), {"prices__contains_key": "eu"}, Operator.CONTAINS_KEY, "eu"),
    (lambda: Car.color.like_("a%"), {"color__like": "a%"}, Operator.LIKE, "a%"),
]


@pytest.mark.parametrize(("expression", "keyword", "operator", "value"), BOTH_WAYS, ids=[str(r[1]) for r in BOTH_WAYS])
def test_an_expression_and_a_keyword_say_the_same(expression, keyword, operator, value):
    condition = expression()
    by_expression, by_keyword = Car.objects.filter(condition), Car.objects.filter(**keyword)
    assert conditions(by_expression) == conditions(by_keyword) == [(condition.column.column_name, operator, value)]
    assert by_expression == by_keyword


def test_values_are_converted_and_checked_by_the_column():
    with pytest.raises(ValidationError, match=r"Car\.year: expected int.*'five'"):
        Car.objects.filter(year="five")
    with pytest.raises(ValidationError, match=r"Car\.year: expected int"):
        _ = Car.year > "five"
    with pytest.raises(ValidationError, match=r"prices \(value\): expected int"):
        Car.objects.filter(prices__contains="five")


def test_null_is_no_operand():
    with pytest.raises(QueryException) as caught:
        Car.objects.filter(year=None)
    assert str(caught.value) == "None values on filter are not allowed: year=None; CQL has no conditions on null"
    for compare in (lambda: Car.year == None, lambda: Car.year != None, lambda: Car.year > None):  # noqa: E711
        with pytest.raises(QueryException, match="year is compared with None: CQL has no conditions on null"):
            compare()


@pytest.mark.parametrize("value", [5, "abc", {1: 2}, None, iter([1])], ids=repr)
def test_in_takes_several_values(value):
    with pytest.raises(QueryException, match=r"IN queries must use a list/tuple value: year__in got|None values"):
        Car.objects.filter(year__in=value)


def test_in_takes_sets_too_and_may_be_empty():
    assert conditions(Car.objects.filter(year__in={7})) == [("year", Operator.IN, [7])]
    assert conditions(Car.objects.filter(year__in=[])) == [("year", Operator.IN, [])]


REFUSED = [
    ({"yaer": 5}, QueryException, "Can't resolve column name: 'yaer'; did you mean 'year'?"),
    ({"nothing": 5}, QueryException, "Can't resolve column name: 'nothing'; Car has maker, plant, year, color, made,"),
    ({"nothing__gt": 5}, QueryException, "Can't resolve column name: 'nothing'; Car has"),
    ({"gt": 5}, QueryException, "Can't resolve column name: 'gt' is an operator; Car has"),
    ({"c": "x"}, QueryException, "Can't resolve column name: 'c'"),
    ({"_where": "x"}, QueryException, "Can't resolve column name: '_where'"),
    ({"year__": 5}, QueryOperatorException, " doesn't map to a QueryOperator; there are contains, contains_key, eq,"),
    ({"year__near": 5}, QueryOperatorException, "near doesn't map to a QueryOperator"),
    ({"year__gt__lt": 5}, QueryException, "Can't resolve column name: 'year__gt'"),
    ({"year__contains": 5}, QueryException, "Car.year is a int column and has no elements; compare the whole value"),
    ({"tags__contains_key": "x"}, QueryException, "Car.tags is a set<text> column and has no keys; only maps do"),
    ({"color__like": 5}, ValidationError, "color: LIKE takes a pattern (str), got 5"),
    ({"year": Token(5)}, QueryException, "Token() values may only be compared to the 'pk__token' virtual column"),
    ({"pk": "x"}, QueryException, "pk takes one value for each of maker, plant, got 'x'"),
    ({"pk": ("x", 1, 2)}, QueryException, "pk takes one value for each of maker, plant, got ('x', 1, 2)"),
    ({"pk__token": 5}, QueryException, "Virtual column 'pk__token' may only be compared to Token() values, got 5"),
    (
        {"pk__token__gt": Token("x")},
        QueryException,
        "Token() got 1 value(s), but the partition key has 2: maker, plant",
    ),
    ({"pk__token__near": Token("x", 1)}, QueryOperatorException, "near doesn't map to a QueryOperator"),
]


@pytest.mark.parametrize(("keyword", "error", "message"), REFUSED, ids=[str(row[0]) for row in REFUSED])
def test_a_filter_is_refused(keyword, error, message):
    with pytest.raises(error) as caught:
        Car.objects.filter(**keyword)
    assert type(caught.value) is error
    assert message in str(caught.value)


@pytest.mark.parametrize("junk", [5, "year = 5", None, True, Car, Car.year, Model])
def test_only_comparisons_are_positional_conditions(junk):
    with pytest.raises(QueryException, match="is not a valid query operator: filter"):
        Car.objects.filter(junk)
    with pytest.raises(QueryException, match="is not a valid query operator: iff"):
        Car.objects.iff(junk)


def test_a_comparison_of_another_model_s_column_is_refused():
    class Truck(Model):
        id = columns.Text(primary_key=True)
        axles = columns.Integer()

    with pytest.raises(QueryException, match="Can't resolve column name: 'axles'; Car has"):
        Car.objects.allow_filtering().filter(Truck.axles == 2)


def test_pk_stands_for_the_whole_partition_key():
    assert conditions(Car.objects.filter(pk=("x", "1"))) == [("maker", EQ, "x"), ("plant", EQ, 1)]


def test_tokens_are_of_the_whole_partition_key_and_converted_by_its_columns():
    query = Car.objects.filter(pk__token__gt=Token("x", "1"))
    assert str(query).endswith("WHERE token(maker, plant) > token(?, ?)")
    assert query._where[0].value.terms()[1] == ("x", 1)
    same = Car(maker="x", plant=1, year=2)
    assert str(Car.objects.filter(pk__token__lte=Token(same.pk))).endswith("<= token(?, ?)")


@pytest.mark.usefixtures("wire")
def test_functions_pass_to_the_server():
    noon = datetime(2020, 1, 1, 12, tzinfo=UTC)
    query = Car.objects.filter(Car.made >= MinTimeUUID(noon), made__lt=MaxTimeUUID(noon)).allow_filtering()
    assert "WHERE made >= mintimeuuid(?) AND made < maxtimeuuid(?) ALLOW FILTERING" in str(query)
    assert query._read().values == [1577880000000, 1577880000000]
    assert conditions(Car.objects.filter(made=str(uuid.UUID(int=1 << 76))))[0][2] == uuid.UUID(int=1 << 76)


def test_is_not_null_takes_a_column_or_its_name():
    for condition in (IsNotNull("color"), IsNotNull(Car.color)):
        assert str(Car.objects.filter(condition).allow_filtering()).endswith("WHERE color IS NOT NULL ALLOW FILTERING")
    with pytest.raises(QueryException, match="Can't resolve column name: 'colour'; did you mean 'color'"):
        Car.objects.filter(IsNotNull("colour"))


def test_columns_are_named_in_cql_by_their_db_field():
    assert str(Car.objects.filter(maker="x", plant=1, sea="y")).endswith("WHERE maker = ? AND plant = ? AND c = ?")


def test_an_expression_can_be_hashed_and_printed():
    assert {Car.year: 1}[Car.year] == 1
    assert repr(Car.year) == "<column year>"


CONDITIONS_REFUSED = [
    ({"color": None}, "Non-None values required in conditional: color=None"),
    ({"color__contains": "x"}, "Car.color is a text column and has no elements; compare the whole value"),
    ({"tags__contains": "x"}, "CONTAINS is not an operator of conditions (iff)"),
    ({"color__like": "x"}, "LIKE is not an operator of conditions (iff)"),
    ({"pk__token": Token("x", 1)}, "Token() values and pk__token are not valid in conditionals"),
    ({"color": Token("x")}, "Token() values and color are not valid in conditionals"),
    ({"colour": "x"}, "Can't resolve column name: 'colour'; did you mean 'color'?"),
]


@pytest.mark.parametrize(("keyword", "message"), CONDITIONS_REFUSED, ids=[str(row[0]) for row in CONDITIONS_REFUSED])
def test_a_condition_is_refused(keyword, message):
    with pytest.raises(Exception, match=r".") as caught:
        Car.objects.iff(**keyword)
    assert message in str(caught.value)


def test_conditions_add_up_and_convert_each_value():
    query = Car.objects.iff(Car.color != "red", year__in=["1", 2]).iff(year__gte=3)
    found = [(r.column.column_name, r.operator, r.value) for r in query._conditional]
    assert found == [("color", Operator.NE, "red"), ("year", Operator.IN, [1, 2]), ("year", Operator.GTE, 3)]
