"""The models' explanations of exactly this code, kept for hovers."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from msgspec import DecodeError, Struct, json

from camus import actions
from camus.orchestrator.store import Store
from camus.orchestrator.values import Outcome
from camus.source import Document, Span, enclosing

KEPT = 256


class Explanation(Struct, frozen=True):
    """Markdown of a model with the score it got."""

    text: str
    model: str
    score: float | None


@dataclass(slots=True)
class Explanations:
    """Explanations by the code they explain: in memory, and in the store over restarts."""

    store: Store
    memory: dict[str, Explanation | None]

    def __init__(self, store: Store) -> None:
        """Nothing is in memory yet."""
        self.store = store
        self.memory = {}

    async def hover(self, document: Document, span: Span) -> str:
        """The structural summary of a symbol, below it a kept explanation of exactly this code.

        Only the reading of the code goes to a thread: the store opens its database once for each
        thread that asks it, for good.
        """
        summary, key = await asyncio.to_thread(_summary, document, span)
        kept = self.get(key) if key else None
        if kept is None:
            return summary
        quality = f"quality {kept.score:.2f} · " if kept.score is not None else ""
        return f"{summary}\n\n---\n\n{kept.text}\n\n*{quality}{kept.model}*"

    def get(self, key: str) -> Explanation | None:
        """What is kept under a key, or None."""
        if key not in self.memory:
            self._remember(key, _decoded(self.store.get(key)))
        return self.memory[key]

    def put(self, outcome: Outcome) -> None:
        """Keep the explanation that an outcome is."""
        score = outcome.report.score if outcome.report else None
        explanation = Explanation(outcome.text, outcome.model, score)
        key = _key(outcome.task.document, outcome.task.target)
        self._remember(key, explanation)
        self.store.put(key, json.encode(explanation).decode())

    def _remember(self, key: str, explanation: Explanation | None) -> None:
        self.memory[key] = explanation
        while len(self.memory) > KEPT:
            self.memory.pop(next(iter(self.memory)))


def _summary(document: Document, span: Span) -> tuple[str, str]:
    """What a symbol is, and the key of its explanation; both empty where there is none."""
    scope = enclosing(document, span)
    if scope.kind in {"module", "lines"}:
        return "", ""
    return actions.summary(document, scope), _key(document, scope.span)


def _key(document: Document, span: Span) -> str:
    return f"explained:{document.language}:{document.fingerprint(span)}"


def _decoded(text: str | None) -> Explanation | None:
    if text is None:
        return None
    try:
        return json.decode(text, type=Explanation)
    except DecodeError:
        return None
