"""Wanted against found: which steps lie between, as text."""

from __future__ import annotations

import pytest

from helenus import Model, UserType, columns
from helenus.cql import ast
from helenus.cql.types import parse_type
from helenus.errors import SchemaException
from helenus.mapper.reflect import LiveColumn
from helenus.schema import ddl
from helenus.schema.diff import diff_table, diff_types
from helenus.schema.live import LiveIndex, LiveTable, LiveType
from helenus.schema.steps import Place, Plan, Step

PLACE = Place("cluster2", "ks")


class Address(UserType):
    street = columns.Text()
    zips = columns.List(columns.Integer)


class Automobile(Model):
    __options__ = {"comment": "cars", "gc_grace_seconds": 10}  # noqa: RUF012 - as users write it

    manufacturer = columns.Text(primary_key=True)
    year = columns.Integer(primary_key=True, clustering_order="desc")
    model = columns.Text(primary_key=True)
    motto = columns.Text(static=True)
    color = columns.Text(index=True)
    names = columns.List(columns.Text, frozen=True, index=True)
    sizes = columns.Map(columns.Text, columns.Tuple(columns.Integer, columns.List(columns.Integer)))
    home = columns.UserDefinedType(Address)


WANTED = ddl.wanted(Automobile.__table__, "ks")

KEY = (
    LiveColumn("manufacturer", "text", "partition_key", 0),
    LiveColumn("year", "int", "clustering", 0, "desc"),
    LiveColumn("model", "text", "clustering", 1, "asc"),
)
DATA = (
    LiveColumn("motto", "text", "static"),
    LiveColumn("color", "text", "regular"),
    LiveColumn("home", "frozen<address>", "regular"),
    LiveColumn("names", "frozen<list<text>>", "regular"),
    LiveColumn("sizes", "map<text, frozen<tuple<int, frozen<list<int>>>>>", "regular"),
)
OPTIONS = {"comment": "cars", "gc_grace_seconds": 10, "cdc": None, "crc_check_chance": 1.0}
INDEXES = (LiveIndex("automobile_color_idx", "color"), LiveIndex("somebodys", "names", "full"))


def table(key=KEY, data=DATA, options=OPTIONS, indexes=INDEXES):
    return LiveTable("ks", "automobile", (*key, *data), options, indexes)


def without(columns_, *names):
    return tuple(column for column in columns_ if column.name not in names)


def diff(found):
    return diff_table(WANTED, found, PLACE)


def texts(plan):
    return [step.cql for step in plan.steps]


def test_a_table_as_it_is_wanted_needs_nothing():
    assert diff(table()) == Plan()


def test_a_missing_table_is_created_and_then_its_indexes():
    create, *indexes = texts(diff(None))
    assert create.startswith("CREATE TABLE IF NOT EXISTS ks.automobile (")
    assert indexes == [
        "CREATE INDEX IF NOT EXISTS ON ks.automobile (color)",
        "CREATE INDEX IF NOT EXISTS ON ks.automobile (FULL(names))",
    ]


STEPS = [
    (
        "a missing column is added",
        table(data=without(DATA, "sizes")),
        ["ALTER TABLE ks.automobile ADD sizes map<text, frozen<tuple<int, frozen<list<int>>>>>"],
    ),
    (
        "a missing static column stays static, and every column is a step of its own",
        table(data=without(DATA, "motto", "home")),
        ["ALTER TABLE ks.automobile ADD motto text STATIC", "ALTER TABLE ks.automobile ADD home frozen<address>"],
    ),
    (
        "a missing column is added before its index",
        table(data=without(DATA, "color"), indexes=INDEXES[1:]),
        ["ALTER TABLE ks.automobile ADD color text", "CREATE INDEX IF NOT EXISTS ON ks.automobile (color)"],
    ),
    (
        "options that differ are set in one statement, the others are not repeated",
        table(options={**OPTIONS, "comment": "", "gc_grace_seconds": 864000}),
        ["ALTER TABLE ks.automobile WITH comment = 'cars' AND gc_grace_seconds = 10"],
    ),
    (
        "one option alone",
        table(options={**OPTIONS, "comment": ""}),
        ["ALTER TABLE ks.automobile WITH comment = 'cars'"],
    ),
    (
        "an index on something else of the column is another index",
        table(indexes=(LiveIndex("i", "color", "keys"), LiveIndex("j", "names", "values"))),
        [
            "CREATE INDEX IF NOT EXISTS ON ks.automobile (color)",
            "CREATE INDEX IF NOT EXISTS ON ks.automobile (FULL(names))",
        ],
    ),
    (
        "an index of any class serves, whatever its name",
        table(indexes=(LiveIndex("x", "color", kind="CUSTOM", options={"class_name": "sai"}), INDEXES[1])),
        [],
    ),
]


@pytest.mark.parametrize(("found", "statements"), [pytest.param(*case[1:], id=case[0]) for case in STEPS])
def test_steps(found, statements):
    plan = diff(found)
    assert texts(plan) == statements
    assert plan.warnings == ()


def test_what_no_model_names_is_left_alone_and_noted():
    plan = diff(table(data=(*DATA, LiveColumn("old", "int", "regular"))))
    assert plan == Plan(
        notes=(
            (
                "The table automobile in keyspace 'ks' on connection 'cluster2' has columns that no model names,"
                " left alone: old"
            ),
        )
    )


TYPES = [
    ("varchar", "text", True),
    ("list<int>", "list<int>", True),
    ("tuple<int, text>", "frozen<tuple<int, text>>", True),
    ("frozen<list<list<int>>>", "frozen<list<frozen<list<int>>>>", True),
    ("map<text,frozen<set<int>>>", "map<text, frozen<set<int>>>", True),
    ("vector<float, 3>", "vector<float, 3>", True),
    ("text", "ascii", False),
    ("list<int>", "frozen<list<int>>", False),
    ("vector<float, 3>", "vector<float, 4>", False),
    ("int", "a type<of a later release>", False),
]


@pytest.mark.parametrize(("ours", "theirs", "same"), TYPES)
def test_types_are_compared_by_what_they_mean(ours, theirs, same):
    create = ast.CreateType(ast.TypeName("ks", "t"), (ast.FieldDefinition("f", parse_type(ours)),))
    plan = diff_types([create], {"t": LiveType("ks", "t", (("f", theirs),))}, PLACE)
    assert (plan == Plan()) is same


def test_a_column_of_another_type_is_warned_of_and_not_touched():
    plan = diff(table(data=(*without(DATA, "color"), LiveColumn("color", "ascii", "regular"))))
    assert plan.steps == ()
    assert plan.warnings == (
        (
            "Automobile: the column color in keyspace 'ks' on connection 'cluster2' has the type text in the model and"
            " ascii in the database, which cannot be changed; reading and writing it may fail. Change the model, or"
            " add a column under another name (db_field) and copy the data."
        ),
    )


def test_a_column_that_should_be_static_is_warned_of():
    plan = diff(table(data=(*without(DATA, "motto"), LiveColumn("motto", "text", "regular"))))
    (warning,) = plan.warnings
    assert "the column motto in keyspace 'ks' on connection 'cluster2' is static in the model and not static" in warning


OTHER_KEYS = [
    ("a clustering column is missing", without(KEY, "model"), "PRIMARY KEY ((manufacturer text), year int DESC)"),
    (
        "the order of the clustering columns",
        (
            KEY[0],
            LiveColumn("model", "text", "clustering", 0, "asc"),
            LiveColumn("year", "int", "clustering", 1, "desc"),
        ),
        "PRIMARY KEY ((manufacturer text), model text ASC, year int DESC)",
    ),
    (
        "the clustering order",
        (KEY[0], LiveColumn("year", "int", "clustering", 0, "asc"), KEY[2]),
        "PRIMARY KEY ((manufacturer text), year int ASC, model text ASC)",
    ),
    (
        "a type",
        (KEY[0], LiveColumn("year", "bigint", "clustering", 0, "desc"), KEY[2]),
        "PRIMARY KEY ((manufacturer text), year bigint DESC, model text ASC)",
    ),
    (
        "what belongs to the partition key",
        (KEY[0], LiveColumn("year", "int", "partition_key", 1), KEY[2]),
        "PRIMARY KEY ((manufacturer text, year int), model text ASC)",
    ),
]


@pytest.mark.parametrize(("key", "printed"), [pytest.param(*case[1:], id=case[0]) for case in OTHER_KEYS])
def test_another_primary_key_is_an_error_that_shows_both(key, printed):
    with pytest.raises(SchemaException) as caught:
        diff(table(key=key))
    message = str(caught.value)
    assert "Automobile cannot be synced with the table automobile in keyspace 'ks' on connection 'cluster2'" in message
    assert "the model has PRIMARY KEY ((manufacturer text), year int DESC, model text ASC)" in message
    assert f"the table has {printed}\n" in message


def test_user_types_get_missing_fields_and_keep_those_that_no_class_names():
    found = {"address": LiveType("ks", "address", (("street", "text"), ("old", "int")))}
    plan = diff_types(WANTED.types, found, PLACE)
    assert texts(plan) == ["ALTER TYPE ks.address ADD zips list<int>"]
    assert "has fields that no model names, left alone: old" in plan.notes[0]


def test_a_field_of_another_type_is_warned_of():
    found = {"address": LiveType("ks", "address", (("street", "int"), ("zips", "list<int>")))}
    plan = diff_types(WANTED.types, found, PLACE)
    assert plan.steps == ()
    assert plan.warnings[0].startswith(
        "The user type address in keyspace 'ks' on connection 'cluster2': its field street has the type text in the"
        " model and int in the database"
    )


def test_a_missing_type_is_created():
    assert texts(diff_types(WANTED.types, {}, PLACE)) == [
        "CREATE TYPE IF NOT EXISTS ks.address (street text, zips list<int>)"
    ]


def test_a_step_prints_where_what_and_why():
    step = Step(PLACE, ast.DropTable(ast.TableName("ks", "t"), if_exists=True), "it is to be dropped")
    assert str(step) == ("-- keyspace 'ks' on connection 'cluster2': it is to be dropped\nDROP TABLE IF EXISTS ks.t;")
    assert str(Plan((step, step))) == f"{step}\n{step}"
    assert str(Place(None, "ks")) == "keyspace 'ks' on the default connection"


def test_a_plan_says_what_drifted():
    (step,) = diff(table(options={**OPTIONS, "comment": "it's"})).steps
    assert step.why == "comment is \"it's\", wanted 'cars'"
