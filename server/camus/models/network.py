"""The sockets beneath httpcore, as asyncio's own streams; knows no HTTP.

httpcore's own backend serves trio as well, through anyio, and pays for that at each read: once
for each token. Time limits are Camus's own, around the whole (see `patience`), so that only the
one for connecting is looked at here.
"""

from __future__ import annotations

import asyncio
import select
import socket
import ssl
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import httpcore

_NEXT_ADDRESS = 0.25
"""Seconds until the next address of a name is tried, as in RFC 8305."""
_Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class AsyncioBackend(httpcore.AsyncNetworkBackend):
    """Opens connections in the running loop."""

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's
        local_address: str | None = None,  # noqa: ARG002 - httpcore's
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002 - httpcore's
    ) -> httpcore.AsyncNetworkStream:
        """A connection; raises ConnectTimeout, ConnectError."""
        try:
            async with asyncio.timeout(timeout):
                streams = await _connected(host, port)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(str(error)) from error
        except OSError as error:
            raise httpcore.ConnectError(str(error)) from error
        return _Stream(*streams)

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


async def _connected(host: str, port: int) -> _Streams:
    """A connection to the first address of a name that accepts one soon, else to any; OSError.

    One after another, each round with twice the time, so that one that says nothing keeps nobody
    from one that is slow. asyncio's own race between addresses leaks a socket when it is
    cancelled (python/cpython, pull request 124847).
    """
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(each[4][0]) for each in found))
    patience = _NEXT_ADDRESS
    refused: OSError = OSError(f"{host} has no address")
    while addresses:
        slow: list[str] = []
        limit = patience if len(addresses) > 1 else None
        for address in addresses:
            try:
                async with asyncio.timeout(limit):
                    return await asyncio.open_connection(address, port)
            except OSError as error:
                refused = error
                if limit is not None and isinstance(error, TimeoutError):
                    slow.append(address)
        addresses, patience = slow, 2 * patience
    raise refused


class _Stream(httpcore.AsyncNetworkStream):
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002, ASYNC109 - httpcore's
        try:
            return await self._reader.read(max_bytes)
        except OSError as error:
            raise httpcore.ReadError(str(error)) from error

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002, ASYNC109 - httpcore's
        if not buffer:
            return
        try:
            self._writer.write(buffer)
            await self._writer.drain()
        except OSError as error:
            raise httpcore.WriteError(str(error)) from error

    async def aclose(self) -> None:
        # A closing that waits for the other side could wait for ever.
        self._writer.close()
        try:
            await asyncio.sleep(0)
        finally:
            _abort(self._writer)

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's
    ) -> httpcore.AsyncNetworkStream:
        shaken = False
        try:
            async with asyncio.timeout(timeout):
                await self._writer.start_tls(ssl_context, server_hostname=server_hostname)
            shaken = True
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(str(error)) from error
        except OSError as error:  # of the handshake too
            raise httpcore.ConnectError(str(error)) from error
        finally:
            if not shaken:
                _abort(self._writer)
        return self

    def get_extra_info(self, info: str) -> Any:
        if info == "is_readable":  # between two requests: something came, so it is at its end
            return self._reader.at_eof() or _has_bytes(self._writer)
        return self._writer.get_extra_info(info)


def _abort(writer: asyncio.StreamWriter) -> None:
    """End a connection at once; one over TLS that is closed already cannot be told so by 3.11.2."""
    with suppress(AttributeError):
        writer.transport.abort()


def _has_bytes(writer: asyncio.StreamWriter) -> bool:
    """Whether the socket is gone, or holds something that nobody asked for."""
    sock = writer.get_extra_info("socket")
    if sock is None or sock.fileno() < 0 or writer.transport.is_closing():
        return True
    if not hasattr(select, "poll"):  # Windows
        return bool(select.select([sock], [], [], 0)[0])
    looked = select.poll()  # `select` knows no descriptors above 1023
    looked.register(sock, select.POLLIN)
    return bool(looked.poll(0))
