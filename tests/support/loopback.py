"""A bare HTTP/1.1 server on 127.0.0.1 in a thread of its own; knows connections, not protocols.

It is written on `asyncio.Protocol` rather than on an HTTP library, so that a test sees when the
kernel told the server that the client is gone, and so that every kind of broken answer can be sent.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import struct
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self
from urllib.parse import unquote, urlsplit


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as the server read it; `at` is `time.monotonic()`, headers in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: dict[str, Any]
    at: float
    connection: int
    query: str = ""

    @property
    def model(self) -> str:
        """The model asked for, by the server's own id."""
        return str(self.body.get("model", ""))

    @property
    def messages(self) -> list[dict[str, str]]:
        """The conversation; `/api/generate`'s system and prompt count as one."""
        if "messages" in self.body:
            return list(self.body["messages"])
        turns = (("system", "system"), ("user", "prompt"))
        return [
            {"role": role, "content": self.body[key]} for role, key in turns if key in self.body
        ]

    @property
    def text(self) -> str:
        """All the text that was sent, joined by newlines."""
        return "\n".join(message.get("content", "") for message in self.messages)


@dataclass(slots=True)
class Connection:
    """One client connection: when it was opened, and when its end was seen (`time.monotonic()`)."""

    number: int
    opened: float
    closed: float | None = None
    requests: int = 0
    gone: asyncio.Event = field(default_factory=asyncio.Event)


class Wire:
    """What a handler writes to; every method raises `ConnectionResetError` once the client left."""

    def __init__(self, protocol: _Protocol) -> None:
        self._protocol = protocol
        self.close_after = False
        self._chunked = False

    async def write(self, data: bytes, *, size: int = 0, gap: float = 0.0) -> None:
        """Send bytes as they are, or in writes of `size` bytes, `gap` seconds apart."""
        for start in range(0, len(data), size or len(data) or 1):
            await self._protocol.writable()
            self._protocol.transport.write(data[start : start + size] if size else data)
            if size:
                await asyncio.sleep(gap)  # each write leaves by itself

    async def head(
        self,
        status: int,
        headers: Mapping[str, str],
        *,
        length: int | None,
        framing: str = "chunked",
    ) -> None:
        """Send the status line and headers; without a length the body is framed as told."""
        lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        if length is not None:
            lines.append(f"Content-Length: {length}")
        elif framing == "chunked":
            lines.append("Transfer-Encoding: chunked")
            self._chunked = True
        else:
            lines.append("Connection: close")
            self.close_after = True
        await self.write("\r\n".join([*lines, "", ""]).encode("latin-1"))

    async def part(self, data: bytes, *, size: int = 0, gap: float = 0.0) -> None:
        """Send a part of a body begun without a length."""
        if not self._chunked:
            await self.write(data, size=size, gap=gap)
            return
        for start in range(0, len(data), size or len(data) or 1):
            piece = data[start : start + size] if size else data
            await self.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
            if size:
                await asyncio.sleep(gap)

    async def end(self) -> None:
        """End a body begun without a length as the protocol asks."""
        if self._chunked:
            await self.write(b"0\r\n\r\n")

    async def json(
        self, status: int, value: object, headers: Mapping[str, str] | None = None
    ) -> None:
        """Send a whole JSON answer."""
        body = json.dumps(value).encode()
        merged = {"Content-Type": "application/json; charset=utf-8", **(headers or {})}
        await self.head(status, merged, length=len(body))
        await self.write(body)

    def drop(self) -> None:
        """Close at once without ending the body."""
        self._protocol.transport.close()

    def reset(self) -> None:
        """Close with RST, as a crashed server's kernel does."""
        raw: socket.socket = self._protocol.transport.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._protocol.transport.abort()

    async def gone(self) -> None:
        """Wait until the client closes the connection."""
        await self._protocol.connection.gone.wait()


class Loopback:
    """A server to subclass: `handle(asked, wire)` answers one request.

    A context manager; `requests` and `connections` are what was seen so far. `stop()` refuses new
    connections and drops the open ones, `start()` listens on the same port again.
    """

    def __init__(self, *, port: int = 0) -> None:
        """Listen on `port`, a free one when it is 0; nothing happens before `start`."""
        self.port = port
        self.requests: list[Asked] = []
        self.connections: list[Connection] = []
        self.failures: list[Exception] = []
        self._loop = asyncio.new_event_loop()
        self._thread: threading.Thread | None = None
        self._server: asyncio.Server | None = None
        self._live: set[_Protocol] = set()
        self.tasks: set[asyncio.Task[None]] = set()

    async def handle(self, asked: Asked, wire: Wire) -> None:
        """Answer one request."""
        raise NotImplementedError

    @property
    def url(self) -> str:
        """`http://127.0.0.1:PORT`."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def open_connections(self) -> int:
        """How many clients are connected now."""
        return sum(connection.closed is None for connection in self.connections)

    def asked(self, path: str) -> list[Asked]:
        """The requests for a path, in order."""
        return [request for request in self.requests if request.path == path]

    def wait_closed(self, seconds: float = 2.0, *, number: int = -1) -> float:
        """Wait for the server to see a client go; the `time.monotonic()` at which it did.

        `number` counts connections from 0; the last one by default.
        """
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            closed = self.connections[number].closed if self.connections else None
            if closed is not None:
                return closed
            time.sleep(0.002)
        raise AssertionError(f"the connection was still open after {seconds} s")

    def wait_free(self, seconds: float = 1.0) -> None:
        """Wait until no client is connected."""
        deadline = time.monotonic() + seconds
        while self.open_connections and time.monotonic() < deadline:
            time.sleep(0.002)
        assert self.open_connections == 0, f"{self.open_connections} still open"

    def wait_requests(self, count: int, seconds: float = 2.0, *, path: str = "") -> None:
        """Wait until at least so many requests (for a path) have been read."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if len(self.asked(path) if path else self.requests) >= count:
                return
            time.sleep(0.002)
        raise AssertionError(f"fewer than {count} requests after {seconds} s")

    def start(self) -> Self:
        """Listen."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
            self._thread.start()
        self._call(self._listen())
        return self

    def stop(self) -> None:
        """Refuse new connections and drop the open ones."""
        self._call(self._unlisten())

    def close(self) -> None:
        """Stop for good and end the thread."""
        if self._thread is None:
            return
        self.stop()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()
        self._thread = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
        if self.failures and error is None:
            raise AssertionError("a script of the server failed") from self.failures[0]

    def _call(self, work: Any) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(5)

    async def _listen(self) -> None:
        if self._server is None:
            self._server = await self._loop.create_server(
                lambda: _Protocol(self), "127.0.0.1", self.port, backlog=512
            )
            self.port = self._server.sockets[0].getsockname()[1]

    async def _unlisten(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for protocol in list(self._live):
            protocol.transport.abort()
        for task in list(self.tasks):
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        await asyncio.sleep(0)  # lets connection_lost run


@contextlib.contextmanager
def closed_port() -> Iterator[str]:
    """The URL of a port where nobody listens, kept from others for as long as it is needed."""
    with socket.socket() as kept:
        kept.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{kept.getsockname()[1]}"


class _Protocol(asyncio.Protocol):
    """One connection: bytes to requests, one handler at a time, and the moment it ended."""

    transport: asyncio.Transport

    def __init__(self, server: Loopback) -> None:
        self.server = server
        self._buffer = b""
        self._task: asyncio.Task[None] | None = None
        self._writable = asyncio.Event()
        self._writable.set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.connection = Connection(len(self.server.connections), time.monotonic())
        self.server.connections.append(self.connection)
        self.server._live.add(self)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        self._next()

    def eof_received(self) -> bool:
        self._ended()
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        self._ended()
        self.server._live.discard(self)
        if self._task:
            self._task.cancel()

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()

    async def writable(self) -> None:
        await self._writable.wait()
        if self.connection.closed is not None or self.transport.is_closing():
            raise ConnectionResetError

    def _ended(self) -> None:
        if self.connection.closed is None:
            self.connection.closed = time.monotonic()
            self.connection.gone.set()
            self._writable.set()

    def _next(self) -> None:
        if self._task is not None or (asked := self._parse()) is None:
            return
        self.server.requests.append(asked)
        self.connection.requests += 1
        self._task = asyncio.get_running_loop().create_task(self._answer(asked))
        self.server.tasks.add(self._task)
        self._task.add_done_callback(self.server.tasks.discard)

    async def _answer(self, asked: Asked) -> None:
        wire = Wire(self)
        try:
            await self.server.handle(asked, wire)
        except (ConnectionError, asyncio.CancelledError):
            return
        except Exception as error:  # noqa: BLE001  the test that owns the server gets it at its end
            self.server.failures.append(error)
            self.transport.abort()
            return
        self._task = None
        if wire.close_after:
            self.transport.close()
        else:
            self._next()

    def _parse(self) -> Asked | None:
        head, found, rest = self._buffer.partition(b"\r\n\r\n")
        if not found:
            return None
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {
            name.strip().lower(): value.strip()
            for name, _, value in (line.partition(":") for line in lines)
        }
        length = int(headers.get("content-length", "0"))
        if len(rest) < length:
            return None
        self._buffer = rest[length:]
        method, target, _ = first.split(" ", 2)
        url = urlsplit(target)
        body = json.loads(rest[:length]) if length else {}
        number = self.connection.number
        return Asked(
            method, unquote(url.path), headers, body, time.monotonic(), number, query=url.query
        )
