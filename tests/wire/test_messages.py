"""Every message comes back from its bytes as it went into them, in every version, with all that a frame may say."""

from __future__ import annotations

import dataclasses
import inspect

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helenus import wire
from helenus.cql.types import Frozen, List, Native, UserDefined
from helenus.wire.failures import CodedFailure, clip
from helenus.wire.message import Message
from helenus.wire.messages import parse_message
from helenus.wire.reader import Reader
from tests.wire import strategies
from tests.wire.strategies import VERSIONS, quick

each_version = pytest.mark.parametrize("version", VERSIONS)


@each_version
@quick
@given(data=st.data())
def test_a_request_comes_back(version, data):
    request = data.draw(strategies.framed_requests(version))
    assert wire.Request.parse(request.frame()) == request


@each_version
@quick
@given(data=st.data())
def test_a_response_comes_back(version, data):
    response = data.draw(strategies.framed_responses(version))
    assert wire.Response.parse(response.frame()) == response


@each_version
@quick
@given(data=st.data())
def test_every_message_prints_in_one_line(version, data):
    request = data.draw(strategies.framed_requests(version))
    response = data.draw(strategies.framed_responses(version))
    for printed in (str(request), str(response), str(request.frame()), str(response.frame())):
        assert len(printed.encode("ascii", "backslashreplace").splitlines()) >= 1
    assert str(request).startswith(f"> v{version} stream {request.stream} ")
    assert str(response.frame()).startswith(f"< v{version} stream {response.stream} ")


SECRET = b"canary-4711"
SECRETIVE = [
    wire.AuthResponse(b"\0user\0" + SECRET),
    wire.AuthChallenge(SECRET),
    wire.AuthSuccess(SECRET),
    wire.Query("SELECT", wire.QueryParameters(values=(SECRET,), paging_state=SECRET)),
    wire.Execute(b"id", wire.QueryParameters(values=(SECRET,))),
    wire.Batch(wire.BatchKind.LOGGED, (wire.BatchEntry(b"id", (SECRET,)),)),
    wire.Rows(wire.ResultMetadata(1), ((SECRET,),)),
]


@pytest.mark.parametrize("message", SECRETIVE, ids=lambda message: type(message).__name__)
def test_no_print_shows_a_value_or_a_password(message):
    kind = wire.Request if isinstance(message, wire.RequestMessage) else wire.Response
    framed = kind(1, message, 5)
    for shown in (message, framed.frame()._replace(body=b"")):
        assert SECRET.decode() not in f"{shown} {shown!r}"
    assert SECRET.decode() not in str(framed)
    assert SECRET.decode() not in str(framed.frame())


SENT = [
    kind
    for kind in map(vars(wire).get, wire.__all__)
    if isinstance(kind, type) and issubclass(kind, Message) and not inspect.isabstract(kind)
]


@pytest.mark.parametrize("kind", SENT, ids=lambda kind: kind.__name__)
def test_a_message_is_a_frozen_slotted_dataclass(kind):
    assert dataclasses.is_dataclass(kind)
    assert kind.__dataclass_params__.frozen
    assert not any("__dict__" in vars(base) for base in kind.__mro__)


def named(cases: list[tuple]) -> list:
    """Give each case a name of its own."""
    return [pytest.param(*case, id=f"{n}-v{case[0]}-{type(case[1]).__name__}") for n, case in enumerate(cases)]


def body(text: str) -> bytes:
    return bytes.fromhex(text)


EXACT = [
    (3, wire.Query("q"), "00000001 71 0001 00"),
    (5, wire.Query("q"), "00000001 71 0001 00000000"),
    (4, wire.Query("q", wire.QueryParameters(values=(b"a", None, wire.UNSET))),
     "00000001 71 0001 01 0003 00000001 61 ffffffff fffffffe"),
    (4, wire.Query("q", wire.QueryParameters(values=(b"a",), names=("n",))),
     "00000001 71 0001 41 0001 0001 6e 00000001 61"),
    (5, wire.Query("q", wire.QueryParameters(keyspace="k", now_in_seconds=5)),
     "00000001 71 0001 00000180 0001 6b 00000005"),
    (4, wire.Query("q", wire.QueryParameters(
        wire.Consistency.LOCAL_ONE, (), None, True, 100, b"p", wire.Consistency.SERIAL, 7)),
     "00000001 71 000a 3e 00000064 00000001 70 0008 0000000000000007"),
    (4, wire.Prepare("q"), "00000001 71"),
    (5, wire.Prepare("q"), "00000001 71 00000000"),
    (5, wire.Prepare("q", "k"), "00000001 71 00000001 0001 6b"),
    (4, wire.Execute(b"id"), "0002 6964 0001 00"),
    (5, wire.Execute(b"id", result_metadata_id=b"m"), "0002 6964 0001 6d 0001 00000000"),
    (4, wire.Batch(wire.BatchKind.UNLOGGED, (wire.BatchEntry("q"), wire.BatchEntry(b"id", (b"a",)))),
     "01 0002 00 00000001 71 0000 01 0002 6964 0001 00000001 61 0001 00"),
    (4, wire.Void(), "00000001"),
    (4, wire.SetKeyspace("k"), "00000003 0001 6b"),
    (4, wire.Rows(wire.ResultMetadata(0), ()), "00000002 00000004 00000000 00000000"),
    (4, wire.Rows(wire.ResultMetadata(2), ((b"a", None),)), "00000002 00000005 00000002 00000001 00000001 61 ffffffff"),
    (4, wire.Unavailable("x", wire.Consistency.THREE, 3, 1), "00001000 0001 78 0003 00000003 00000001"),
    (4, wire.WriteTimeout("x", wire.Consistency.ONE, 0, 1, wire.WriteType.CAS, 7),
     "00001100 0001 78 0001 00000000 00000001 0003 434153"),
    (5, wire.WriteTimeout("x", wire.Consistency.ONE, 0, 1, wire.WriteType.CAS, 7),
     "00001100 0001 78 0001 00000000 00000001 0003 434153 0007"),
    (4, wire.ReadFailure("x", wire.Consistency.ONE, 0, 1, 1, ((strategies.LOCALHOST, 1),)),
     "00001300 0001 78 0001 00000000 00000001 00000001 00"),
    (5, wire.ReadFailure("x", wire.Consistency.ONE, 0, 1, 1, ((strategies.LOCALHOST, 1),)),
     "00001300 0001 78 0001 00000000 00000001 00000001 04 7f000001 0001 00"),
    (5, wire.CasWriteUnknown("x", wire.Consistency.SERIAL, 1, 2), "00001700 0001 78 0008 00000001 00000002"),
    (4, wire.AlreadyExists("x", "k"), "00002400 0001 78 0001 6b 0000"),
    (4, wire.StatusEvent("UP", strategies.LOCALHOST, 9042),
     "000d 5354415455535f4348414e4745 0002 5550 04 7f000001 00002352"),
]  # fmt: skip


@pytest.mark.parametrize(("version", "message", "expected"), named(EXACT))
def test_the_bytes_are_those_of_the_specification(version, message, expected):
    assert message.body(version).hex() == body(expected).hex()


TIMED_OUT = "Operation timed out - received only {} responses."
OLDER = [
    (3, wire.ReadFailure("x", wire.Consistency.ONE, 0, 1, 1),
     wire.ReadTimeout(TIMED_OUT.format(0), wire.Consistency.ONE, 0, 1)),
    (3, wire.WriteFailure("x", wire.Consistency.ONE, 0, 1, 1, (), wire.WriteType.BATCH),
     wire.WriteTimeout(TIMED_OUT.format(0), wire.Consistency.ONE, 0, 1, wire.WriteType.BATCH)),
    (3, wire.FunctionFailure("x", "k", "f"), wire.Error("ERROR FUNCTION_FAILURE: x", wire.ErrorCode.INVALID)),
    (4, wire.CasWriteUnknown("x", wire.Consistency.ONE, 1, 2),
     wire.WriteTimeout(TIMED_OUT.format(1), wire.Consistency.ONE, 1, 2, wire.WriteType.CAS)),
]  # fmt: skip


@pytest.mark.parametrize(("version", "told", "heard"), named(OLDER))
def test_an_older_version_is_told_the_nearest_error_that_it_knows(version, told, heard):
    assert wire.Response.parse(wire.Response(1, told, version).frame()).message == heard


def test_v3_hears_that_a_keyspace_was_updated_when_a_function_is_created():
    created = wire.SchemaChange(wire.ChangeType.CREATED, wire.SchemaTarget.FUNCTION, "k", "f", ("int",))
    heard = wire.Response.parse(wire.Response(-1, wire.SchemaEvent(created), 3).frame()).message
    assert heard.change == wire.SchemaChange(wire.ChangeType.UPDATED, wire.SchemaTarget.KEYSPACE, "k")


def test_v3_has_no_warnings():
    response = wire.Response(1, wire.Void(), 3, warnings=("careful",))
    assert wire.Response.parse(response.frame()).warnings == ()


UNFIT = [
    (4, wire.Query("q", wire.QueryParameters(keyspace="k")), "need protocol v5, not v4"),
    (4, wire.Query("q", wire.QueryParameters(now_in_seconds=1)), "need protocol v5, not v4"),
    (4, wire.Prepare("q", "k"), "needs protocol v5, not v4"),
    (3, wire.Query("q", wire.QueryParameters(values=(wire.UNSET,))), "UNSET needs protocol v4 or later, not v3"),
    (4, wire.Query("q", wire.QueryParameters(values=(b"",), names=())), "0 names were given for 1 values"),
    (4, wire.Query("q", wire.QueryParameters(values=(b"",) * 65_536)), "65536 does not fit into a [short]"),
    (4, wire.Query("\ud800"), "lone surrogate"),
    (4, wire.Query("q", wire.QueryParameters(page_size=1 << 31)), "2147483648 does not fit into an [int]"),
    (4, wire.Query("q", wire.QueryParameters(timestamp=1 << 63)), "does not fit into a [long]"),
    (4, wire.Execute(bytes(65_536)), "65536 does not fit into a [short]"),
    (4, wire.Batch(wire.BatchKind.LOGGED, (wire.BatchEntry("q"),) * 65_536), "65536 does not fit into a [short]"),
    (4, wire.SetKeyspace("k" * 65_536), "65536 does not fit into a [short]"),
    (4, wire.Rows(wire.ResultMetadata(2), ((b"",),)), "A row of 1 cells cannot stand under 2 columns"),
    (4, wire.Rows(wire.ResultMetadata(1, None, b"id"), ()), "needs protocol v5, not v4"),
    (4, wire.SchemaChanged(wire.SchemaChange(wire.ChangeType.CREATED, wire.SchemaTarget.TABLE, "k")), "needs its name"),
    (4, wire.Rows(wire.ResultMetadata(wire.Columns((wire.ColumnSpec("k", "t", "c", UserDefined("k", "u")),))), ()),
     "The fields of the user type k.u are not known"),
]  # fmt: skip


@pytest.mark.parametrize(("version", "message", "complaint"), named(UNFIT))
def test_what_does_not_fit_is_refused_before_anything_is_written(version, message, complaint):
    with pytest.raises(wire.ProtocolError) as caught:
        message.body(version)
    assert complaint in str(caught.value)


@pytest.mark.parametrize("count", [65_534, 65_535])
def test_as_many_values_as_the_notation_holds_come_back(count):
    query = wire.Query("q", wire.QueryParameters(values=(b"",) * count))
    assert wire.Query.parse(Reader(query.body(4)), 4) == query


def test_a_payload_needs_v4():
    with pytest.raises(wire.ProtocolError, match="CUSTOM_PAYLOAD flag for native protocol version < 4"):
        wire.Request(1, wire.Options(), 3, payload={}).frame()


def test_an_error_text_and_a_warning_are_cut_to_what_the_notation_holds():
    response = wire.Response(1, wire.Error("é" * 40_000, wire.ErrorCode.INVALID), 4, warnings=("w" * 70_000,))
    heard = wire.Response.parse(response.frame())
    assert heard.message.text.endswith("é [truncated]")
    assert heard.warnings[0].endswith("w [truncated]")
    assert 65_530 < len(heard.message.text.encode()) <= 65_535


@quick
@given(st.text(st.characters()))
def test_what_is_clipped_can_be_written(text):
    assert clip(text) == text
    assert clip(f"{text}\ud800") == f"{text}?"


@quick
@given(st.binary(max_size=8))
def test_bytes_behind_a_request_are_not_looked_at(excess):
    query = wire.Query("q", wire.QueryParameters(values=(b"a",)))
    assert wire.Query.parse(Reader(query.body(5) + excess), 5) == query


BEHIND_THEIR_KIND = (wire.Result, wire.Event, CodedFailure)


@each_version
@quick
@given(data=st.data())
def test_a_class_parses_its_own_body(version, data):
    for message in (data.draw(strategies.requests(version)), data.draw(strategies.responses(version))):
        if not isinstance(message, BEHIND_THEIR_KIND):
            assert type(message).parse(Reader(message.body(version)), version) == message


NONSENSE = [
    ("an address of 5 bytes", wire.Opcode.EVENT, "000d 5354415455535f4348414e4745 0002 5550 05 0000000000 00000000",
     "Invalid size 5 of an IP address, it must be 4 or 16"),
    ("a write of no kind", wire.Opcode.ERROR, "00001100 0000 0001 00000000 00000000 0001 78",
     "Invalid value 'x' for WriteType"),
    ("a result of no kind", wire.Opcode.RESULT, "00000009", "Unknown kind 9 of RESULT"),
    ("an event of no type", wire.Opcode.EVENT, "0001 78", "Invalid value 'x' for Type"),
    ("a change of no kind", wire.Opcode.RESULT, "00000005 0001 78", "Invalid value 'x' for ChangeType"),
    ("a column of no type", wire.Opcode.RESULT, "00000002 00000001 00000001 0000 0000 0000 7fff",
     "Unknown data type code 0x7fff"),
    ("a string without a length", wire.Opcode.AUTHENTICATE, "00",
     "Not enough bytes to read an UTF8 serialized string preceded by its 2 bytes length"),
    ("a string that is no UTF-8", wire.Opcode.AUTHENTICATE, "0002 fffe", "Cannot decode string as UTF8: 'fffe'"),
    ("fewer columns than none", wire.Opcode.RESULT, "00000002 00000000 ffffffff", "Invalid number of columns -1"),
]  # fmt: skip


@pytest.mark.parametrize(("opcode", "data", "complaint"), [pytest.param(*it[1:], id=it[0]) for it in NONSENSE])
def test_nonsense_is_named(opcode, data, complaint):
    with pytest.raises(wire.ProtocolError) as caught:
        parse_message(opcode, Reader(body(data)), 5)
    assert str(caught.value) == complaint


def test_a_stream_that_does_not_fit_its_header_is_refused():
    with pytest.raises(wire.ProtocolError, match="A frame does not fit its header"):
        wire.Response(1 << 15, wire.Void(), 5).frame().serialize()


def test_columns_keep_their_bytes_and_their_equality():
    spec = wire.ColumnSpec("k", "t", "c", Frozen(List(Native("int"))))
    first, second = wire.Columns((spec,)), wire.Columns((spec,))
    assert first.serialize(5) is first.serialize(5)
    assert first == second
    assert "_written" not in repr(first)


def test_one_table_is_named_once_and_two_are_named_each_time():
    spec = wire.ColumnSpec("k", "t", "c", Native("int"))
    other = spec._replace(table="u")
    assert wire.Columns((spec, spec)).serialize(4) == (1, body("0001 6b 0001 74 0001 63 0009 0001 63 0009"))
    assert wire.Columns((spec, other)).serialize(4) == (
        0,
        body("0001 6b 0001 74 0001 63 0009 0001 6b 0001 75 0001 63 0009"),
    )
