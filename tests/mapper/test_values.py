"""What has changed follows from comparing with what was loaded, and an UPDATE says no more than that."""

from __future__ import annotations

import copy
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helenus import Model, UserType, columns
from helenus.connection import recording
from helenus.connection.request import Page
from helenus.errors import ValidationError
from helenus.mapper.values import Change, assignments, bound, difference, dirty


class Address(UserType):
    street = columns.Text()
    lines = columns.List(columns.Text)


class Row(Model):
    __keyspace__ = "ks"
    id = columns.Text(primary_key=True)
    n = columns.Integer()
    t = columns.Text(db_field="text_")
    s = columns.Set(columns.Text)
    l = columns.List(columns.Text)  # noqa: E741
    m = columns.Map(columns.Text, columns.Integer)
    f = columns.List(columns.Text, frozen=True)
    b = columns.Blob()
    u = columns.UserDefinedType(Address)
    d = columns.Integer(default=7)
    w = columns.Text(required=True)


NAMES = " ".join(Row.__table__.by_name)
NULLS = dict.fromkeys(Row.__table__.by_name)


def load(wire, **values):
    """Return the instance of a row of which these columns are not null."""
    row = {**NULLS, "id": "x", "w": "w", **values}
    wire.answer(NAMES, tuple(row.values()))
    instance = Row.objects.first()
    wire.sent()
    return instance


def update_of(wire, instance):
    """Save, and return what is set and the values, without the key."""
    instance.save()
    ((text, values),) = wire.sent()
    head, tail = "UPDATE ks.row SET ", " WHERE id = ?"
    assert text.startswith(head), text
    assert text.endswith(tail), text
    assert values[-1] == "x"
    return text[len(head) : -len(tail)], values[:-1]


def assign(name, value):
    def change(instance):
        setattr(instance, name, value)

    return change


CHANGES = [
    ("a number", {"n": 1}, assign("n", 2), "n = ?", [2]),
    ("a number from text", {"n": 1}, assign("n", "2"), "n = ?", [2]),
    ("null", {"n": 1}, assign("n", None), "n = ?", [None]),
    ("a deleted attribute", {"n": 1}, lambda x: delattr(x, "n"), "n = ?", [None]),
    ("a column with a db_field", {"t": "a"}, assign("t", "b"), "text_ = ?", ["b"]),
    ("a first value", {}, assign("n", 2), "n = ?", [2]),
    ("two columns", {}, lambda x: (assign("t", "b")(x), assign("n", 2)(x)), "n = ?, text_ = ?", [2, "b"]),
    ("an added element", {"s": {"a"}}, lambda x: x.s.add("b"), "s = s + ?", [{"b"}]),
    ("a removed element", {"s": {"a", "b"}}, lambda x: x.s.remove("a"), "s = s - ?", [{"a"}]),
    ("both", {"s": {"a"}}, assign("s", {"b"}), "s = s + ?, s = s - ?", [{"b"}, {"a"}]),
    ("a set that was null", {}, lambda x: x.s.add("b"), "s = ?", [{"b"}]),
    ("a set that becomes empty", {"s": {"a"}}, lambda x: x.s.clear(), "s = ?", [None]),
    ("a set that becomes null", {"s": {"a"}}, assign("s", None), "s = ?", [None]),
    ("an appended item", {"l": ["a"]}, lambda x: x.l.append("b"), "l = l + ?", [["b"]]),
    ("a prepended item", {"l": ["a"]}, lambda x: x.l.insert(0, "b"), "l = ? + l", [["b"]]),
    ("both ends", {"l": ["a"]}, assign("l", ["b", "a", "c"]), "l = ? + l, l = l + ?", [["b"], ["c"]]),
    ("an item in the middle", {"l": ["a", "b"]}, assign("l", ["a", "c", "b"]), "l = ?", [["a", "c", "b"]]),
    ("fewer items", {"l": ["a", "b"]}, lambda x: x.l.pop(), "l = ?", [["a"]]),
    ("a list that was null", {}, lambda x: x.l.append("a"), "l = ?", [["a"]]),
    ("a list of the same again", {"l": ["a"]}, assign("l", ["a", "a"]), "l = l + ?", [["a"]]),
    ("an item that changed", {"l": ["a", "b"]}, lambda x: x.l.__setitem__(0, "c"), "l = ?", [["c", "b"]]),
    ("a frozen list", {"f": ["a"]}, lambda x: x.f.append("b"), "f = ?", [["a", "b"]]),
    ("a put entry", {"m": {"a": 1}}, lambda x: x.m.update(b=2), "m = m + ?", [{"b": 2}]),
    ("a changed entry", {"m": {"a": 1, "b": 2}}, lambda x: x.m.update(a=3), "m = m + ?", [{"a": 3}]),
    ("a removed entry", {"m": {"a": 1, "b": 2}}, lambda x: x.m.pop("a"), "m = m - ?", [{"a"}]),
    ("an entry set to None", {"m": {"a": 1, "b": 2}}, lambda x: x.m.update(a=None), "m = m - ?", [{"a"}]),
    ("put and removed", {"m": {"a": 1}}, assign("m", {"b": 2}), "m = m + ?, m = m - ?", [{"b": 2}, {"a"}]),
    ("an emptied map", {"m": {"a": 1}}, lambda x: x.m.clear(), "m = ?", [None]),
    ("a blob that changed in place", {"b": b"a"}, assign("b", bytearray(b"c")), "b = ?", [b"c"]),
]


@pytest.mark.parametrize(
    ("loaded", "change", "clause", "values"), [row[1:] for row in CHANGES], ids=[row[0] for row in CHANGES]
)
def test_an_update_says_what_changed(wire, loaded, change, clause, values):
    instance = load(wire, **loaded)
    change(instance)
    assert instance.get_changed_columns()
    assert update_of(wire, instance) == (clause, values)
    assert instance.get_changed_columns() == []
    instance.save()
    assert wire.sent() == []


SAME = [
    ("nothing", {"n": 1}, lambda x: None),  # noqa: ARG005
    ("a look", {"s": {"a"}, "l": ["a"], "m": {"a": 1}}, lambda x: (x.s, x.l, x.m, x.u, dict(x), repr(x))),
    ("the same number", {"n": 1}, assign("n", 1)),
    ("null again", {}, assign("n", None)),
    ("the same set", {"s": {"a"}}, assign("s", {"a"})),
    ("there and back", {"s": {"a"}}, lambda x: (x.s.add("b"), x.s.remove("b"))),
    ("an empty set for null", {}, assign("s", set())),
    ("None for an empty list", {}, assign("l", None)),
    ("the same list", {"l": ["a"]}, lambda x: assign("l", list(x.l))(x)),
    ("there and back by assignment", {"n": 1}, lambda x: (assign("n", 2)(x), assign("n", 1)(x))),
]


@pytest.mark.parametrize(("loaded", "change"), [row[1:] for row in SAME], ids=[row[0] for row in SAME])
def test_nothing_is_sent_for(wire, loaded, change):
    instance = load(wire, **loaded)
    change(instance)
    instance.save()
    assert wire.sent() == []


def test_an_edit_within_a_user_defined_type_is_seen(wire):
    instance = load(wire, u=("High Street", ["a"]))
    assert instance.u.street == "High Street"
    instance.u.lines.append("b")
    clause, (value,) = update_of(wire, instance)
    assert (clause, tuple(value)) == ("u = ?", ("High Street", ["a", "b"]))


def test_after_a_save_changes_are_told_from_what_was_saved(wire):
    instance = load(wire, s={"a"})
    instance.s.add("b")
    instance.save()
    instance.s.add("c")
    wire.sent()
    assert update_of(wire, instance) == ("s = s + ?", [{"c"}])
    instance.s.remove("a")
    assert update_of(wire, instance) == ("s = s - ?", [{"a"}])


def test_after_a_failed_save_the_change_is_still_there(wire):
    instance = load(wire, n=1)
    instance.n = 2
    wire.one.answer(TimeoutError("lost"))
    with pytest.raises(TimeoutError):
        instance.save()
    wire.sent()
    assert update_of(wire, instance) == ("n = ?", [2])


def test_values_are_cleaned_once_they_are_saved(wire):
    instance = load(wire, n=1)
    instance.n = "2"
    assert instance.n == "2"
    instance.save()
    assert instance.n == 2
    assert type(instance.n) is int


def test_saving_keeps_the_containers_that_somebody_holds(wire):
    held = ["a"]
    instance = Row(id="x", w="w")
    instance.l = held
    instance.save()
    wire.sent()
    held.append("b")
    assert update_of(wire, instance) == ("l = l + ?", [["b"]])


def test_a_loaded_container_belongs_to_one_instance(wire):
    row = ("x", *(None,) * 2, {"a"}, ["a"], {"a": 1}, *(None,) * 4, "w")
    wire.answer(NAMES, row, row)
    one, other = Row.objects.fetch()
    one.s.add("b")
    one.l.append("b")
    one.m["b"] = 2
    assert (other.s, other.l, other.m) == ({"a"}, ["a"], {"a": 1})
    assert row[3:6] == ({"a"}, ["a"], {"a": 1})


# ---- new instances ---------------------------------------------------------------------------------------------------


def test_a_new_instance_has_defaults_and_empty_containers():
    row = Row(id="x")
    assert (row.d, row.s, row.l, row.m, row.n, row.u) == (7, set(), [], {}, None, None)
    assert row.get_changed_columns() == ["id"]


def test_a_default_function_is_called_for_each_instance():
    calls = iter(range(5))

    class Numbered(Model):
        id = columns.Integer(primary_key=True, default=lambda: next(calls))
        tags = columns.List(columns.Text, default=["x"])

    one, two = Numbered(), Numbered()
    assert (one.id, two.id, Numbered(id=9).id) == (0, 1, 9)
    one.tags.append("y")
    assert (two.tags, Numbered().tags) == (["x"], ["x"])


def test_constructor_values_are_converted_and_copied():
    given = ["a"]
    row = Row(id="x", n="5", l=given)
    given.append("b")
    assert (row.n, row.l) == (5, ["a"])
    with pytest.raises(ValidationError, match=r"Row\.n"):
        Row(n="five")


def test_unknown_names_are_refused_by_name():
    with pytest.raises(ValidationError) as caught:
        Row(id="x", nope=1)
    assert str(caught.value).startswith("Incorrect columns passed: {'nope'}. Row has id, n, t, s, l, m, f, b, u, d, w")


def test_the_view_of_cqlengine_s_value_managers_tells_the_same(wire):
    row = load(wire, n=1, s={"a"})
    row.n, row.s = 2, set()
    n, s = row._values["n"], row._values["s"]
    assert (n.value, n.previous_value, n.changed, n.explicit, n.deleted, n.getval()) == (2, 1, True, True, False, 2)
    assert (s.value, s.previous_value, s.deleted) == (set(), {"a"}, True)
    assert list(row._values) == list(Row.__table__.by_name)
    assert len(row._values) == 11
    row.save()
    assert (row._values["n"].previous_value, row._values["n"].changed) == (2, False)
    new = Row(id="x")
    assert (new._values["d"].explicit, new._values["id"].explicit, new._values["d"].previous_value) == (
        False,
        True,
        None,
    )


# ---- the pure functions ----------------------------------------------------------------------------------------------


def column(name):
    return Row.__table__.by_name[name]


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("s", set(), None),
        ("l", [], None),
        ("m", {}, None),
        ("m", {"a": None}, None),
        ("m", {"a": 1, "b": None}, {"a": 1}),
        ("n", None, None),
        ("n", "5", 5),
        ("s", {"a"}, {"a"}),
        ("f", [], None),
    ],
    ids=str,
)
def test_null_and_empty_are_bound_as_null(name, value, expected):
    assert bound(column(name), value) == expected


def test_a_required_column_is_not_bound_to_null():
    with pytest.raises(ValidationError, match=r"Row\.w - None values are not allowed"):
        bound(column("w"), None)


def test_a_difference_of_scalars_is_the_new_value():
    assert [(a.change, a.value) for a in difference(column("n"), 1, 2)] == [(Change.SET, 2)]
    assert difference(column("s"), {"a"}, {"a"}) == []


def test_dirty_looks_only_at_the_columns_it_is_given():
    row = Row(id="x", n=1)
    assert [c.column_name for c in dirty(row, row.__table__.regular)] == ["n"]
    assert [(a.column.column_name, a.value) for a in assignments(row, [column("n")])] == [("n", 1)]


def test_a_copied_column_set_does_not_share_changes(wire):
    row = load(wire, l=["a"])
    row.l.append("b")
    twin = copy.deepcopy(row)
    twin.l.append("c")
    assert (row.l, twin.l) == (["a", "b"], ["a", "b", "c"])
    assert update_of(wire, twin) == ("l = l + ?", [["b", "c"]])
    assert update_of(wire, row) == ("l = l + ?", [["b"]])


# ---- what happens while a write is under way -------------------------------------------------------------------------


def test_what_is_assigned_while_a_write_is_under_way_is_not_taken_for_written(wire):
    row = load(wire, n=1, s={"a"})

    def meanwhile(_):
        row.n = 3
        row.s.add("c")
        return Page()

    row.n = 2
    row.s.add("b")
    wire.one.answer(meanwhile)
    row.save()
    wire.sent()
    assert update_of(wire, row) == ("n = ?, s = s + ?", [3, {"c"}])


def test_the_same_holds_for_a_new_row(wire):
    row = Row(id="x", w="w", l=["a"])
    wire.one.answer(lambda _: row.l.append("b") or Page())
    row.save()
    wire.sent()
    assert update_of(wire, row) == ("l = l + ?", [["b"]])


# ---- every edit, whatever it is --------------------------------------------------------------------------------------

letters = st.sampled_from("abc")
VALUE = {
    "n": st.none() | st.integers(0, 3),
    "t": st.none() | letters,
    "s": st.none() | st.sets(letters),
    "l": st.none() | st.lists(letters, max_size=4),
    "m": st.none() | st.dictionaries(letters, st.integers(0, 3)),
    "f": st.none() | st.lists(letters, max_size=3),
    "b": st.none() | st.binary(max_size=2),
}
SET = re.compile(r"(\w+) = (.+)")


def apply(stored, text, values):
    """Do to a row what the server does for an UPDATE."""
    values = iter(values)
    for assignment in text.removeprefix("UPDATE ks.row SET ").partition(" WHERE ")[0].split(", "):
        field, term = SET.fullmatch(assignment).groups()
        name, value = Row.__table__.by_db_name[field].column_name, next(values)
        old = stored[name]
        if term == "?":
            new = value
        elif term == f"? + {field}":
            new = value + (old or [])
        elif "-" in term:
            new = {k: v for k, v in old.items() if k not in value} if name == "m" else (old or set()) - value
        else:
            new = {**(old or {}), **value} if name == "m" else (old | value if name == "s" else (old or []) + value)
        stored[name] = None if isinstance(new, (set, list, dict)) and not new else new


@settings(max_examples=300, deadline=None)
@given(
    first=st.fixed_dictionaries(VALUE),
    edits=st.lists(st.fixed_dictionaries({}, optional=VALUE), max_size=4),
    in_place=st.booleans(),
)
def test_after_any_edits_and_saves_the_row_is_what_the_instance_is(first, edits, in_place):
    with recording("values", default=False) as driver:
        stored = {name: None if value in (set(), [], {}) else value for name, value in first.items()}
        driver.answer(Page(tuple(Row.__table__.by_name), [tuple({**NULLS, "id": "x", "w": "w", **stored}.values())]))
        stored = copy.deepcopy(stored)
        row = Row.objects.using(connection="values").first()
        for edit in edits:
            driver.requests.clear()
            for name, value in edit.items():
                change(row, name, value, in_place=in_place)
            row.save()
            for request in driver.requests:
                apply(stored, request.text, request.values)
            assert {name: getattr(row, name) or None for name in VALUE if name != "n"} == {
                name: value or None for name, value in stored.items() if name != "n"
            }
            assert row.n == stored["n"]
            assert len(driver.requests) <= 1


def change(row, name, value, *, in_place):
    held = getattr(row, name)
    if not in_place or not value or not isinstance(held, (set, list, dict)):
        setattr(row, name, copy.copy(value))
    elif isinstance(held, list):
        held[:] = value
    else:
        held.clear()
        held.update(value)
