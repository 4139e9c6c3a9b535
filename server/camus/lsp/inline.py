"""Inline completion by the fast model: one at a time, begun when the typing rests."""

from __future__ import annotations

import asyncio

from lsprotocol import types as lsp

from camus.lsp.code_actions import new_id
from camus.lsp.positions import offset_at
from camus.lsp.session import Session
from camus.orchestrator import Outcome, Request
from camus.routing import Override
from camus.source import Document, Span

REST = 0.3
"""Seconds without a keystroke before a model is asked."""
FAST = "fast"
"""The composite that answers. Built in it is a local model; one of the user's own that is remote
needs consent like any other."""
_MOST_LINE = 200


class Inline:
    """The completion under way; a newer one, or a keystroke, ends it."""

    def __init__(self, session: Session) -> None:
        """Complete for one session."""
        self._session = session
        self._asking: asyncio.Task[Outcome] | None = None
        self._number = 0

    async def complete(self, params: lsp.InlineCompletionParams) -> lsp.InlineCompletionList | None:
        """What would go on at the cursor, or nothing; never a popup."""
        self.stop()
        self._number += 1
        number = self._number
        await asyncio.sleep(REST)
        document = self._session.documents.get(params.text_document.uri)
        if number != self._number or document is None:
            return None
        offset = offset_at(document, params.position, self._session.client.can.encoding)
        outcome = await self._asked(_request(document, offset))
        now = self._session.documents.get(document.uri)
        text = continuation(outcome, document, offset) if outcome is not None else ""
        if not text or now is None or now.text != document.text:
            return None
        return lsp.InlineCompletionList([lsp.InlineCompletionItem(text)])

    def stop(self) -> None:
        """End what is under way: the code is another one now."""
        self._number += 1
        if self._asking is not None:
            self._asking.cancel()

    async def _asked(self, request: Request) -> Outcome | None:
        """The outcome; None when a newer request or a keystroke ended it."""
        async with self._session.engine() as engine:
            self._session.show_documents_to(engine)
            asking = self._asking = asyncio.create_task(engine.perform(request))
            try:
                await asyncio.wait([asking])
            finally:
                asking.cancel()
                await asyncio.wait([asking])
                if self._asking is asking:
                    self._asking = None
        return None if asking.cancelled() else asking.result()


def continuation(outcome: Outcome, document: Document, offset: int) -> str:
    """What an outcome inserts at the cursor; empty when it is unsure or changes anything else."""
    if outcome.state != "done" or not outcome.edits or outcome.needs_confirmation:
        return ""
    after = document.edited(outcome.edits).text
    before, behind = document.text[:offset], document.text[offset:]
    inserted = len(after) - len(document.text)
    if inserted <= 0 or not after.startswith(before) or not after.endswith(behind):
        return ""
    text = after[offset : offset + inserted]
    return text.rstrip(" \t") if behind.startswith(("\n", "\r")) else text


def _request(document: Document, offset: int) -> Request:
    line = document.lines.span(document.lines.line_of(offset))
    written = document.text[line.start : offset].strip()[-_MOST_LINE:]
    where = f"right after `{written}`" if written else "on the empty line of the cursor"
    number = document.lines.line_of(offset) + 1
    instruction = (
        f"Continue the code at the cursor, in line {number} of the file, {where}. "
        "Only insert what is missing there; leave every other character as it is."
    )
    return Request(
        new_id(),
        "modify",
        document,
        Span(offset, offset),
        instruction=instruction,
        override=Override(model=FAST),
        cursor=offset,
    )
