"""CQL functions as operands; cqlengine's own functions are asked for comparison."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from cassandra.cqlengine import functions as theirs

from helenus.cql.ast import BindMarker, FunctionCall
from helenus.errors import QueryException, ValidationError
from helenus.mapper import columns, functions

MARKER = BindMarker()
CEST = dt.timezone(dt.timedelta(hours=2))
MOMENT = dt.datetime(2024, 2, 29, 12, 30, 1, 999_999)


def rendering(function: Any, context_id: int) -> tuple[str, int, dict[str, object]]:
    function.set_context_id(context_id)
    context: dict[str, object] = {}
    function.update_context(context)
    return str(function), function.get_context_size(), context


def token(module: Any, *values: object) -> Any:
    made = module.Token(*values)
    made.set_columns([columns.Integer(), columns.Text()])
    return made


SAME = {
    "value": lambda module: module.QueryValue("a"),
    "min": lambda module: module.MinTimeUUID(MOMENT),
    "max with zone": lambda module: module.MaxTimeUUID(MOMENT.replace(tzinfo=CEST)),
    "token": lambda module: token(module, 1, "a"),
    "token of a list": lambda module: token(module, [1, "a"]),
    "token of a tuple": lambda module: token(module, (1, "a")),
}


@pytest.mark.parametrize("name", SAME)
def test_a_function_renders_as_cqlengine_s(name: str) -> None:
    assert rendering(SAME[name](functions), 3) == rendering(SAME[name](theirs), 3)


def test_all_names_are_there() -> None:
    assert functions.get_total_seconds(dt.timedelta(minutes=1)) == 60
    assert issubclass(functions.MinTimeUUID, functions.TimeUUIDQueryFunction)
    assert issubclass(functions.TimeUUIDQueryFunction, functions.BaseQueryFunction)
    assert issubclass(functions.Token, functions.BaseQueryFunction)
    assert issubclass(functions.BaseQueryFunction, functions.QueryValue)


MILLISECONDS = 1_709_209_801_999
TERMS: list[tuple[functions.QueryValue[Any], object, tuple[object, ...]]] = [
    (functions.QueryValue(5), MARKER, (5,)),
    (functions.MinTimeUUID(MOMENT), FunctionCall("mintimeuuid", (MARKER,)), (MILLISECONDS,)),
    (functions.MaxTimeUUID(MOMENT), FunctionCall("maxtimeuuid", (MARKER,)), (MILLISECONDS,)),
    (
        functions.MinTimeUUID(MOMENT.replace(tzinfo=CEST)),
        FunctionCall("mintimeuuid", (MARKER,)),
        (MILLISECONDS - 7_200_000,),
    ),
    (
        functions.MinTimeUUID(dt.datetime(1969, 12, 31, 23, 59, 59, 999_999)),
        FunctionCall("mintimeuuid", (MARKER,)),
        (-1,),
    ),
    (token(functions, "1", "a"), FunctionCall("token", (MARKER, MARKER)), (1, "a")),
]


@pytest.mark.parametrize(("function", "term", "values"), TERMS)
def test_the_terms_are_a_call_with_markers_and_the_bound_values(
    function: functions.QueryValue[Any], term: object, values: tuple[object, ...]
) -> None:
    assert function.terms() == (term, values)
    assert function.context_id is None


class Own(functions.BaseQueryFunction[str]):
    format_string = "ks.myFunction(%({0})s)"


class Strange(functions.BaseQueryFunction[str]):
    format_string = "f(%({0})s, 1)"


def test_a_function_of_one_s_own_is_called() -> None:
    assert Own("a").terms() == (FunctionCall("myfunction", (MARKER,), "ks"), ("a",))


def test_a_format_that_is_no_call_is_refused() -> None:
    with pytest.raises(QueryException, match=r"^Strange\.format_string .* cannot be prepared; write it as"):
        Strange("a").terms()


@pytest.mark.parametrize("value", ["2024-01-01", 5, dt.date(2024, 1, 1), None], ids=repr)
@pytest.mark.parametrize("function", [functions.MinTimeUUID, functions.MaxTimeUUID])
def test_only_a_datetime_has_a_time_uuid(function: Any, value: object) -> None:
    with pytest.raises(ValidationError, match=r"^datetime instance is required"):
        function(value)


def test_a_token_without_columns_is_refused() -> None:
    with pytest.raises(QueryException, match=r"Token\(1\) has 1 value.s. for a partition key of unknown columns"):
        functions.Token(1).terms()


def test_a_token_of_another_size_is_refused() -> None:
    with pytest.raises(QueryException, match=r"has 3 value.s. for a partition key of 2 column"):
        token(functions, 1, 2, 3).terms()


def test_a_token_s_values_are_checked() -> None:
    with pytest.raises(ValidationError, match="expected int, got 'x'"):
        token(functions, "x", "a").terms()


def test_functions_print() -> None:
    assert repr(functions.MinTimeUUID(MOMENT)) == f"MinTimeUUID({MOMENT!r})"
    assert repr(functions.Token("a", 1)) == "Token('a', 1)"
