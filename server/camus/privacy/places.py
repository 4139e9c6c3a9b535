"""Where a model really runs: loopback is not local when its server forwards elsewhere."""

from __future__ import annotations

import ipaddress
from functools import lru_cache
from urllib.parse import SplitResult, urlsplit

from camus.privacy.clearing import Destination

THIS_MACHINE = Destination("this machine", local=True)

_UNREADABLE = "an unreadable address"
_CLOUD = "ollama.com"
_PRIVATE_SUFFIXES = (".local", ".lan", ".internal", ".home.arpa")


@lru_cache(maxsize=256)
def destination_of(
    url: str,
    *,
    served_as: str = "",
    remote_host: str = "",
    proxy: str = "",
    remote: bool | None = None,
) -> Destination:
    """The place that code sent to `url` ends up at.

    `served_as` is the server's model id (`-cloud` names are forwarded), `remote_host` what the
    server says it forwards to, `remote` what the user declared. `remote=False` is believed of a
    private network's host, of a loopback proxy and against a `-cloud` name; never against the
    server's own word, a proxy on another machine or a public host. An empty `url` is a model in
    this process.
    """
    place = _place(url) if url else THIS_MACHINE
    if proxy and (place.local or not url.startswith("https:")):
        place = _through(place, proxy, remote)
    elif remote is False and _is_private(place.name):
        place = Destination(place.name, local=True)
    forwarded = remote_host or (_CLOUD if _is_cloud(served_as) and remote is not False else "")
    if forwarded:
        return _forwarded(place, forwarded)
    if remote is True and place.local:
        return Destination(_host_of(url) or "localhost", local=False)
    return place


def name_of(text: str) -> str:
    """The destination's name for what a user typed: a name or a whole URL.

    Raises ValueError for what names no place: empty, a wildcard, this machine.
    """
    if "://" in text:
        place = _place(text.strip())
        name = "" if place.name == _UNREADABLE or place.local else place.name
    else:
        name = text.strip().lower().removesuffix(":443")
    if not name or any(c.isspace() or c in "*\\/" or not c.isprintable() for c in name):
        raise ValueError(f"{text!r} names no destination; give its host, such as api.openai.com")
    return name


def _place(url: str) -> Destination:
    parts = _split(url)
    host = (parts.hostname or "").rstrip(".") if parts else ""
    if parts is None or not host:
        return Destination(_UNREADABLE, local=False)
    if _is_loopback(host):
        return THIS_MACHINE
    return Destination(_named(parts, host), local=False)


def _split(url: str) -> SplitResult | None:
    """The parts of a URL, or None when two readers could see two hosts in it."""
    if any(c.isspace() or c == "\\" or not c.isprintable() for c in url):
        return None
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        _ = parts.port
    except ValueError:
        return None
    return parts if parts.netloc.count("@") <= 1 else None


def _named(parts: SplitResult, host: str) -> str:
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError:
            return _UNREADABLE
    shown = f"[{host}]" if ":" in host else host.lower()
    port = parts.port or {"https": 443, "http": 80}.get(parts.scheme, 0)
    # Plain HTTP shows its port, so that consent to api.openai.com is consent to HTTPS alone.
    if parts.scheme == "https" and port == 443:
        return shown
    return f"{shown}:{port}" if port else f"{parts.scheme}://{shown}"


def _is_loopback(host: str) -> bool:
    """Whether a connection to the host stays on this machine (0.0.0.0 does, where it works)."""
    if host.lower() == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None) or address
    return bool(mapped.is_loopback or mapped.is_unspecified)


def _is_private(name: str) -> bool:
    """Whether no host of the public internet can have this name."""
    try:
        host = (urlsplit(f"//{name}").hostname or "") if name != _UNREADABLE else ""
    except ValueError:
        return False
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return bool(host) and ("." not in host or host.endswith(_PRIVATE_SUFFIXES))


def _is_cloud(served_as: str) -> bool:
    """Whether the id is one that Ollama forwards: `gpt-oss:120b-cloud`, `glm-4.6:cloud`."""
    return served_as.lower().endswith(("-cloud", ":cloud"))


def _through(place: Destination, proxy: str, remote: bool | None) -> Destination:
    by = _place(proxy)
    if not by.local:
        # What is loopback for the proxy is the proxy's own machine.
        return by if place.local else Destination(f"{by.name}+{place.name}", local=False)
    if place.local and remote is not False:
        return Destination(_host_of(proxy), local=False)
    return place


def _forwarded(place: Destination, to: str) -> Destination:
    name = _place(to if "://" in to else f"https://{to}").name
    if place.local or place.name == name:
        # A server that names this machine as its remote host still forwards: believe that.
        return Destination(name if name != THIS_MACHINE.name else "localhost", local=False)
    return Destination(f"{place.name}+{name}", local=False)


def _host_of(url: str) -> str:
    parts = _split(url)
    return _named(parts, parts.hostname) if parts and parts.hostname else ""
