"""A part of an edit's judgement before it is weighed, and how the parts weigh together; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from camus.analysis import Finding
from camus.config import Weights
from camus.quality.change import line_of
from camus.quality.report import Part
from camus.source import Document

USUAL = Weights()
"""What the parts weigh when nobody says otherwise; see `balanced`."""


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


def balanced(verdicts: Sequence[Verdict], weights: Weights = USUAL) -> tuple[Part, ...]:
    """The parts with their weights, each named in `weights`.

    One grave fault that scores 0 halves the whole however many other things are fine, and so in
    every language, whichever checkers it has; two leave a third.
    """
    usual = sum(_weight(weights, each) for each in verdicts if not each.grave) or 1.0
    return tuple(
        Part(
            each.name,
            round(each.score, 3),
            _grave(weights, each) * usual if each.grave else _weight(weights, each) * each.factor,
            each.detail,
        )
        for each in verdicts
    )


def _weight(weights: Weights, verdict: Verdict) -> float:
    value: float = getattr(weights, verdict.name)
    return value


def _grave(weights: Weights, verdict: Verdict) -> float:
    """A grave fault's factor; a part that a user weighs less or more than usual keeps the ratio."""
    return verdict.factor * _weight(weights, verdict) / (_weight(USUAL, verdict) or 1.0)


def told(document: Document, finding: Finding) -> str:
    """A finding in words with its place: message, rule and line."""
    message = " ".join(finding.message.split()).rstrip(".")
    return f"{message} ({finding.rule}) at {line_of(document, finding.span.start)}"
