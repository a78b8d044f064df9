"""A server's connection: the handshake, segments, compression, errors, and reads of any size."""

from __future__ import annotations

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helenus import wire
from helenus.wire import compression
from helenus.wire.frames import HEADER
from helenus.wire.requests import Startup
from helenus.wire.segments import MAX_PAYLOAD, SegmentWriter, crc24, crc32
from tests.wire import strategies
from tests.wire.connections import Pair, answer, serve
from tests.wire.strategies import VERSIONS, quick

CHOICES = [(version, name) for version in VERSIONS for name in (None, "lz4")]
each_choice = pytest.mark.parametrize(("version", "name"), CHOICES)
STARTUP = Startup({"CQL_VERSION": "3.0.0"})
PASSWORD = wire.AuthResponse(b"\0user\0password")


def request(message: wire.RequestMessage, stream: int = 1, version: int = 5) -> bytes:
    """Return a bare frame of a client."""
    return wire.Request(stream, message, version).frame().serialize()


def segments(*frames: bytes) -> bytes:
    """Return segments of a client, not compressed."""
    return SegmentWriter().pack(frames)


def heard(data: bytes) -> wire.Response:
    """Take the one bare frame that a server has sent."""
    client = wire.ClientProtocol(4)
    client.receive_data(data)
    [response] = client.events_received()
    return response


def started(version: int = 5) -> wire.ServerProtocol:
    """Return a server that has shaken hands."""
    server = wire.ServerProtocol()
    serve(server, request(STARTUP, version=version))
    assert server.state is wire.State.READY
    return server


# ---- handshake -------------------------------------------------------------------------------------------------------


@each_choice
def test_a_handshake_chooses_version_and_compression(version, name):
    pair = Pair(version, name)
    assert (pair.server.state, pair.server.version, pair.server.compression) == (wire.State.READY, version, name)


def test_up_to_v4_the_answer_to_startup_is_compressed_already():
    asked = Startup({"CQL_VERSION": "3.0.0", "COMPRESSION": "lz4"})
    replies = {version: serve(wire.ServerProtocol(), request(asked, version=version)) for version in (4, 5)}
    assert replies[4].hex() == "84 01 0001 02 00000005 00000000 00".replace(" ", "")
    assert replies[5].hex() == "85 00 0001 02 00000000".replace(" ", "")


@each_choice
@quick
@given(data=st.data())
def test_messages_cross_in_both_directions(version, name, data):
    pair = Pair(version, name)
    asked = data.draw(strategies.requests(version).filter(lambda message: not isinstance(message, Startup)))
    told = data.draw(strategies.responses(version))
    assert pair.ask(asked, 7) == wire.Request(7, asked, version)
    assert pair.tell(told, 7) == wire.Response(7, told, version)


@each_choice
def test_a_login_goes_on_after_startup(version, name):
    server, client = wire.ServerProtocol(), wire.ClientProtocol(version, compression=name)
    client.start()

    def ask_for_password(_: wire.Request) -> wire.ResponseMessage:
        return wire.Authenticate()

    client.receive_data(serve(server, client.data_to_send(), ask_for_password))
    assert server.state is wire.State.AUTHENTICATING
    for message in (wire.Query("q"), wire.Options(), PASSWORD, wire.Query("q"), PASSWORD):
        client.send(2, message)
        client.receive_data(serve(server, client.data_to_send()))
    assert [response.message for response in client.events_received()] == [
        wire.Authenticate(),
        wire.Error("Unexpected message QUERY, expecting SASL_RESPONSE", wire.ErrorCode.PROTOCOL_ERROR),
        wire.Error("Unexpected message OPTIONS, expecting SASL_RESPONSE", wire.ErrorCode.PROTOCOL_ERROR),
        wire.AuthSuccess(),
        wire.Void(),
        wire.AuthSuccess(),
    ]
    assert server.state is wire.State.READY


def test_a_challenge_and_a_wrong_password_leave_the_login_open():
    server = wire.ServerProtocol()
    serve(server, request(STARTUP, version=4), lambda _: wire.Authenticate())
    for reply in (wire.AuthChallenge(b"more"), wire.Error("no", wire.ErrorCode.BAD_CREDENTIALS)):
        serve(server, request(wire.AuthResponse(b""), version=4), lambda _, reply=reply: reply)
        assert server.state is wire.State.AUTHENTICATING


def test_a_refused_startup_leaves_the_connection_as_new():
    server = wire.ServerProtocol()
    reply = serve(server, request(STARTUP), lambda _: wire.Error("overloaded", wire.ErrorCode.OVERLOADED))
    assert heard(reply).message == wire.Error("overloaded", wire.ErrorCode.OVERLOADED)
    assert (server.state, server.version) == (wire.State.NEW, None)
    assert heard(serve(server, request(STARTUP, version=4))).message == wire.Ready()


def test_what_comes_behind_startup_waits_for_its_answer():
    server = wire.ServerProtocol()
    server.receive_data(request(STARTUP) + segments(request(wire.Options())))
    [first] = server.events_received()
    assert server.events_received() == []
    server.send(first.stream, wire.Ready())
    [second] = server.events_received()
    assert second.message == wire.Options()


def test_an_event_does_not_pass_for_the_answer_to_startup():
    server = wire.ServerProtocol()
    server.receive_data(request(STARTUP, stream=-1))
    server.send_event(wire.StatusEvent("UP", strategies.LOCALHOST, 9042))
    assert server.state is wire.State.STARTING


def test_too_much_behind_startup_closes_the_connection():
    server = wire.ServerProtocol(max_frame_size=1000)
    server.receive_data(request(STARTUP) + bytes(1001))
    assert server.state is wire.State.CLOSED
    assert "Too much was sent before the answer to STARTUP" in str(heard(server.data_to_send()).message)


def test_without_the_package_lz4_is_neither_offered_nor_taken(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    compression.available.cache_clear()
    try:
        assert wire.ServerProtocol.supported().options["COMPRESSION"] == ()
        server = wire.ServerProtocol()
        reply = serve(server, request(Startup({"CQL_VERSION": "3.0.0", "COMPRESSION": "lz4"})))
        assert heard(reply).message == wire.Error("This instance does not support LZ4 compression", 0x0A)
    finally:
        compression.available.cache_clear()


def test_what_is_supported_prints_as_cassandra_sends_it():
    assert wire.ServerProtocol.supported().options == {
        "PROTOCOL_VERSIONS": ("3/v3", "4/v4", "5/v5", "6/v6-beta"),
        "COMPRESSION": ("lz4",),
        "CQL_VERSION": ("3.4.7",),
    }


# ---- reads of any size -----------------------------------------------------------------------------------------------

MESSAGES = [
    wire.Options(),
    wire.Query("SELECT key FROM system.local", wire.QueryParameters(values=(b"x" * 300, None))),
    wire.Register((wire.EventType.SCHEMA_CHANGE,)),
    wire.Execute(b"id", wire.QueryParameters(page_size=5), b"meta"),
]


def transcript(version: int, name: str | None) -> tuple[bytes, list[wire.Request]]:
    """Return all that a client sends, and the requests in it after STARTUP."""
    pair = Pair(version, name)
    options = {"CQL_VERSION": "3.0.0"} | ({"COMPRESSION": name} if name else {})
    for stream, message in enumerate(MESSAGES):
        pair.client.send(stream, message)
    execute = wire.Execute(b"id", wire.QueryParameters(page_size=5), b"meta" if version >= 5 else None)
    sent = [*MESSAGES[:-1], execute]
    data = request(Startup(options), stream=9, version=version) + pair.client.data_to_send()
    return data, [wire.Request(stream, message, version) for stream, message in enumerate(sent)]


def received(pieces: list[bytes]) -> list[wire.Request]:
    """Give a server pieces, answer STARTUP when it comes, and return the other requests."""
    server = wire.ServerProtocol()
    found: list[wire.Request] = []
    for piece in pieces:
        server.receive_data(piece)
        while events := server.events_received():
            for event in events:
                if isinstance(event.message, Startup):
                    server.send(event.stream, wire.Ready())
                else:
                    found.append(event)
    assert server.state is wire.State.READY
    return found


@each_choice
def test_a_read_may_end_at_any_byte(version, name):
    data, expected = transcript(version, name)
    for at in range(len(data) + 1):
        assert received([data[:at], data[at:]]) == expected, at


@each_choice
def test_bytes_may_come_one_by_one(version, name):
    data, expected = transcript(version, name)
    assert received([data[at : at + 1] for at in range(len(data))]) == expected


@pytest.mark.parametrize("version", [4, 5])
def test_responses_may_come_one_by_one_too(version):
    pair = Pair(version, "lz4")
    for stream in range(3):
        pair.server.send(stream, wire.SetKeyspace("ks" * 50))
    for byte in pair.server.data_to_send():
        pair.client.receive_data(bytes((byte,)))
    assert [response.stream for response in pair.client.events_received()] == [0, 1, 2]


# ---- segments --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [None, "lz4"])
@pytest.mark.parametrize(
    "size", [MAX_PAYLOAD - 26, MAX_PAYLOAD - 25, MAX_PAYLOAD - 13, MAX_PAYLOAD - 12, 2 * MAX_PAYLOAD, 1_000_000]
)
def test_a_frame_of_any_size_crosses(name, size):
    pair = Pair(5, name)
    big = wire.AuthChallenge(strategies.LOCALHOST.packed * (size // 4) + bytes(size % 4))
    pair.server.send(1, wire.Void())
    pair.server.send(2, big)
    pair.server.send(3, wire.Void())
    pair.client.receive_data(pair.server.data_to_send())
    assert [response.message for response in pair.client.events_received()] == [wire.Void(), big, wire.Void()]


def test_answers_that_are_sent_together_share_a_segment():
    server = started()
    for stream in range(11):
        server.send(stream, wire.Void())
    data = server.data_to_send()
    assert len(data) == 6 + 11 * (HEADER.size + 4) + 4


def test_nothing_to_send_is_no_bytes():
    assert started().data_to_send() == b""


# ---- what a response's frame may say ---------------------------------------------------------------------------------


@pytest.mark.parametrize("version", [4, 5, 6])
def test_tracing_warnings_and_payload_cross(version):
    pair = Pair(version)
    trace = uuid.uuid4()
    pair.client.send(1, wire.Query("q"), tracing=True, payload={"k": b"v"})
    pair.server.receive_data(pair.client.data_to_send())
    [asked] = pair.server.events_received()
    assert (asked.tracing, asked.payload) == (True, {"k": b"v"})
    pair.server.send(1, wire.Void(), tracing_id=trace, warnings=["careful"], payload={"a": None})
    pair.client.receive_data(pair.server.data_to_send())
    [told] = pair.client.events_received()
    assert (told.tracing_id, told.warnings, told.payload) == (trace, ("careful",), {"a": None})
    assert str(told) == f"< v{version} stream 1 RESULT void [trace {trace}, warning 'careful']"


def test_an_event_goes_to_stream_minus_one():
    pair = Pair()
    pair.server.send_event(wire.StatusEvent("DOWN", strategies.LOCALHOST, 9042))
    pair.client.receive_data(pair.server.data_to_send())
    [event] = pair.client.events_received()
    assert (event.stream, str(event.message)) == (-1, "EVENT STATUS_CHANGE DOWN 127.0.0.1:9042")


def test_a_response_that_cannot_be_written_sends_nothing():
    server = started()
    with pytest.raises(wire.ProtocolError):
        server.send(1, wire.SetKeyspace("k" * 70_000))
    assert server.data_to_send() == b""


# ---- what breaks the protocol ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", [4, 5])
def test_after_a_malformed_body_the_next_request_is_served(version):
    server = started(version)
    broken = wire.Frame(version, response=False, flags=0, stream=3, opcode=wire.Opcode.QUERY, body=b"abc").serialize()
    both = broken + request(wire.Options(), 4, version)
    reply = serve(server, both if version < 5 else segments(both))
    assert reply.count(b"Not enough bytes to read an UTF8 serialized string preceded by its 4 bytes length") == 1
    assert reply.count(b"PROTOCOL_VERSIONS") == 1
    assert server.state is wire.State.READY


def flipped(data: bytes, at: int) -> bytes:
    """Return bytes of which one has another bit."""
    return data[:at] + bytes((data[at] ^ 1,)) + data[at + 1 :]


@pytest.mark.parametrize(("at", "part"), [(0, "header"), (4, "header"), (8, "body"), (-2, "body")])
def test_a_wrong_checksum_is_told_and_closes_the_connection(at, part):
    server = started()
    data = segments(request(wire.Options()))
    reply = serve(server, flipped(data, at % len(data)) + data)
    assert f"Unrecoverable CRC mismatch detected in frame {part}. Read ".encode() in reply
    assert server.state is wire.State.CLOSED
    assert serve(server, data) == b""


BROKEN = [
    ("A self-contained segment ends within a frame", segments(request(wire.Options())[:5])),
    ("A self-contained segment ends within a frame", segments(request(wire.Query("q"))[:-1])),
    ("A self-contained segment ends within a frame", segments(request(wire.Options()) + b"abc")),
]


@pytest.mark.parametrize(("complaint", "data"), BROKEN, ids=["header", "body", "excess"])
def test_a_segment_that_ends_within_a_frame_closes_the_connection(complaint, data):
    server = started()
    assert complaint.encode() in serve(server, data)
    assert server.state is wire.State.CLOSED


def split(frame: bytes, size: int) -> list[bytes]:
    """Return segments that carry parts of a frame."""
    writer = SegmentWriter()
    return [writer._segment(frame[at : at + size], whole=False) for at in range(0, len(frame), size)]


def test_a_damaged_block_closes_the_connection():
    pair = Pair(5, "lz4")
    damaged = SegmentWriter()._segment(b"\xff" * 20, whole=True)[6:-4]
    fields = len(damaged) | 100 << 17 | 1 << 34
    header = fields.to_bytes(5, "little")
    data = header + crc24(header).to_bytes(3, "little") + damaged + crc32(damaged).to_bytes(4, "little")
    serve(pair.server, data)
    assert pair.server.state is wire.State.CLOSED


def test_a_frame_may_be_split_within_its_header():
    frame = request(wire.Query("SELECT"))
    server = started()
    server.receive_data(b"".join(split(frame, 4)))
    [asked] = server.events_received()
    assert asked.message == wire.Query("SELECT")


def test_no_other_segment_may_come_within_a_split_frame():
    server = started()
    first, *_ = split(request(wire.Query("SELECT")), 20)
    reply = serve(server, first + segments(request(wire.Options())))
    assert b"A self-contained segment came within a frame that is split" in reply
    assert server.state is wire.State.CLOSED


def test_no_bytes_may_come_behind_a_split_frame():
    server = started()
    reply = serve(server, b"".join(split(request(wire.Query("SELECT")) + b"x", 20)))
    assert b"A segment has bytes behind the frame that is split over it" in reply
    assert server.state is wire.State.CLOSED


@pytest.mark.parametrize("version", [4, 5])
def test_a_negative_length_closes_the_connection(version):
    server = started(version)
    header = HEADER.pack(version, 0, 3, wire.Opcode.QUERY, -1)
    reply = serve(server, header if version < 5 else segments(header))
    assert b"Invalid value for envelope header body length field: -1" in reply
    assert server.state is wire.State.CLOSED


@pytest.mark.parametrize("version", [4, 5])
def test_a_request_that_is_too_large_is_refused_at_once_and_thrown_away_as_it_comes(version):
    server = wire.ServerProtocol(max_frame_size=1000)
    serve(server, request(STARTUP, version=version))
    frame = request(wire.Query("x" * 400_000), 3, version)
    pieces = [frame[at : at + 5000] for at in range(0, len(frame), 5000)] if version < 5 else split(frame, 5000)
    reply = serve(server, pieces[0])
    assert (b"Request is too big" if version < 5 else b"CQL Message of size 400010 bytes exceeds") in reply
    for piece in pieces[1:]:
        assert serve(server, piece) == b""
        assert server._reader.buffered <= 5000
    after = request(wire.Options(), 4, version)
    assert b"PROTOCOL_VERSIONS" in serve(server, after if version < 5 else segments(after))


def test_a_split_request_that_is_too_large_may_not_have_more_behind_it():
    server = wire.ServerProtocol(max_frame_size=1000)
    serve(server, request(STARTUP))
    frame = request(wire.Query("x" * 2000)) + b"x"
    serve(server, b"".join(split(frame, 1500)))
    assert server.state is wire.State.CLOSED


def test_a_largest_request_is_served():
    server = wire.ServerProtocol(max_frame_size=1000)
    serve(server, request(STARTUP, version=4))
    overhead = len(request(wire.Query(""), version=4))
    server.receive_data(request(wire.Query("x" * (1000 - overhead)), version=4))
    assert len(server.events_received()) == 1
    server.receive_data(request(wire.Query("x" * (1001 - overhead)), version=4))
    assert server.events_received() == []


def test_the_end_of_the_stream_drops_what_waits():
    server = started()
    server.send(1, wire.Void())
    server.receive_eof()
    assert server.state is wire.State.CLOSED
    assert server.data_to_send() == b""
    server.receive_data(request(wire.Options()))
    assert server.events_received() == []


def test_a_server_and_a_client_print_in_one_line():
    pair = Pair(5)
    assert str(wire.ServerProtocol()) == "server no version NEW, 0 B buffered"
    assert str(pair.server) == "server v5 READY, 0 B buffered"
    assert str(pair.client) == "client v5 STARTED, 0 B buffered"


# ---- the client ------------------------------------------------------------------------------------------------------


def test_a_client_whose_startup_is_refused_may_try_again():
    client = wire.ClientProtocol(4, compression="lz4")
    server = wire.ServerProtocol()
    for expected in (wire.Error("no", wire.ErrorCode.OVERLOADED), wire.Ready()):
        client.start()
        client.receive_data(serve(server, client.data_to_send(), lambda _, reply=expected: reply))
        assert [response.message for response in client.events_received()] == [expected]
    client.send(1, wire.Options())
    client.receive_data(serve(server, client.data_to_send()))
    assert len(client.events_received()) == 1


def test_a_client_refuses_what_servers_do_not_send():
    client = wire.ClientProtocol(4)
    with pytest.raises(wire.ProtocolError, match=r"expected RESPONSE, got REQUEST"):
        client.receive_data(request(wire.Options(), version=4))


def test_a_client_says_who_it_is():
    client = wire.ClientProtocol(4)
    client.start(3, {"DRIVER_NAME": "helenus"})
    server = wire.ServerProtocol()
    server.receive_data(client.data_to_send())
    [startup] = server.events_received()
    assert startup.message == Startup({"CQL_VERSION": "3.0.0", "DRIVER_NAME": "helenus"})
    assert answer(startup) == wire.Ready()
