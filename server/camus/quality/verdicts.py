"""A part of an edit's judgement before it is weighed, and how the parts weigh together; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from camus.analysis import Finding
from camus.quality.change import line_of
from camus.quality.report import Part
from camus.source import Document

WEIGHTS = {
    "correctness": 6.0,
    "security": 4.0,
    "fix": 4.0,
    "implementation": 4.0,
    "documentation": 4.0,
    "performance": 1.0,
    "style": 2.0,
    "minimality": 1.5,
    "consistency": 1.5,
}
"""What the parts weigh when none of them failed gravely; see `balanced`."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A part before it is weighed: a grave fault weighs as much as all that is not grave.

    `factor` lets one fault weigh more than that.
    """

    name: str
    score: float
    detail: str = ""
    grave: bool = False
    factor: float = 1.0


def balanced(verdicts: Sequence[Verdict]) -> tuple[Part, ...]:
    """The parts with their weights.

    One grave fault that scores 0 halves the whole however many other things are fine, and so in
    every language, whichever checkers it has; two leave a third.
    """
    usual = sum(WEIGHTS[each.name] for each in verdicts if not each.grave) or 1.0
    return tuple(
        Part(
            each.name,
            round(each.score, 3),
            usual * each.factor if each.grave else WEIGHTS[each.name],
            each.detail,
        )
        for each in verdicts
    )


def told(document: Document, finding: Finding) -> str:
    """A finding in words with its place: message, rule and line."""
    message = " ".join(finding.message.split()).rstrip(".")
    return f"{message} ({finding.rule}) at {line_of(document, finding.span.start)}"
