"""An engine over real loopback servers with a model for each job, as a user might have it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from camus.orchestrator import Orchestrator, Outcome, Request
from support.engines import document, request, running
from support.servers import Asked, Fault, Ollama, Reply, Told

STUB = '''def area(width: int, height: int) -> int:
    """The area of a rectangle."""
    raise NotImplementedError
'''
BODY = STUB.replace("raise NotImplementedError", "return width * height")
GOOD = f"```python\n{BODY}```"
JOBS: Mapping[str, Mapping[str, Any]] = {
    "quick": {"size": "fast"},
    "coder": {"size": "medium", "capabilities": ["CODE_SPECIALIZED"]},
    "maths": {"size": "medium", "strengths": ["MATHEMATICAL"]},
    "poet": {"size": "medium", "strengths": ["CREATIVE"]},
    "general": {"size": "medium"},
    "deep": {"size": "large"},
}
Answer = str | Reply | Fault
Script = Callable[[Asked], Answer]


def household(script: Script, *names: str) -> Ollama:
    """A server with these models; without names with one for each job."""
    return Ollama(script, models=[Told(name, parameters="") for name in names or JOBS])


def by_model(**answers: Answer) -> Script:
    """Each model's own answer; code for those without one."""
    return lambda asked: answers.get(asked.model, GOOD)


def flags(url: str, *names: str, **more: Any) -> dict[str, Any]:
    """Settings that name these models on one server."""
    chosen = {name: {"url": url, **JOBS[name]} for name in names or JOBS}
    return {
        "server": {"discover": False},
        "timeouts": {"connect": 0.5, "first_token": 2.0, "idle": 1.0, "total": 4.0},
        "models": chosen,
        **more,
    }


@asynccontextmanager
async def living(
    root: Path, server: Ollama, *names: str, **more: Any
) -> AsyncIterator[Orchestrator]:
    """An engine over that server; `more` are settings."""
    async with running(root, None, flags(server.url, *names, **more)) as engine:
        yield engine


def implement(root: Path, id: str = "r1", **more: Any) -> Request:
    """A stub that wants a body: no rule answers it."""
    return request(document(root, "a.py", STUB), "implement", "area", id=id, **more)


def asked(root: Path, question: str, id: str = "r1", **more: Any) -> Request:
    """A question in words."""
    given = document(root, "notes.md", "# Notes\n")
    return request(given, "ask", id=id, instruction=question, **more)


def said(outcome: Outcome) -> str:
    """What the user is told beside the answer."""
    return "\n".join((outcome.message, *outcome.warnings))
