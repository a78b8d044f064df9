"""What Apache Cassandra 5.0.6 has sent, against what is written here: frame by frame, and as conversations."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from helenus import wire
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


def opened(data: bytes, reader: FrameReader) -> Iterator[wire.Frame]:
    """Cut what a server has sent into frames, whichever segments they came in."""
    reader.receive(data)
    while (taken := reader.read()) is not None:
        yield taken


def bare(data: bytes) -> bool:
    """Tell whether what a server has sent begins with a frame's header, of whatever version."""
    return not data or data[0] >= RESPONSE_BIT


@pytest.mark.parametrize("name", CONVERSATIONS)
def test_a_conversation_goes_as_with_cassandra(name):
    server = wire.ServerProtocol()
    for number, (sent, expected) in enumerate(CONVERSATIONS[name]):
        received = serve(server, sent, as_cassandra)
        if received == expected:
            continue
        # LZ4 leaves the choice of matches open, and frames may share a segment or not.
        assert list(contents(server, received)) == list(contents(server, expected)), f"answer {number}"


def contents(server: wire.ServerProtocol, data: bytes) -> Iterator[wire.Frame]:
    """Cut either side's answer into frames, as the connection was opened."""
    reader = FrameReader(responses=True)
    compressor = None
    if server.compression is not None:
        compressor = wire.compression.compressor(server.compression)
    if server.version is not None and server.version < 5:
        reader.compress(compressor)
    elif not bare(data) or (data and server.version is None):
        reader.use_segments(compressor)
    elif server.version is not None:
        head = HEADER.size + HEADER.unpack_from(data)[4]
        yield frame(data[:head])
        data = data[head:]
        reader.use_segments(compressor)
    yield from opened(data, reader)


def test_enough_conversations_were_captured():
    assert len(CONVERSATIONS) == 53
