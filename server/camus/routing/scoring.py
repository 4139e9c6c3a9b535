"""What speaks for a model at a task, as a weighted score of nine parts; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from operator import mul

from camus.actions import Task
from camus.config import Capability, Complexity, Config, TaskKind
from camus.journal import Earned, Stats
from camus.models import Profile
from camus.routing.composites import ROLES
from camus.routing.limits import cost_of, tokens_needed
from camus.routing.values import Candidate, Part

NAMES = (
    *("capability", "strengths", "window", "quality", "speed"),
    *("cost", "memory", "health", "licence"),
)
PRESETS: Mapping[str, tuple[float, ...]] = {
    "speed": (1.5, 1.5, 0.5, 3.0, 6.0, 1.0, 2.0, 2.0, 0.25),
    "balanced": (2.0, 2.0, 1.0, 5.0, 2.5, 1.5, 1.0, 2.0, 0.5),
    "quality": (2.0, 3.0, 1.0, 10.0, 0.5, 0.5, 0.25, 1.5, 0.25),
}
"""The weights of the parts in the order of `NAMES`."""

PRIOR: Mapping[str, tuple[float, float, float]] = {
    "tiny": (0.66, 0.35, 0.22),
    "fast": (0.83, 0.50, 0.30),
    "medium": (0.85, 0.78, 0.55),
    "large": (0.86, 0.80, 0.66),
}
"""What is expected of a model of a size, before it was asked, at simple, medium, complex tasks.

What is published of Qwen2.5-Coder: simple ones as HumanEval (its technical report, arXiv
2409.12186: 0.5B and 1.5B 62 and 71 of 100, 3B 84, 7B 88, 32B 93), complex ones as aider's exercises
(0.5B and 1.5B 14 and 29, 3B 34, 7B and 14B 52 and 59; 32B 59 and, with a repair, 73: between). The
larger ones' distance at simple tasks is held small, for ours are easier still; medium tasks are
assumed.
"""
TINY = 2.0
"""Billions of parameters below which a model that tells its size is a `tiny` one there, where code
is to be written: what is published of answers in words says less of such."""
PRIOR_WEIGHT = 4.0
"""So many answers an expectation counts."""
SPECIALIST, WEAK = 0.08, -0.2
"""What being good or bad at a kind adds to the expectation."""
USUAL_SECONDS = {"fast": 2.0, "medium": 6.0, "large": 15.0}
"""Of an answer by size, where nothing is known."""
TARGET_SECONDS = {Complexity.SIMPLE: 4.0, Complexity.MEDIUM: 10.0, Complexity.COMPLEX: 25.0}
"""In which an answer is waited for gladly."""
_PLACE = {Complexity.SIMPLE: 0, Complexity.MEDIUM: 1, Complexity.COMPLEX: 2}
_USUAL_GB = {"fast": 2.0, "medium": 6.0, "large": 20.0}
_TIERS = {"free": 1.0, "low": 0.75, "medium": 0.4, "high": 0.1}
_LICENCES = {
    "permissive": 1.0,
    "copyleft": 0.8,
    "restricted": 0.5,
    "proprietary": 0.2,
    "unknown": 0.4,
}
_CHEAP = 0.01
"""A request of this price is worth half of a free one."""
WARM_SECONDS = 300.0
"""How long a server usually keeps a model after its last answer."""
CODE_KINDS = frozenset(
    {
        TaskKind.CODE_GENERATION,
        TaskKind.CODE_ANALYSIS,
        TaskKind.REFACTORING,
        TaskKind.BUG_FIXING,
        TaskKind.DOCUMENTATION,
    }
)
ROLE_OF = {
    TaskKind.SECURITY_REVIEW: "safety",
    TaskKind.MATHEMATICAL: "maths",
    TaskKind.CREATIVE: "creative",
}
_NONE: frozenset[Capability] = frozenset()
_SPECIAL = {kind: frozenset({Capability.CODE_SPECIALIZED}) for kind in CODE_KINDS} | {
    kind: frozenset(ROLES[role]) for kind, role in ROLE_OF.items()
}


@dataclass(frozen=True, slots=True)
class View:
    """What a choice is made from: the task, the configuration, what was seen, the time."""

    task: Task
    config: Config
    stats: Stats
    now: float = 0.0
    """Unix seconds."""


class Scorer:
    """Scores models for one task; what is the same for all of them is looked up once."""

    def __init__(self, view: View) -> None:
        """Look at a task."""
        task = view.task
        self.view = view
        self.kind, self.complexity = task.classified.kind, task.classified.complexity
        self.weights = weights_of(view.config)
        self._lessons = view.stats.lessons
        self._models = view.config.models
        self._wanted = frozenset(task.classified.capabilities)
        self._needed = tokens_needed(task)
        self.target = TARGET_SECONDS[self.complexity]
        self.preset = view.config.multi_model.intelligent_selection.preset
        self._total = sum(self.weights) or 1.0
        self._special = special_capabilities(self.kind)
        self._expected = _expectations(self.complexity)
        self._edits = task.action.produces == "edit"
        self._seen: dict[str, Earned] = {}
        self._able: dict[frozenset[Capability], float] = {}

    def values(self, profile: Profile) -> tuple[float, ...]:
        """The parts of a model's score, each in 0..1, in the order of `NAMES`."""
        wanted = self._wanted
        able = self._able.get(profile.capabilities)
        if able is None:
            able = len(wanted & profile.capabilities) / len(wanted) if wanted else 1.0
            self._able[profile.capabilities] = able
        room = self._needed / profile.window
        return (
            able,
            self._fitness(profile),
            1.0 if room <= 0.5 else max(0.0, 2.0 - 2.0 * room),
            self.quality(profile),
            self.target / (self.target + self.seconds(profile)),
            self._price(profile),
            self._memory(profile),
            1.0 - self._lessons.failing.get(profile.name, 0.0),
            _LICENCES[profile.licence_tier],
        )

    def score(self, values: Sequence[float]) -> float:
        """The weighted mean of the parts."""
        return float(sum(map(mul, values, self.weights))) / self._total

    def candidate(self, profile: Profile, reason: str) -> Candidate:
        """A model with its score, taken apart."""
        told, values = dict(self._told(profile)), self.values(profile)
        parts = zip(NAMES, values, self.weights, strict=True)
        known = self._lessons.confidence(profile.name, self.kind)
        return Candidate(
            profile.name,
            round(self.score(values), 3),
            reason,
            tuple(Part(name, round(v, 3), w, told.get(name, "")) for name, v, w in parts),
            round(known.value, 3),
            known.samples,
        )

    def why(self, profile: Profile) -> str:
        """What there is to say of a model, most telling first, in a few words each."""
        return "; ".join(said for _, said in self._told(profile))

    def expected(self, profile: Profile) -> float:
        """What is expected of a model at this task before it was asked."""
        tiny = self._edits and 0 < profile.parameters_billions < TINY
        return self._expected["tiny" if tiny else profile.size, self._fitness(profile)]

    def hoped(self, profile: Profile) -> float:
        """The same where models are tried: of a very small one no less than of a fast one.

        A hope that is too high costs a few tries, an expectation that is too low keeps a model
        from being tried at all.
        """
        return self._expected[profile.size, self._fitness(profile)]

    def quality(self, profile: Profile) -> float:
        """What its answers of this kind earned; while there are few, near the expectation."""
        seen = self.seen(profile)
        total = seen.total + PRIOR_WEIGHT * self.expected(profile)
        return total / (seen.weight + PRIOR_WEIGHT)

    def seconds(self, profile: Profile) -> float:
        """How long an answer takes: as seen, as declared, or usual for its size."""
        seen = self._seen.get(profile.name)
        if seen is not None and seen.seconds is not None:  # as mostly, a hundred times a decision
            return seen.seconds
        known = self.known_seconds(profile)
        return USUAL_SECONDS[profile.size] if known is None else known

    def known_seconds(self, profile: Profile) -> float | None:
        """How long an answer takes as seen or as declared; None when neither is known."""
        seen = self.seen(profile)
        if seen.seconds is not None:
            return seen.seconds
        model = self._models.get(profile.name)
        if model is not None and model.avg_tokens_per_sec:
            first = (model.avg_ttft_ms or 0) / 1000
            return first + self._needed / 2 / model.avg_tokens_per_sec
        return None

    def seen(self, profile: Profile) -> Earned:
        """What its answers of this kind add up to."""
        known = self._seen.get(profile.name)
        if known is None:
            known = self._seen[profile.name] = self._lessons.kind(profile.name, self.kind)
        return known

    def earned_here(self, profile: Profile) -> tuple[float, float]:
        """What it earned at just such tasks, and in how many answers."""
        language = self.view.task.document.language
        return self._lessons.earned((profile.name, self.kind, self.complexity, language))

    def warm(self, profile: Profile) -> bool:
        """Whether it is likely loaded: its server says so, or it answered lately."""
        if profile.loaded is not None:
            return profile.loaded
        last = self._lessons.answered.get(profile.name)
        return last is not None and self.view.now - last < WARM_SECONDS

    def _fitness(self, profile: Profile) -> float:
        """How its declared strengths and specialities fit the kind, in 0..1."""
        if self.kind in profile.weaknesses:
            return 0.0
        if self.kind in profile.strengths:
            return 1.0
        return 0.8 if profile.capabilities & self._special else 0.5

    def _price(self, profile: Profile) -> float:
        if profile.price is not None:
            return _CHEAP / (_CHEAP + cost_of(self.view.task, profile))
        model = self._models.get(profile.name)
        if model is not None and model.cost_tier is not None:
            return _TIERS[model.cost_tier]
        return 1.0 if profile.place.local else 0.4

    def _memory(self, profile: Profile) -> float:
        if not profile.place.local or self.warm(profile):
            return 1.0
        taken = profile.memory_bytes / 1e9 or 0.75 * profile.parameters_billions
        return 0.7 / (1 + (taken or _USUAL_GB[profile.size]) / 16)

    def _told(self, profile: Profile) -> Iterator[tuple[str, str]]:
        special = specialist(self.kind, profile)
        if self.kind in profile.weaknesses:
            yield "strengths", f"weak at {self.kind}"
        elif special:
            yield "strengths", special
        missing = sorted(self._wanted - profile.capabilities)
        if missing:
            yield "capability", f"without {', '.join(missing)}"
        seen = self.seen(profile)
        if seen.weight >= 1:
            mean = seen.total / seen.weight
            yield "quality", f"earned {mean:.2f} in its last {seen.weight:.0f} answers"
        yield "speed", f"about {self.seconds(profile):.1f} s"
        cost = cost_of(self.view.task, profile)
        if cost:
            yield "cost", f"about {cost:.4f} a request"
        if profile.place.local and self.warm(profile):
            yield "memory", "loaded"
        failing = self._lessons.failing.get(profile.name, 0.0)
        if failing >= 0.2:
            yield "health", f"{failing:.0%} failed lately"
        yield "licence", f"{profile.licence_tier} licence"


def specialist(kind: TaskKind, profile: Profile) -> str:
    """Why a model is a specialist for a kind, or empty."""
    if kind in profile.strengths:
        return f"strong at {kind}"
    if not profile.capabilities & special_capabilities(kind):
        return ""
    return "a code specialist" if kind in CODE_KINDS else f"a specialist for {ROLE_OF[kind]}"


def special_capabilities(kind: TaskKind) -> frozenset[Capability]:
    """Any of which makes a specialist for a kind."""
    return _SPECIAL.get(kind, _NONE)


@cache
def _expectations(complexity: Complexity) -> dict[tuple[str, float], float]:
    """What is expected by size and fitness."""
    made = {}
    for size, row in PRIOR.items():
        for fitness in (0.0, 0.5, 0.8, 1.0):
            more = WEAK if fitness == 0 else SPECIALIST if fitness > 0.5 else 0.0
            made[size, fitness] = min(0.97, max(0.05, row[_PLACE[complexity]] + more))
    return made


def weights_of(config: Config) -> tuple[float, ...]:
    """The weights in force: the user's own over the preset's."""
    selection = config.multi_model.intelligent_selection
    own = selection.weights
    given = (getattr(own, name) for name in NAMES)
    preset = PRESETS[selection.preset]
    return tuple(p if g is None else g for g, p in zip(given, preset, strict=True))
