"""`camus.reviewWorkspace`: every source file looked at by the rules, shown file by file."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import PurePath
from urllib.parse import unquote

from lsprotocol import types as lsp

from camus.analysis import Aspect, Finding
from camus.lsp.arguments import ReviewWorkspace, taken
from camus.lsp.progress import Progress
from camus.lsp.reviews import Reviews
from camus.lsp.session import Session
from camus.orchestrator import Field, Swept, files_in, sweep
from camus.source import path_of

TITLE = "Review of the workspace"
Token = lsp.ProgressToken | None


@dataclass(slots=True)
class _Tally:
    """What came of the files that were looked at so far."""

    files: int = 0
    unread: int = 0
    shown: int = 0
    affected: int = 0
    aspects: Counter[str] = field(default_factory=Counter)
    absent: dict[str, str] = field(default_factory=dict)

    def count(self, swept: Swept, found: Sequence[Finding], shown: int) -> None:
        """Add a file, what was found in it, and how much of that is shown."""
        self.shown += shown
        self.affected += bool(shown)
        self.aspects.update(finding.aspect for finding in found)
        self.absent.update(swept.looked.absent)


class Sweeps:
    """The review of the workspace of one session; one at a time."""

    def __init__(self, session: Session, reviews: Reviews) -> None:
        """Show what is found through `reviews`."""
        self._session = session
        self._reviews = reviews
        self._running = False

    async def run(self, arguments: object, token: Token) -> object:
        """Look at every file; stopping it keeps what was found."""
        given = taken(arguments, ReviewWorkspace)
        client = self._session.client
        if self._running:
            client.tell_result(f"{TITLE}: one is under way; stop that first.")
            return {"state": "busy"}
        self._running = True
        try:
            with self._session.status.working():
                async with Progress(client, TITLE, token) as progress:
                    return await self._all(given, progress)
        finally:
            self._running = False

    async def _all(self, given: ReviewWorkspace, progress: Progress) -> object:
        tally, before = _Tally(), self._reviews.of_closed_files()
        async with self._session.engine() as engine:
            opened = {unquote(each.uri): each for each in self._session.documents}
            ignored = engine.rules(engine.config).ignored
            within = Field(engine.roots, ignored, engine.tools, opened)
            files, more = await asyncio.to_thread(files_in, within, given.files)
            seen: set[str] = set()
            async with aclosing(sweep(within, files)) as each:
                async for swept in each:
                    tally.files += 1
                    tally.unread += swept is None
                    if swept is not None:
                        seen.add(unquote(swept.document.uri))
                        self._take(swept, given.aspects, tally)
                    where = _name(swept)
                    words = f"{tally.files}/{len(files)} {where}".rstrip()
                    progress.say(words, 100 * tally.files // len(files))
        for uri in before - seen:
            self._reviews.clear(uri)
        return self._told(tally, more)

    def _take(self, swept: Swept, aspects: Sequence[Aspect], tally: _Tally) -> None:
        found = tuple(f for f in swept.looked.findings if not aspects or f.aspect in aspects)
        tally.count(swept, found, self._reviews.swept(swept, found))

    def _told(self, tally: _Tally, more: bool) -> object:
        noun = "finding" if tally.shown == 1 else "findings"
        words = f"{tally.shown} {noun} in {tally.affected} of {tally.files} files"
        limit = f"; there are more files than the {tally.files} that were looked at" if more else ""
        self._session.client.tell_result(f"{TITLE}: {words}, by the rules{limit}.")
        return {
            "state": "done",
            "files": tally.files,
            "affected": tally.affected,
            "findings": tally.shown,
            "aspects": dict(tally.aspects),
            "unread": tally.unread,
            "unchecked": [f"{who}: {why}" for who, why in tally.absent.items()],
            "more": more,
        }


def _name(swept: Swept | None) -> str:
    path = path_of(swept.document.uri) if swept is not None else None
    return PurePath(path).name if path is not None else ""
