"""What strategies bring, simulated: quality, calls of the large model, time, cost.

The models, tasks and checks are `simulated`; the plan of a cascade is the real `routing.plan` and
what happens along it the real `orchestrator.strategies.cascade`, the winner of an ensemble the real
`votes.tally`. A model alone or in an ensemble gets one repair when the checks reject its answer, in
a cascade where the plan says so. Weighted seconds are seconds times billions of parameters. A
member of an ensemble that could change nothing any more is stopped and its seconds until then
count.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import fmean

from bench.cascades import (
    FAILED,
    LARGE,
    MEDIUM,
    PASSED,
    SMALL,
    Came,
    Strategy,
    World,
    cascade,
)
from bench.simulated import DETECTED, QWEN, Checks, Drawn, SimulatedModel, tasks
from bench.table import percentile, verdict
from camus.actions import Draft
from camus.config import StrategyName, Voting
from camus.orchestrator.run import Judged
from camus.orchestrator.votes import Vote, tally
from camus.quality import Report
from camus.routing import Choice, Override
from support.engines import document, request, running
from support.servers import Asked, Ollama, Reply, Told

CORRELATIONS = (0.0, 0.3, 0.6)
RATES = (0.3, 0.4, 0.5, 0.6, 0.7, 0.81, 0.85, 0.9, 0.95)


def always(model: SimulatedModel) -> Strategy:
    """One model and its repair."""

    def work(world: World) -> Came:
        given, passed, seconds, cost, calls = world.alone(model)
        large = calls if model is LARGE else 0
        return Came(given.right, seconds, seconds * model.billions, cost, large, not passed)

    return work


def ensemble(models: Sequence[SimulatedModel], method: Voting) -> Strategy:
    """All at the same time, the winner by the real vote; the same model again is another sample."""
    members = [Choice(model.name, "", weight=1.0, confidence=_trust(model)) for model in models]
    samples = [sum(m is model for m in models[:n]) for n, model in enumerate(models)]

    def work(world: World) -> Came:
        found = [world.alone(m, s) for m, s in zip(models, samples, strict=True)]
        arriving = sorted(range(len(models)), key=lambda n: found[n][2])
        votes: list[Vote] = []
        last = 0
        for last, number in enumerate(arriving):
            given, passed, *_ = found[number]
            votes.append(_vote(number, members[number], given, passed))
            waiting = [members[n] for n in arriving[last + 1 :]]
            state = tally(votes, waiting, method, members, threshold=PASSED)
            if state.decided:
                break
        assert state.winner is not None
        won = found[state.winner.number]
        end = found[arriving[last]][2]
        spent = [min(took, end) for _, _, took, _, _ in found]
        weighted = sum(s * m.billions for s, m in zip(spent, models, strict=True))
        cost = sum(each[3] for each in found)
        large = sum(each[4] for each, m in zip(found, models, strict=True) if m is LARGE)
        return Came(won[0].right, end, weighted, cost, large, not won[1])

    return work


def _vote(number: int, choice: Choice, given: Drawn, passed: bool) -> Vote:
    report = Report(PASSED if passed else FAILED)
    return Vote(number, choice, Judged(choice.model, Draft(), report), str(given.answer))


def _trust(model: SimulatedModel) -> float:
    return model.repaired


STRATEGIES: Mapping[str, Strategy] = {
    "always small": always(SMALL),
    "always medium": always(MEDIUM),
    "always large": always(LARGE),
    "cascade": cascade("balanced"),
    "cascade, preset speed": cascade("speed"),
    "cascade, preset quality": cascade("quality"),
    "cascade with its record": cascade("balanced", learns=True),
    "best of small, medium, large": ensemble((SMALL, MEDIUM, LARGE), "best_of_n"),
    "best of 7b, 14b, 32b": ensemble(QWEN[3:], "best_of_n"),
    "majority of 7b, 14b, 32b": ensemble(QWEN[3:], "majority"),
    "weighted 7b, 14b, 32b": ensemble(QWEN[3:], "weighted"),
    "weighted 7b, 14b, 32b, twice each": ensemble((*QWEN[3:], *QWEN[3:]), "weighted"),
    "majority of five of the large": ensemble((LARGE,) * 5, "majority"),
}


def run(
    strategies: Mapping[str, Strategy],
    count: int,
    seeds: int,
    *,
    correlation: float,
    checks: Checks,
) -> dict[str, list[Came]]:
    """Every task of every seed by every strategy."""
    came: dict[str, list[Came]] = {name: [] for name in strategies}
    for seed in range(seeds):
        for each in tasks(count, seed):
            world = World(each, correlation, checks)
            for name, strategy in strategies.items():
                came[name].append(strategy(world))
    return came


def measure(count: int, seeds: int) -> None:
    """The tables and the goals; what is missed is said."""
    print(f"\n**Strategies, simulated** ({count} tasks, {seeds} seeds)")
    for correlation in CORRELATIONS:
        came = run(STRATEGIES, count, seeds, correlation=correlation, checks=Checks())
        _table(came, correlation)
        _goals(came)
    _sweep(max(count // 4, 100), max(seeds // 2, 1))
    asyncio.run(_reviews())
    print("\nFitted prompts against plain ones: not simulated; it needs real models.")


def _table(came: Mapping[str, Sequence[Came]], correlation: float) -> None:
    beside = f"correlation {correlation:g} beside the difficulty"
    print(f"\nErrors with {beside}; the checks find {DETECTED:.0%}\n")
    print("| | right | large calls | mean s | p95 s | weighted s | cost | by hand |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|")
    for name, rows in came.items():
        seconds = [each.seconds for each in rows]
        print(
            f"| {name} | {_right(rows):.1%} | {fmean(e.large for e in rows):.2f} | "
            f"{fmean(seconds):.1f} | {percentile(seconds, 0.95):.1f} | "
            f"{fmean(e.weighted for e in rows):.0f} | {fmean(e.cost for e in rows) * 1e3:.2f} | "
            f"{fmean(e.doubted for e in rows):.0%} |"
        )


def _goals(came: Mapping[str, Sequence[Came]]) -> None:
    large = came["always large"]
    for name in (each for each in came if each.startswith("cascade")):
        mine = came[name]
        quality, seconds = _share(_right, mine, large), 100 - _share(_seconds, mine, large)
        if "preset" in name:  # another one than the default trades one goal for another
            calls, saved = _share(_calls, mine, large), 100 - _share(_weighted, mine, large)
            print(f"\n{name}: quality {quality:.1f} %, large calls {calls:.1f} %, mean time "
                  f"{seconds:.1f} % and weighted model seconds {saved:.1f} % below")  # fmt: skip
            continue
        verdict(f"{name}: of always-large's quality", quality, 97, "%", least=True)
        verdict(f"{name}: of its large calls", _share(_calls, mine, large), 60, "%")
        verdict(f"{name}: mean time below it", seconds, 30, "%", least=True)
        saved = 100 - _share(_weighted, mine, large)
        verdict(f"{name}: weighted model seconds below it", saved, 25, "%", least=True)
    teams = [name for name in came if name.startswith(("best of", "majority", "weighted"))]
    best = max(teams, key=lambda name: _right(came[name]))
    better = _share(_right, came[best], large) - 100
    verdict(f"the best ensemble ({best}) better than its best member", better, 15, "%", least=True)


_SIX = "weighted 7b, 14b, 32b, twice each"
_LOWER = "cascade, preset speed"


def _sweep(count: int, seeds: int) -> None:
    """How the cascades do as the checks get worse and better: quality and large calls."""
    print(f"\nBy what the checks find ({count} tasks, {seeds} seeds, correlation 0.3), in % of")
    print("always-large's quality and large calls; the weighted six by how much it is better\n")
    print(f"| found | cascade | {_LOWER} | {_SIX} |\n|--:|--:|--:|--:|")
    chosen = {name: STRATEGIES[name] for name in ("always large", "cascade", _LOWER, _SIX)}
    held: dict[str, float] = {}
    for rate in RATES:
        came = run(chosen, count, seeds, correlation=0.3, checks=Checks(rate))
        large = came["always large"]
        cells = []
        for name in ("cascade", _LOWER):
            quality, calls = _share(_right, came[name], large), _share(_calls, came[name], large)
            cells.append(f"{quality:.1f} / {calls:.1f}")
            if quality >= 99 and calls <= 50:
                held.setdefault(name, rate)
        better = _share(_right, came[_SIX], large) - 100
        print(f"| {rate:.0%} | {' | '.join(cells)} | {better:.1f} |")
    for name in ("cascade", _LOWER):
        words = f"from {held[name]:.0%} on" if name in held else "at none of these rates"
        print(f"\n{name}: 99 % of the quality with half of the large calls {words}")


def _right(rows: Sequence[Came]) -> float:
    return fmean(each.right for each in rows)


def _calls(rows: Sequence[Came]) -> float:
    return fmean(each.large for each in rows)


def _seconds(rows: Sequence[Came]) -> float:
    return fmean(each.seconds for each in rows)


def _weighted(rows: Sequence[Came]) -> float:
    return fmean(each.weighted for each in rows)


def _share(
    what: Callable[[Sequence[Came]], float], mine: Sequence[Came], other: Sequence[Came]
) -> float:
    return 100 * what(mine) / what(other)


CODE = "def area(width, height):\n    return width * height\n"


async def _reviews() -> None:
    """A review by four aspects, at the same time and in sequence, over real loopback servers."""
    print("\n**A review of four aspects over real loopback servers, whose models are simulated**\n")
    taken = {}
    for at_once in (1, 4):
        taken[at_once] = min([await _review(at_once) for _ in range(3)])
        print(f"- {at_once} at a time: {taken[at_once]:.2f} s")
    saved = 100 * (1 - taken[4] / taken[1])
    verdict("parallel review faster than in sequence", saved, 40, "%", least=True)


async def _review(at_once: int) -> float:
    """Seconds of one review; each server takes 0.4 s for an answer, a place for each model."""

    def slow(_asked: Asked) -> Reply:
        return Reply("2: warning: the result has no name", first=0.4)

    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "project"
        folder.mkdir()
        found = {}
        for name in "abcd":
            server = stack.enter_context(Ollama(slow, models=[Told(name)]))
            found[name] = {"type": "ollama", "model": name, "url": server.url}
        flags = {
            "server": {"discover": False},
            "models": found,
            "strategies": {"at_once": at_once},
        }
        async with running(folder, flags=flags) as engine:
            await engine.ready()
            code = document(folder, "a.py", CODE)
            wish = Override(strategy=StrategyName.PARALLEL)
            await engine.perform(request(code, "explain", "area", fresh=True))
            started = time.perf_counter()
            await engine.perform(request(code, "review", "area", fresh=True, override=wish))
            return time.perf_counter() - started
