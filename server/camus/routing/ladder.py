"""The order in which models are tried: the smallest that will likely do, then larger ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from camus.actions import Task
from camus.config import Capability, Complexity, TaskKind
from camus.journal import Stats
from camus.models import Profile
from camus.routing.composites import ROLES, TIERS

_START = {Complexity.SIMPLE: 0, Complexity.MEDIUM: 1, Complexity.COMPLEX: 2}
_CODE_KINDS = frozenset(
    {
        TaskKind.CODE_GENERATION,
        TaskKind.CODE_ANALYSIS,
        TaskKind.REFACTORING,
        TaskKind.BUG_FIXING,
        TaskKind.DOCUMENTATION,
    }
)
_ROLE_OF = {
    TaskKind.SECURITY_REVIEW: "safety",
    TaskKind.MATHEMATICAL: "maths",
    TaskKind.CREATIVE: "creative",
}
_ENOUGH = 5
"""Judged attempts after which a model's own record counts."""


@dataclass(frozen=True, slots=True)
class Rung:
    """A model on the ladder, and why it stands there."""

    model: str
    reason: str


def climb(
    task: Task, profiles: Sequence[Profile], stats: Stats, *, preferred: Sequence[Profile] = ()
) -> tuple[Rung, ...]:
    """The models in the order to try: preferred ones, then from the task's rung up, then below.

    Within a rung specialists for the kind come first, those weak at it last, then the better
    observed score, then the order of the configuration.
    """
    rungs = [Rung(p.name, "preferred for this kind by the configuration") for p in preferred]
    taken = {rung.model for rung in rungs}
    start = _START[task.classified.complexity]
    rest = [profile for profile in profiles if profile.name not in taken]
    rest.sort(key=lambda profile: _place(task, profile, stats, start))
    suitable = (TIERS.index(profile.size) for profile in rest)
    least = min((rung for rung in suitable if rung >= start), default=start)
    rungs.extend(Rung(p.name, _why(task, p, stats, start, least)) for p in rest)
    return tuple(rungs)


def _place(
    task: Task, profile: Profile, stats: Stats, start: int
) -> tuple[bool, int, bool, int, float]:
    rung = TIERS.index(profile.size)
    below = rung < start
    distance = start - rung if below else rung - start
    return (
        below,
        distance,
        task.classified.kind in profile.weaknesses,
        0 if _specialist(task, profile) else 1,
        -_record(task, profile, stats),
    )


def _specialist(task: Task, profile: Profile) -> str:
    """Why this model is a specialist for the task, or empty."""
    kind = task.classified.kind
    if kind in profile.strengths:
        return f"strong at {kind}"
    if kind in _CODE_KINDS and Capability.CODE_SPECIALIZED in profile.capabilities:
        return "a code specialist"
    role = _ROLE_OF.get(kind)
    if role and profile.capabilities & frozenset(ROLES[role]):
        return f"a specialist for {role}"
    return ""


def _record(task: Task, profile: Profile, stats: Stats) -> float:
    arm = stats.arm(profile.name, task.classified.kind, task.document.language)
    if arm.mean_score is None or arm.attempts < _ENOUGH:
        return 0.0
    return arm.mean_score


def _why(task: Task, profile: Profile, stats: Stats, start: int, least: int) -> str:
    """`start` is the rung the task wants, `least` the lowest from there on that a model fills."""
    rung = TIERS.index(profile.size)
    complexity = task.classified.complexity
    if rung < start:
        reason = f"smaller than a {complexity} task wants: a fallback"
    elif rung == least:
        reason = f"the smallest here that suits a {complexity} task"
    else:
        reason = "larger: asked when smaller ones do not pass the checks"
    specialist = _specialist(task, profile)
    record = _record(task, profile, stats)
    parts = [f"{profile.size}: {reason}", specialist, f"scored {record:.2f} here" if record else ""]
    return "; ".join(part for part in parts if part)
