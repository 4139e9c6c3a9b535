"""A cascade in the simulated world: the real plan, the real order of events, made-up answers."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from typing import Literal, cast

from bench.simulated import QWEN, Checks, Drawn, SimulatedModel, SimulatedTask, answer
from camus.actions import Draft
from camus.config import Complexity, Config, Intelligence, MultiModel, TaskKind
from camus.journal import Attempted, Journal, Stats
from camus.orchestrator.asking import Answer
from camus.orchestrator.run import Judged, Run, Tried
from camus.orchestrator.strategies import cascade as follow_cascade
from camus.quality import Report
from camus.routing import RULES, Choice, Plan, Policy, plan
from support.tasks import profile
from support.tasks import task as made_task

SMALL, MEDIUM, LARGE = QWEN[1], QWEN[3], QWEN[5]
SIZES = {"fast": SMALL, "medium": MEDIUM, "large": LARGE}
BY_NAME = {model.name: model for model in QWEN}
PROFILES = tuple(
    replace(profile(model.name, size=size), parameters_billions=model.billions)
    for size, model in SIZES.items()
)
ASKED = made_task("modify")
Preset = Literal["speed", "balanced", "quality"]
PASSED, FAILED = 1.0, 0.5
"""What the simulated checks give an answer that they accept, and one that they reject."""


@dataclass(frozen=True, slots=True)
class Came:
    """What one strategy made of one task."""

    right: bool
    seconds: float
    weighted: float
    cost: float
    large: int
    doubted: bool = False
    """Whether it was offered only to be looked at by hand."""


Alone = tuple[Drawn, bool, float, float, int]
"""An answer, whether it passes, and what it took: seconds, cost, calls."""


@dataclass(slots=True)
class World:
    """The answers to one task, drawn once and judged by these checks."""

    task: SimulatedTask
    correlation: float
    checks: Checks
    drawn: dict[tuple[str, int, bool], Drawn] = field(default_factory=dict)

    def ask(self, model: SimulatedModel, sample: int = 0, *, repaired: bool = False) -> Drawn:
        """What a model answers."""
        key = model.name, sample, repaired
        if key not in self.drawn:
            self.drawn[key] = answer(
                model, self.task, correlation=self.correlation, sample=sample, repaired=repaired
            )
        return self.drawn[key]

    def alone(self, model: SimulatedModel, sample: int = 0) -> Alone:
        """A model's answer, repaired once when it is rejected."""
        first = self.ask(model, sample)
        if self.checks.accept(self.task, first, f"{model.name} {sample}"):
            return first, True, first.seconds, first.cost, 1
        again = self.ask(model, sample, repaired=True)
        passed = self.checks.accept(self.task, again, f"{model.name} {sample} again")
        both = first.seconds + again.seconds, first.cost + again.cost
        return (again if passed or again.right else first), passed, *both, 2


Strategy = Callable[[World], Came]


class Records:
    """What the cascades of one preset go by: nothing, or the journal of the tasks before."""

    def __init__(self, preset: Preset, *, learns: bool) -> None:
        """Begin with nothing known."""
        selection = Intelligence(preset=preset)
        self._policy = Policy(Config(multi_model=MultiModel(intelligent_selection=selection)))
        self._journal = Journal(None) if learns else None
        self._plans: dict[tuple[TaskKind, Complexity], Plan] = {}

    def plan(self, task: SimulatedTask) -> Plan:
        """The real plan for a task of a kind."""
        key = task.kind, task.complexity
        if self._journal is None and key in self._plans:
            return self._plans[key]
        stats = self._journal.stats() if self._journal is not None else Stats()
        wanted = made_task("modify", kind=task.kind, complexity=task.complexity)
        made = plan(wanted, PROFILES, stats, self._policy)
        self._plans[key] = replace(made, threshold=PASSED)
        return self._plans[key]

    def keep(self, event: Attempted) -> None:
        """Learn from an answer."""
        if self._journal is not None:
            self._journal.append(event)


class Climb:
    """Stands for a `Run`, whose models are asked in the simulated world; keeps what it cost."""

    def __init__(self, world: World, records: Records) -> None:
        """Begin with nothing asked."""
        self.world, self._records = world, records
        self.seconds = self.weighted = self.cost = 0.0
        self.large = 0
        self.attempts: list[object] = []
        self.right: dict[int, bool] = {}
        """Whether a judged draft is right, by its identity."""
        self._kept: list[Judged] = []
        self._rejected = False

    def stage(self, stage: object) -> None:
        """Nobody watches."""

    async def tried(
        self, _task: object, choice: Choice, _threshold: float, *, repairs: bool
    ) -> Tried:
        """As `Run.tried`: asked, judged, and repaired once where that is wanted."""
        if choice.model == RULES:
            return Tried(None)
        judged = self._ask(choice, repaired=False)
        if judged.report.score >= PASSED or not repairs:
            return Tried(judged, Answer("ok"))
        again = self._ask(choice, repaired=True)
        better = again if again.report.score >= PASSED or self.right[id(again)] else judged
        return Tried(better, Answer("ok"))

    async def refined(
        self, _task: object, choice: Choice, _first: object, _complaint: str, _threshold: float
    ) -> Tried:
        """As `Run.refined`."""
        return Tried(self._ask(choice, repaired=True), Answer("ok"))

    def _ask(self, choice: Choice, *, repaired: bool) -> Judged:
        model, task = BY_NAME[choice.model], self.world.task
        drawn = self.world.ask(model, repaired=repaired)
        by = f"{model.name} 0 again" if repaired else f"{model.name} 0"
        passed = self.world.checks.accept(task, drawn, by)
        self.seconds += drawn.seconds
        self.weighted += drawn.seconds * model.billions
        self.cost += drawn.cost
        self.large += model is LARGE
        report = Report(PASSED if passed else FAILED)
        judged = Judged(model.name, Draft(), report, repaired=repaired)
        self._kept.append(judged)  # so that no other one gets its identity
        self.right[id(judged)] = drawn.right
        event = Attempted(
            id="r",
            at=float(task.number),
            model=model.name,
            action="modify",
            kind=task.kind,
            complexity=task.complexity,
            language=task.language,
            score=0.95 if passed else 0.4,
            seconds=drawn.seconds,
            passed=passed,
            turn="repair" if repaired else "next" if self._rejected else "first",
        )
        self._records.keep(event)
        self._rejected = self._rejected or not passed
        return judged


def cascade(preset: Preset, *, learns: bool = False) -> Strategy:
    """The real plan and the real cascade; the best answer when none passes.

    With `learns` each seed begins with nothing known, and goes by the tasks before.
    """
    begun: dict[str, Records] = {}

    def work(world: World) -> Came:
        place = f"{world.task.seed} {world.correlation} {world.checks}"
        if place not in begun:
            begun.clear()
            begun[place] = Records(preset, learns=learns)
        records = begun[place]
        climb = Climb(world, records)
        made = records.plan(world.task)
        judged = _finished(follow_cascade(cast("Run", climb), ASKED, made))
        assert judged is not None
        doubted = judged.report.score < PASSED
        right = climb.right[id(judged)]
        return Came(right, climb.seconds, climb.weighted, climb.cost, climb.large, doubted)

    return work


def _finished(work: Coroutine[None, None, Judged | None]) -> Judged | None:
    """What a coroutine returns that waits for nothing."""
    try:
        work.send(None)
    except StopIteration as stopped:
        return cast("Judged | None", stopped.value)
    raise AssertionError("it waited")
