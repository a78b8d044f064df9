# ruff: noqa: ARG001, ARG002, N802, N803, RUF012 - fixtures give classes, and one asks for both implementations
"""Columns, on both implementations: every type written and read back, and the values that are refused."""

from __future__ import annotations

import json
import uuid
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from cassandra.util import Date, Duration, Time, uuid_from_time

MOMENT = datetime(2020, 5, 17, 12, 30, 15, 250_000)
TIMEUUID = uuid_from_time(1_600_000_000)

SCALARS = {
    "Ascii": [("abc", "abc"), ("", "")],
    "Text": [("größe ☃", "größe ☃")],
    "Blob": [(b"\x00\xff", b"\x00\xff"), (bytearray(b"a"), b"a")],
    "Bytes": [(b"a", b"a")],
    "Boolean": [(True, True), (False, False), (1, True)],
    "TinyInt": [(-128, -128), ("5", 5)],
    "SmallInt": [(32767, 32767)],
    "Integer": [(-(2**31), -(2**31)), (True, 1)],
    "BigInt": [(2**63 - 1, 2**63 - 1)],
    "VarInt": [(10**40, 10**40), (-(10**40), -(10**40))],
    "Float": [(1.5, 1.5), (2, 2.0)],
    "Double": [(0.1, 0.1), ("1e300", 1e300)],
    "Decimal": [(Decimal("3.14159"), Decimal("3.14159")), (0.5, Decimal("0.5")), ("1E+3", Decimal("1E+3"))],
    "Inet": [("127.0.0.1", "127.0.0.1"), ("2001:db8::1", "2001:db8::1")],
    "UUID": [(uuid.UUID(int=5), uuid.UUID(int=5)), (str(uuid.UUID(int=6)), uuid.UUID(int=6))],
    "TimeUUID": [(TIMEUUID, TIMEUUID)],
    "DateTime": [
        (MOMENT, MOMENT),
        (MOMENT.replace(tzinfo=timezone(timedelta(hours=2))), MOMENT - timedelta(hours=2)),
        (datetime(1960, 1, 1), datetime(1960, 1, 1)),
        (date(2020, 1, 2), datetime(2020, 1, 2)),
    ],
    "Date": [(date(2020, 1, 2), Date("2020-01-02")), ("1969-12-31", Date("1969-12-31"))],
    "Time": [("12:30:15.000000001", Time("12:30:15.000000001"))],
    "Duration": [(Duration(1, 2, 3), Duration(1, 2, 3)), (Duration(-1, 0, -3), Duration(-1, 0, -3))],
}


@pytest.fixture(scope="module")
def Scalars(impl):
    body = {name.lower(): getattr(impl.columns, name)() for name in SCALARS}
    body["key"] = impl.columns.Integer(primary_key=True)
    model = type("ColumnScalars", (impl.Model,), body)
    impl.sync(model)
    return model


@pytest.mark.parametrize("name", SCALARS)
def test_values_are_read_as_they_were_written(impl, Scalars, name):
    for key, (written, read) in enumerate(SCALARS[name]):
        Scalars.create(key=key, **{name.lower(): written})
        assert getattr(Scalars.get(key=key), name.lower()) == read


@pytest.mark.parametrize("name", SCALARS)
def test_null_is_none(impl, Scalars, name):
    Scalars.create(key=100, **{name.lower(): SCALARS[name][0][0]})
    Scalars.objects(key=100).update(**{name.lower(): None})
    Scalars.objects(key=100).update(text="kept")
    if name != "Text":
        assert getattr(Scalars.get(key=100), name.lower()) is None


REFUSED = [
    ("Ascii", "ü"),
    ("Text", b"bytes"),
    ("Text", 5),
    ("Integer", "five"),
    ("Integer", "1.5"),
    ("BigInt", [1]),
    ("VarInt", "x"),
    ("Float", "x"),
    ("Double", [1]),
    ("Decimal", "x"),
    ("UUID", "not a uuid"),
    ("TimeUUID", "not a uuid"),
]


@pytest.mark.parametrize(("name", "value"), REFUSED)
def test_wrong_values_are_refused(impl, name, value):
    column = getattr(impl.columns, name)()
    column.set_column_name("column")
    with pytest.raises(impl.root.ValidationError):
        column.validate(value)


class TestText:
    @pytest.mark.parametrize("lengths", [{"min_length": -1}, {"max_length": -1}, {"min_length": 3, "max_length": 2}])
    def test_impossible_lengths_are_refused(self, impl, lengths):
        with pytest.raises(ValueError, match=r"(?i)min|max|length"):
            impl.columns.Text(**lengths)

    @pytest.mark.parametrize("value", ["a", "aaaa", None])
    def test_lengths_are_checked(self, impl, value):
        with pytest.raises(impl.root.ValidationError):
            impl.columns.Text(min_length=2, max_length=3).validate(value)

    def test_a_required_text_is_not_empty(self, impl):
        with pytest.raises(impl.root.ValidationError):
            impl.columns.Text(required=True).validate("")
        assert impl.columns.Text().validate("") == ""


def test_microseconds_may_be_cut_off_everywhere(impl, monkeypatch):
    monkeypatch.setattr(impl.columns.DateTime, "truncate_microseconds", True)
    assert impl.columns.DateTime().to_python(datetime(2020, 1, 1, 0, 0, 0, 123_456)).microsecond == 123_000


def test_columns_are_ordered_as_they_were_declared(impl):
    first, second = impl.columns.Text(), impl.columns.Text()
    assert first < second
    assert second > first
    assert first == first  # noqa: PLR0124 - __eq__ is under test
    assert first != second


def test_attributes(impl):
    column = impl.columns.Text(index=True, db_field="field", default="a", partition_key=True)
    column.set_column_name("name")
    assert (column.column_name, column.db_field_name, column.db_index_name) == ("name", "field", "index_field")
    assert (column.primary_key, column.is_primary_key, column.can_delete) == (True, True, False)
    assert (column.has_default, column.get_default(), column.has_index) == (True, "a", True)
    assert (column.cql, column.get_column_def(), column.db_type) == ('"field"', '"field" text ', "text")
    assert impl.columns.Text(custom_index=True).has_index
    assert impl.columns.Text(default=lambda: "b").get_default() == "b"


DEFINITIONS = [
    (lambda c: c.List(c.Integer), "list<int>"),
    (lambda c: c.Set(c.Text()), "set<text>"),
    (lambda c: c.Map(c.Text, c.List(c.Integer)), "map<text, frozen<list<int>>>"),
    (lambda c: c.Tuple(c.Text, c.Integer), "tuple<text, int>"),
    (lambda c: c.List(c.Integer, frozen=True), "frozen<list<int>>"),
]


@pytest.mark.parametrize(("make", "text"), DEFINITIONS, ids=[text for _, text in DEFINITIONS])
def test_types_of_containers(impl, make, text):
    assert make(impl.columns).db_type == text


@pytest.fixture(scope="module")
def Box(impl):
    c = impl.columns

    class ColumnPoint(impl.UserType):
        x = c.Integer()
        y = c.Integer(db_field="why")

    class ColumnShape(impl.UserType):
        name = c.Text()
        corner = c.UserDefinedType(ColumnPoint)
        corners = c.List(c.UserDefinedType(ColumnPoint))

    class ColumnBox(impl.Model):
        key = c.Integer(primary_key=True)
        numbers = c.List(c.Integer)
        names = c.Set(c.Text)
        prices = c.Map(c.Text, c.Decimal)
        moments = c.Map(c.DateTime, c.UUID)
        nested = c.List(c.List(c.Integer()))
        pair = c.Tuple(c.Text, c.Integer)
        pairs = c.List(c.Tuple(c.Text, c.Integer()))
        shape = c.UserDefinedType(ColumnShape)
        shapes = c.Map(c.Text, c.UserDefinedType(ColumnShape))

    impl.sync(ColumnBox)
    ColumnBox.Point, ColumnBox.Shape = ColumnPoint, ColumnShape
    return ColumnBox


class TestContainers:
    CASES = {
        "numbers": [1, 2, 1],
        "names": {"a", "ü"},
        "prices": {"eu": Decimal("1.5")},
        "moments": {MOMENT: uuid.UUID(int=1)},
        "nested": [[1], [2, 3]],
        "pair": ("a", 1),
        "pairs": [("a", 1), ("b", 2)],
    }

    @pytest.mark.parametrize("name", CASES)
    def test_they_are_read_as_they_were_written(self, impl, Box, name):
        Box.create(key=1, **{name: self.CASES[name]})
        assert getattr(Box.get(key=1), name) == self.CASES[name]

    def test_null_is_empty(self, impl, Box):
        impl.rows("INSERT INTO {ks}.column_box (key) VALUES (2)")
        box = Box.get(key=2)
        assert (box.numbers, box.names, box.prices, box.pair, box.shape) == ([], set(), {}, None, None)

    def test_they_are_emptied(self, impl, Box):
        Box.create(key=3, numbers=[1], names={"a"}, prices={"eu": 1})
        box = Box.get(key=3)
        box.numbers, box.names, box.prices = [], None, {}
        box.save()
        assert [Box.get(key=3)[name] for name in ("numbers", "names", "prices")] == [[], set(), {}]

    def test_user_types_nest(self, impl, Box):
        shape = Box.Shape(name="s", corner=Box.Point(x=1, y=2), corners=[Box.Point(x=3, y=4)])
        Box.create(key=4, shape=shape, shapes={"a": shape})
        box = Box.get(key=4)
        assert box.shape == shape
        assert box.shapes == {"a": shape}
        assert type(box.shape.corners[0]) is Box.Point
        assert (box.shape.corner.y, box.shape.corner.why) == (2, 2)

    def test_user_types_are_dicts(self, impl, Box):
        point = Box.Point(x=1)
        assert (point.keys(), point.values(), len(point), point["x"]) == (["x", "y"], [1, None], 2, 1)
        assert dict(point.items()) == {"x": 1, "y": None}
        assert point.type_name() == "column_point"
        assert Box.Point(why=3).y == 3

    def test_user_types_know_what_changed(self, impl, Box):
        Box.create(key=5, shape=Box.Shape(name="a"))
        shape = Box.get(key=5).shape
        assert not shape.has_changed_fields()
        shape.name = "b"
        assert shape.has_changed_fields()

    def test_none_has_no_place_in_a_container(self, impl):
        c = impl.columns
        for column, value in (
            (c.List(c.Integer), [None]),
            (c.Set(c.Integer), {None}),
            (c.Map(c.Text, c.Text), {None: "a"}),
        ):
            with pytest.raises(impl.root.ValidationError):
                column.validate(value)

    def test_a_strict_set_takes_sets_only(self, impl):
        c = impl.columns
        with pytest.raises(impl.root.ValidationError):
            c.Set(c.Integer).validate([1])
        assert c.Set(c.Integer, strict=False).validate([1, 1]) == {1}

    def test_elements_must_be_hashable(self, impl):
        c = impl.columns
        with pytest.raises(impl.root.ValidationError):
            c.Set(c.List(c.Integer()))
        with pytest.raises(impl.root.ValidationError):
            c.Map(c.Set(c.Integer()), c.Text)

    def test_elements_must_be_columns(self, impl):
        with pytest.raises(impl.root.ValidationError):
            impl.columns.List(int)
        with pytest.raises(ValueError, match=r"(?i)tuple"):
            impl.columns.Tuple()

    def test_udts_of_a_column(self, impl, Box):
        found: list[type] = []
        impl.columns.resolve_udts(Box._get_column("shapes"), found)
        assert set(found) == {Box.Point, Box.Shape}


def test_a_column_of_ones_own(impl):
    class Json(impl.columns.Text):
        def to_python(self, value):
            return json.loads(value) if isinstance(value, str) else value

        def to_database(self, value):
            return json.dumps(value)

        def validate(self, value):
            return value

    class ColumnOwn(impl.Model):
        key = impl.columns.Integer(primary_key=True)
        document = Json()
        documents = impl.columns.List(Json)

    impl.sync(ColumnOwn)
    ColumnOwn.create(key=1, document={"a": [1]}, documents=[{"b": 2}])
    row = ColumnOwn.get(key=1)
    assert (row.document, row.documents) == ({"a": [1]}, [{"b": 2}])
    row.document = {"c": 3}
    row.save()
    assert ColumnOwn.get(key=1).document == {"c": 3}
