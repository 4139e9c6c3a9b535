"""Every feature over one session; the handlers of `server` are lines that lead here."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types as lsp

from camus.lsp.capabilities import Capabilities
from camus.lsp.client import Client
from camus.lsp.logs import LogToClient
from camus.lsp.optional import Switch
from camus.lsp.positions import offset_at, span_of
from camus.lsp.protocol import MendedProtocol
from camus.lsp.session import Make, Session
from camus.lsp.watching import Watching
from camus.source import Span, enclosing, path_of

if TYPE_CHECKING:
    from camus.config import Loaded
    from camus.lsp.answers import Answers


class Features:
    """What the server does between `initialized` and the end."""

    def __init__(
        self,
        protocol: MendedProtocol,
        can: Capabilities,
        opened: lsp.InitializeParams,
        make: Make | None = None,
    ) -> None:
        """Prepare for the client that sent `opened`."""
        self.client = Client(protocol, can)
        roots = roots_of(opened)
        self.session = Session(
            self.client, roots=roots, options=opened.initialization_options, make=make
        )
        self._watching = Watching(self.session)
        self._logs = LogToClient(self.client)
        self.lenses = Switch(
            self.client,
            lsp.TEXT_DOCUMENT_CODE_LENS,
            lsp.CodeLensRegistrationOptions(),
            registers=can.registers_lenses,
        )
        self.hinting = Switch(
            self.client,
            lsp.TEXT_DOCUMENT_INLAY_HINT,
            lsp.InlayHintRegistrationOptions(),
            registers=can.registers_hints,
        )
        self.completing = Switch(
            self.client,
            lsp.TEXT_DOCUMENT_INLINE_COMPLETION,
            lsp.InlineCompletionRegistrationOptions(),
            registers=can.registers_inline,
        )
        self._answers: Answers | None = None
        self.session.on_loaded = self._loaded

    @property
    def answers(self) -> Answers:
        """What needs the rooms below; imported on first use."""
        if self._answers is None:
            from camus.lsp.answers import Answers

            self._answers = Answers(self.session)
        return self._answers

    async def inline(self, params: lsp.InlineCompletionParams) -> lsp.InlineCompletionList | None:
        """What would go on at the cursor, while that is switched on."""
        if not self.completing.on:
            return None
        return await self.answers.inline.complete(params)

    async def code_lens(self, uri: str) -> list[lsp.CodeLens]:
        """The lenses of a document, while they are switched on."""
        from camus.lsp.lenses import lenses

        document = self.session.documents.get(uri)
        if document is None or not self.lenses.on:
            return []
        return await asyncio.to_thread(lenses, document, self.client.can.encoding)

    async def inlay_hints(self, params: lsp.InlayHintParams) -> list[lsp.InlayHint]:
        """The hints in a range, while they are switched on."""
        from camus.lsp.hints import hints

        document = self.session.documents.get(params.text_document.uri)
        if document is None or not self.hinting.on:
            return []
        encoding = self.client.can.encoding
        within = span_of(document, params.range, encoding)
        marks = self.answers.marks.of(document.uri)
        async with self.session.engine() as engine:
            limit = engine.config.server.hint_complexity
        return await asyncio.to_thread(
            hints, document, within, marks, limit=limit, encoding=encoding
        )

    def start(self) -> None:
        """Build the engine and ask the client for what it has to tell."""
        self._logs.start()
        self.session.start()
        self.client.spawn(self._watching.start())

    def _loaded(self, loaded: Loaded) -> None:
        self._logs.show_from(loaded.config.server.log_level)
        self.client.spawn(self.answers.choices.offer_trust(loaded))
        self.answers.tell_selection()
        self.client.spawn(self.lenses.want(loaded.config.server.code_lens))
        self.answers.marking = loaded.config.server.inlay_hints
        self.client.spawn(self._want_hints(loaded.config.server.inlay_hints))
        self.client.spawn(self.completing.want(loaded.config.server.inline_completion))

    async def _want_hints(self, wanted: bool) -> None:
        """Switch inlay hints; who shows a document already asks again only when it is told to."""
        before = self.hinting.on
        await self.hinting.want(wanted)
        if (wanted or before) and self.client.can.refreshes_hints:
            await self.client.ask(lsp.WORKSPACE_INLAY_HINT_REFRESH, None)

    async def close(self) -> None:
        """End everything."""
        await self.session.close()
        self._logs.stop()

    def opened(self, params: lsp.DidOpenTextDocumentParams) -> None:
        """Take a document over."""
        document = self.session.documents.open(params.text_document)
        if self._answers is not None:
            self._answers.opened(document)

    def changed(self, params: lsp.DidChangeTextDocumentParams) -> None:
        """Follow a change; a review of what stood there is void."""
        document = self.session.documents.change(params)
        if document is not None and self._answers is not None:
            self._answers.changed(document)

    def closed(self, params: lsp.DidCloseTextDocumentParams) -> None:
        """Give a document back."""
        self.session.documents.close(params.text_document.uri)
        if self._answers is not None:
            self._answers.closed(params.text_document.uri)

    def moved(self, params: lsp.DidChangeWorkspaceFoldersParams) -> None:
        """Follow the workspace's folders."""
        added = [folder.uri for folder in params.event.added]
        removed = [folder.uri for folder in params.event.removed]
        self.client.spawn(self.session.move(added, removed))

    def configure(self, settings: object) -> None:
        """Take changed settings."""
        self.client.spawn(self.session.configure(settings))

    def reload(self) -> None:
        """Read the configuration's files again."""
        self.client.spawn(self.session.reload())

    def stop(self, token: lsp.ProgressToken) -> None:
        """End what the user stopped at its progress."""
        task = self.client.running.get(token)
        if task is not None:
            task.cancel()

    async def hover(self, params: lsp.HoverParams) -> lsp.Hover | None:
        """The summary of the symbol at a place, and a kept explanation of it."""
        document = self.session.documents.get(params.text_document.uri)
        if document is None:
            return None
        encoding = self.client.can.encoding
        offset = offset_at(document, params.position, encoding)
        async with self.session.engine() as engine:
            here = Span(offset, offset)
            text = await engine.hover(document, here)
        return self.answers.hover(text, document, enclosing(document, here).span) if text else None


def roots_of(opened: lsp.InitializeParams) -> tuple[Path, ...]:
    """The workspace's folders that are on this machine's disk."""
    folders = [folder.uri for folder in opened.workspace_folders or ()]
    if not folders and opened.root_uri:
        folders = [opened.root_uri]
    elif not folders and opened.root_path:
        return (Path(opened.root_path),)
    paths = (path_of(uri) for uri in folders)
    return tuple(dict.fromkeys(path for path in paths if path is not None))
