"""Where servers are: a `url` made exact, the usual ports, and which key belongs to a place."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from urllib.parse import SplitResult, urlsplit

from camus.config import BackendKind

OLLAMA = "http://127.0.0.1:11434"
LLAMA_SERVER = "http://127.0.0.1:8080"
LM_STUDIO = "http://127.0.0.1:1234"
VLLM = "http://127.0.0.1:8000"
OPENAI = "https://api.openai.com/v1"


class NotAnAddress(ValueError):
    """Raised when a `url` cannot be one; its words say what to write."""


def exact(kind: BackendKind, url: str) -> str:
    """Scheme, host, port and the protocol's path, without a final slash; raises `NotAnAddress`.

    The scheme may be left out. OpenAI's path is `/v1` when none is given; Ollama's is none, so
    `/api` and `/v1` are taken off.
    """
    url = url.strip()
    parts = _parts(url if "://" in url else f"http://{url}")
    host = "127.0.0.1" if parts.hostname in {"0.0.0.0", "::"} else parts.hostname  # noqa: S104  a server's wildcard, not ours
    host = f"[{host}]" if host and ":" in host else host
    place = f"{parts.scheme}://{host}:{parts.port}" if parts.port else f"{parts.scheme}://{host}"
    path = parts.path.rstrip("/")
    if kind is BackendKind.OLLAMA:
        return place + path.removesuffix("/api").removesuffix("/v1")
    return place + (path or "/v1")


def default(kind: BackendKind, env: Mapping[str, str], *, keyed: bool) -> str:
    """The server of a model that names none: Ollama where `OLLAMA_HOST` says, `llama-server`'s
    port, or OpenAI itself for a model that names a key.
    """
    if kind is BackendKind.OLLAMA:
        return _ollama_host(env) or OLLAMA
    return OPENAI if keyed else LLAMA_SERVER


def usual(env: Mapping[str, str]) -> tuple[tuple[BackendKind, str], ...]:
    """The places to look for servers: usual ports of this machine, exact URLs."""
    ollama = _ollama_host(env)
    return (
        (BackendKind.OLLAMA, ollama if ollama and is_loopback(ollama) else OLLAMA),
        (BackendKind.OPENAI, exact(BackendKind.OPENAI, LLAMA_SERVER)),
        (BackendKind.OPENAI, exact(BackendKind.OPENAI, LM_STUDIO)),
        (BackendKind.OPENAI, exact(BackendKind.OPENAI, VLLM)),
    )


def key_name(kind: BackendKind, url: str, declared: str) -> str:
    """The variable with the key for a place: the declared one, or OpenAI's own for OpenAI."""
    if declared or kind is BackendKind.OLLAMA:
        return declared
    return "OPENAI_API_KEY" if urlsplit(url).hostname == "api.openai.com" else ""


def same_place(one: str, other: str) -> bool:
    """Whether two URLs name the same port of the same machine, by whatever name of it."""
    first, second = urlsplit(one), urlsplit(other)
    if first.port != second.port:
        return False
    return first.hostname == second.hostname or (is_loopback(one) and is_loopback(other))


def is_loopback(url: str) -> bool:
    """Whether a URL is of this machine itself."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _ollama_host(env: Mapping[str, str]) -> str:
    """`OLLAMA_HOST`, as Ollama reads it: host, port and scheme may each be left out."""
    said = env.get("OLLAMA_HOST", "").strip()
    if not said:
        return ""
    said = f"127.0.0.1{said}" if said.startswith(":") else said
    try:
        address = exact(BackendKind.OLLAMA, said)
    except NotAnAddress:
        return ""
    bare = "://" not in said and urlsplit(address).port is None
    return f"{address}:11434" if bare else address


def _parts(url: str) -> SplitResult:
    if any(char.isspace() or char == "\\" or not char.isprintable() for char in url):
        raise NotAnAddress("`url` holds a character that no address has")
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises for a port that is none
    except ValueError as error:
        raise NotAnAddress(f"`url` is not an address: {error}") from error
    if parts.scheme not in {"http", "https"}:
        raise NotAnAddress("`url` must begin with http:// or https://")
    if not parts.hostname:
        raise NotAnAddress("`url` names no host")
    if parts.username or parts.password:
        raise NotAnAddress("`url` must not hold a password; name a variable in `api_key_env`")
    if parts.query or parts.fragment:
        raise NotAnAddress("`url` must not hold a query; put a key into `api_key_env`")
    return parts
