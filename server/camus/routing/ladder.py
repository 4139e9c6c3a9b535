"""The order in which models are tried: the smallest that will likely do, then larger ones."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from camus.actions import Task
from camus.config import Capability, Complexity, Config, TaskKind
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
_COSTS = ("free", "low", "medium", "high")


@dataclass(frozen=True, slots=True)
class Rung:
    """A model on the ladder, and why it stands there."""

    model: str
    reason: str
    role: str = ""
    """The composite that it fills, whose settings hold for it; empty: none."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the configuration tells of models: when a first token is wanted, what each is like."""

    config: Config

    def lateness(self, task: Task, profile: Profile) -> str:
        """How a model is later than the task's target allows, in words; empty when it is not."""
        timeouts, model = self.config.timeouts, self.config.models.get(profile.name)
        target = {
            Complexity.SIMPLE: timeouts.quick_ms,
            Complexity.MEDIUM: timeouts.standard_ms,
            Complexity.COMPLEX: timeouts.deep_ms,
        }[task.classified.complexity]
        usual = model.avg_ttft_ms if model is not None else None
        if target is None or usual is None or usual <= target:
            return ""
        return f"its first token usually takes {usual} ms, {target} are wanted"

    def start(self, task: Task) -> int:
        """The rung to begin at: one higher where the kind of the task is not sure enough."""
        start = _START[task.classified.complexity]
        return min(start + 1, len(TIERS) - 1) if self.unsure(task) else start

    def unsure(self, task: Task) -> bool:
        """Whether the task's kind is less sure than the configuration asks for."""
        wanted = self.config.multi_model
        return wanted.enabled and task.classified.confidence < wanted.minimum_confidence

    def cost(self, profile: Profile) -> int:
        """The place of its price among the tiers; an untold one is free where it runs here."""
        model = self.config.models.get(profile.name)
        if model is None or model.cost_tier is None:
            return 0 if profile.place.local else 2
        return _COSTS.index(model.cost_tier)

    def speed(self, profile: Profile) -> float:
        """Tokens a second, 0 when untold."""
        model = self.config.models.get(profile.name)
        return (model.avg_tokens_per_sec or 0.0) if model is not None else 0.0


def climb(
    task: Task,
    profiles: Sequence[Profile],
    stats: Stats,
    *,
    preferred: Sequence[Rung] = (),
    told: Told,
) -> tuple[Rung, ...]:
    """The models in the order to try: preferred ones, then from the task's rung up, then below.

    Those that are known to miss the task's first-token target come after those that keep it.
    Within a rung specialists for the kind come first, those weak at it last, then the better
    observed score, the lower price, the higher speed, the order of the configuration.
    """
    rungs = list({rung.model: rung for rung in reversed(preferred)}.values())[::-1]
    taken = {rung.model for rung in rungs}
    start = told.start(task)
    rest = [profile for profile in profiles if profile.name not in taken]
    rest.sort(key=lambda profile: _place(task, profile, stats, start, told))
    suitable = (TIERS.index(profile.size) for profile in rest)
    least = min((rung for rung in suitable if rung >= start), default=start)
    rungs.extend(Rung(p.name, _why(task, p, stats, start, least, told)) for p in rest)
    return tuple(rungs)


def role_of(task: Task, composites: Collection[str]) -> str:
    """The role that the task's kind falls to, where the configuration fills it; else empty.

    A simple query falls to `fast`, a complex one without a specialist to `large`.
    """
    kind = task.classified.kind
    wanted = [_ROLE_OF.get(kind, "")]
    if kind is TaskKind.CODE_ANALYSIS:
        wanted.append("analysis")
    if kind in _CODE_KINDS:
        wanted.append("code")
    elif kind is TaskKind.SIMPLE_QUERY:
        wanted += ["fast", "general"]
    elif not wanted[0]:
        wanted += ["large"] if task.classified.complexity is Complexity.COMPLEX else []
        wanted.append("general")
    return next((role for role in wanted if role in composites), "")


def _place(
    task: Task, profile: Profile, stats: Stats, start: int, told: Told
) -> tuple[bool, bool, int, bool, int, float, int, float]:
    rung = TIERS.index(profile.size)
    below = rung < start
    distance = start - rung if below else rung - start
    return (
        below,
        bool(told.lateness(task, profile)),
        distance,
        task.classified.kind in profile.weaknesses,
        0 if _specialist(task, profile) else 1,
        -_record(task, profile, stats),
        told.cost(profile),
        -told.speed(profile),
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


def _why(task: Task, profile: Profile, stats: Stats, start: int, least: int, told: Told) -> str:
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
    scored = f"scored {record:.2f} here" if record else ""
    unsure = "its kind is not sure" if told.unsure(task) and rung == least else ""
    late = told.lateness(task, profile)
    parts = [f"{profile.size}: {reason}", unsure, specialist, scored, late]
    return "; ".join(part for part in parts if part)
