"""The order in which models are tried: the smallest that will likely do, then larger ones.

`worth` says which one that is, from what the record and the profiles let expect.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from camus.actions import Task
from camus.config import Capability, Complexity, Config, TaskKind
from camus.journal import Arm
from camus.models import Profile
from camus.routing import worth
from camus.routing.composites import TIERS
from camus.routing.limits import JUDGED
from camus.routing.scoring import CODE_KINDS, ROLE_OF, Scorer, special_capabilities, specialist

_WANTED = {Complexity.SIMPLE: 0, Complexity.MEDIUM: 1, Complexity.COMPLEX: 2}
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
    repairs: bool = True
    """Whether its answer is repaired when the checks reject it, before the next is asked."""
    fallback: bool = False
    """Whether it is only asked when those before it gave no answer that can be offered."""


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

    def wanted(self, task: Task) -> int:
        """The rung that a task wants by its complexity alone."""
        return _WANTED[task.classified.complexity]

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
        if model is None or TIERS.index(profile.size) < self.wanted(task):
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
    scorer: Scorer, profiles: Sequence[Profile], *, preferred: Sequence[Rung] = (), told: Told
) -> tuple[Rung, ...]:
    """The models in the order to try: preferred ones, then from a rung up, then below.

    The rung is the smallest that is worth beginning at, one higher where the kind of the task is
    not sure enough. Where there is a specialist for the kind, the others are its fallback. Those
    that are known to miss the task's first-token target come after those that keep it.
    Within a rung specialists for the kind come first, those weak at it last, then the better
    observed score, the lower price, the higher speed, the order of the configuration.
    """
    task = scorer.view.task
    rungs = list({rung.model: rung for rung in reversed(preferred)}.values())[::-1]
    taken = {rung.model for rung in rungs}
    places = _Places(scorer, told, [each for each in profiles if each.name not in taken])
    rest = places.ordered()
    held = bool(rest) and told.holds(task, rest[0])
    for profile in rest[: max(0, MOST_CHOICES - len(rungs))]:
        why = places.why(profile)
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


_Place = tuple[bool, bool, float, int, float]
_RUNG = {size: rung for rung, size in enumerate(TIERS)}
_HIGHEST = len(TIERS) - 1


class _Places:
    """Where models stand for one task; what is the same for all of them is looked up once."""

    def __init__(self, scorer: Scorer, told: Told, profiles: Sequence[Profile]) -> None:
        self._task, self._told, self._profiles = scorer.view.task, told, profiles
        self._kind, self._language = scorer.kind, self._task.document.language
        self._arms, self._models = scorer.view.stats.arms, told.config.models
        self._special = special_capabilities(self._kind)
        self._timed = told.target(self._task) is not None
        self._tiers = {profile.name: _RUNG[profile.size] for profile in profiles}
        self._within = {profile.name: self._inside(profile) for profile in profiles}
        self._unsure = told.unsure(self._task)
        self._below = -1
        self._begin, self._said = self._start(scorer)
        filled = set(self._tiers.values())
        self._least = min((rung for rung in filled if rung >= self._begin), default=self._begin)

    def ordered(self) -> list[Profile]:
        """The models in the order to try."""
        return sorted(self._profiles, key=self._of)

    def why(self, profile: Profile) -> str:
        """Why a model stands where it stands."""
        rung, complexity = self._tiers[profile.name], self._task.classified.complexity
        if rung < self._begin:
            because = f" ({self._said})" if self._said and rung == self._below else ""
            reason = f"smaller than a {complexity} task wants{because}: a fallback"
        elif rung == self._least:
            reason = f"the smallest here that suits a {complexity} task"
        else:
            reason = "larger: asked when smaller ones do not pass the checks"
        record = _record(self._arms.get((profile.name, self._kind, self._language)))
        scored = f"scored {record:.2f} here" if record else ""
        unsure = "its kind is not sure" if self._unsure and rung == self._least else ""
        late = self._told.lateness(self._task, profile)
        parts = [f"{profile.size}: {reason}", unsure, specialist(self._kind, profile), scored, late]
        return "; ".join(part for part in parts if part)

    def _start(self, scorer: Scorer) -> tuple[int, str]:
        """The rung to begin at, and why not at the one below it, in words."""
        best: dict[int, Profile] = {}
        within, tiers = self._within, self._tiers
        for profile in self._profiles:
            rung = tiers[profile.name]
            if rung not in best or within[profile.name] < within[best[rung].name]:
                best[rung] = profile
        if not best:
            return 0, ""
        rungs = sorted(best)
        models = worth.odds([best[rung] for rung in rungs], scorer, self._told.cost)
        found = worth.begin(models, worth.terms_of(scorer))
        rung = rungs[found.place]
        self._below = rungs[found.place - 1] if found.place else -1
        if self._unsure and rung < _HIGHEST:
            return rung + 1, ""
        return rung, found.said

    def _of(self, profile: Profile) -> tuple[bool, bool, bool, int, _Place]:
        """The place of a model; the lower, the earlier it is asked."""
        rung, told = self._tiers[profile.name], self._told
        within = self._within[profile.name]
        return (
            within[1] or not told.holds(self._task, profile),
            rung < self._begin,
            self._timed and bool(told.lateness(self._task, profile)),
            abs(rung - self._begin),
            within,
        )

    def _inside(self, profile: Profile) -> _Place:
        """The place of a model among those of its size."""
        told, kind = self._told, self._kind
        special = kind in profile.strengths or bool(profile.capabilities & self._special)
        return (
            kind in profile.weaknesses,
            not special,
            -_record(self._arms.get((profile.name, kind, self._language))),
            told.cost(profile),
            -told.speed(profile) if profile.name in self._models else 0.0,
        )


def _record(arm: Arm | None) -> float:
    """How its answers were judged, once there are enough of them."""
    if arm is None or arm.mean_score is None or arm.attempts < JUDGED:
        return 0.0
    return arm.mean_score
