"""What models are to each other in one strategy: their roles, and how they come to one answer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from camus.config import StrategyName, Voting

TOGETHER = frozenset(
    {
        StrategyName.ENSEMBLE,
        StrategyName.PARALLEL,
        StrategyName.DUAL_VALIDATION,
        StrategyName.TRIPLE_CONSENSUS,
    }
)
"""Strategies whose models work on the same task and look at each other's drafts."""


class Role(StrEnum):
    """What a model does in a strategy.

    An author writes the answer, a planner words for the author, a critic a verdict on a draft, a
    reviewer the problems of one aspect.
    """

    AUTHOR = "author"
    PLANNER = "planner"
    CRITIC = "critic"
    REVIEWER = "reviewer"


@dataclass(frozen=True, slots=True)
class How:
    """How the choices of a plan work together, and how far they may go.

    `rounds` of criticism at the most; after `deadline` seconds (0: the limits of each request
    alone) it goes on with what it has; with a smaller share of the votes than `agreement` the
    answer is marked for review by hand; `at_once` requests are under way at the most.
    """

    method: Voting = "best_of_n"
    rounds: int = 0
    deadline: float = 0.0
    agreement: float = 0.5
    at_once: int = 8
    reason: str = ""


ALONE = How()
"""Where nobody works together."""

_THINKING = ("analy", "plan", "think", "outline", "design")
_CRITICISM = ("review", "critique", "critici", "validate", "check", "verify")
_WRITING = ("refine", "fix", "improve", "implement", "rewrite", "correct", "apply")


def role_of(step: str, *, after_author: bool) -> Role:
    """The role of a pipeline's step by the words of its task.

    Criticism of nothing, before anybody wrote, is words for those who come; `validate_and_refine`
    writes.
    """
    words = step.casefold()
    if words.startswith(_THINKING):
        return Role.PLANNER
    if words.startswith(_CRITICISM) and not any(word in words for word in _WRITING):
        return Role.CRITIC if after_author else Role.PLANNER
    return Role.AUTHOR
