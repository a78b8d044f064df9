"""Whatever bytes come, nothing is raised but ``ProtocolError``, and no memory is taken that no bytes have paid for."""

from __future__ import annotations

import random
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helenus import wire
from helenus.wire.codes import Opcode
from helenus.wire.compression import LZ4
from helenus.wire.frames import HEADER, Frame
from helenus.wire.messages import parse_message
from helenus.wire.options import read_type
from helenus.wire.reader import Reader
from helenus.wire.requests import Startup
from helenus.wire.segments import SegmentWriter
from tests.wire import strategies
from tests.wire.connections import Pair, serve
from tests.wire.strategies import VERSIONS, quick, thorough

each_version = pytest.mark.parametrize("version", VERSIONS)
OPCODES = [opcode for opcode in Opcode if opcode is not Opcode.CREDENTIALS]

INTERESTING = (0, 1, 2, 4, 0x7F, 0x80, 0xFE, 0xFF)


def mutated(data: bytes, chance: random.Random) -> bytes:
    """Change, drop, double or cut a few bytes."""
    changed = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(changed) + 1)
        match chance.randrange(5):
            case 0:
                changed[at : at + 1] = bytes((chance.choice(INTERESTING),))
            case 1:
                changed[at : at + 4] = chance.choice(
                    (b"\x7f\xff\xff\xff", b"\xff\xff\xff\xff", b"\x80\0\0\0", b"\0\1\0\0")
                )
            case 2:
                del changed[at : at + chance.randint(1, 4)]
            case 3:
                changed[at:at] = changed[at : at + chance.randint(1, 8)]
            case _:
                del changed[at:]
    return bytes(changed)


def tolerated(parse: Callable[[], object]) -> bool:
    """Run something that may only succeed or raise ProtocolError; tell which."""
    try:
        parse()
    except wire.ProtocolError:
        return False
    return True


def captured() -> list[Frame]:
    """Read what a node has sent."""
    lines = (Path(__file__).parent / "captured" / "cassandra-5.0.6-frames.txt").read_text("utf-8").splitlines()
    found = []
    for line in lines[1:]:
        data = bytes.fromhex(line.split("\t")[1])
        first, flags, stream, opcode, _ = HEADER.unpack_from(data)
        found.append(
            Frame(first & 0x7F, response=True, flags=flags, stream=stream, opcode=opcode, body=data[HEADER.size :])
        )
    return found


ANSWERS = captured()


# ---- bodies ----------------------------------------------------------------------------------------------------------


@each_version
@pytest.mark.parametrize("opcode", OPCODES, ids=lambda opcode: opcode.name)
@quick
@given(body=st.binary(max_size=64))
def test_any_bytes_are_a_body_or_refused(version, opcode, body):
    tolerated(lambda: parse_message(opcode, Reader(body), version))


@each_version
@quick
@given(data=st.data(), chance=st.randoms(use_true_random=False))
def test_a_mutated_message_is_a_message_or_refused(version, data, chance):
    for message in (data.draw(strategies.requests(version)), data.draw(strategies.responses(version))):
        body = mutated(message.body(version), chance)
        tolerated(lambda body=body, opcode=message.opcode: parse_message(opcode, Reader(body), version))


def parses(frame: Frame, body: bytes) -> bool:
    """Tell whether a frame with another body is a response; raise whatever is no ProtocolError."""
    return tolerated(lambda: wire.Response.parse(frame._replace(body=body)))


@quick
@given(st.sampled_from(ANSWERS), st.randoms(use_true_random=False))
def test_a_mutated_answer_of_cassandra_is_an_answer_or_refused(frame, chance):
    for _ in range(20):
        parses(frame, mutated(frame.body, chance))


@pytest.mark.parametrize("version", [3, 4, 5])
def test_a_body_that_is_cut_is_refused_at_every_byte(version):
    known = [frame for frame in ANSWERS if frame.version == version]
    assert all(parses(frame, frame.body) for frame in known)
    assert not any(parses(frame, frame.body[:at]) for frame in known for at in range(len(frame.body)))


@thorough
@given(st.binary(max_size=40))
def test_any_bytes_are_a_type_or_refused(data):
    tolerated(lambda: read_type(Reader(data)))


# ---- streams ---------------------------------------------------------------------------------------------------------


@thorough
@given(st.lists(st.binary(max_size=40), max_size=5))
def test_a_new_connection_survives_any_bytes(pieces):
    server = wire.ServerProtocol()
    for piece in pieces:
        serve(server, piece)
    assert server._reader.buffered <= sum(map(len, pieces))


@pytest.mark.parametrize("name", [None, "lz4"])
@each_version
@quick
@given(data=st.data(), chance=st.randoms(use_true_random=False))
def test_a_connection_survives_mutated_bytes(version, name, data, chance):
    pair = Pair(version, name)
    for stream in range(3):
        pair.client.send(stream, data.draw(strategies.requests(version)))
    serve(pair.server, mutated(pair.client.data_to_send(), chance))
    for stream in range(3):
        pair.server.send(stream, data.draw(strategies.responses(version)))
    tolerated(lambda: pair.client.receive_data(mutated(pair.server.data_to_send(), chance)))


@pytest.mark.parametrize("name", [None, "lz4"])
@quick
@given(payload=st.binary(max_size=60), whole=st.booleans())
def test_a_connection_survives_any_payload_with_true_checksums(name, payload, whole):
    pair = Pair(5, name)
    writer = SegmentWriter(None if name is None else LZ4())
    serve(pair.server, writer._segment(payload, whole=whole))
    tolerated(lambda: pair.client.receive_data(writer._segment(payload, whole=whole)))


# ---- memory ----------------------------------------------------------------------------------------------------------

HUGE = b"\x7f\xff\xff\xff"
MEBIBYTE = 1 << 20


def peak(run: Callable[[], object]) -> int:
    """Run something and return how much memory it has taken at most, in bytes."""
    run()  # once before: what is cached is not counted
    tracemalloc.start()
    try:
        run()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


LIES = {
    "a long string": (Opcode.QUERY, HUGE),
    "a value": (Opcode.QUERY, bytes.fromhex("00000000 0001 00000001 0001") + HUGE),
    "values": (Opcode.QUERY, bytes.fromhex("00000000 0001 00000001 ffff")),
    "statements of a batch": (Opcode.BATCH, bytes.fromhex("00 ffff")),
    "a string map": (Opcode.STARTUP, bytes.fromhex("ffff 0000 0000")),
    "a string list": (Opcode.REGISTER, bytes.fromhex("ffff")),
    "a token": (Opcode.AUTH_RESPONSE, HUGE),
    "columns": (Opcode.RESULT, bytes.fromhex("00000002 00000000") + HUGE),
    "rows": (Opcode.RESULT, bytes.fromhex("00000002 00000004 00000001") + HUGE),
    "rows of nothing": (Opcode.RESULT, bytes.fromhex("00000002 00000004 00000000") + HUGE),
    "wide rows": (Opcode.RESULT, bytes.fromhex("00000002 00000004") + HUGE + HUGE),
    "a paging state": (Opcode.RESULT, bytes.fromhex("00000002 00000006 00000001") + HUGE),
    "bind markers": (Opcode.RESULT, bytes.fromhex("00000004 0000 0000 00000000") + HUGE + bytes(4)),
    "indices of bind markers": (Opcode.RESULT, bytes.fromhex("00000004 0000 0000 00000000 00000000") + HUGE),
    "fields of a type": (Opcode.RESULT, bytes.fromhex("00000002 00000001 00000001 0000 0000 0000 0030 0000 0000 ffff")),
    "reasons of a failure": (Opcode.ERROR, bytes.fromhex("00001300 0000 0001 00000000 00000000") + HUGE),
}  # fmt: skip


@pytest.mark.parametrize("lie", LIES)
def test_a_length_without_bytes_is_refused_and_takes_no_memory(lie):
    opcode, body = LIES[lie]
    assert peak(lambda: tolerated(lambda: parse_message(opcode, Reader(body), 5))) < 64 * 1024
    assert not tolerated(lambda: parse_message(opcode, Reader(body), 5))


@pytest.mark.parametrize("version", [3, 4, 5])
def test_a_declared_frame_of_2_gib_takes_no_memory(version):
    server = wire.ServerProtocol()
    serve(server, wire.Request(1, Startup({"CQL_VERSION": "3.0.0"}), version).frame().serialize())
    header = HEADER.pack(version, 0, 1, Opcode.QUERY, (1 << 31) - 1)
    data = header if version < 5 else SegmentWriter()._segment(header, whole=False)
    replies = []
    assert peak(lambda: replies.append(serve(server, data))) < MEBIBYTE
    assert b"exceeds" in replies[0]


@pytest.mark.parametrize("length", [1 << 20, (1 << 31) - 1, (1 << 32) - 1])
def test_a_compressed_body_cannot_claim_more_than_it_can_hold(length):
    body = length.to_bytes(4) + b"\x1f" + b"\xff" * 20

    def decompress() -> None:
        with pytest.raises(wire.ProtocolError):
            LZ4().decompress_body(body)

    assert peak(decompress) < MEBIBYTE


@thorough
@given(st.binary(max_size=40), st.integers(0, 300))
def test_any_block_can_be_decompressed_or_is_refused(data, length):
    tolerated(lambda: LZ4().decompress_block(data, length))
    tolerated(lambda: LZ4().decompress_body(length.to_bytes(4) + data))


def test_a_compressed_body_may_not_become_larger_than_a_frame():
    bomb = LZ4().compress_body(bytes(MEBIBYTE))
    with pytest.raises(
        wire.ProtocolError, match="A compressed body of 1048576 bytes exceeds maximum allowed length 1000"
    ):
        LZ4().decompress_body(bomb, 1000)


@pytest.mark.parametrize("flood", ["empty segments", "segments of one byte"])
def test_a_flood_of_small_segments_is_kept_no_longer_than_it_must(flood):
    server = Pair(5).server
    payload = b"" if flood == "empty segments" else b"\x05"
    segment = SegmentWriter()._segment(payload, whole=not payload)
    for _ in range(50):
        serve(server, segment * 100)
    assert server._reader.buffered <= 5000


def test_a_slow_client_costs_no_more_than_it_has_sent():
    frame = wire.Request(1, wire.Query("x" * 100_000), 4).frame().serialize()

    def drip() -> None:
        server = wire.ServerProtocol()
        for at in range(0, len(frame), 1000):
            server.receive_data(frame[at : at + 1000])

    assert peak(drip) < 8 * len(frame)


@pytest.mark.parametrize("version", [4, 5])
def test_an_idle_connection_holds_no_memory_of_what_it_has_had(version):
    pair = Pair(version)
    pair.client.send(1, wire.Query("x" * MEBIBYTE))
    data = pair.client.data_to_send()
    tracemalloc.start()
    try:
        serve(pair.server, data)
        assert tracemalloc.get_traced_memory()[0] < 64 * 1024
    finally:
        tracemalloc.stop()


def test_a_frame_prints_whatever_it_holds():
    assert str(Frame(4, response=False, flags=0xFF, stream=-5, opcode=99, body=b"secret")) == (
        "> v4 stream -5 opcode 0x63 6 B [compressed, tracing, custom_payload, warning, use_beta]"
    )
