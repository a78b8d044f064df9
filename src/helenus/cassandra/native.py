"""Just enough of the native protocol v4 to see that a node is up: OPTIONS, log in, and count the rows of one query.

By hand on a socket, because the launcher must work without a driver, and because a driver would retry, pool and log
while a node that is still starting refuses connections. It does not know how nodes are started.

Source: native_protocol_v4.spec, sections 2 (frames) and 4 (messages).
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterator

ERROR, STARTUP, READY, AUTHENTICATE, OPTIONS, SUPPORTED = 0x00, 0x01, 0x02, 0x03, 0x05, 0x06
QUERY, RESULT, AUTH_RESPONSE, AUTH_SUCCESS = 0x07, 0x08, 0x0F, 0x10
ROWS = 2
CONSISTENCY_ONE, CONSISTENCY_ALL = 0x0001, 0x0005
SKIP_METADATA = 0x02
TIMEOUT_SECONDS = 5.0
MAX_BODY = 1 << 20


class ProbeError(Exception):
    """A node answered something else than what was asked for; never leaves this package."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where and how a node is asked.

    Args:
        address: its IP address.
        port: its native transport port.
        tls: whether it speaks TLS. Its certificate isn't checked: the probe sends no secret but the well-known default
            password, to a loopback address where we ourselves started the node.
        timeout: seconds to wait for each answer.
        credentials: user name and password, or None if it asks for none.
    """

    address: str
    port: int
    tls: bool = False
    credentials: tuple[str, str] | None = None
    timeout: float = TIMEOUT_SECONDS


def is_up(endpoint: Endpoint) -> bool:
    """Tell whether a node answers OPTIONS with SUPPORTED, and lets us log in if credentials are given."""
    try:
        with _connect(endpoint) as connection:
            if connection.ask(OPTIONS, b"")[0] != SUPPORTED:
                return False
            if endpoint.credentials is not None:
                connection.log_in(endpoint.credentials)
            return True
    except ssl.SSLError as error:
        # TLS 1.3 refuses a client without a certificate after the handshake: whoever refuses so is up.
        return "CERTIFICATE_REQUIRED" in str(error).upper()
    except (OSError, ProbeError):
        return False


def count_rows(endpoint: Endpoint, query: str, consistency: int = CONSISTENCY_ONE) -> int | None:
    """Return how many rows a query has on its first page, or None if the node did not answer it."""
    try:
        with _connect(endpoint) as connection:
            connection.log_in(endpoint.credentials)
            return connection.count(query, consistency)
    except (OSError, ProbeError):
        return None


@contextlib.contextmanager
def _connect(endpoint: Endpoint) -> Iterator[_Connection]:
    with contextlib.ExitStack() as stack:
        plain = stack.enter_context(socket.create_connection((endpoint.address, endpoint.port), endpoint.timeout))
        if not endpoint.tls:
            yield _Connection(plain)
            return
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        yield _Connection(stack.enter_context(context.wrap_socket(plain)))


class _Connection:
    """One socket, one question at a time."""

    def __init__(self, stream: socket.socket) -> None:
        self._stream = stream

    def ask(self, opcode: int, body: bytes) -> tuple[int, bytes]:
        """Send one request and return the opcode and body of the answer."""
        self._stream.sendall(struct.pack(">BBhBi", 0x04, 0, 0, opcode, len(body)) + body)
        _, _, _, answer, length = struct.unpack(">BBhBi", self._read(9))
        if not 0 <= length <= MAX_BODY:
            msg = f"a body of {length} bytes was announced: this is not the native protocol"
            raise ProbeError(msg)
        return answer, self._read(length)

    def log_in(self, credentials: tuple[str, str] | None) -> Self:
        """Send STARTUP and, when asked, the user name and password (SASL PLAIN)."""
        pair = _string("CQL_VERSION") + _string("3.0.0")
        answer, _ = self.ask(STARTUP, struct.pack(">H", 1) + pair)
        if answer == AUTHENTICATE and credentials is not None:
            token = b"\0" + credentials[0].encode() + b"\0" + credentials[1].encode()
            answer, _ = self.ask(AUTH_RESPONSE, struct.pack(">i", len(token)) + token)
        if answer not in (READY, AUTH_SUCCESS):
            msg = f"opcode {answer:#04x} instead of READY or AUTH_SUCCESS"
            raise ProbeError(msg)
        return self

    def count(self, query: str, consistency: int) -> int:
        """Send QUERY without metadata, so that the row count is the fourth number of the answer (section 4.2.5.2)."""
        text = query.encode()
        body = struct.pack(">i", len(text)) + text + struct.pack(">HB", consistency, SKIP_METADATA)
        answer, content = self.ask(QUERY, body)
        if answer != RESULT or struct.unpack_from(">i", content)[0] != ROWS:
            msg = f"opcode {answer:#04x} instead of rows"
            raise ProbeError(msg)
        return int(struct.unpack_from(">i", content, 12)[0])

    def _read(self, size: int) -> bytes:
        parts = bytearray()
        while len(parts) < size:
            part = self._stream.recv(size - len(parts))
            if not part:
                msg = "the node closed the connection"
                raise ProbeError(msg)
            parts += part
        return bytes(parts)


def _string(text: str) -> bytes:
    return struct.pack(">H", len(text)) + text.encode("ascii")
