"""Values are bound, never written into CQL: subclasses of str, int and bytes arrive as what they are, everywhere.

The driver's own mapper writes values into the text by their exact type, and every subclass of ``str`` without quotes;
the last tests show that the same values do harm there.
"""

from __future__ import annotations

import json
import subprocess
import sys
from enum import Enum, IntEnum, StrEnum

import markupsafe
import pytest

from helenus import BatchQuery, Model, columns
from helenus.connection.request import Batch
from tests.mapper.places import ONE

EVIL = "null) USING TTL 1 --"


class Color(StrEnum):
    RED = "red', 'x"


class Kind(str, Enum):
    CAR = "car'); DROP KEYSPACE x; --"


class Size(IntEnum):
    BIG = 5


class Loud(str):
    __slots__ = ()

    def __str__(self):
        return "DROP TABLE"

    def __repr__(self):
        return "'; DROP TABLE"


class Odd(int):
    def __str__(self):
        return "1 OR 1=1"

    __repr__ = __str__


class Bytes(bytes):
    def __str__(self):
        return "0x00); --"


TEXTS = {
    "markup": (markupsafe.escape(EVIL), EVIL),
    "markup of quotes": (markupsafe.Markup("it's"), "it's"),
    "StrEnum": (Color.RED, "red', 'x"),
    "str Enum": (Kind.CAR, "car'); DROP KEYSPACE x; --"),
    "str with a str of its own": (Loud("plain"), "plain"),
    "a plain quote": ("'; --", "'; --"),
    "a marker": ("? :name %s %(0)s", "? :name %s %(0)s"),
}
NUMBERS = {"IntEnum": (Size.BIG, 5), "int with a str of its own": (Odd(7), 7), "bool": (True, 1)}


class Thing(Model):
    id = columns.Text(primary_key=True)
    part = columns.Text(primary_key=True)
    text = columns.Text()
    number = columns.Integer()
    blob = columns.Blob()
    texts = columns.List(columns.Text)
    names = columns.Set(columns.Text)
    prices = columns.Map(columns.Text, columns.Integer)
    pair = columns.Tuple(columns.Text, columns.Integer)


@pytest.fixture(scope="module", autouse=True)
def _table(real):
    real.create(
        "thing",
        "(id text, part text, text text, number int, blob blob, texts list<text>, names set<text>,"
        " prices map<text, int>, pair frozen<tuple<text, int>>, PRIMARY KEY (id, part))",
        both=False,
    )


@pytest.fixture(autouse=True)
def _no_value_in_any_text(_table, real, sent):
    real.truncate("thing")
    yield
    texts = [
        text
        for requests in sent.values()
        for request in requests
        for text in ([t for t, _ in request.statements] if isinstance(request, Batch) else [request.text])
    ]
    assert texts
    assert not [text for text in texts if "'" in text or "--" in text or "DROP" in text or "0x" in text or "%" in text]


def row(real, where="", *values):
    (found,) = real.rows(
        "cluster1", f"SELECT id, part, text, number, blob, texts, names, prices, pair FROM {ONE}.thing {where}", *values
    )
    return found


@pytest.mark.parametrize("case", TEXTS)
def test_text_arrives_as_it_is_in_every_position(real, case):
    value, plain = TEXTS[case]
    Thing.create(
        id=value, part=value, text=value, texts=[value], names={value}, prices={value: 1}, pair=(value, 1), blob=b"b"
    )
    stored = (plain, plain, plain, None, b"b", [plain], {plain}, {plain: 1}, (plain, 1))
    assert row(real) == stored
    assert all(type(item) is str for item in row(real)[:3])
    # WHERE, by =, IN, CONTAINS and with a limit
    assert Thing.get(id=value, part=value).text == plain
    assert Thing.objects.filter(id__in=[value, "other"], part__in=[value]).count() == 1
    assert Thing.objects.filter(Thing.id == value, names__contains=value).allow_filtering().count() == 1
    assert Thing.objects.filter(prices__contains_key=value).allow_filtering().first().part == plain
    assert Thing.objects.filter(id=value, part__gte=value).limit(NUMBERS["int with a str of its own"][0]).count() == 1
    # UPDATE: values, elements, keys, conditions
    query = Thing.objects.filter(id=value, part=value)
    query.iff(text=value).update(text="new", texts__append=[value], names__add={value}, prices__update={value: 2})
    query.iff(text__in=["new", value]).update(text=value, names__remove={"x", value}, texts__prepend=[value])
    assert row(real)[2:] == (plain, None, b"b", [plain] * 3, None, {plain: 2}, (plain, 1))
    query.update(prices__remove={value})
    # an instance
    thing = Thing.get(id=value, part=value)
    thing.names.add(value)
    thing.prices[value] = 3
    thing.texts.pop()
    thing.iff(text=value).save()
    assert row(real)[5:8] == ([plain] * 2, {plain}, {plain: 3})
    thing.delete()
    assert real.where("thing") == {}


@pytest.mark.parametrize("case", TEXTS)
def test_text_arrives_as_it_is_in_a_batch(real, case):
    value, plain = TEXTS[case]
    with BatchQuery() as batch:
        Thing.objects.batch(batch).create(id=value, part="1", text=value)
        Thing.objects.batch(batch).filter(id=value, part="2").update(text=value)
    assert [found[2] for found in (row(real, "WHERE id = %s AND part = %s", plain, part) for part in "12")] == [
        plain
    ] * 2


@pytest.mark.parametrize("case", NUMBERS)
def test_numbers_arrive_as_they_are(real, case):
    value, plain = NUMBERS[case]
    Thing.create(id="x", part="y", number=value, prices={"a": value}, pair=("a", value))
    assert row(real)[3] == plain
    assert row(real)[7:] == ({"a": plain}, ("a", plain))
    assert type(row(real)[3]) is int
    Thing.objects.filter(id="x", part="y").iff(number=value).update(number=value, prices__update={"b": value})
    found = Thing.objects.filter(number__in=[value]).allow_filtering().first()
    assert found.prices == {"a": plain, "b": plain}


def test_bytes_arrive_as_they_are(real):
    for value in (Bytes(b"'\x00; --"), bytearray(b"'\x00; --"), memoryview(b"'\x00; --")):
        Thing.create(id="x", part="y", blob=value)
        assert row(real)[4] == b"'\x00; --"


def test_ttl_and_timestamp_are_bound_too(real, sent):
    Thing.objects.ttl(Odd(1000)).timestamp(Odd(5)).create(id="written at five", part="y", text="t")
    assert real.rows("cluster1", f"SELECT writetime(text) FROM {ONE}.thing") == [(5,)]
    assert sent["default"][-1].text.endswith("USING TTL ? AND TIMESTAMP ?")


HOSTILE_NAMES = ["color = 'x' --", 'text" = null --', "text) --", "text; DROP TABLE x", "_connection", "self", ""]


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_names_from_outside_are_columns_or_refused(name, sent):
    Thing.objects.first()
    for call in (
        lambda: Thing.objects.filter(**{name: 1}),
        lambda: Thing.objects.iff(**{name: 1}),
        lambda: Thing.objects.filter(id="x", part="y").update(**{name: 1}),
        lambda: Thing.create(**{name: 1}),
        lambda: Thing.objects.order_by(name),
        lambda: Thing.objects.only([name]),
        lambda: Thing.objects.values_list(name),
        lambda: Thing.objects.distinct([name]),
    ):
        with pytest.raises(Exception, match=r"Can't resolve|has no column|Incorrect columns|multiple values|argument"):
            call()
    assert len(sent["default"]) == 1


# ---- the same values in the driver's own mapper ----------------------------------------------------------------------

CONTROL = """
import json
import markupsafe
from enum import StrEnum
from cassandra.cqlengine import columns, connection, models
from cassandra.encoder import Encoder
from cassandra.query import bind_params

class Color(StrEnum):
    RED = "red', 'x"

class Thing(models.Model):
    __keyspace__ = "ks"
    __compute_routing_key__ = False
    id = columns.Text(primary_key=True)
    text = columns.Text()

sent = []

def execute(statement, params=None, *args, **kwargs):
    # What the session does with the parameters of a statement that is not prepared.
    sent.append(bind_params(statement.query_string, params, Encoder()))
    return []

connection.execute = execute
Thing.create(id="x", text=markupsafe.escape("null) USING TTL 1 --"))
Thing.create(id="y", text=Color.RED)
print(json.dumps(sent))
"""


def test_negative_control_the_driver_s_mapper_writes_them_into_its_text(sent):
    Thing.objects.first()
    assert sent["default"]
    found = subprocess.run([sys.executable, "-c", CONTROL], capture_output=True, text=True, check=True)
    markup, enum = json.loads(found.stdout.splitlines()[-1])
    assert markup.endswith("VALUES ('x', null) USING TTL 1 --)")
    assert enum.endswith("VALUES ('y', red', 'x)")
