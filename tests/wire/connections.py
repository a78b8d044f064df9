"""Both ends of a connection in one process, and a server that answers what the protocol does not answer by itself."""

from __future__ import annotations

from collections.abc import Callable

from helenus import wire

Handler = Callable[[wire.Request], wire.ResponseMessage]


def answer(request: wire.Request) -> wire.ResponseMessage:
    """Answer as a node does that has neither data nor a login."""
    match request.message:
        case wire.Startup() | wire.Register():
            return wire.Ready()
        case wire.Options():
            return wire.ServerProtocol.supported()
        case wire.AuthResponse():
            return wire.AuthSuccess()
    return wire.Void()


def serve(server: wire.ServerProtocol, data: bytes, handler: Handler = answer) -> bytes:
    """Give a server what it receives and answer it; return what it sends."""
    server.receive_data(data)
    while events := server.events_received():
        for request in events:
            server.send(request.stream, handler(request))
    return server.data_to_send()


class Pair:
    """A client and a server that have shaken hands.

    Args:
        version: the protocol version.
        compression: the algorithm, if any.
    """

    def __init__(self, version: int = 5, compression: str | None = None) -> None:
        self.server = wire.ServerProtocol()
        self.client = wire.ClientProtocol(version, compression=compression)
        self.client.start()
        self.client.receive_data(serve(self.server, self.client.data_to_send()))
        [ready] = self.client.events_received()
        assert ready.message == wire.Ready()

    def ask(self, message: wire.RequestMessage, stream: int = 1) -> wire.Request:
        """Send a request and return what the server makes of it."""
        self.client.send(stream, message)
        self.server.receive_data(self.client.data_to_send())
        [request] = self.server.events_received()
        return request

    def tell(self, message: wire.ResponseMessage, stream: int = 1) -> wire.Response:
        """Send a response and return what the client makes of it."""
        self.server.send(stream, message)
        self.client.receive_data(self.server.data_to_send())
        [response] = self.client.events_received()
        return response
