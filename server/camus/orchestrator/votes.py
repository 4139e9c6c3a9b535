"""Who wins among several drafts, with how many votes, and whether that can still change; pure.

Drafts vote for each other when their code has the same structure: agreement of independent answers
speaks for an answer, as in CodeT (arXiv 2207.10397) and minimum Bayes risk decoding (arXiv
2204.11454). The odd one out is weighed and not deleted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from camus.config import Voting
from camus.orchestrator.run import Judged
from camus.routing import Choice

PERFECT = 1.0


@dataclass(frozen=True, slots=True)
class Vote:
    """One member's draft: whose, how good, and what it is apart from layout and new names."""

    number: int
    choice: Choice
    judged: Judged
    key: str

    @property
    def fit(self) -> bool:
        """Whether it may win: no gate refused it."""
        return not self.judged.report.refusals

    def passes(self, threshold: float) -> bool:
        """Whether the checks accept it."""
        return self.fit and self.judged.report.score >= threshold


@dataclass(frozen=True, slots=True)
class Tally:
    """The state of a vote: the winner so far, what speaks for it, and whether it is decided.

    `share` is the winner's part of all votes there are, of members that failed or are still at
    work too; `agreeing` are the models whose drafts are the same.
    """

    winner: Vote | None
    share: float = 0.0
    agreeing: tuple[str, ...] = ()
    of: int = 0
    decided: bool = False


def tally(
    votes: Sequence[Vote],
    waiting: Sequence[Choice],
    method: Voting,
    members: Sequence[Choice],
    *,
    threshold: float = 0.0,
) -> Tally:
    """The vote as it stands; `waiting` are the members that have not answered yet.

    Who scores below the threshold votes only where nobody reaches it: what the checks reject is
    hardly ever right, however many agree on it.
    """
    fit = [vote for vote in votes if vote.fit]
    fit = [vote for vote in fit if vote.passes(threshold)] or fit
    if not fit:
        return Tally(None, of=len(members), decided=not waiting)
    groups: dict[str, list[Vote]] = {}
    for vote in fit:
        groups.setdefault(vote.key, []).append(vote)
    weights = {key: sum(_value(vote, method) for vote in of) for key, of in groups.items()}
    coming = sum(_most(choice, method) for choice in waiting)
    leading = max(groups, key=lambda key: (weights[key], *_standing(groups[key])))
    by_score = max(fit, key=_rank)
    match method:
        case "best_of_n":
            winner = by_score
            decided = not waiting or winner.judged.report.score >= PERFECT
        case "consensus":
            most = len(groups[leading]) * 2 > len(members)
            winner = max(groups[leading], key=_rank) if most else by_score
            decided = most or not waiting
        case "majority" | "weighted":
            others = max((w for key, w in weights.items() if key != leading), default=0.0)
            winner = max(groups[leading], key=_rank)
            decided = not waiting or weights[leading] > others + coming
        case _:
            assert_never(method)
    same = groups[winner.key]
    total = sum(_most(choice, method) for choice in members)
    share = sum(_most(vote.choice, method) for vote in same) / total if total else 0.0
    agreeing = tuple(v.judged.model for v in sorted(same, key=lambda vote: vote.number))
    return Tally(winner, share, agreeing, len(members), decided)


def doubt(found: Tally, method: Voting, agreement: float, threshold: float) -> str:
    """Why the winner should be looked at by hand, in words; empty when nothing speaks for it."""
    if found.winner is None or found.of < 2:
        return ""
    if method in {"majority", "weighted"} and found.share <= agreement:
        agreed = len(found.agreeing)
        return f"review this by hand: {agreed} of {found.of} answers agree ({found.share:.0%})"
    if found.winner.judged.report.score < threshold:
        return "review this by hand: none of the answers passes the checks well"
    return ""


def _value(vote: Vote, method: Voting) -> float:
    if method == "weighted":
        return _most(vote.choice, method) * vote.judged.report.score
    return 1.0


def _most(choice: Choice, method: Voting) -> float:
    """What a member's vote counts at the most."""
    return choice.weight * choice.confidence if method == "weighted" else 1.0


def _rank(vote: Vote) -> tuple[float, int]:
    return vote.judged.report.score, -vote.number


def _standing(group: Sequence[Vote]) -> tuple[float, int]:
    """What decides between groups of equal weight: the best score, then who came first."""
    return max(vote.judged.report.score for vote in group), -min(vote.number for vote in group)
