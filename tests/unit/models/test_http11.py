"""HTTP/1.1 as a server may really speak it: whole, in pieces, cut, wrong, or too much."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import h11
import httpcore
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from camus.models.http11 import Pool

Told = tuple[int, bytes]
BYE = None
"""In what a server says: it closes the connection."""


@dataclass
class Server:
    """Says the same bytes to each request, in the pieces given; counts connections."""

    says: Sequence[bytes | None]
    port: int = 0
    connections: int = 0
    heard: list[bytes] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                self.heard.append(head)
                for piece in self.says:
                    if piece is BYE:
                        return
                    writer.write(piece)
                    await writer.drain()
                    await asyncio.sleep(0)
        except (asyncio.IncompleteReadError, OSError):
            return
        finally:
            writer.close()


@asynccontextmanager
async def serving(*says: bytes | None) -> AsyncIterator[tuple[Server, Callable[[], object]]]:
    """A server and what asks it once."""
    told = Server(says)
    listening = await asyncio.start_server(told.serve, "127.0.0.1", 0)
    told.port = listening.sockets[0].getsockname()[1]
    pool = Pool(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), room=2, keep_alive=5)
    url = httpcore.URL(f"http://127.0.0.1:{told.port}/a?b=c")
    try:
        yield told, lambda: asked(pool, httpcore.Request("GET", url, headers={"Host": "x"}))
    finally:
        await pool.aclose()
        listening.close()


async def asked(pool: Pool, request: httpcore.Request) -> Told:
    async with asyncio.timeout(5):
        response = await pool.handle_async_request(request)
        try:
            return response.status, b"".join([part async for part in response.aiter_stream()])
        finally:
            await response.aclose()


OK = b"HTTP/1.1 200 OK\r\n"
SIZED = OK + b"Content-Length: 5\r\n\r\nhello"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"

ANSWERS: list[tuple[str, list[bytes | None], Told, bool]] = [
    ("with its length", [SIZED], (200, b"hello"), True),
    ("in chunks", [CHUNKED + b"2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n"], (200, b"hello"), True),
    (
        "in chunks with an extension and a trailer",
        [CHUNKED + b"5;a=b\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n"],
        (200, b"hello"),
        True,
    ),
    ("until the end", [OK + b"\r\nhel", b"lo", BYE], (200, b"hello"), False),
    ("byte by byte", [bytes([each]) for each in SIZED], (200, b"hello"), True),
    ("without a body", [b"HTTP/1.1 204 No Content\r\n\r\n"], (204, b""), True),
    ("after an interim one", [b"HTTP/1.1 100 Continue\r\n\r\n" + SIZED], (200, b"hello"), True),
    (
        "after an interim one with fields",
        [b"HTTP/1.1 103 Early Hints\r\nTransfer-Encoding: chunked\r\n\r\n", SIZED],
        (200, b"hello"),
        True,
    ),
    (
        "that closes",
        [OK + b"Connection: close\r\nContent-Length: 5\r\n\r\nhello", BYE],
        (200, b"hello"),
        False,
    ),
    ("of HTTP/1.0", [b"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello"], (200, b"hello"), False),
    ("with another after it", [SIZED + SIZED], (200, b"hello"), False),
    ("with noise after it", [SIZED + b"\0noise"], (200, b"hello"), False),
]


@pytest.mark.parametrize(
    ("says", "told", "kept"),
    [(says, told, kept) for _, says, told, kept in ANSWERS],
    ids=[name for name, *_ in ANSWERS],
)
async def test_an_answer_is_read_and_its_connection_kept_where_it_can_be(
    says: list[bytes | None], told: Told, kept: bool
) -> None:
    async with serving(*says) as (server, ask):
        assert await ask() == told
        await asyncio.sleep(0.01)
        assert await ask() == told
        assert server.connections == (1 if kept else 2)
        assert server.heard[0] == b"GET /a?b=c HTTP/1.1\r\nHost: x\r\n\r\n"


FAULTS: list[tuple[str, list[bytes | None], str]] = [
    ("closed at once", [BYE], "disconnected"),
    ("closed in the head", [OK, BYE], "disconnected"),
    ("closed in a measured body", [SIZED[:-1], BYE], "closed connection"),
    ("closed between chunks", [CHUNKED + b"2\r\nhe\r\n", BYE], "closed connection"),
    ("no HTTP", [b"SSH-2.0-OpenSSH_9\r\n"], "not HTTP"),
    ("a length that is none", [OK + b"Content-Length: five\r\n\r\n"], "not HTTP"),
    ("two lengths", [OK + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!"], "not HTTP"),
    (
        "a length and chunks",
        [OK + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\nhello"],
        "not HTTP",
    ),
    ("a chunk without a size", [CHUNKED + b"zz\r\nhello\r\n"], "not HTTP"),
    ("a switch of protocols", [b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n"], "not HTTP"),
    ("a head without end", [OK + b"X: " + b"a" * 60_000, b"a" * 60_000], "too much"),
    (
        "a trailer without end",
        [CHUNKED + b"2\r\nhe\r\n0\r\nX: ", *[b"a" * 60_000] * 3],
        "too much",
    ),
    ("interim answers without end", [b"HTTP/1.1 100 Go\r\n\r\n" * 7_000], "too much"),
]


@pytest.mark.parametrize(
    ("says", "words"),
    [(says, words) for _, says, words in FAULTS],
    ids=[name for name, *_ in FAULTS],
)
async def test_a_broken_answer_is_an_error_and_its_connection_gone(
    says: list[bytes | None], words: str
) -> None:
    async with serving(*says) as (server, ask):
        for _ in range(2):
            with pytest.raises(httpcore.RemoteProtocolError, match=words):
                await ask()
        assert server.connections == 2


async def test_what_is_not_read_to_its_end_leaves_no_connection() -> None:
    async with serving(CHUNKED + b"2\r\nhe\r\n") as (server, _ask):
        pool = Pool(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), room=2, keep_alive=5)
        request = httpcore.Request("GET", f"http://127.0.0.1:{server.port}/")
        response = await pool.handle_async_request(request)
        await response.aclose()
        assert pool.connections == []


async def test_an_idle_connection_that_the_server_closed_is_not_used_again() -> None:
    async with serving(SIZED, BYE) as (server, ask):
        for connections in (1, 2, 3):
            assert await ask() == (200, b"hello")
            await asyncio.sleep(0.01)
            assert server.connections == connections


@pytest.mark.parametrize("name", ["X-A: b\r\nX-B", "X-A\nb", "X\0"])
async def test_a_field_that_would_make_another_is_refused(name: str) -> None:
    async with serving(SIZED) as (server, _ask):
        pool = Pool(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), room=1, keep_alive=5)
        request = httpcore.Request("GET", f"http://127.0.0.1:{server.port}/", headers={name: "1"})
        with pytest.raises(httpcore.LocalProtocolError):
            await pool.handle_async_request(request)
        assert server.heard == []


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.binary(min_size=1, max_size=300), max_size=8),
    st.lists(st.integers(1, 40), min_size=1, max_size=6),
    st.booleans(),
)
def test_any_cut_of_an_answer_reads_as_h11_reads_it(
    parts: list[bytes], cuts: list[int], chunked: bool
) -> None:
    other = h11.Connection(h11.SERVER)
    other.receive_data(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    other.next_event()
    size = str(sum(map(len, parts)))
    fields = [("Transfer-Encoding", "chunked")] if chunked else [("Content-Length", size)]
    said = other.send(h11.Response(status_code=200, headers=fields)) or b""
    for part in parts:
        said += other.send(h11.Data(part)) or b""
    said += other.send(h11.EndOfMessage()) or b""
    pieces, at = [], 0
    while at < len(said):
        step = cuts[len(pieces) % len(cuts)] if len(pieces) < 20 else len(said)
        pieces.append(said[at : at + step])
        at += step

    async def both() -> None:
        async with serving(*pieces) as (_, ask):
            assert await ask() == (200, b"".join(parts))

    asyncio.run(both())
