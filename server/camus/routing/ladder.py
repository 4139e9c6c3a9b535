"""The order in which models are tried: the smallest that will likely do, then larger ones."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from camus.actions import Task
from camus.config import Capability, Complexity, Config, TaskKind
from camus.journal import Arm, Stats
from camus.models import Profile
from camus.routing.composites import TIERS
from camus.routing.limits import JUDGED
from camus.routing.scoring import CODE_KINDS, ROLE_OF, special_capabilities, specialist

_START = {Complexity.SIMPLE: 0, Complexity.MEDIUM: 1, Complexity.COMPLEX: 2}
_COSTS = ("free", "low", "medium", "high")
_PRICES = (0.0001, 1.0, 10.0)
"""From which price of a million tokens on the next of those tiers begins."""


MOST_CHOICES = 16
"""So many models are listed to be asked one after another."""


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
        target = self.target(task)
        if target is None:
            return ""
        model = self.config.models.get(profile.name)
        usual = model.avg_ttft_ms if model is not None else None
        if usual is None or usual <= target:
            return ""
        return f"its first token usually takes {usual} ms, {target} are wanted"

    def target(self, task: Task) -> int | None:
        """The milliseconds in which the task's first token is wanted; None: whenever."""
        timeouts = self.config.timeouts
        match task.classified.complexity:
            case Complexity.SIMPLE:
                return timeouts.quick_ms
            case Complexity.MEDIUM:
                return timeouts.standard_ms
            case Complexity.COMPLEX:
                return timeouts.deep_ms

    def start(self, task: Task) -> int:
        """The rung to begin at: one higher where the kind of the task is not sure enough.

        Who wants speed begins a complex task at the medium rung: in the simulation that takes a
        third less time than the large model alone, for a hundredth of its quality.
        """
        start = _START[task.classified.complexity]
        if self.config.multi_model.intelligent_selection.preset == "speed":
            start = min(start, TIERS.index("medium"))
        return min(start + 1, len(TIERS) - 1) if self.unsure(task) else start

    def unsure(self, task: Task) -> bool:
        """Whether the task's kind is less sure than the configuration asks for."""
        wanted = self.config.multi_model
        return wanted.enabled and task.classified.confidence < wanted.minimum_confidence

    def holds(self, task: Task, profile: Profile) -> bool:
        """Whether a model is there for this kind, so that general ones are only its fallback.

        For code the configuration has to say so itself: half of all names hold the word. A model
        that is smaller than a task on code wants is none.
        """
        kind = task.classified.kind
        if kind in profile.weaknesses:
            return False
        role = ROLE_OF.get(kind)
        if role is not None:
            return bool(specialist(kind, profile))
        model = self.config.models.get(profile.name)
        if model is None or TIERS.index(profile.size) < self.start(task):
            return False
        coder = kind in CODE_KINDS and Capability.CODE_SPECIALIZED in model.capabilities
        return coder or kind in model.strengths

    def cost(self, profile: Profile) -> int:
        """The place of its price among the tiers; an untold one is free where it runs here."""
        if profile.price is not None:
            return bisect_right(_PRICES, max(profile.price.input, profile.price.output))
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

    Where there is a specialist for the kind, the others are its fallback. Those that are known to
    miss the task's first-token target come after those that keep it.
    Within a rung specialists for the kind come first, those weak at it last, then the better
    observed score, the lower price, the higher speed, the order of the configuration.
    """
    rungs = list({rung.model: rung for rung in reversed(preferred)}.values())[::-1]
    taken = {rung.model for rung in rungs}
    start = told.start(task)
    rest = [profile for profile in profiles if profile.name not in taken]
    rest.sort(key=_Places(task, stats, start, told).of)
    suitable = (TIERS.index(profile.size) for profile in rest)
    least = min((rung for rung in suitable if rung >= start), default=start)
    held = bool(rest) and told.holds(task, rest[0])
    for profile in rest[: max(0, MOST_CHOICES - len(rungs))]:
        why = _why(task, profile, stats, start, least, told)
        if held and not told.holds(task, profile):
            why += f"; no specialist for {task.classified.kind}: asked if those have no good answer"
        rungs.append(Rung(profile.name, why))
    return tuple(rungs)


def role_of(task: Task, composites: Collection[str]) -> str:
    """The role that the task's kind falls to, where the configuration fills it; else empty.

    A simple query falls to `fast`, a complex one without a specialist to `large`.
    """
    kind = task.classified.kind
    wanted = [ROLE_OF.get(kind, "")]
    if kind is TaskKind.CODE_ANALYSIS:
        wanted.append("analysis")
    if kind in CODE_KINDS:
        wanted.append("code")
    elif kind is TaskKind.SIMPLE_QUERY:
        wanted += ["fast", "general"]
    elif not wanted[0]:
        wanted += ["large"] if task.classified.complexity is Complexity.COMPLEX else []
        wanted.append("general")
    return next((role for role in wanted if role in composites), "")


class _Places:
    """Where models stand for one task; what is the same for all of them is looked up once."""

    def __init__(self, task: Task, stats: Stats, start: int, told: Told) -> None:
        self._task, self._told = task, told
        self._kind, self._language = task.classified.kind, task.document.language
        self._arms, self._models = stats.arms, told.config.models
        self._special = special_capabilities(self._kind)
        self._timed = told.target(task) is not None
        self._rungs = {size: (rung < start, abs(rung - start)) for rung, size in enumerate(TIERS)}

    def of(self, profile: Profile) -> tuple[bool, bool, bool, int, bool, bool, float, int, float]:
        """The place of a model; the lower, the earlier it is asked."""
        told, kind = self._told, self._kind
        below, distance = self._rungs[profile.size]
        declared = profile.name in self._models
        special = kind in profile.strengths or bool(profile.capabilities & self._special)
        return (
            not (special and told.holds(self._task, profile)),
            below,
            self._timed and bool(told.lateness(self._task, profile)),
            distance,
            kind in profile.weaknesses,
            not special,
            -_record(self._arms.get((profile.name, kind, self._language))),
            told.cost(profile),
            -told.speed(profile) if declared else 0.0,
        )


def _record(arm: Arm | None) -> float:
    """How its answers were judged, once there are enough of them."""
    if arm is None or arm.mean_score is None or arm.attempts < JUDGED:
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
    special = specialist(task.classified.kind, profile)
    kind, language = task.classified.kind, task.document.language
    record = _record(stats.arms.get((profile.name, kind, language)))
    scored = f"scored {record:.2f} here" if record else ""
    unsure = "its kind is not sure" if told.unsure(task) and rung == least else ""
    late = told.lateness(task, profile)
    parts = [f"{profile.size}: {reason}", unsure, special, scored, late]
    return "; ".join(part for part in parts if part)
