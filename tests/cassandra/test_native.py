"""The probe, against a server that a test plays."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Iterator

import pytest

from helenus.cassandra import native
from helenus.cassandra.native import Endpoint


def answer(opcode: int, body: bytes = b"") -> bytes:
    return struct.pack(">BBhBi", 0x84, 0, 0, opcode, len(body)) + body


SUPPORTED, READY = answer(native.SUPPORTED, b"\0\0"), answer(native.READY)
AUTHENTICATE, WELCOME = answer(native.AUTHENTICATE, b"\0\0"), answer(native.AUTH_SUCCESS)
REFUSED = answer(native.ERROR, struct.pack(">i", 0x0100))
THREE_ROWS = answer(native.RESULT, struct.pack(">iiii", native.ROWS, 4, 1, 3) + b"rows")


@contextlib.contextmanager
def server(*answers: bytes) -> Iterator[tuple[Endpoint, list[bytes]]]:
    """Serve one connection: an answer for each request, then the end; gives also the requests' bodies."""
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection, connection.makefile("rb") as stream:
                for each in answers:
                    asked.append(stream.read(struct.unpack(">i", stream.read(9)[5:])[0]))
                    connection.sendall(each)

        thread = threading.Thread(target=serve)
        thread.start()
        yield Endpoint("127.0.0.1", listener.getsockname()[1]), asked
        thread.join()


def with_password(endpoint: Endpoint) -> Endpoint:
    return Endpoint(endpoint.address, endpoint.port, credentials=("cassandra", "secret"))


@pytest.mark.parametrize(
    ("said", "up"),
    [(SUPPORTED, True), (REFUSED, False), (b"HTTP/1.1 400 Bad Request\r\n\r\n", False), (b"\x84", False)],
)
def test_a_node_is_up_when_it_answers_options_with_supported(said, up):
    with server(said) as (endpoint, _):
        assert native.is_up(endpoint) is up


def test_a_closed_port_is_down():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert not native.is_up(Endpoint("127.0.0.1", port))


def test_a_node_that_asks_for_a_password_is_up_once_the_role_can_log_in():
    with server(SUPPORTED, AUTHENTICATE, WELCOME) as (endpoint, asked):
        assert native.is_up(with_password(endpoint))
    assert asked[2] == struct.pack(">i", 17) + b"\0cassandra\0secret"
    with server(SUPPORTED, AUTHENTICATE, REFUSED) as (endpoint, _):
        assert not native.is_up(with_password(endpoint))


def test_rows_are_counted():
    with server(READY, THREE_ROWS) as (endpoint, asked):
        assert native.count_rows(endpoint, "SELECT x FROM y", native.CONSISTENCY_ALL) == 3
    assert asked[1] == struct.pack(">i", 15) + b"SELECT x FROM y" + b"\0\x05\x02"


def test_a_query_that_fails_has_no_count():
    with server(READY, REFUSED) as (endpoint, _):
        assert native.count_rows(endpoint, "SELECT x FROM y") is None
