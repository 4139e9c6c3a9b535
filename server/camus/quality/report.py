"""The report and its arithmetic: hard gates times weighted parts; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from camus.analysis import Finding


@dataclass(frozen=True, slots=True)
class Part:
    """One aspect of the judgement: a score in 0..1, its weight, and why in a sentence."""

    name: str
    score: float
    weight: float
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """The judgement of one draft; `refusals` are the failed gates, with one the score is 0."""

    score: float
    refusals: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    introduced: tuple[Finding, ...] = ()
    """Findings of the text after the edits that were not there before (spans in the new text)."""
    removed: tuple[Finding, ...] = ()
    """Findings that the edits mend (spans in the old text)."""
    checked: tuple[str, ...] = ()
    unchecked: tuple[str, ...] = ()
    """What could not be checked here, and why."""
    kept: tuple[Finding, ...] = ()
    """Findings of the new text that were there before too (spans in the new text)."""
    confidence: float = 1.0
    """How much of what could be looked at was, from 0 to 1."""
    suggestions: tuple[str, ...] = ()
    """What to do about it, the most important first."""

    def part(self, name: str) -> Part | None:
        """The part of a name; None when it was not looked at."""
        return next((each for each in self.parts if each.name == name), None)

    @property
    def complaint(self) -> str:
        """The most important thing wrong, in words a model can act on; empty when nothing is."""
        if self.refusals:
            return self.refusals[0]
        worst = max(self.parts, key=_cost, default=None)
        if worst is not None and worst.score < 1 and worst.detail:
            return worst.detail
        if self.introduced:
            return f"it introduces {self.introduced[0].rule}: {self.introduced[0].message}"
        return ""


def score(refusals: Sequence[str], parts: Sequence[Part]) -> float:
    """0 with a refusal, otherwise the weighted mean of the parts, rounded to two places.

    0 too when nothing was weighed, for then nothing speaks for the draft.
    """
    total = sum(part.weight for part in parts)
    if refusals or total <= 0:
        return 0.0
    return round(sum(part.score * part.weight for part in parts) / total, 2)


def _cost(part: Part) -> float:
    """What a part takes from the score, before the weights are summed."""
    return part.weight * (1 - part.score)
