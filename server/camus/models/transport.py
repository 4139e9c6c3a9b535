"""HTTP to one model server under hard limits; knows no model protocol and logs nothing.

httpcore is imported with the first request, not with this module. What it leaves open is closed
here: an answer that drips has an end, a compressed one is refused, lines end at LF alone.
"""

from __future__ import annotations

import asyncio
import logging
import re
import socket
import ssl
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from camus.models.backend import Limits
from camus.models.connecting import Address, address_of, failures, header, pool_of
from camus.models.contact import (
    Contact,
    complaint,
    malformed,
    refused,
    unauthorised,
    unreachable,
)
from camus.models.errors import Cut, ModelError, TimedOut, Unauthorised
from camus.models.keys import Key
from camus.models.patience import Patience

if TYPE_CHECKING:
    import httpcore

IN_FLIGHT = 16
"""Generations at once to one server; an unbounded client is five times slower at 64."""
_ASIDE = 4
"""Connections kept for questions about models while all generations hang."""
_KEEP_ALIVE = 2.0
"""Seconds; below the 5 after which uvicorn closes, so that a reused connection is not stale."""
_CONNECT = 1.5
"""Seconds to connect for a question; a model server is near, or on a good line."""
_LARGEST_LINE = 1 << 20
_LARGEST_BODY = 64 << 20
_LARGEST_LIST = 8 << 20
_LARGEST_ERROR = 64 << 10
_CLOSED = re.compile("disconnected|closed connection")
"""How httpcore words the loss of a connection, as against bytes that are no HTTP."""
_ALWAYS = (("Accept", "*/*"), ("Accept-Encoding", "identity"), ("User-Agent", "camus"))
_DRAIN = 0.25
"""Seconds to let a finished answer end properly, so that its connection can be used again."""


class Pace:
    """When a generation must have gone on; made inside the running loop.

    The protocol calls `progress` for each token. Bytes alone are no progress, so a server that
    drips is caught.
    """

    def __init__(self, limits: Limits) -> None:
        """Start the clocks of the first token and of the whole."""
        self._now = time.monotonic  # asyncio's own clock, without the loop's method around it
        self._limits = limits
        self.end = self._now() + limits.total
        self.due = min(self._now() + limits.first_token, self.end)
        self.started = False
        self.finished = False

    def progress(self) -> None:
        """A token came."""
        self.started = True
        if not self.finished:
            due = self._now() + self._limits.idle
            self.due = min(self.end, due)

    def finish(self) -> None:
        """The answer is complete; whatever happens to the connection now does not matter."""
        self.finished = True
        self.due = self._now() + _DRAIN

    def late(self, contact: Contact) -> TimedOut:
        """The error for the limit that was passed."""
        if self.due >= self.end:
            return TimedOut(
                f"{contact.shown} was not finished after {self._limits.total:g} s",
                advice="raise `timeouts.total`, or choose a faster model",
            )
        if not self.started:
            return TimedOut(
                f"{contact.shown} gave no first token within {self._limits.first_token:g} s",
                advice="raise `timeouts.first_token`, or choose a smaller model",
            )
        return TimedOut(
            f"{contact.shown} stopped answering for {self._limits.idle:g} s",
            advice="raise `timeouts.idle`, or look into the server's log",
        )


@dataclass(frozen=True, slots=True)
class Call:
    """A request: a GET, or a POST of a JSON body. `model` and `sent` are for an error's words.

    `path` follows the server's URL, or its host alone when `at_root`.
    """

    path: str
    body: bytes | None = None
    at_root: bool = False
    model: str = ""
    sent: str = ""


class Http:
    """One server; its client is made by the first request and closed by `close`."""

    def __init__(
        self, contact: Contact, *, key: Key | None = None, proxy: str = "", ca_bundle: str = ""
    ) -> None:
        """Talk to `contact.url`, with a key, through a proxy, trusting a CA file, when given."""
        self._key = key
        self._proxy = proxy
        self._ca_bundle = ca_bundle
        self._client: httpcore.AsyncConnectionPool | None = None
        self._addresses: dict[str, Address] = {}
        self._making = asyncio.Lock()
        self._failures: tuple[type[Exception], ...] = ()
        self._lost: tuple[type[Exception], ...] = (TimeoutError,)
        self._room = asyncio.Semaphore(IN_FLIGHT)
        self.contact = contact

    async def ask(self, call: Call, seconds: float) -> bytes:
        """Send a question and take the whole answer; raises `ModelError`."""
        try:
            async with (
                asyncio.timeout(seconds),
                self._exchange(call, connect=min(_CONNECT, seconds)) as response,
            ):
                return await self._whole(response, _LARGEST_LIST)
        except TimeoutError as error:
            raise unreachable(self.contact, f"did not answer within {seconds:g} s") from error

    async def lines(
        self, call: Call, limits: Limits, pace: Pace
    ) -> AsyncGenerator[list[bytes], None]:
        """Yield the lines of the answer that came together, as often as some come.

        They are without line ends, and none is empty; raises `ModelError`.
        """
        async with self._admitted(pace):
            try:
                async with self._exchange(call, connect=limits.connect, pace=pace) as response:
                    lines = _Lines(self.contact)
                    chunks = response.aiter_stream()
                    with closing(Patience(pace)) as patience:
                        try:
                            while (chunk := await patience.wait(anext(chunks, None))) is not None:
                                if whole := lines.whole(chunk):
                                    yield whole
                        except self._lost:
                            if not pace.finished:  # else the connection is all that was lost
                                raise
                    if rest := lines.rest():
                        yield [rest]
            except TimeoutError as error:
                raise pace.late(self.contact) from error

    async def close(self) -> None:
        """Close every connection; a request after it opens new ones."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    @asynccontextmanager
    async def _admitted(self, pace: Pace) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout_at(pace.end):
                await self._room.acquire()
        except TimeoutError as error:
            raise TimedOut(f"{self.contact.shown} was busy with other requests") from error
        try:
            yield
        finally:
            self._room.release()

    @asynccontextmanager
    async def _exchange(
        self, call: Call, *, connect: float, pace: Pace | None = None
    ) -> AsyncIterator[httpcore.Response]:
        """Send one request and give its answer if it is one worth reading."""
        client = await self._ready()
        import httpcore

        due = pace.due if pace else None
        address = self._address(call)
        request = httpcore.Request(
            "GET" if call.body is None else "POST",
            address.url,
            headers=await self._headers(address, call.body),
            content=call.body,
            extensions={"timeout": {"connect": connect}},
        )
        try:
            async with asyncio.timeout_at(due):
                response = await client.handle_async_request(request)
            try:
                async with asyncio.timeout_at(due):
                    await self._check(response, call)
                yield response
            finally:
                await response.aclose()
        except self._failures as error:
            raise self._translated(error, pace) from error

    def _address(self, call: Call) -> Address:
        """Where a call goes; a server has few of them, so each is read once."""
        text = (self.contact.origin if call.at_root else self.contact.url) + call.path
        known = self._addresses.get(text)
        if known is None:
            try:
                known = self._addresses[text] = address_of(text)
            except ValueError as error:
                raise unreachable(self.contact, "has an address that is not one") from error
        return known

    async def _check(self, response: httpcore.Response, call: Call) -> None:
        """Raise the error of an answer that is none."""
        headers = response.headers
        if header(headers, b"content-encoding") not in {"", "identity"}:
            raise malformed(self.contact, "sent a compressed answer that was not asked for")
        if response.status != 200:
            body = await self._whole(response, _LARGEST_ERROR)
            raise refused(
                self.contact,
                response.status,
                complaint(body),
                model=call.model,
                retry_after=header(headers, b"retry-after") or None,
                sent=call.sent,
            )
        if "html" in header(headers, b"content-type"):
            raise malformed(self.contact, "answered with a web page")

    async def _whole(self, response: httpcore.Response, largest: int) -> bytes:
        body = bytearray()
        async for chunk in response.aiter_stream():
            body += chunk
            if len(body) > largest:
                raise malformed(self.contact, "sent more than any answer needs")
        return bytes(body)

    async def _headers(
        self, address: Address, body: bytes | None
    ) -> list[tuple[bytes | str, bytes | str]]:
        own = [pair for pair in address.headers if self._key is None or pair[0] == b"Host"]
        headers: list[tuple[bytes | str, bytes | str]] = [*own, *_ALWAYS]
        if body is not None:
            headers += (("Content-Type", "application/json"), ("Content-Length", str(len(body))))
        if self._key is not None:
            headers.append(("Authorization", f"Bearer {await self._secret(self._key)}"))
        return headers

    async def _secret(self, key: Key) -> str:
        secret = await key.value()
        if not secret:
            raise unauthorised(self.contact)
        if not secret.isascii() or not secret.isprintable():
            raise Unauthorised(
                f"The key for {self.contact.shown} has characters no key has",
                advice=f"set {key.name} again, without quotes or line breaks",
            )
        self.contact = replace(self.contact, secret=secret)
        return secret

    async def _ready(self) -> httpcore.AsyncConnectionPool:
        """The connections; the import and the list of CAs take longer than a loop may wait."""
        async with self._making:
            if self._client is None:
                self._client = await asyncio.to_thread(self._make_client)
            return self._client

    def _make_client(self) -> httpcore.AsyncConnectionPool:
        self._failures = failures()
        self._lost = (TimeoutError, *self._failures)
        logging.getLogger("httpcore").setLevel(logging.WARNING)  # it logs addresses and headers
        room, trust = IN_FLIGHT + _ASIDE, self._trust()
        try:
            return pool_of(room, keep_alive=_KEEP_ALIVE, trust=trust, proxy=self._proxy)
        except (ValueError, ImportError) as error:
            why = "cannot be reached: `proxy` is not the address of an HTTP proxy"
            raise unreachable(self.contact, why) from error

    def _trust(self) -> ssl.SSLContext | None:
        """Whom to believe over TLS; None is whom everybody does, http goes without anybody."""
        if self._ca_bundle:
            try:
                return ssl.create_default_context(cafile=self._ca_bundle)
            except OSError as error:
                raise unreachable(
                    self.contact, "cannot be checked: `ca_bundle` cannot be read"
                ) from error
        if self.contact.url.startswith("http:") and not self._proxy:
            return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # trusts nobody
        return None

    def _translated(self, error: Exception, pace: Pace | None) -> ModelError:
        """The one place where httpcore's errors become ours."""
        import httpcore

        if pace is not None and pace.started:
            return Cut(
                f"{self.contact.shown} closed the connection in the middle of the answer",
                advice="try again; if it stays so, look into the server's log",
            )
        match error:
            case httpcore.ConnectTimeout():
                return unreachable(self.contact, "did not accept a connection in time")
            case httpcore.ProxyError():
                return unreachable(self.contact, "cannot be reached through the proxy")
            case httpcore.ConnectError() if "CERTIFICATE" in str(error).upper():
                return unreachable(self.contact, "shows a certificate that is not trusted")
            case httpcore.ConnectError() if _unnamed(error):
                return unreachable(self.contact, "has a name that no address is known for")
            case httpcore.ConnectError():
                return unreachable(self.contact, "refused the connection")
            case httpcore.RemoteProtocolError() if not _CLOSED.search(str(error)):
                return malformed(self.contact, "does not speak HTTP as expected")
        return unreachable(self.contact, "went away before it answered", lost=True)


def _unnamed(error: BaseException | None) -> bool:
    """Whether the host's name could not be resolved; httpcore tells it by the first cause alone."""
    while error is not None:
        if isinstance(error, socket.gaierror):
            return True
        error = error.__cause__ or error.__context__
    return False


class _Lines:
    """Cuts bytes into lines at LF, and at nothing else that Unicode counts as a line's end."""

    def __init__(self, contact: Contact) -> None:
        self._contact = contact
        self._parts: list[bytes] = []
        self._held = 0
        self._seen = 0

    def whole(self, chunk: bytes) -> list[bytes]:
        """The lines that are complete with these bytes, without their ends and empty ones."""
        size = len(chunk)
        if not self._held and chunk[-1:] == b"\n" and b"\n" not in chunk[:-1]:  # as is usual
            self._seen += size
            self._check(size)
            line = chunk[:-1] if chunk[-2:-1] != b"\r" else chunk[:-2]
            return [line] if line else []
        first, *more = chunk.split(b"\n")
        self._parts.append(first)
        self._held += len(first)
        self._seen += size
        self._check(self._held)
        if not more:
            return []
        *middle, last = more
        lines = [b"".join(self._parts), *middle]
        self._parts, self._held = [last], len(last)
        if b"\r" in chunk or lines[0][-1:] == b"\r":
            lines = [line.rstrip(b"\r") for line in lines]
        return [line for line in lines if line]

    def _check(self, line: int) -> None:
        if line > _LARGEST_LINE or self._seen > _LARGEST_BODY:
            raise malformed(self._contact, "sent more than any answer needs")

    def rest(self) -> bytes:
        """What stands after the last line end."""
        return b"".join(self._parts).strip()
