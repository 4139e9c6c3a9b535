"""What httpcore needs to be told: addresses, proxies, whom to believe; sends nothing.

httpcore is what httpx sends with. Each piece of an answer passes through three layers less
without httpx, and nothing of what httpx adds (redirects, cookies, the proxies of the environment)
is wanted here.
"""

from __future__ import annotations

import base64
import ssl
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import SplitResult, quote, unquote, urlsplit

if TYPE_CHECKING:
    import httpcore

_PORTS = {"http": 80, "https": 443}
_AS_THEY_ARE = "/%:@!$&'()*+,;=~?"
"""What may stand in a path or a query beside letters, digits and `-._`."""
Headers = Sequence[tuple[bytes, bytes]]


class Address(NamedTuple):
    """Where a request goes, and the headers that its URL alone asks for."""

    url: httpcore.URL
    headers: tuple[tuple[bytes, bytes], ...]


def address_of(url: str) -> Address:
    """The address of an HTTP URL; raises ValueError for what is none."""
    import httpcore

    parts = urlsplit(url)
    if parts.scheme not in _PORTS or any(c.isspace() or not c.isprintable() for c in url):
        raise ValueError("no address of HTTP")
    host = _host(parts)
    target = quote(parts.path or "/", safe=_AS_THEY_ARE)
    if parts.query:
        target += "?" + quote(parts.query, safe=_AS_THEY_ARE)
    shown = f"[{host}]" if ":" in host else host
    if parts.port not in {None, _PORTS[parts.scheme]}:
        shown += f":{parts.port}"
    headers = [(b"Host", shown.encode("ascii"))]
    login = _login(parts)
    if login is not None:
        basic = base64.b64encode(f"{login[0]}:{login[1]}".encode())
        headers.append((b"Authorization", b"Basic " + basic))
    made = httpcore.URL(scheme=parts.scheme, host=host, port=parts.port, target=target)
    return Address(made, tuple(headers))


def _host(parts: SplitResult) -> str:
    host = parts.hostname or ""
    if not host:
        raise ValueError("no host")
    return host if host.isascii() else host.encode("idna").decode("ascii")


def _login(parts: SplitResult) -> tuple[str, str] | None:
    """The name and the password that stand in a URL."""
    if parts.username is None and parts.password is None:
        return None
    return unquote(parts.username or ""), unquote(parts.password or "")


def pool_of(
    room: int, *, keep_alive: float, trust: ssl.SSLContext | None, proxy: str = ""
) -> httpcore.AsyncConnectionPool:
    """Connections that believe `trust`, or the CAs that are usual; ImportError, ValueError.

    Reading the list of those CAs takes 30 ms and more, so this is no call for the loop.
    """
    import httpcore

    from camus.models.http11 import Pool
    from camus.models.network import AsyncioBackend

    if find_spec("sniffio") is None:
        # httpcore asks for it several times a request, and Python would search each time anew.
        sys.modules.setdefault("sniffio", None)  # type: ignore[arg-type]  # as documented
    believed = trust if trust is not None else httpcore.default_ssl_context()
    if not proxy:
        return Pool(believed, room=room, keep_alive=keep_alive)
    return httpcore.AsyncConnectionPool(
        network_backend=AsyncioBackend(),
        ssl_context=believed,
        proxy=_proxy(proxy),
        max_connections=room,
        max_keepalive_connections=room,
        keepalive_expiry=keep_alive,
    )


def _proxy(url: str) -> httpcore.Proxy:
    import httpcore

    parts = urlsplit(url)
    if parts.scheme.startswith("socks5"):
        if find_spec("socksio") is None:  # httpcore would miss it only when it connects
            raise ImportError("SOCKS needs the package socksio")
        made = httpcore.URL(scheme=parts.scheme, host=_host(parts), port=parts.port, target="/")
    else:
        made = address_of(url).url
    login = _login(parts)
    auth = None if login is None else (login[0].encode(), login[1].encode())
    return httpcore.Proxy(made, auth=auth)


def failures() -> tuple[type[Exception], ...]:
    """What httpcore raises when an exchange fails."""
    import httpcore

    return (
        httpcore.TimeoutException,
        httpcore.NetworkError,
        httpcore.ProtocolError,
        httpcore.ProxyError,
        httpcore.UnsupportedProtocol,
    )


def header(headers: Headers, name: bytes) -> str:
    """The value of a header, by its name in lower case; empty when it is not there."""
    for known, value in headers:
        if known.lower() == name:
            return value.decode("latin-1")
    return ""
