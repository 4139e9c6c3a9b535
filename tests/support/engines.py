"""An engine over a workspace with simulated models, for tests of what is above `models`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from camus.config import BackendKind
from camus.models import Backend, Scripted, Served
from camus.orchestrator import Orchestrator, Request, Settings, assemble
from camus.source import Document, Span, language_of, uri_of

LOOPBACK = "http://127.0.0.1:11434"


def scripted(
    reply: Callable[..., object],
    *names: str,
    delay: float = 0.0,
    finish: str = "stop",
    window: int = 8192,
) -> Scripted:
    """A simulated backend that serves models of these names."""
    served = [Served(name, window=window) for name in names]
    return Scripted(reply, models=served, delay=delay, finish=finish)  # type: ignore[arg-type]


def models(**sizes: str) -> dict[str, object]:
    """Flags that configure models of these names with their size on the ladder."""
    return {
        "server": {"discover": False},
        "models": {
            name: {"type": "ollama", "model": name, "url": LOOPBACK, "size": size}
            for name, size in sizes.items()
        },
    }


@asynccontextmanager
async def running(
    root: Path,
    backend: Backend | None = None,
    flags: Mapping[str, object] | None = None,
    env: Mapping[str, str] | None = None,
) -> AsyncIterator[Orchestrator]:
    """An engine over a folder, closed at the end."""

    def make(_kind: BackendKind, _url: str) -> Backend:
        assert backend is not None
        return backend

    settings = Settings(
        roots=(root,),
        flags=flags or {"server": {"discover": False}},
        env={"CAMUS_HOME": str(root.parent / "home"), **(env or {})},
        backends=make if backend else None,
    )
    engine = assemble(settings)
    try:
        yield engine
    finally:
        await engine.close()


def document(root: Path, name: str, text: str) -> Document:
    """A document of a file in the workspace, written there too."""
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    return Document(uri_of(path), text, language_of(name), 1)


def request(document: Document, action: str, at: str = "", **more: object) -> Request:
    """A request at the first place where some text stands."""
    start = document.text.index(at) if at else 0
    span = Span(start, start)
    return Request(str(more.pop("id", "r1")), action, document, span, **more)  # type: ignore[arg-type]


def fenced(code: str, language: str = "python") -> str:
    """Code as a well-behaved model sends it."""
    return f"```{language}\n{code.rstrip()}\n```\n"
