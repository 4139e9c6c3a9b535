"""HTTP to one model server under hard limits; knows no model protocol and logs nothing.

httpx is imported with the first request, not with this module. What httpx leaves open is closed
here: an answer that drips has an end, a compressed one is refused, lines end at LF alone, proxies
of the environment are not used, redirects are not followed.
"""

from __future__ import annotations

import asyncio
import logging
import re
import socket
import ssl
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from camus.models.backend import Limits
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
    import httpx

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
"""How httpx words the loss of a connection, as against bytes that are no HTTP."""
_DRAIN = 0.25
"""Seconds to let a finished answer end properly, so that its connection can be used again."""


class Pace:
    """When a generation must have gone on; made inside the running loop.

    The protocol calls `progress` for each token. Bytes alone are no progress, so a server that
    drips is caught.
    """

    def __init__(self, limits: Limits) -> None:
        """Start the clocks of the first token and of the whole."""
        self._now = asyncio.get_running_loop().time
        self._limits = limits
        self.end = self._now() + limits.total
        self.due = min(self._now() + limits.first_token, self.end)
        self.started = False
        self.finished = False

    def progress(self) -> None:
        """A token came."""
        self.started = True
        if self.finished:
            return
        self.due = min(self._now() + self._limits.idle, self.end)

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
        self._client: httpx.AsyncClient | None = None
        self._making = asyncio.Lock()
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

    async def lines(self, call: Call, limits: Limits, pace: Pace) -> AsyncGenerator[bytes, None]:
        """Yield the answer's lines, without line ends and empty ones; raises `ModelError`."""
        async with self._admitted(pace):
            try:
                async with self._exchange(call, connect=limits.connect, pace=pace) as response:
                    lines = _Lines(self.contact)
                    chunks = response.aiter_raw()
                    with closing(Patience(lambda: pace.due)) as patience:
                        while (chunk := await self._next(chunks, patience, pace)) is not None:
                            for line in lines.whole(chunk):
                                yield line
                    if rest := lines.rest():
                        yield rest
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
    ) -> AsyncIterator[httpx.Response]:
        """Send one request and give its answer if it is one worth reading."""
        client = await self._ready()
        import httpx

        due = pace.due if pace else None
        try:
            request = client.build_request(
                "GET" if call.body is None else "POST",
                (self.contact.origin if call.at_root else self.contact.url) + call.path,
                content=call.body,
                headers=await self._headers(call.body is not None),
                timeout=httpx.Timeout(None, connect=connect),
            )
            async with asyncio.timeout_at(due):
                response = await client.send(request, stream=True)
            try:
                async with asyncio.timeout_at(due):
                    await self._check(response, call)
                yield response
            finally:
                await response.aclose()
        except httpx.InvalidURL as error:
            raise unreachable(self.contact, "has an address that is not one") from error
        except httpx.HTTPError as error:
            raise self._translated(error, pace) from error

    async def _check(self, response: httpx.Response, call: Call) -> None:
        """Raise the error of an answer that is none."""
        headers = response.headers
        if headers.get("content-encoding", "identity") != "identity":
            raise malformed(self.contact, "sent a compressed answer that was not asked for")
        if response.status_code != 200:
            body = await self._whole(response, _LARGEST_ERROR)
            raise refused(
                self.contact,
                response.status_code,
                complaint(body),
                model=call.model,
                retry_after=headers.get("retry-after"),
                sent=call.sent,
            )
        if "html" in headers.get("content-type", ""):
            raise malformed(self.contact, "answered with a web page")

    async def _next(
        self, chunks: AsyncIterator[bytes], patience: Patience, pace: Pace
    ) -> bytes | None:
        """The next bytes; None at the end, or when a finished answer's connection is lost."""
        try:
            return await patience.wait(anext(chunks, None))
        except self._lost:
            if pace.finished:
                return None
            raise

    async def _whole(self, response: httpx.Response, largest: int) -> bytes:
        body = bytearray()
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > largest:
                raise malformed(self.contact, "sent more than any answer needs")
        return bytes(body)

    async def _headers(self, has_body: bool) -> dict[str, str]:
        headers = {"Accept-Encoding": "identity", "User-Agent": "camus"}
        if has_body:
            headers["Content-Type"] = "application/json"
        if self._key is not None:
            headers["Authorization"] = f"Bearer {await self._secret(self._key)}"
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

    async def _ready(self) -> httpx.AsyncClient:
        """The client; importing httpx and reading the CA list take longer than a loop may wait."""
        async with self._making:
            if self._client is None:
                self._client = await asyncio.to_thread(self._make_client)
            return self._client

    def _make_client(self) -> httpx.AsyncClient:
        import httpx

        self._lost = (TimeoutError, httpx.HTTPError)
        for name in ("httpx", "httpcore"):  # they log addresses with their query, and headers
            logging.getLogger(name).setLevel(logging.WARNING)
        room = IN_FLIGHT + _ASIDE
        limits = httpx.Limits(
            max_connections=room, max_keepalive_connections=room, keepalive_expiry=_KEEP_ALIVE
        )
        try:
            proxy = httpx.Proxy(self._proxy) if self._proxy else None
            return httpx.AsyncClient(
                verify=self._trust(),
                proxy=proxy,
                trust_env=False,
                follow_redirects=False,
                limits=limits,
            )
        except (ValueError, ImportError, httpx.InvalidURL) as error:
            why = "cannot be reached: `proxy` is not the address of an HTTP proxy"
            raise unreachable(self.contact, why) from error

    def _trust(self) -> ssl.SSLContext | bool:
        """Whom to believe over TLS; reading the CA list costs 30 ms, so http goes without one."""
        if self._ca_bundle:
            try:
                return ssl.create_default_context(cafile=self._ca_bundle)
            except OSError as error:
                raise unreachable(
                    self.contact, "cannot be checked: `ca_bundle` cannot be read"
                ) from error
        if self.contact.url.startswith("http:") and not self._proxy:
            return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # trusts nobody
        return True

    def _translated(self, error: httpx.HTTPError, pace: Pace | None) -> ModelError:
        """The one place where httpx's errors become ours."""
        import httpx

        if pace is not None and pace.started:
            return Cut(
                f"{self.contact.shown} closed the connection in the middle of the answer",
                advice="try again; if it stays so, look into the server's log",
            )
        match error:
            case httpx.ConnectTimeout():
                return unreachable(self.contact, "did not accept a connection in time")
            case httpx.ProxyError():
                return unreachable(self.contact, "cannot be reached through the proxy")
            case httpx.ConnectError() if "CERTIFICATE" in str(error).upper():
                return unreachable(self.contact, "shows a certificate that is not trusted")
            case httpx.ConnectError() if _unnamed(error):
                return unreachable(self.contact, "has a name that no address is known for")
            case httpx.ConnectError():
                return unreachable(self.contact, "refused the connection")
            case httpx.RemoteProtocolError() if not _CLOSED.search(str(error)):
                return malformed(self.contact, "does not speak HTTP as expected")
        return unreachable(self.contact, "went away before it answered", lost=True)


def _unnamed(error: BaseException | None) -> bool:
    """Whether the host's name could not be resolved; httpx tells it by the first cause alone."""
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
        if not self._held and chunk.find(b"\n") == len(chunk) - 1:  # a line a chunk, as is usual
            self._seen += len(chunk)
            self._check(len(chunk))
            line = chunk.rstrip(b"\r\n")
            return [line] if line else []
        first, *more = chunk.split(b"\n")
        self._parts.append(first)
        self._held += len(first)
        self._seen += len(chunk)
        self._check(self._held)
        if not more:
            return []
        *middle, last = more
        lines = [b"".join(self._parts), *middle]
        self._parts, self._held = [last], len(last)
        return [stripped for line in lines if (stripped := line.rstrip(b"\r"))]

    def _check(self, line: int) -> None:
        if line > _LARGEST_LINE or self._seen > _LARGEST_BODY:
            raise malformed(self._contact, "sent more than any answer needs")

    def rest(self) -> bytes:
        """What stands after the last line end."""
        return b"".join(self._parts).strip()
