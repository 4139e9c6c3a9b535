"""Holds the engine and the open documents from `initialized` to the end; answers nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException

from camus.lsp.capabilities import OWN_OPTIONS
from camus.lsp.client import Client
from camus.lsp.documents import Documents
from camus.source import Document, path_of

if TYPE_CHECKING:
    from camus.config import Loaded, Problem
    from camus.lsp.status import Status
    from camus.orchestrator import Orchestrator
    from camus.routing import Override

SECTION = "camus"
CONFIGURATION_SECONDS = 2.0
"""How long the start waits for the editor's settings."""

Make = Callable[[tuple[Path, ...], Mapping[str, object]], "Orchestrator"]


class NoEngine(JsonRpcException):
    """Raised when there is no configuration to go on with at all (LSP: RequestFailed)."""

    CODE = lsp.LSPErrorCodes.RequestFailed.value
    MESSAGE = "Camus could not start"


class _Running:
    """An engine being built or in use, and how many use it."""

    def __init__(self, starting: asyncio.Task[Orchestrator]) -> None:
        self.starting = starting
        self._users = 0
        self._idle = asyncio.Event()
        self._idle.set()

    @contextmanager
    def used(self) -> Iterator[None]:
        self._users += 1
        self._idle.clear()
        try:
            yield
        finally:
            self._users -= 1
            if not self._users:
                self._idle.set()

    async def retire(self) -> None:
        """Close the engine when its last user is done."""
        await self._idle.wait()
        # One that is still being built is waited for: a thread cannot be stopped half-way.
        (engine,) = await asyncio.gather(self.starting, return_exceptions=True)
        if not isinstance(engine, BaseException):
            await engine.close()


class Session:
    """One connection's state: documents, engine, what the user selected for this session."""

    def __init__(
        self,
        client: Client,
        *,
        roots: Sequence[Path] = (),
        options: object = None,
        make: Make | None = None,
    ) -> None:
        """Prepare; `options` are the client's initialization options, `make` builds the engine."""
        self.client = client
        self.documents = Documents(client.can.encoding)
        self.roots = tuple(roots)
        self._make = make or (_assemble_rules if client.can.restricted else _assemble)
        self._settings: Mapping[str, object] = _settings(options)
        self._running: _Running | None = None
        self._seen: dict[str, Document] = {}
        self._override: Override | None = None
        self._problems: tuple[Problem, ...] = ()
        self._status: Status | None = None
        self.on_loaded: Callable[[Loaded], None] = lambda _loaded: None
        """Called with each configuration that comes into force."""
        self.on_selected: Callable[[], None] = lambda: None
        """Called when the user selected something else for the session."""

    @property
    def status(self) -> Status:
        """What a client made for Camus is told of the session."""
        from camus.lsp.status import Status

        self._status = self._status or Status(self.client)
        return self._status

    @property
    def override(self) -> Override:
        """What the user selected for this session."""
        from camus.routing import Override

        return self._override or Override()

    @override.setter
    def override(self, value: Override) -> None:
        self._override = value
        self.on_selected()

    def start(self) -> _Running:
        """Begin to build the engine, unless that was begun; returns at once."""
        if self._running is None:
            self._running = _Running(asyncio.create_task(self._start()))
        return self._running

    @asynccontextmanager
    async def engine(self) -> AsyncIterator[Orchestrator]:
        """The engine, kept open while it is used; raises `NoEngine`."""
        running = self.start()
        with running.used():
            yield await asyncio.shield(running.starting)

    def show_documents_to(self, engine: Orchestrator) -> None:
        """Let retrieval see the open documents as they are now."""
        now = {document.uri: document for document in self.documents}
        for uri, document in now.items():
            if self._seen.get(uri) is not document:
                engine.observe(document)
        for uri in self._seen.keys() - now.keys():
            engine.forget(uri)
        self._seen = now

    async def configure(self, settings: object) -> None:
        """Take the editor's settings as they are now and read the configuration again."""
        pulled = await self._pull()
        if pulled is None and isinstance(settings, Mapping):
            pulled = _section(settings)
        if pulled is not None:
            self._settings = pulled
        await self.reload()

    async def reload(self) -> None:
        """Read the configuration again and say what is wrong with it."""
        async with self.engine() as engine:
            loaded = await engine.reload(self._settings)
        self._say(loaded)

    async def move(self, added: Sequence[str], removed: Sequence[str]) -> None:
        """Other workspace folders: a new engine over them, while the old one ends its work."""
        gone = {path_of(uri) for uri in removed}
        new = [path for uri in added if (path := path_of(uri)) and path not in self.roots]
        self.roots = (*(root for root in self.roots if root not in gone), *new)
        old, self._running, self._seen = self._running, None, {}
        if old is not None:
            self.start()
            await old.retire()

    async def close(self) -> None:
        """End the engine."""
        await self.client.close()
        if self._running is not None:
            await self._running.retire()

    async def _start(self) -> Orchestrator:
        from camus.config import ConfigError

        pulled = await self._pull()
        if pulled is not None:
            self._settings = pulled
        try:
            engine = await asyncio.to_thread(self._make, self.roots, self._settings)
        except (ConfigError, OSError) as error:
            self.client.show("error", f"Camus could not start: {error}")
            raise NoEngine from None
        self._say(engine.loaded)
        if engine.config.server.probe_models:
            from camus.orchestrator import probed_quietly

            self.client.spawn(probed_quietly(engine))
        return engine

    async def _pull(self) -> Mapping[str, object] | None:
        """The editor's settings, when it can be asked for them and answers in time."""
        if not self.client.can.configuration:
            return None
        params = lsp.ConfigurationParams([lsp.ConfigurationItem(section=SECTION)])
        try:
            async with asyncio.timeout(CONFIGURATION_SECONDS):
                answer = await self.client.ask(lsp.WORKSPACE_CONFIGURATION, params)
        except TimeoutError:
            return None
        return _section(answer[0]) if isinstance(answer, list | tuple) and answer else None

    def _say(self, loaded: Loaded) -> None:
        self.on_loaded(loaded)
        errors = [str(problem) for problem in loaded.problems if problem.severity == "error"]
        new = loaded.problems != self._problems
        self._problems = loaded.problems
        for problem in loaded.problems if new else ():
            self.client.log(problem.severity, str(problem))
        if errors and new:
            more = f" (and {len(errors) - 1} more in the log)" if len(errors) > 1 else ""
            self.client.show("warning", f"Camus configuration: {errors[0]}{more}")


def _assemble(roots: tuple[Path, ...], editor: Mapping[str, object]) -> Orchestrator:
    from camus.orchestrator import Settings, assemble

    return assemble(Settings(roots=roots, editor=editor, stays=True))


def _assemble_rules(roots: tuple[Path, ...], editor: Mapping[str, object]) -> Orchestrator:
    from camus.orchestrator import Settings, assemble

    return assemble(Settings(roots=roots, editor=editor, rules_only=True))


def _settings(options: object) -> Mapping[str, object]:
    """The settings in initialization options, without what the client declares of itself."""
    if isinstance(options, Mapping) and isinstance(options.get(SECTION), Mapping):
        return {k: v for k, v in options[SECTION].items() if k not in OWN_OPTIONS}
    return _section(options)


def _section(settings: object) -> Mapping[str, object]:
    """The tree of settings in what a client sent, with or without the section's name around."""
    if not isinstance(settings, Mapping):
        return {}
    inner = settings.get(SECTION, settings)
    return inner if isinstance(inner, Mapping) else {}
