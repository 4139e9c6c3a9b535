"""An engine without models, tools or files, for the tests of the faces: every answer is scripted.

`FakeEngine.reply` is an async function of the request and its watch that returns an outcome;
`outcome_for` makes one. What the face called is kept: `requests`, `verdicts`, `reloads`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from camus.actions import ACTIONS, Classified, Offer, Task
from camus.analysis import Finding
from camus.config import BackendKind, Complexity, Config, Loaded, StrategyName, TaskKind
from camus.models import Profile
from camus.orchestrator import Decision, Locks, OnText, Outcome, Request, Stage
from camus.privacy import THIS_MACHINE, Consent, Destination
from camus.quality import Report
from camus.routing import Choice, Plan
from camus.source import Document, Edit, Scope, Span
from support.editor import Editor

Watch = Callable[[Stage], None]
Reply = Callable[[Request, Watch], Awaitable[Outcome]]


def profile(name: str, *, place: Destination = THIS_MACHINE, state: Any = "ready") -> Profile:
    return Profile(name, BackendKind.OLLAMA, name, place, 8192, "fast", state=state)


def task_for(request: Request) -> Task:
    span = request.span
    scope = Scope("function", "f", "f", span, span, span, Span(span.start, span.start))
    kind = Classified(TaskKind.REFACTORING, Complexity.SIMPLE, 1.0)
    return Task(ACTIONS[request.action], request.document, scope, span, kind)


def outcome_for(request: Request, *edits: Edit, **more: Any) -> Outcome:
    """A good answer of the model `qwen`, scored 0.92, unless `more` says otherwise."""
    plan = Plan(StrategyName.SINGLE, (Choice("rules", "free"), Choice("qwen", "small and ready")))
    values: dict[str, Any] = {
        "state": "done",
        "model": "qwen",
        "report": Report(0.92, checked=("syntax", "ruff")),
        "decision": Decision(plan),
        **more,
    }
    return Outcome(
        id=request.id, action=request.action, task=task_for(request), edits=edits, **values
    )


def replaced(request: Request, text: str, **more: Any) -> Outcome:
    """The whole target replaced."""
    return outcome_for(request, Edit(request.span, text), **more)


@dataclass
class FakeLedger:
    granted: set[str] = field(default_factory=set)
    trusts: dict[Path, str] = field(default_factory=dict)
    problem: str = ""

    def consents(self) -> tuple[Consent, ...]:
        return tuple(Consent(name, "2026-01-01") for name in sorted(self.granted))

    def grant(self, destination: str, *, now: str) -> None:
        self.granted.add(destination)

    def trust(self, workspace: Path, digest: str, *, now: str) -> None:
        self.trusts[workspace] = digest

    def untrust(self, workspace: Path) -> bool:
        return self.trusts.pop(workspace, None) is not None


@dataclass
class FakeModels:
    known: list[Profile] = field(default_factory=lambda: [profile("qwen")])

    def profiles(self) -> tuple[Profile, ...]:
        return tuple(self.known)


class FakeEngine:
    """What a face sees of an engine."""

    def __init__(self, reply: Reply | None = None) -> None:
        self.config = Config()
        self.loaded = Loaded(self.config)
        self.models = FakeModels()
        self.ledger = FakeLedger()
        self.locks = Locks(None)
        self.roots: tuple[Path, ...] = (Path("/home/ada"),)
        self.reply = reply
        self.offers: Sequence[str] = ("refactor", "explain", "review")
        self.offered: list[dict[str, Any]] = []
        self.requests: list[Request] = []
        self.verdicts: list[tuple[str, str]] = []
        self.reloads: list[Mapping[str, object] | None] = []
        self.observed: list[str] = []
        self.forgotten: list[str] = []
        self.cancelled = 0
        self.written: Sequence[str] = ()
        """What the model has written so far, at each piece."""
        self.closed = 0
        self.kept: dict[str, Outcome] = {}

    def offer(
        self,
        document: Document,
        span: Span,
        diagnostics: Sequence[Finding] = (),
        *,
        only: Sequence[str] = (),
        automatic: bool = False,
    ) -> tuple[Offer, ...]:
        self.offered.append(
            {"span": span, "diagnostics": diagnostics, "only": only, "automatic": automatic}
        )
        target = span if len(span) else document.span
        fixes = tuple(Offer(ACTIONS["fix"], f"Fix {d.rule}", target, (d,)) for d in diagnostics)
        return fixes + tuple(
            Offer(ACTIONS[name], ACTIONS[name].title, target) for name in self.offers
        )

    async def perform(
        self,
        request: Request,
        watch: Watch = lambda _stage: None,
        on_text: OnText | None = None,
    ) -> Outcome:
        self.requests.append(request)
        for text in self.written if on_text is not None else ():
            on_text("qwen", partial(str, text))
        try:
            if self.reply is None:
                outcome = replaced(request, "x")
            else:
                outcome = await self.reply(request, watch)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        self.kept[outcome.id] = outcome
        return outcome

    async def hover(self, document: Document, span: Span) -> str:
        return f"**summary** at {span.start} ![x](http://example.org/x.png)"

    async def ready(self) -> tuple[Profile, ...]:
        return self.models.profiles()

    def outcome(self, id: str = "") -> Outcome | None:
        return self.kept.get(id) if id else next(reversed(self.kept.values()), None)

    def feedback(self, id: str, verdict: str) -> bool:
        self.verdicts.append((id, verdict))
        return id in self.kept

    async def reload(self, editor: Mapping[str, object] | None = None) -> Loaded:
        self.reloads.append(editor)
        return self.loaded

    def observe(self, document: Document) -> None:
        self.observed.append(document.uri)

    def forget(self, uri: str) -> None:
        self.forgotten.append(uri)

    async def close(self) -> None:
        self.closed += 1


@dataclass
class Out:
    """The server's stdout, in this process."""

    editor: Editor | None = None

    def write(self, body: bytes) -> None:
        assert self.editor is not None
        self.editor.take(body)


@asynccontextmanager
async def in_process(
    engine: FakeEngine, can: dict[str, Any] | None = None, **more: Any
) -> AsyncIterator[Editor]:
    """A server over a fake engine in this process; initialised when `can` is given."""
    from camus.lsp.server import Server

    made: list[tuple[tuple[Path, ...], Mapping[str, object]]] = []

    def make(roots: tuple[Path, ...], editor_settings: Mapping[str, object]) -> Any:
        made.append((roots, editor_settings))
        return engine

    server = Server(make)
    inbox: asyncio.Queue[bytes] = asyncio.Queue()
    editor = Editor(inbox.put_nowait, more.pop("root", None))
    editor.answers.update(more.pop("answers", {}))
    editor.made = made  # type: ignore[attr-defined]  # what engines were built over
    editor.server = server  # type: ignore[attr-defined]  # for tests that look inside
    server.protocol.out = Out(editor)

    async def pump() -> None:
        while True:
            server.protocol.receive(await inbox.get())
            await asyncio.sleep(0)

    pumping = asyncio.create_task(pump())
    try:
        if can is not None:
            await editor.initialize(can, **more)
        yield editor
        editor.check()
    finally:
        pumping.cancel()
        await asyncio.gather(*server.protocol.cancel_all(), return_exceptions=True)
        await server.close()
