"""Whether selection by what was learnt finds the best model, with simulated answers and verdicts.

The selection, the journal and the folds are the real ones; only the answers are made up. A right
answer scores 0.95; a wrong one scores 0.4 when the checks find it (their measured share, see
`simulated`), else 0.95. Users keep half of the right answers visibly and undo half of the wrong
ones that the checks let through; the rest say nothing.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from statistics import mean

from bench.simulated import DETECTED, QWEN, SimulatedModel
from bench.table import verdict
from camus.config import Complexity, Config, Intelligence, MultiModel, TaskKind
from camus.journal import Attempted, Feedback, Finished, Journal
from camus.models import Profile
from camus.routing import Policy, plan
from support.tasks import profile, task

SEEDS = 60
FIND, AGAIN, LAST = 150, 100, 30
_KEEPS, _UNDOES = 0.5, 0.5
Rates = dict[tuple[str, TaskKind], float]
"""What share of a model's answers is right at a kind; it may change meanwhile."""


class World:
    """Models that answer at their rates, and a journal that remembers."""

    def __init__(
        self,
        profiles: tuple[Profile, ...],
        rates: Rates,
        seed: int,
        *,
        exploration: float | None = None,
        seconds: dict[str, float] | None = None,
    ) -> None:
        """Begin with nothing learnt; `seconds` of an answer by model, 4 where untold."""
        self.profiles, self.rates, self.seed = profiles, rates, seed
        self.config = config_for(exploration)
        self.seconds = seconds or {}
        self.journal = Journal(None)
        self.draw = random.Random(seed)
        self.step = 0

    def ask(self, kind: TaskKind, language: str = "python") -> str:
        """One request: the model that is picked, asked and judged."""
        self.step += 1
        asked = task(
            "modify", kind=kind, complexity=Complexity.MEDIUM, language=language, code="x = 1\n"
        )
        policy = Policy(self.config, seed=self.seed * 1_000_003 + self.step, now=float(self.step))
        model = plan(asked, self.profiles, self.journal.stats(), policy).choices[0].model
        self._answer(model, kind, language)
        return model

    def best(self, kind: TaskKind, language: str = "python") -> str:
        """The model that would be picked without trying."""
        asked = task("modify", kind=kind, complexity=Complexity.MEDIUM, language=language)
        still = replace_exploration(self.config, 0.0)
        policy = Policy(still, now=float(self.step))
        return plan(asked, self.profiles, self.journal.stats(), policy).choices[0].model

    def _answer(self, model: str, kind: TaskKind, language: str) -> None:
        right = self.draw.random() < self.rates[model, kind]
        found = not right and self.draw.random() < DETECTED
        common = {
            "action": "modify",
            "kind": str(kind),
            "complexity": "medium",
            "language": language,
            "model": model,
        }
        at, id_ = float(self.step), f"r{self.step}"
        score, seconds = 0.4 if found else 0.95, self.seconds.get(model, 4.0)
        self.journal.append(Attempted(id=id_, at=at, score=score, seconds=seconds, **common))
        if found:
            return
        self.journal.append(Finished(id=id_, at=at, state="done", score=score, **common))
        chance = self.draw.random()
        if right and chance < _KEEPS:
            self.journal.append(Feedback(id=id_, at=at, verdict="accepted"))
        elif not right and chance < _UNDOES:
            self.journal.append(Feedback(id=id_, at=at, verdict="undone"))


def config_for(exploration: float | None = None, preset: str = "balanced") -> Config:
    """Selection by what was learnt, with the default budget unless told otherwise."""
    made = Intelligence(type="learning", preset=preset)  # type: ignore[arg-type]  # a word of it
    config = Config(multi_model=MultiModel(enabled=True, intelligent_selection=made))
    return config if exploration is None else replace_exploration(config, exploration)


def replace_exploration(config: Config, exploration: float) -> Config:
    """The same with another budget."""
    from msgspec.structs import replace as changed

    selection = changed(config.multi_model.intelligent_selection, exploration=exploration)
    multi = changed(config.multi_model, intelligent_selection=selection)
    return changed(config, multi_model=multi)


def measure(seeds: int = SEEDS) -> None:
    """Print what is found, and which goals are missed."""
    print("\nSimulated: learning selection, with its default settings.")
    for count in (2, 4):
        _apart(count, seeds)
    _aider(2 * seeds)
    _sparse(seeds)
    _budget(seeds)


KINDS = (TaskKind.REFACTORING, TaskKind.BUG_FIXING, TaskKind.DOCUMENTATION)
ONE = TaskKind.REFACTORING
NAMES = ("a", "b", "c", "d")
APART = (0.80, 0.55, 0.45, 0.30)
"""The best is 25 points above the next one."""


def _apart(count: int, seeds: int) -> None:
    """Another model is best at each kind; then the best one and the second change places."""
    found, again, last = [], [], []
    names = NAMES[:count]
    profiles = tuple(profile(name) for name in names)
    for seed in range(seeds):
        rates: Rates = {
            (name, kind): APART[(place + turn) % count]
            for turn, kind in enumerate(KINDS)
            for place, name in enumerate(names)
        }
        world = World(profiles, rates, seed)
        for kind in KINDS:
            picks = [world.ask(kind) for _ in range(FIND)]
            found.append(world.best(kind) == _best(rates, kind))
            last.append(mean(pick == _best(rates, kind) for pick in picks[-LAST:]))
        for key, rate in rates.items():
            rates[key] = {APART[0]: APART[1], APART[1]: APART[0]}.get(rate, rate)
        for kind in KINDS:
            for _ in range(AGAIN):
                world.ask(kind)
            again.append(world.best(kind) == _best(rates, kind))
    print(f"\n{count} models, 25 points apart, {len(KINDS)} kinds, {seeds} seeds")
    verdict(f"best found within {FIND}", 100 * mean(found), 95, "% of runs", least=True)
    verdict(f"again {AGAIN} after a swap", 100 * mean(again), 80, "% of runs", least=True)
    print(f"picked in the last {LAST} before the swap: {mean(last):.0%}")


def _best(rates: Rates, kind: TaskKind) -> str:
    return max((name for name, each in rates if each is kind), key=lambda name: rates[name, kind])


def _aider(seeds: int) -> None:
    """Six models at aider's rates with their sizes and times; then some change places."""
    first, after, turned = [], [], []
    for seed in range(seeds):
        world = _of_qwen(seed)
        first.append(_loss(world))
        rates, keys = world.rates, list(world.rates)
        rates[keys[0]], rates[keys[-1]] = rates[keys[-1]], rates[keys[0]]
        after.append(_loss(world))
        world = _of_qwen(seed)
        _loss(world)
        world.rates.update(zip(keys, list(world.rates.values())[::-1], strict=True))
        turned.append(_loss(world))
    print(f"\naider's rates, six sizes, {seeds} seeds")
    verdict(f"lost in the last {LAST} of {FIND}", 100 * mean(first), 7, "points")
    verdict(f"{FIND} after the best and the worst change places", 100 * mean(after), 10, "points")
    print(f"{FIND} after all rates are turned round: {100 * mean(turned):.2f} points")


def _of_qwen(seed: int) -> World:
    sizes = (("fast", 4.0), ("medium", 20.0), ("large", 1e9))
    profiles = tuple(
        replace(
            profile(m.name, size=next(size for size, below in sizes if m.billions < below)),
            parameters_billions=m.billions,
        )
        for m in QWEN
    )
    rates: Rates = {(model.name, ONE): model.repaired for model in QWEN}
    return World(profiles, rates, seed, seconds={m.name: _seconds(m) for m in QWEN})


def _loss(world: World) -> float:
    picks = [world.ask(ONE) for _ in range(FIND)]
    most = max(world.rates.values())
    return mean(most - world.rates[pick, ONE] for pick in picks[-LAST:])


def _seconds(model: SimulatedModel) -> float:
    return 270 / model.speed


def _sparse(seeds: int) -> None:
    """One language comes once in twenty requests: does its arm know what its kind knows?"""
    borrowed = mean(_rare(seed, separate=False) for seed in range(seeds))
    alone = mean(_rare(seed, separate=True) for seed in range(seeds))
    print(f"\na language in 1 of 20 requests, its first 10 requests, {seeds} seeds")
    print(f"best model picked, borrowing from its kind: {borrowed:.0%}")
    print(f"the same as a kind of its own (nothing to borrow): {alone:.0%}")
    verdict("gain by borrowing", 100 * (borrowed - alone), 10, "points", least=True)


def _rare(seed: int, *, separate: bool) -> float:
    other = TaskKind.BUG_FIXING if separate else ONE
    rates = {(name, kind): rate for name, rate in _mixed() for kind in (ONE, other)}
    world = World(tuple(profile(name) for name in NAMES), rates, seed)
    picks: list[str] = []
    for step in range(200):
        if step % 20:
            world.ask(ONE)
        else:
            picks.append(world.ask(other, "rust"))
    return mean(pick == "b" for pick in picks)


def _mixed() -> list[tuple[str, float]]:
    """The best one is not the first one."""
    return list(zip(NAMES, (APART[1], APART[0], *APART[2:]), strict=True))


def _budget(seeds: int) -> None:
    """What the exploration budget costs and brings, with four models 25 points apart."""
    print(f"\nexploration: best found in {FIND}, and right answers given meanwhile")
    for exploration in (0.0, 0.1, 0.3, 0.5, 1.0):
        found, right = [], []
        for seed in range(seeds):
            rates = {(name, ONE): rate for name, rate in _mixed()}
            profiles = tuple(profile(name) for name in NAMES)
            world = World(profiles, rates, seed, exploration=exploration)
            picks = [world.ask(ONE) for _ in range(FIND)]
            found.append(world.best(ONE) == "b")
            right.append(mean(rates[pick, ONE] for pick in picks))
        print(f"  {exploration:.1f}: {mean(found):.0%}, {mean(right):.0%}")


def decisions(models: Sequence[int] = (1, 10, 50, 200), rounds: int = 60) -> None:
    """What one decision costs, by selection and number of models, in milliseconds."""
    import time

    print("\n| selection | models | least ms | median ms |\n|---|--:|--:|--:|")
    worst = 0.0
    for kind in ("rule", "score", "learning"):
        for count in models:
            taken = []
            profiles, stats = _many(count)
            made = Intelligence(type=kind)  # type: ignore[arg-type]  # a word of it
            config = Config(multi_model=MultiModel(intelligent_selection=made))
            asked = task("modify", kind=TaskKind.REFACTORING)
            for seed in range(rounds):
                began = time.perf_counter()
                plan(asked, profiles, stats, Policy(config, seed=seed))
                taken.append((time.perf_counter() - began) * 1e3)
            taken.sort()
            print(f"| {kind} | {count} | {taken[0]:.3f} | {taken[len(taken) // 2]:.3f} |")
            if count == max(models):
                worst = max(worst, taken[0])
    verdict(f"a decision between {max(models)} models", worst, 1.0, "ms")


def _many(count: int) -> tuple[tuple[Profile, ...], object]:
    """Models of all sizes, each with a record at the kind."""
    journal, draw = Journal(None), random.Random(1)
    names = [f"m{n}" for n in range(count)]
    for at in range(10 * count):
        journal.append(
            Attempted(
                id="r",
                at=1.0,
                model=names[at % count],
                action="modify",
                kind="REFACTORING",
                complexity="medium",
                language="python",
                score=draw.random(),
                seconds=2.0,
            )
        )
    sizes = ("fast", "medium", "large")
    profiles = tuple(profile(name, size=sizes[n % 3]) for n, name in enumerate(names))
    return tuple(replace(each, memory_bytes=10**9) for each in profiles), journal.stats()
