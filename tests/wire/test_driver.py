"""The driver judges: what it sends is understood, and what is sent is understood by it, in v3, v4 and v5, with LZ4.

It comes in as its message classes, as its segments, as its types, and as a whole connection without a socket.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import math
from collections import deque

import pytest
from cassandra import ConsistencyLevel, InvalidRequest, Unavailable, cqltypes, util
from cassandra import protocol as driver
from cassandra.auth import PlainTextAuthenticator
from cassandra.connection import Connection, locally_supported_compressions
from cassandra.protocol_features import ProtocolFeatures
from cassandra.query import BatchType
from cassandra.segment import SegmentCodec
from hypothesis import given
from hypothesis import strategies as st

from helenus import wire
from helenus.cql.types import CQLType, List, Map, Native, Set, Vector, walk
from helenus.wire.class_names import class_name
from helenus.wire.compression import compressor
from helenus.wire.framing import FrameReader
from helenus.wire.options import write_type
from helenus.wire.segments import SegmentReader, SegmentWriter
from tests.wire import strategies
from tests.wire.connections import answer, serve
from tests.wire.strategies import quick

VERSIONS = (3, 4, 5)
each_version = pytest.mark.parametrize("version", VERSIONS)
UNSET = driver._UNSET_VALUE


# ---- messages --------------------------------------------------------------------------------------------------------


def understood(message: driver._MessageType, version: int, *, lz4: bool = False) -> wire.Request:
    """Have the driver write a message, and read it."""
    compress = locally_supported_compressions["lz4"][0] if lz4 and version < 5 else None
    data = driver.ProtocolHandler.encode_message(message, 7, version, compress, False, ProtocolFeatures())
    reader = FrameReader(responses=False)
    reader.compress(compressor("lz4") if lz4 else None)
    reader.receive(data)
    frame = reader.read()
    assert frame is not None
    assert reader.read() is None
    return wire.Request.parse(frame)


def bound(values: tuple[wire.Value, ...]) -> list:
    """Return values as the driver's message classes take them."""
    return [UNSET if value is wire.UNSET else value for value in values]


@pytest.mark.parametrize("lz4", [False, True])
@each_version
@quick
@given(data=st.data())
def test_a_query_of_the_driver_is_understood(version, lz4, data):
    text = data.draw(strategies.texts)
    # The driver names no values in QUERY, never skips metadata there, and takes zero and nothing for no option.
    drawn = data.draw(strategies.parameters(version))
    wanted = dataclasses.replace(
        drawn,
        names=None,
        now_in_seconds=None,
        skip_metadata=False,
        paging_state=drawn.paging_state or None,
        serial_consistency=drawn.serial_consistency or None,
        timestamp=drawn.timestamp and abs(drawn.timestamp),
    )
    message = driver.QueryMessage(
        text,
        wanted.consistency,
        wanted.serial_consistency,
        wanted.page_size,
        wanted.paging_state,
        wanted.timestamp,
        keyspace=wanted.keyspace,
        query_params=bound(wanted.values),
    )
    assert understood(message, version, lz4=lz4).message == wire.Query(text, wanted)


@each_version
@quick
@given(data=st.data())
def test_an_execute_of_the_driver_is_understood(version, data):
    values = tuple(data.draw(st.lists(strategies.bound(version), max_size=4)))
    ids = data.draw(st.tuples(strategies.blobs, strategies.blobs))
    message = driver.ExecuteMessage(
        ids[0], bound(values), ConsistencyLevel.LOCAL_QUORUM, fetch_size=5000, timestamp=1, result_metadata_id=ids[1]
    )
    heard = understood(message, version).message
    assert heard == wire.Execute(
        ids[0],
        wire.QueryParameters(wire.Consistency.LOCAL_QUORUM, values, page_size=5000, timestamp=1),
        ids[1] if version >= 5 else None,
    )


@each_version
@quick
@given(data=st.data())
def test_a_batch_of_the_driver_is_understood(version, data):
    entries = tuple(data.draw(st.lists(strategies.batch_entries(version), max_size=3)))
    queries = [(isinstance(entry.statement, bytes), entry.statement, bound(entry.values)) for entry in entries]
    keyspace = "k" if version >= 5 else None
    message = driver.BatchMessage(
        BatchType.COUNTER, queries, ConsistencyLevel.TWO, ConsistencyLevel.SERIAL, 5, keyspace
    )
    assert understood(message, version).message == wire.Batch(
        wire.BatchKind.COUNTER,
        entries,
        wire.QueryParameters(
            wire.Consistency.TWO, serial_consistency=wire.Consistency.SERIAL, timestamp=5, keyspace=keyspace
        ),
    )


SMALL = [
    (driver.OptionsMessage(), wire.Options()),
    (driver.StartupMessage("3.0.0", {"DRIVER_NAME": "x"}),
     wire.Startup({"DRIVER_NAME": "x", "CQL_VERSION": "3.0.0"})),
    (driver.PrepareMessage("SELECT ?"), wire.Prepare("SELECT ?")),
    (driver.RegisterMessage(["TOPOLOGY_CHANGE", "STATUS_CHANGE", "SCHEMA_CHANGE"]),
     wire.Register(tuple(wire.EventType))),
    (driver.AuthResponseMessage(b"\0u\0p"), wire.AuthResponse(b"\0u\0p")),
]  # fmt: skip


@each_version
@pytest.mark.parametrize(("theirs", "ours"), SMALL, ids=[ours.opcode.name for _, ours in SMALL])
def test_other_requests_of_the_driver_are_understood(version, theirs, ours):
    assert understood(theirs, version).message == ours


@each_version
def test_tracing_and_payload_of_the_driver_are_understood(version):
    message = driver.QueryMessage("q", ConsistencyLevel.ONE)
    message.tracing = True
    if version >= 4:
        message.update_custom_payload({"k": b"v"})
    heard = understood(message, version)
    assert heard.tracing
    assert heard.payload == ({"k": b"v"} if version >= 4 else None)


def decoded(response: wire.Response, handler=driver.ProtocolHandler) -> driver._MessageType:
    """Have the driver read a response."""
    frame = response.frame()
    return handler.decode_message(
        frame.version, ProtocolFeatures(), {}, frame.stream, frame.flags, frame.opcode, frame.body, None, None
    )


@each_version
@quick
@given(data=st.data())
def test_the_driver_understands_any_error(version, data):
    failure = data.draw(strategies.failures(version))
    if getattr(failure, "consistency", None) is wire.Consistency.NODE_LOCAL:  # it does not know that one
        failure = dataclasses.replace(failure, consistency=wire.Consistency.ONE)
    heard = decoded(wire.Response(1, failure, version))
    assert (heard.code, heard.message) == (failure.code, failure.text)
    info = heard.info
    match failure:
        case wire.Unavailable():
            assert (info["required_replicas"], info["alive_replicas"]) == (failure.required, failure.alive)
            assert isinstance(heard.to_exception(), Unavailable)
        case wire.WriteTimeout() | wire.ReadTimeout():
            assert (info["received_responses"], info["required_responses"]) == (failure.received, failure.required)
        case wire.ReadFailure() | wire.WriteFailure():
            assert (info["received_responses"], info["required_responses"]) == (failure.received, failure.required)
            reasons = {str(address): code for address, code in failure.reasons}
            assert info["error_code_map"] == (reasons if version >= 5 else None)
            assert info["failures"] == (len(reasons) if version >= 5 else failure.failures)
        case wire.AlreadyExists():
            assert info == {"keyspace": failure.keyspace, "table": failure.table}
        case wire.Unprepared():
            assert info == failure.statement_id
        case wire.FunctionFailure():
            assert (info["keyspace"], info["function"]) == (failure.keyspace, failure.function)


@pytest.mark.parametrize("handler", [driver.ProtocolHandler, driver._ProtocolHandler], ids=["cython", "python"])
@each_version
@quick
@given(data=st.data())
def test_the_driver_reads_rows(version, handler, data):
    of, value = data.draw(strategies.typed_values.filter(fit_for_driver))
    other = data.draw(strategies.ints)
    columns = wire.Columns((wire.ColumnSpec("k", "t", "a", of), wire.ColumnSpec("k", "t", "b", Native("int"))))
    cells = (wire.encode(of, value), wire.encode(Native("int"), other))
    rows = wire.Rows(wire.ResultMetadata(columns, b"state"), (cells, (None, None)))
    heard = decoded(wire.Response(1, rows, version), handler)
    assert heard.column_names == ["a", "b"]
    assert heard.paging_state == b"state"
    assert len(heard.parsed_rows) == 2
    assert heard.parsed_rows[0][1] == other
    assert tuple(heard.parsed_rows[1]) == (None, None)
    assert heard.column_types[0].to_binary(heard.parsed_rows[0][0], version) == cells[0]


@each_version
@quick
@given(data=st.data())
def test_the_driver_reads_what_prepare_answers(version, data):
    prepared = data.draw(strategies.prepared(version))
    heard = decoded(wire.Response(1, prepared, version))
    assert heard.query_id == prepared.statement_id
    assert heard.result_metadata_id == prepared.result_metadata_id
    assert [(c.keyspace_name, c.table_name, c.name) for c in heard.bind_metadata] == [c[:3] for c in prepared.variables]
    assert heard.pk_indexes == (list(prepared.pk_indices) if version >= 4 else None)
    expected = None if isinstance(prepared.result, int) else [c[:3] for c in prepared.result]
    assert (heard.column_metadata and [c[:3] for c in heard.column_metadata]) == (expected or heard.column_metadata)


@each_version
def test_the_driver_reads_new_metadata(version):
    columns = wire.Columns((wire.ColumnSpec("k", "t", "a", Native("int")),))
    new_id = b"new" if version >= 5 else None
    heard = decoded(wire.Response(1, wire.Rows(wire.ResultMetadata(columns, None, new_id), ()), version))
    assert getattr(heard, "result_metadata_id", None) == new_id


@each_version
@quick
@given(data=st.data())
def test_the_driver_reads_changes_of_the_schema(version, data):
    change = data.draw(strategies.schema_changes(version))
    for message in (wire.SchemaChanged(change), wire.SchemaEvent(change)):
        heard = decoded(wire.Response(-1, message, version))
        event = heard.schema_change_event if isinstance(message, wire.SchemaChanged) else heard.event_args
        assert (event["change_type"], event["target_type"]) == (change.change, change.target)
        assert event["keyspace"] == change.keyspace
        if change.name is not None:
            told = event[change.target.lower()]
            assert getattr(told, "name", told) == change.name


@each_version
def test_the_driver_reads_the_rest(version):
    def heard(message: wire.ResponseMessage, **said: object) -> driver._MessageType:
        return decoded(wire.Response(1, message, version, **said))

    assert isinstance(heard(wire.Ready()), driver.ReadyMessage)
    assert heard(wire.Authenticate("x")).authenticator == "x"
    assert heard(wire.Supported({"CQL_VERSION": ("3.4.7",), "A": ()})).options == {"A": []}
    assert heard(wire.AuthChallenge(b"c")).challenge == b"c"
    assert "token='t'" in repr(heard(wire.AuthSuccess(b"t")))
    assert heard(wire.Void()).kind == driver.RESULT_KIND_VOID
    assert heard(wire.SetKeyspace("k")).new_keyspace == "k"
    event = heard(wire.TopologyEvent("NEW_NODE", strategies.LOCALHOST, 9042))
    assert event.event_args == {"change_type": "NEW_NODE", "address": ("127.0.0.1", 9042)}
    if version >= 4:
        said = heard(wire.Void(), warnings=("careful",), payload={"k": b"v"})
        assert (said.warnings, said.custom_payload) == (["careful"], {"k": b"v"})


# ---- segments --------------------------------------------------------------------------------------------------------

CODECS = {None: SegmentCodec(), "lz4": SegmentCodec(*locally_supported_compressions["lz4"])}


@pytest.mark.parametrize("name", CODECS)
@pytest.mark.parametrize("size", [1, 9, 1000, 131_071, 131_072, 300_000])
@pytest.mark.parametrize("fill", [b"\0", b"abc", bytes(range(256))])
def test_segments_are_the_drivers_segments(name, size, fill):
    data = (fill * size)[:size]
    chosen = None if name is None else compressor(name)
    theirs = io.BytesIO()
    CODECS[name].encode(theirs, data)
    reader, at, parts = SegmentReader(chosen), 0, []
    while (taken := reader.read(theirs.getvalue(), at)) is not None:
        payload, whole, at = taken
        parts.append(payload)
        assert whole == (size <= 131_071)
    assert (b"".join(parts), at) == (data, len(theirs.getvalue()))
    ours = io.BytesIO(SegmentWriter(chosen).pack([data]))
    read = b""
    while len(read) < size:
        read += CODECS[name].decode(ours, CODECS[name].decode_header(ours)).payload
    assert read == data


# ---- values ----------------------------------------------------------------------------------------------------------


def fit_for_driver(typed: tuple[CQLType, object]) -> bool:
    """Tell whether the driver can hold a value: its dates and sets have less room, and vectors stand alone."""
    of, value = typed
    parts = list(walk(of))
    return not any(isinstance(part, Vector) for part in parts[1:]) and _fits(of, value)


NATIVE_FITS = {
    "timestamp": lambda value: -62_135_596_800_000 <= value < 253_402_300_800_000,
    "date": lambda value: abs(value - (1 << 31)) < 700_000,
    "float": math.isfinite,
    "double": math.isfinite,
    "counter": lambda _: False,  # no container has one, and the driver knows it by no class name
}


def _fits(of: CQLType, value: object) -> bool:
    match of:
        case Native():
            return NATIVE_FITS.get(of.name, lambda _: True)(value)
        case Map():
            fits = [_fits(of.key, key) and _fits(of.value, element) for key, element in value]
            return all(fits) and unlike([key for key, _ in value])
        case Set():
            ordered = of.element in {Native("int"), Native("bigint"), Native("text"), Native("blob")}
            return ordered and unlike(value) and list(value) == sorted(value)
        case List() | Vector():
            return all(_fits(of.element, element) for element in value)
    pairs = zip(of.children(), value, strict=True)
    return all(element is None or _fits(part, element) for part, element in pairs)


def unlike(values: list) -> bool:
    """Tell whether no two of these are equal."""
    return all(one != other for at, one in enumerate(values) for other in values[:at])


@quick
@given(strategies.typed_values.filter(fit_for_driver))
def test_the_drivers_types_have_the_same_bytes(typed):
    of, value = typed
    theirs = driver.ResultMessage.read_type(io.BytesIO(write_type(of, 5)), {})
    data = wire.encode(of, value)
    back = theirs.to_binary(theirs.from_binary(data, 5), 5)
    assert back == data
    wire.validate(of, back)


ALIKE = [
    ("timestamp", dt.datetime(2020, 2, 29, 12, 30, 1, 999_000)),
    ("timestamp", dt.datetime(1969, 12, 31, 23, 59, 59, 999_000)),
    ("date", dt.date(1969, 7, 20)),
    ("time", dt.time(23, 59, 59, 999_999)),
    ("duration", util.Duration(-1, -2, -3)),
    ("inet", "2001:db8::1"),
    ("decimal", 7),
]


@pytest.mark.parametrize(("name", "value"), ALIKE, ids=[f"{n}-{case[0]}" for n, case in enumerate(ALIKE)])
def test_python_values_have_the_bytes_that_the_driver_gives_them(name, value):
    assert wire.encode(Native(name), value) == cqltypes.lookup_casstype(class_name(Native(name))).serialize(value, 5)


# ---- a connection ----------------------------------------------------------------------------------------------------


class InProcess(Connection):
    """The driver's connection, with a ``ServerProtocol`` where its socket would be."""

    def __init__(self, handler=answer, **options) -> None:
        super().__init__("127.0.0.1", connect_timeout=5, **options)
        self.server = wire.ServerProtocol()
        self.handler = handler
        self.arrived: deque[bytes] = deque()
        self.receiving = False
        self._send_options_message()
        assert self.connected_event.is_set(), self.last_error

    def push(self, data: bytes) -> None:
        """Send by having it served at once."""
        self.feed(serve(self.server, data, self.handler))

    def feed(self, data: bytes) -> None:
        """Receive; what arrives while something is received waits, as it would in a socket."""
        self.arrived.append(data)
        if self.receiving:
            return
        self.receiving = True
        while self.arrived:
            self._io_buffer.io_buffer.write(self.arrived.popleft())
            self.process_io_buffer()
        self.receiving = False

    def close(self) -> None:
        """Close, which takes no more than to say so."""
        self.is_closed = True


def database(request: wire.Request) -> wire.ResponseMessage:
    """Answer a query with one row, whose size the text gives, and an unknown table with an error."""
    match request.message:
        case wire.Query(text, parameters) if text.isdecimal():
            columns = wire.Columns((wire.ColumnSpec("k", "t", "c", Native("blob")),))
            return wire.Rows(wire.ResultMetadata(columns), ((bytes(int(text)), *parameters.values[1:]),))
        case wire.Query():
            return wire.Error("table nope does not exist", wire.ErrorCode.INVALID)
    return answer(request)


@pytest.mark.parametrize("compression", [False, "lz4"])
@each_version
def test_the_drivers_connection_works(version, compression):
    connection = InProcess(database, protocol_version=version, compression=compression)
    assert (connection.server.version, connection.server.compression) == (version, compression or None)
    for size in (0, 10, 200_000, 1_000_000):
        reply = connection.wait_for_response(driver.QueryMessage(str(size), ConsistencyLevel.ONE), timeout=5)
        assert reply.parsed_rows == [(bytes(size),)]
    with pytest.raises(InvalidRequest, match="table nope does not exist"):
        connection.wait_for_response(driver.QueryMessage("x" * 300_000, ConsistencyLevel.ONE), timeout=5)


@each_version
def test_the_drivers_connection_hears_events(version):
    connection = InProcess(protocol_version=version)
    heard: list[dict] = []
    connection.register_watcher("SCHEMA_CHANGE", heard.append, register_timeout=5)
    change = wire.SchemaChange(wire.ChangeType.CREATED, wire.SchemaTarget.TABLE, "k", "t")
    connection.server.send_event(wire.SchemaEvent(change))
    connection.feed(connection.server.data_to_send())
    assert heard == [{"change_type": "CREATED", "target_type": "TABLE", "keyspace": "k", "table": "t"}]


@each_version
def test_the_drivers_connection_logs_in(version):
    def guarded(request: wire.Request) -> wire.ResponseMessage:
        match request.message:
            case wire.Startup():
                return wire.Authenticate()
            case wire.AuthResponse(token):
                assert token == b"\0user\0password"
        return answer(request)

    connection = InProcess(guarded, protocol_version=version, authenticator=PlainTextAuthenticator("user", "password"))
    assert connection.server.state is wire.State.READY


def test_the_drivers_connection_is_told_which_versions_there_are():
    told = str(InProcess(protocol_version=66).last_error)
    assert "unsupported protocol version (66); supported versions are (3/v3, 4/v4, 5/v5, 6/v6-beta)" in told
