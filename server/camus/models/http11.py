"""Connections that speak HTTP/1.1 as httptools reads it, in httpcore's pool; knows no model.

httpcore's own connection reads with h11, which is Python all through: an answer comes in a chunk
for each token, and reading the chunk took longer than all that Camus does with the token. Pooling,
proxies and the errors are httpcore's still.
"""

from __future__ import annotations

import math
import re
import ssl
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import suppress
from typing import Literal

import httpcore
from httptools import HttpParserError, HttpResponseParser

from camus.models.network import AsyncioBackend

_READ = 64 * 1024
_MOST_BETWEEN = 100 * 1024
"""Bytes that may come without any of the body among them: heads, marks of chunks, trailers."""
_NO_FIELD = re.compile(rb"[\r\n\0]")


class Pool(httpcore.AsyncConnectionPool):
    """httpcore's pool over these connections; not for proxies."""

    def __init__(self, trust: ssl.SSLContext, *, room: int, keep_alive: float) -> None:
        """Keep `room` connections at most, an idle one for `keep_alive` seconds."""
        super().__init__(
            max_connections=room, max_keepalive_connections=room, keepalive_expiry=keep_alive
        )
        self._trust = trust
        self._kept = keep_alive

    def create_connection(self, origin: httpcore.Origin) -> httpcore.AsyncConnectionInterface:
        """A connection that opens with its first request."""
        return Connection(origin, self._trust, self._kept)

    async def _close_connections(self, closing: list[httpcore.AsyncConnectionInterface]) -> None:
        """As httpcore's, which shields from cancelling even where there is nothing to close."""
        if closing:
            await super()._close_connections(closing)


class Connection(httpcore.AsyncConnectionInterface):
    """One connection, for one request after another."""

    def __init__(self, origin: httpcore.Origin, trust: ssl.SSLContext, keep_alive: float) -> None:
        """For an origin; over TLS whom `trust` says is believed."""
        self._origin = origin
        self._trust = trust
        self._keep_alive = keep_alive
        self._state: Literal["new", "busy", "idle", "closed"] = "new"
        self._expires = math.inf
        self._stream: httpcore.AsyncNetworkStream | None = None
        self._answer = _Answer()

    async def handle_async_request(self, request: httpcore.Request) -> httpcore.Response:
        """Send a request and read the head of its answer; raises httpcore's errors."""
        if self._state not in {"new", "idle"}:
            raise httpcore.ConnectionNotAvailable
        self._state = "busy"
        self._answer = answer = _Answer()
        try:
            if self._stream is None:
                self._stream = await self._opened(request)
            await self._send(self._stream, request)
            while not answer.begun:
                await self.receive()
        except BaseException:
            await self.aclose()
            raise
        return httpcore.Response(answer.status, headers=answer.headers, content=_Body(self, answer))

    async def _opened(self, request: httpcore.Request) -> httpcore.AsyncNetworkStream:
        seconds = request.extensions.get("timeout", {}).get("connect")
        host = self._origin.host.decode("ascii")
        stream = await AsyncioBackend().connect_tcp(host, self._origin.port, seconds)
        if self._origin.scheme != b"https":
            return stream
        self._trust.set_alpn_protocols(["http/1.1"])
        return await stream.start_tls(self._trust, host, seconds)

    async def _send(self, stream: httpcore.AsyncNetworkStream, request: httpcore.Request) -> None:
        if not isinstance(request.stream, Iterable):
            raise TypeError("a body is bytes here")
        message = b"".join((_head(request), *request.stream))
        # A server that refuses early says why, and closes before it read everything.
        with suppress(httpcore.WriteError):
            await stream.write(message)

    async def receive(self) -> None:
        """Read what comes next into the answer; raises RemoteProtocolError, ReadError."""
        if self._stream is None:
            raise httpcore.ReadError("closed connection")
        self._answer.take(await self._stream.read(_READ))

    async def finished(self) -> None:
        """Nobody reads the answer any more; what is whole leaves a connection to use again."""
        if self._state == "busy" and self._answer.reusable:
            self._state = "idle"
            self._expires = time.monotonic() + self._keep_alive
        else:
            await self.aclose()

    async def aclose(self) -> None:
        """Close it."""
        self._state = "closed"
        if self._stream is not None:
            await self._stream.aclose()

    def can_handle_request(self, origin: httpcore.Origin) -> bool:
        """Whether it leads there."""
        return origin == self._origin

    def is_available(self) -> bool:
        """Whether it can take a request now."""
        return self._state == "idle"

    def has_expired(self) -> bool:
        """Whether it should be closed: idle for too long, or the server said something meanwhile.

        What a server says to nobody is the end of the connection, or nothing to be trusted.
        """
        if self._state != "idle" or self._stream is None:
            return False
        late = time.monotonic() > self._expires
        return late or bool(self._stream.get_extra_info("is_readable"))

    def is_idle(self) -> bool:
        """Whether it waits for a request."""
        return self._state == "idle"

    def is_closed(self) -> bool:
        """Whether it is of no more use."""
        return self._state == "closed"

    def info(self) -> str:
        """For httpcore's own messages."""
        return f"{self._origin}, HTTP/1.1, {self._state}"


class _Body:
    """The body of an answer; what came together is given together."""

    def __init__(self, connection: Connection, answer: _Answer) -> None:
        self._connection = connection
        self._answer = answer
        self._closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        answer, receive = self._answer, self._connection.receive
        while True:
            if pieces := answer.pieces:
                answer.pieces = []
                yield b"".join(pieces) if len(pieces) > 1 else pieces[0]
            if answer.whole:
                return
            await receive()

    async def aclose(self) -> None:
        if not self._closed:
            self._closed = True
            await self._connection.finished()


class _Answer:
    """One answer under way: what the parser calls, and what is known of it so far."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self.pieces: list[bytes] = []
        self.begun = False
        """Whether its head is known; that of an interim answer (RFC 9110, 15.2) is passed over."""
        self.whole = False
        self.reusable = False
        """Whether another may follow on the same connection."""
        self._between = 0
        self._measured = False
        self._parser = HttpResponseParser(self)

    def take(self, data: bytes) -> None:
        """Read what came, empty for the end; raises RemoteProtocolError."""
        if not data:
            self._end()
            return
        before = len(self.pieces)
        try:
            self._parser.feed_data(data)
        except HttpParserError as error:
            if not self.whole:
                raise httpcore.RemoteProtocolError(f"not HTTP: {error}") from error
            self.reusable = False
        self._between = 0 if len(self.pieces) > before else self._between + len(data)
        if self._between > _MOST_BETWEEN and not self.whole:
            raise httpcore.RemoteProtocolError("too much beside the answer itself")

    def _end(self) -> None:
        """The server closed the connection: that ends an answer whose length it did not tell."""
        if not self.begun:
            raise httpcore.RemoteProtocolError("disconnected without sending a response")
        if self._measured and not self.whole:
            raise httpcore.RemoteProtocolError("closed connection in the middle of the body")
        self.whole, self.reusable = True, False

    # The names are those that httptools calls.

    def on_message_begin(self) -> None:
        """Another message follows; after a whole answer nobody asked for it."""
        if self.whole:
            self.reusable = False

    def on_header(self, name: bytes, value: bytes) -> None:
        """A field of the head; those after the body are not asked for."""
        if not self.begun:
            self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        """The head is there."""
        self.status = self._parser.get_status_code()
        if self.status < 200:
            self.headers.clear()
            return
        self.begun = True
        for name, value in self.headers:
            known = name.lower()
            chunked = known == b"transfer-encoding" and value.lower().endswith(b"chunked")
            self._measured |= chunked or known == b"content-length"

    def on_body(self, body: bytes) -> None:
        """A part of the body, or of what follows though nobody asked for it."""
        if self.begun and not self.whole:
            self.pieces.append(body)

    def on_message_complete(self) -> None:
        """The whole of it is there."""
        if self.begun and not self.whole:
            self.whole = True
            self.reusable = self._parser.should_keep_alive()


def _head(request: httpcore.Request) -> bytes:
    """The head of a request; raises LocalProtocolError for a field that would end early."""
    fields = [b"%b: %b" % pair for pair in request.headers]
    if any(_NO_FIELD.search(each) for each in fields):
        raise httpcore.LocalProtocolError("a header with a line break")
    line = b"%b %b HTTP/1.1" % (request.method, request.url.target)
    return b"\r\n".join((line, *fields, b"\r\n"))
