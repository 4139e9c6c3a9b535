"""The features that need the rooms below, put together on first use."""

from __future__ import annotations

import asyncio

from lsprotocol import types as lsp

from camus import config
from camus.journal import Verdict
from camus.lsp.acceptance import Acceptance, Given
from camus.lsp.choices import Choices
from camus.lsp.code_actions import Turns, offered, resolved
from camus.lsp.commands import Commands
from camus.lsp.harmless import harmless
from camus.lsp.inline import Inline
from camus.lsp.links import symbol_links
from camus.lsp.marks import Marks, mark_in
from camus.lsp.pages import Pages
from camus.lsp.plaintext import as_plain
from camus.lsp.reviews import Reviews
from camus.lsp.session import Session
from camus.source import Document, Span


class Answers:
    """Code actions, commands and what they publish."""

    def __init__(self, session: Session) -> None:
        """Answer for one session."""
        self._session = session
        self._turns = Turns()
        self.choices = Choices(session)
        self.inline = Inline(session)
        pages = Pages(config.folders().cache / "pages")
        rules = Pages(config.folders().cache / "rules")
        self.reviews = Reviews(session.client, session.documents.get, rules)
        self.acceptance = Acceptance(self._taken)
        self.marks = Marks()
        self.marking = False
        """Whether anybody is shown the marks."""
        session.on_selected = self.tell_selection
        self._commands = Commands(
            session,
            choices=self.choices,
            reviews=self.reviews,
            acceptance=self.acceptance,
            pages=pages,
        )

    def changed(self, document: Document) -> None:
        """A document's text is another one now."""
        self.inline.stop()
        self.reviews.clear(document.uri)
        self.acceptance.changed(document)

    def opened(self, document: Document) -> None:
        """A document was opened."""
        self.reviews.opened(document)

    def closed(self, uri: str) -> None:
        """A document was closed."""
        self.reviews.closed(uri)
        self.acceptance.closed(uri)
        self.marks.closed(uri)

    def tell_selection(self) -> None:
        """Tell the client what is selected for the session."""
        self._session.client.spawn(self._tell_selection())

    async def _tell_selection(self) -> None:
        override = self._session.override
        async with self._session.engine() as engine:
            known = {profile.name: profile for profile in engine.models.profiles()}
            default = engine.config.defaults.pipeline
            locks = engine.locks.within(engine.roots)
        self._session.status.selected(override, default, locks, known)

    def _taken(self, given: Given, verdict: Verdict, document: Document) -> None:
        self._session.client.spawn(self._tell(given.id, verdict))
        if verdict == "undone":
            self.marks.drop(document.uri, given.name)
        elif self.marking and given.name:
            self._session.client.spawn(self._mark(given, document))

    async def _mark(self, given: Given, document: Document) -> None:
        mark = await asyncio.to_thread(mark_in, document, given.name, given.said)
        if mark is not None and self._session.documents.get(document.uri) is not None:
            self.marks.put(document.uri, mark)
            if self._session.client.can.refreshes_hints:
                await self._session.client.ask(lsp.WORKSPACE_INLAY_HINT_REFRESH, None)

    async def _tell(self, id: str, verdict: Verdict) -> None:
        async with self._session.engine() as engine:
            engine.feedback(id, verdict)

    async def code_action(self, params: lsp.CodeActionParams) -> list[lsp.CodeAction | lsp.Command]:
        """What applies to a range."""
        return await offered(self._session, params)

    async def resolve(self, action: lsp.CodeAction) -> lsp.CodeAction:
        """An action with its edit."""
        return await resolved(
            self._session, self._turns, self.acceptance, action, declined=self.choices.declined
        )

    async def execute(self, params: lsp.ExecuteCommandParams) -> object:
        """Run a command."""
        return await self._commands.execute(params)

    def hover(self, text: str, document: Document, span: Span) -> lsp.Hover:
        """A hover over a symbol in the form that the client renders."""
        can = self._session.client.can
        if can.markdown:
            links = symbol_links(document, span, can)
            shown = harmless(text) + (f"\n\n---\n\n{links}" if links else "")
            content = lsp.MarkupContent(lsp.MarkupKind.Markdown, shown)
        else:
            content = lsp.MarkupContent(lsp.MarkupKind.PlainText, as_plain(harmless(text)))
        return lsp.Hover(content)
