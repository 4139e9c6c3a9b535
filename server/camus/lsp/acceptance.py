"""Sees in the text itself whether a resolved edit was taken, and whether it was undone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import unquote

from camus.journal import Verdict
from camus.orchestrator import Outcome
from camus.source import Document, Edit, apply_edits

WATCHED_CHANGES = 50
"""So many changes of its document after an edit was given, nobody looks for it any more."""

KEPT_VERDICTS = 64


@dataclass(slots=True)
class _Given:
    """An edit that a client has: the text before and after it, as digests."""

    id: str
    before: str
    after: str
    left: int = WATCHED_CHANGES


class Acceptance:
    """The newest edit of each document; `say` is called with an answer's id and a new verdict."""

    def __init__(self, say: Callable[[str, Verdict], None]) -> None:
        """Watch nothing yet."""
        self._say = say
        self._given: dict[str, _Given] = {}
        self._verdicts: dict[str, Verdict] = {}

    def news(self, id: str, verdict: Verdict) -> bool:
        """Whether nobody said this of the answer just before, by hand or by its text."""
        if self._verdicts.get(id) == verdict:
            return False
        self._verdicts.pop(id, None)
        self._verdicts[id] = verdict
        while len(self._verdicts) > KEPT_VERDICTS:
            del self._verdicts[next(iter(self._verdicts))]
        return True

    def gave(self, outcome: Outcome, now: Document, edits: tuple[Edit, ...]) -> None:
        """The client got these edits for this snapshot."""
        after = Document(now.uri, apply_edits(now.text, edits), now.language)
        before, then = _digest(now), _digest(after)
        if before != then:
            self._given[unquote(now.uri)] = _Given(outcome.id, before, then)

    def changed(self, document: Document) -> None:
        """The client's text is this now."""
        given = self._given.get(unquote(document.uri))
        if given is None:
            return
        given.left -= 1
        text = _digest(document)
        taken = self._verdicts.get(given.id) == "accepted"
        if not taken and text == given.after:
            self._tell(given.id, "accepted")
        elif taken and text == given.before:
            self._tell(given.id, "undone")
            given.left = 0
        if given.left <= 0:
            self.closed(document.uri)

    def closed(self, uri: str) -> None:
        """The document is gone, and with it what was given for it."""
        self._given.pop(unquote(uri), None)

    def _tell(self, id: str, verdict: Verdict) -> None:
        if self.news(id, verdict):
            self._say(id, verdict)


def _digest(document: Document) -> str:
    return document.fingerprint(document.span)
