"""The sockets beneath httpcore: addresses in turn, errors as httpcore's, nothing left open."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Iterator

import httpcore
import pytest

from camus.models.connecting import address_of, header
from camus.models.network import AsyncioBackend


@pytest.fixture
def port() -> Iterator[int]:
    """A port at which 127.0.0.1 answers, 127.0.0.2 lets callers wait and 127.0.0.3 refuses."""
    with contextlib.ExitStack() as open_ones:
        answering = open_ones.enter_context(socket.create_server(("127.0.0.1", 0)))
        number: int = answering.getsockname()[1]
        try:
            full = open_ones.enter_context(socket.create_server(("127.0.0.2", number), backlog=0))
        except OSError:
            pytest.skip("this system has one loopback address only")
        for _ in range(4):  # a caller more than the queue holds gets no answer at all
            caller = open_ones.enter_context(socket.socket())
            caller.setblocking(False)
            caller.connect_ex(full.getsockname())
        yield number


def named(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    async def found(*_asked: object, **_how: object) -> list[tuple[object, ...]]:
        return [(0, 0, 0, "", (address, 0)) for address in addresses]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", found)


async def peer(port: int) -> str:
    stream = await AsyncioBackend().connect_tcp("name.test", port, timeout=5)
    address: str = stream.get_extra_info("peername")[0]
    await stream.aclose()
    return address


async def test_an_address_that_refuses_gives_way_to_the_next(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    named(monkeypatch, "127.0.0.3", "127.0.0.1")
    assert await peer(port) == "127.0.0.1"


async def test_an_address_that_says_nothing_gives_way_to_the_next(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    named(monkeypatch, "127.0.0.2", "127.0.0.1")
    assert await peer(port) == "127.0.0.1"


async def test_a_silent_address_keeps_nobody_from_a_slow_one(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect = asyncio.open_connection

    async def slowly(host: str, number: int) -> object:
        await asyncio.sleep(0.4)
        return await connect(host, number)

    named(monkeypatch, "127.0.0.2", "127.0.0.1")
    monkeypatch.setattr(asyncio, "open_connection", slowly)
    assert await peer(port) == "127.0.0.1"


async def test_an_only_address_has_all_the_time(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    named(monkeypatch, "127.0.0.2")
    with pytest.raises(httpcore.ConnectTimeout):
        await AsyncioBackend().connect_tcp("name.test", port, timeout=0.6)


async def test_addresses_that_all_refuse_are_an_error_to_connect(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    named(monkeypatch, "127.0.0.3", "127.0.0.3")
    with pytest.raises(httpcore.ConnectError):
        await AsyncioBackend().connect_tcp("name.test", port)


async def test_a_connection_the_other_side_closed_is_seen_before_it_is_used() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        stream = await AsyncioBackend().connect_tcp("127.0.0.1", server.getsockname()[1])
        there, _ = server.accept()
        assert not stream.get_extra_info("is_readable")
        there.close()
        await asyncio.sleep(0.05)
        assert stream.get_extra_info("is_readable")
        assert await stream.read(10) == b""
        await stream.aclose()


async def test_a_reset_is_an_error_of_reading() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        stream = await AsyncioBackend().connect_tcp("127.0.0.1", server.getsockname()[1])
        there, _ = server.accept()
        there.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        there.close()
        with pytest.raises(httpcore.ReadError):
            await stream.read(10)
        await stream.aclose()


@pytest.mark.parametrize(
    ("url", "host", "target", "shown"),
    [
        ("http://127.0.0.1:11434/api/chat", b"127.0.0.1", b"/api/chat", b"127.0.0.1:11434"),
        ("https://api.example.com:443/v1", b"api.example.com", b"/v1", b"api.example.com"),
        ("http://[::1]:80", b"::1", b"/", b"[::1]"),
        ("https://h.example/v1/chat?a=ä b", b"h.example", b"", b""),
        ("https://bücher.example/v1", b"xn--bcher-kva.example", b"/v1", b"xn--bcher-kva.example"),
        ("http://h/o pen", b"", b"", b""),
        ("http://h/öffnen?k=1&l=%20", b"h", b"/%C3%B6ffnen?k=1&l=%20", b"h"),
        ("ftp://h/x", b"", b"", b""),
        ("http:///x", b"", b"", b""),
        ("http://h:99999/", b"", b"", b""),
    ],
)
def test_an_address_is_read_or_refused(url: str, host: bytes, target: bytes, shown: bytes) -> None:
    if not target:
        with pytest.raises(ValueError, match=r"."):
            address_of(url)
        return
    made = address_of(url)
    assert (made.url.host, made.url.target) == (host, target)
    assert header(made.headers, b"host").encode() == shown


def test_a_name_and_a_password_in_a_url_become_a_header() -> None:
    made = address_of("https://me:s%40cret@h.example/v1")
    assert header(made.headers, b"authorization") == "Basic bWU6c0BjcmV0"
    assert header(made.headers, b"host") == "h.example"
