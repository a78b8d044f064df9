"""A TCP proxy that reads the frames of the native protocol and can lose, cut and forge some of them.

It stands between a driver and a node, forwards everything, remembers each statement that it forwards, and does what its
rules say. It reads protocol v3 and v4 without compression; v5 wraps frames into segments, which it does not know, so
that a driver must be told ``protocol_version=4, compression=False``.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Self

__all__ = ["Fault", "FaultProxy", "Statement", "error_body"]

HEADER = struct.Struct(">BBhBI")  # native protocol v4, section 2: version, flags, stream, opcode, length
ERROR, QUERY, RESULT, PREPARE, EXECUTE, BATCH = 0x00, 0x07, 0x08, 0x09, 0x0A, 0x0D
RESPONSE = 0x80
PREPARED_RESULT = 4


class Fault(Enum):
    """What happens to a statement."""

    CUT_BEFORE = auto()
    """The connection is reset before the node sees the statement."""

    APPLY_THEN_CUT = auto()
    """The node gets the statement and answers; the answer is lost with the connection."""

    APPLY_THEN_SILENCE = auto()
    """The node gets the statement and answers; the answer is lost, the connection stays."""

    APPLY_THEN_FORGE = auto()
    """The node gets the statement and answers; the rule's error is answered in its place."""

    FORGE = auto()
    """The node never sees the statement; the rule's error is answered in its place."""


@dataclass(frozen=True)
class Statement:
    """A statement on its way to the node.

    Args:
        kind: QUERY, PREPARE, EXECUTE or BATCH, by its opcode.
        text: its CQL; that of an EXECUTE is known from its PREPARE, that of a BATCH is joined with semicolons.
    """

    kind: int
    text: str


@dataclass
class Rule:
    """A fault for the statements that match, a number of times."""

    matches: Callable[[Statement], bool]
    fault: Fault
    times: int
    body: bytes = b""


@dataclass
class Link:
    """One client's connection and what is known of its streams."""

    client: socket.socket
    node: socket.socket
    preparing: dict[int, str] = field(default_factory=dict)
    lost: dict[int, Rule] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, version: int, stream: int, body: bytes) -> None:
        """Answer an ERROR message."""
        with self.lock:
            self.client.sendall(HEADER.pack(version | RESPONSE, 0, stream, ERROR, len(body)) + body)

    def reset(self) -> None:
        """Close both sides at once, the client's with RST: nothing more is read or sent."""
        for side in (self.client, self.node):
            with contextlib.suppress(OSError):
                side.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            with contextlib.suppress(OSError):
                side.shutdown(socket.SHUT_RDWR)
            side.close()


class FaultProxy:
    """The proxy; a context manager.

    Args:
        node: address and port of the node.
        address: the address to listen at; None is the node's own, which the driver goes on with after it has read
            ``system.local``, at the port that it was given.
        port: the port to listen at; 0 chooses a free one.
        listen: whether connections are accepted before the block of the context manager; without, they are refused.

    Attributes:
        forwarded: the statements that reached the node, in order, PREPARE included.
        faults: how often each fault happened.
    """

    def __init__(
        self, node: tuple[str, int], address: str | None = None, *, port: int = 0, listen: bool = True
    ) -> None:
        self.node = node
        self.forwarded: list[Statement] = []
        self.faults: dict[Fault, int] = defaultdict(int)
        self._rules: list[Rule] = []
        self._texts: dict[bytes, str] = {}
        self._links: list[Link] = []
        self._threads: list[threading.Thread] = []
        self._listener = socket.socket()
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Keeps the port; whoever connects is refused until listen() is called.
        self._listener.bind((address or node[0], port))
        if listen:
            self._listener.listen()
        self.address, self.port = self._listener.getsockname()

    def when(self, text: str, fault: Fault, *, times: int = 1, body: bytes = b"") -> None:
        """Do something to the next EXECUTE, QUERY or BATCH whose text contains a text."""
        self._rules.append(Rule(lambda seen: seen.kind != PREPARE and text in seen.text, fault, times=times, body=body))

    def count(self, text: str) -> int:
        """Return how many EXECUTE, QUERY and BATCH messages with a text in them reached the node."""
        return sum(1 for seen in list(self.forwarded) if seen.kind != PREPARE and text in seen.text)

    def __enter__(self) -> Self:
        self._listener.listen()
        self._spawn(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):  # wakes accept(), which close() alone does not
            self._listener.shutdown(socket.SHUT_RDWR)
        self._threads[0].join(10)  # no further link after this
        self._listener.close()
        for link in self._links:
            link.reset()
        for thread in self._threads:
            thread.join(10)

    def _spawn(self, target: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True, name="faultproxy")
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            try:
                node = socket.create_connection(self.node)
            except OSError:  # the node is down, so the client gets no further than that
                client.close()
                continue
            link = Link(client, node)
            for side in (client, node):
                side.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._links.append(link)
            self._spawn(self._pump, link, client, self._to_node)
            self._spawn(self._pump, link, node, self._to_client)

    def _pump(self, link: Link, source: socket.socket, handle: Callable[[Link, int, int, bytes, bytes], None]) -> None:
        with contextlib.suppress(OSError, EOFError):
            while True:
                header = read(source, HEADER.size)
                version, _, stream, opcode, length = HEADER.unpack(header)
                assert version & ~RESPONSE in {3, 4}, "the proxy reads protocol v3 and v4 only"
                handle(link, stream, opcode, header, read(source, length))
        link.reset()

    def _to_node(self, link: Link, stream: int, opcode: int, header: bytes, body: bytes) -> None:
        if opcode in {QUERY, PREPARE, EXECUTE, BATCH}:
            statement = Statement(opcode, self._text(opcode, body))
            if opcode == PREPARE:
                link.preparing[stream] = statement.text
            rule = self._rule(statement)
            if rule is not None and not self._apply(rule, link, stream, header):
                return
            self.forwarded.append(statement)
        link.node.sendall(header + body)

    def _apply(self, rule: Rule, link: Link, stream: int, header: bytes) -> bool:
        """Do what a rule says; return whether the node gets the statement."""
        self.faults[rule.fault] += 1
        if rule.fault is Fault.CUT_BEFORE:
            link.reset()
            raise EOFError
        if rule.fault is Fault.FORGE:
            link.answer(header[0], stream, rule.body)
            return False
        link.lost[stream] = rule
        return True

    def _to_client(self, link: Link, stream: int, opcode: int, header: bytes, body: bytes) -> None:
        text = link.preparing.pop(stream, None)
        if text is not None and opcode == RESULT and struct.unpack_from(">i", body)[0] == PREPARED_RESULT:
            self._texts[short_bytes(body, 4)] = text
        rule = link.lost.pop(stream, None)
        if rule is None:
            with link.lock:
                link.client.sendall(header + body)
        elif rule.fault is Fault.APPLY_THEN_CUT:
            link.reset()
            raise EOFError
        elif rule.fault is Fault.APPLY_THEN_FORGE:
            link.answer(header[0], stream, rule.body)

    def _rule(self, statement: Statement) -> Rule | None:
        for rule in self._rules:
            if rule.times and rule.matches(statement):
                rule.times -= 1
                return rule
        return None

    def _text(self, opcode: int, body: bytes) -> str:
        if opcode in {QUERY, PREPARE}:
            (length,) = struct.unpack_from(">i", body)
            return body[4 : 4 + length].decode()
        if opcode == EXECUTE:
            return self._texts.get(short_bytes(body, 0), "")
        return "; ".join(text for key, text in self._texts.items() if key in body)


def error_body(code: int, message: str, *rest: bytes) -> bytes:
    """Return the body of an ERROR message (native protocol v4, section 9)."""
    return struct.pack(">i", code) + struct.pack(">H", len(message)) + message.encode() + b"".join(rest)


def short_bytes(body: bytes, at: int) -> bytes:
    """Read a [short bytes]."""
    (length,) = struct.unpack_from(">H", body, at)
    return body[at + 2 : at + 2 + length]


def read(source: socket.socket, size: int) -> bytes:
    """Read so many bytes.

    Raises:
        EOFError: when the peer has closed.
    """
    data = bytearray()
    while len(data) < size:
        piece = source.recv(size - len(data))
        if not piece:
            raise EOFError
        data += piece
    return bytes(data)
