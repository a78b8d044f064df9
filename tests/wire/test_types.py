"""Types on the wire: their numbers, their class names, and what Cassandra 5.0.6 has sent for them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helenus import wire
from helenus.cql.types import CQLType, Custom, Frozen, List, Native, UserDefined, Vector, parse_type
from helenus.errors import ValidationError
from helenus.wire.class_names import MAX_DEPTH, NATIVE_CLASSES, PREFIX, class_name, parse_class_name
from helenus.wire.options import NATIVE_OPTIONS, read_type, write_type
from helenus.wire.reader import Reader
from helenus.wire.types import thaw
from tests.wire import strategies
from tests.wire.strategies import VERSIONS, quick

POINT = wire.Udt("ks", "Point", (("x", Native("int")), ("B c", List(Native("text")))))
SIMPLE = wire.Udt("wp", "u", (("a", Native("int")), ("B c", Native("text"))))


@pytest.mark.parametrize("version", VERSIONS)
@quick
@given(of=strategies.types)
def test_a_type_comes_back_without_frozen(version, of):
    reader = Reader(write_type(of, version))
    assert read_type(reader) == thaw(of)
    assert reader.remaining == 0


@quick
@given(strategies.plain_types)
def test_a_class_name_comes_back(of):
    assert thaw(parse_class_name(class_name(of))) == of


def test_every_native_type_has_a_number_and_a_class():
    assert set(NATIVE_OPTIONS) == set(NATIVE_CLASSES)
    assert len(set(NATIVE_OPTIONS.values())) == len(NATIVE_OPTIONS)


# As a node has sent them: `SELECT *` from a table with these columns.
SENT = [
    ("int", "0009"),
    ("text", "000d"),
    ("list<int>", "0020 0009"),
    ("frozen<list<frozen<set<int>>>>", "0020 0022 0009"),
    ("map<text, bigint>", "0021 000d 0002"),
    ("tuple<int, text>", "0031 0002 0009 000d"),
]
CLASSES = [
    ("vector<float, 3>", "VectorType({p}FloatType , 3)"),
    ("vector<frozen<list<text>>, 2>", "VectorType({p}FrozenType({p}ListType({p}UTF8Type)) , 2)"),
    ("vector<frozen<u>, 2>",
     "VectorType({p}FrozenType({p}UserType(wp,75,61:{p}Int32Type,422063:{p}UTF8Type)) , 2)"),
    ("vector<frozen<tuple<int, duration>>, 2>", "VectorType({p}TupleType({p}Int32Type,{p}DurationType) , 2)"),
    ("vector<vector<varint, 2>, 2>", "VectorType({p}VectorType({p}IntegerType , 2) , 2)"),
    ("vector<frozen<list<frozen<set<text>>>>, 1>",
     "VectorType({p}FrozenType({p}ListType({p}SetType({p}UTF8Type))) , 1)"),
]  # fmt: skip
NUMBERED_LATER = [("duration", 5), ("date", 4), ("time", 4), ("smallint", 4), ("tinyint", 4)]


def resolved(text: str) -> CQLType:
    return wire.resolve(parse_type(text), lambda _: SIMPLE)


@pytest.mark.parametrize(("text", "sent"), SENT)
def test_a_type_is_sent_as_cassandra_sends_it(text, sent):
    assert write_type(parse_type(text), 4).hex() == bytes.fromhex(sent).hex()


@pytest.mark.parametrize(("text", "sent"), CLASSES)
def test_a_vector_is_sent_as_cassandra_names_it(text, sent):
    name = (PREFIX + sent.format(p=PREFIX)).encode()
    assert write_type(resolved(text), 5) == b"\0\0" + len(name).to_bytes(2) + name


@pytest.mark.parametrize(("text", "since"), NUMBERED_LATER)
def test_a_type_that_a_version_has_no_number_for_is_sent_by_its_class(text, since):
    of = parse_type(text)
    assert write_type(of, since).hex() == f"{NATIVE_OPTIONS[text]:04x}"
    named = write_type(of, since - 1)
    assert named[4:].decode() == PREFIX + NATIVE_CLASSES[text]
    assert read_type(Reader(named)) == of


UNKNOWN = [
    "org.apache.cassandra.db.marshal.LexicalUUIDType",
    "org.apache.cassandra.db.marshal.DynamicCompositeType(a=>org.apache.cassandra.db.marshal.Int32Type)",
    f"{PREFIX}ListType({PREFIX}DynamicCompositeType(a=>{PREFIX}Int32Type))",
    f"{PREFIX}ListType",
    f"{PREFIX}ListType({PREFIX}Int32Type",
    f"{PREFIX}ListType()",
    f"{PREFIX}VectorType({PREFIX}Int32Type , 0)",
    f"{PREFIX}VectorType({PREFIX}Int32Type , x)",
    f"{PREFIX}VectorType({PREFIX}Int32Type , 99999999999)",
    f"{PREFIX}UserType(ks,zz,61:{PREFIX}Int32Type)",
    f"{PREFIX}UserType(ks,ff,61:{PREFIX}Int32Type)",
    f"{PREFIX}Int32Type)",
    "",
    "é",
]


@pytest.mark.parametrize("name", UNKNOWN)
def test_a_class_that_cql_has_no_name_for_stays_custom(name):
    assert parse_class_name(name) == Custom(name)


def test_a_class_may_stand_without_its_package_and_with_blanks():
    assert parse_class_name("VectorType( FloatType ,3 )") == Vector(Native("float"), 3)


@quick
@given(st.text(st.sampled_from("(),: Int32TypeListUser4é"), max_size=40))
def test_any_text_is_some_type(text):
    assert isinstance(parse_class_name(text), CQLType)


def nested(depth: int) -> CQLType:
    of: CQLType = Native("int")
    for _ in range(depth):
        of = List(of)
    return of


@pytest.mark.parametrize("by_class", [False, True])
def test_a_type_may_be_nested_so_deep_and_no_deeper(by_class):
    def back(depth: int) -> CQLType:
        of = nested(depth)
        if not by_class:
            return read_type(Reader(write_type(of, 5)))
        name = class_name(of).encode()
        return read_type(Reader(b"\0\0" + len(name).to_bytes(2) + name))

    deepest = MAX_DEPTH - 2 if by_class else MAX_DEPTH - 1  # the outermost class says that it is frozen
    assert back(deepest) == nested(deepest)
    with pytest.raises(wire.ProtocolError, match="nested deeper than 64 levels"):
        back(deepest + 1)


@pytest.mark.parametrize("data", ["", "00", "0016", "7fff", "0031 0000", "0031 ffff 0009", "0030 0001 6b 0001 75 ffff"])
def test_what_is_no_type_is_refused(data):
    with pytest.raises(wire.ProtocolError):
        read_type(Reader(bytes.fromhex(data)))


def test_resolve_puts_user_types_in_place_of_their_names():
    of = parse_type('map<text, frozen<list<frozen<ks."Point">>>>')
    assert wire.resolve(of, {UserDefined("ks", "Point"): POINT}.__getitem__) == parse_type_with_point()
    assert str(POINT) == 'ks."Point"'


def parse_type_with_point() -> CQLType:
    plain = parse_type("map<text, frozen<list<int>>>")
    return type(plain)(plain.key, Frozen(List(Frozen(POINT))))


def test_a_user_type_without_fields_has_no_class_name():
    with pytest.raises(ValidationError, match=r"The fields of the user type ks\.u are not known"):
        class_name(Vector(UserDefined("ks", "u"), 2))
