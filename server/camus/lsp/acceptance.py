"""Sees in the text itself whether a resolved edit was taken, then edited or undone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import unquote

from camus.journal import Verdict
from camus.lsp.edits import label
from camus.orchestrator import Outcome
from camus.source import Document, Edit, apply_edits

WATCHED_CHANGES = 50
"""So many changes of its document after an edit was given, nobody looks for it any more."""

KEPT_VERDICTS = 64
_TAKEN: frozenset[Verdict] = frozenset({"accepted", "edited"})


@dataclass(slots=True)
class Given:
    """An edit that a client has: the text before and after it, and what it is of.

    The texts themselves: comparing them at each keystroke costs next to nothing, a digest does.
    """

    id: str
    before: str
    after: str
    name: str = ""
    """The qualified name of the definition it is of; empty for a whole module or some lines."""
    said: str = ""
    """Its score and model, in words."""
    added: tuple[str, ...] = ()
    """The pieces that it put in, without the space around them."""
    left: int = WATCHED_CHANGES


Say = Callable[[Given, Verdict, Document], None]
"""Gets an edit, what became of it, and the text in which that was seen."""


class Acceptance:
    """The newest edit of each document; `say` is called when one was taken, edited or undone."""

    def __init__(self, say: Say) -> None:
        """Watch nothing yet."""
        self._say = say
        self._given: dict[str, Given] = {}
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
        before, then = now.text, apply_edits(now.text, edits)
        if before != then:
            name = outcome.task.scope.qualified_name
            added = tuple(text for edit in edits if (text := edit.text.strip()))
            given = Given(outcome.id, before, then, name, label(outcome), added)
            self._given[unquote(now.uri)] = given

    def changed(self, document: Document) -> None:
        """The client's text is this now."""
        given = self._given.get(unquote(document.uri))
        if given is None:
            return
        given.left -= 1
        text = document.text
        verdict = self._verdicts.get(given.id)
        if verdict not in _TAKEN and text == given.after:
            self._tell(given, "accepted", document)
        elif verdict in _TAKEN and text == given.before:
            self._tell(given, "undone", document)
            given.left = 0
        elif verdict == "accepted" and any(piece not in document.text for piece in given.added):
            self._tell(given, "edited", document)
        if given.left <= 0:
            self.closed(document.uri)

    def closed(self, uri: str) -> None:
        """The document is gone, and with it what was given for it."""
        self._given.pop(unquote(uri), None)

    def _tell(self, given: Given, verdict: Verdict, document: Document) -> None:
        if self.news(given.id, verdict):
            self._say(given, verdict, document)
