"""What Apache Cassandra 5.0.6 has sent, against what is written here: frame by frame, and as conversations."""

from __future__ import annotations

from pathlib import Path

import pytest

from helenus import wire
from helenus.wire.compression import compressor
from helenus.wire.frames import HEADER, RESPONSE_BIT
from helenus.wire.framing import FrameReader
from tests.wire.connections import answer, serve

CAPTURED = Path(__file__).parent / "captured"


def frames() -> dict[str, bytes]:
    """Read single frames by name."""
    lines = (CAPTURED / "cassandra-5.0.6-frames.txt").read_text(encoding="utf-8").splitlines()
    pairs = [line.split("\t") for line in lines if not line.startswith("#")]
    return {name: bytes.fromhex(data) for name, data in pairs}


def conversations() -> dict[str, list[tuple[bytes, bytes]]]:
    """Read conversations by name: what was sent, and what came back."""
    found: dict[str, list[tuple[bytes, bytes]]] = {}
    text = (CAPTURED / "cassandra-5.0.6-conversations.txt").read_text(encoding="utf-8")
    for block in text.split("\n\n")[1:]:
        title, *lines = block.strip().splitlines()
        data = [bytes.fromhex(line[2:]) for line in lines]
        found[title.removeprefix("# ")] = list(zip(data[::2], data[1::2], strict=True))
    return found


FRAMES = frames()
CONVERSATIONS = conversations()


def frame(data: bytes) -> wire.Frame:
    """Take one bare frame apart."""
    first, flags, stream, opcode, length = HEADER.unpack_from(data)
    assert length == len(data) - HEADER.size
    return wire.Frame(first & ~RESPONSE_BIT, first >= RESPONSE_BIT, flags, stream, opcode, data[HEADER.size :])


@pytest.mark.parametrize("name", FRAMES)
def test_a_frame_of_cassandra_is_written_again_byte_for_byte(name):
    response = wire.Response.parse(frame(FRAMES[name]))
    assert response.frame().serialize().hex() == FRAMES[name].hex()


def test_every_kind_of_message_was_captured():
    kinds = {type(wire.Response.parse(frame(data)).message) for data in FRAMES.values()}
    assert kinds >= {
        wire.AlreadyExists,
        wire.Error,
        wire.FunctionFailure,
        wire.Prepared,
        wire.Ready,
        wire.Rows,
        wire.SchemaChanged,
        wire.SchemaEvent,
        wire.SetKeyspace,
        wire.Supported,
        wire.Unavailable,
        wire.Unprepared,
        wire.Void,
    }


@pytest.mark.parametrize("version", [3, 4, 5])
def test_every_captured_value_is_valid_and_has_the_same_bytes_again(version):
    rows = wire.Response.parse(frame(FRAMES[f"v{version} rows.4"])).message
    for column, cell in zip(rows.metadata.columns, rows.rows[0], strict=True):
        wire.validate(column.type, cell)
        assert wire.encode(column.type, wire.decode(column.type, cell)) == cell, column
    assert len(rows.rows[0]) == 31


def as_cassandra(request: wire.Request) -> wire.ResponseMessage:
    """Answer OPTIONS with Snappy, which only a real node has."""
    if isinstance(request.message, wire.Options):
        options = dict(wire.ServerProtocol.supported().options)
        return wire.Supported({**options, "COMPRESSION": ("snappy", "lz4")})
    return answer(request)


def contents(server: wire.ServerProtocol, data: bytes, *, segmented: bool) -> list[wire.Frame]:
    """Cut what came from either server into frames."""
    reader = FrameReader(responses=True)
    chosen = None if server.compression is None else compressor(server.compression)
    if segmented:
        reader.use_segments(chosen)
    elif server.version is not None and server.version < 5:
        reader.compress(chosen)
    reader.receive(data)
    return list(iter(reader.read, None))


@pytest.mark.parametrize("name", CONVERSATIONS)
def test_a_conversation_goes_as_with_cassandra(name):
    server = wire.ServerProtocol()
    for number, (sent, expected) in enumerate(CONVERSATIONS[name]):
        segmented = (server.version or 0) >= 5
        received = serve(server, sent, as_cassandra)
        if received != expected:
            # LZ4 leaves the choice of matches open, and frames may share a segment or not.
            ours, theirs = (contents(server, data, segmented=segmented) for data in (received, expected))
            assert ours == theirs, f"answer {number}"


def test_enough_conversations_were_captured():
    assert len(CONVERSATIONS) == 53
