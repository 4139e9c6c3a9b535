"""How well the score tells bad edits from good ones; see the table of kinds in `bench.edits`.

The area under the curve (AUC) is the share of pairs of a good and a bad edit in which the good
one scores higher, ties counted half. A kind is held against all good edits, direct ones and bad
ones undone. Each bad edit is asked for as documentation, as a refactoring and as a fix in words.
Behaviour is looked at where the function may be called with made-up inputs, in the sandbox, and
for refactorings only: a fix may behave otherwise.
"""

from __future__ import annotations

import asyncio
import time
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bench.edits.bad import KINDS
from bench.edits.making import Made, edits
from camus import quality
from camus.actions import ACTIONS, Draft, Task, make_task
from camus.analysis import Tools, Trials
from camus.config import Classification
from camus.quality import Deeper
from camus.source import Document, Span, minimal_edits

THRESHOLD = 0.8
_LIMIT = {"visible": 0.95, "behaviour": 0.90, "asked": 0.99}


@dataclass(frozen=True, slots=True)
class Scored:
    """An edit with its score by the fast checks, and with behaviour where that was looked at."""

    made: Made
    score: float
    ran: bool = False
    with_behaviour: float = 0.0
    complaint: str = ""


def auc(good: Sequence[float], bad: Sequence[float]) -> float:
    """The share of pairs in which the good one is higher, ties half (Mann and Whitney 1947)."""
    ordered = sorted(good)
    won = sum(
        len(ordered)
        - bisect_right(ordered, each)
        + 0.5 * (bisect_right(ordered, each) - bisect_left(ordered, each))
        for each in bad
    )
    return won / (len(good) * len(bad))


def task_of(made: Made) -> tuple[Task, Draft]:
    """The request that an edit answers, and the edit as a draft."""
    document = Document(f"file:///bench/{made.path}", made.before, "python")
    action = {"document": "document", "refactor": "refactor", "fix": "modify"}[made.asked]
    # What removes a second copy is asked for over both.
    wide = made.good and "doubled" in made.kind
    place = document.span if wide else Span(made.start, made.start)
    task = make_task(
        ACTIONS[action],
        document,
        place,
        instruction=made.said,
        rules=Classification(),
        whole_target=wide,
    )
    return task, Draft(minimal_edits(made.before, made.after))


async def scored(made: Made, tools: Tools, deeper: Deeper | None) -> Scored:
    """Judge one edit."""
    task, draft = task_of(made)
    report = await quality.assess(task, draft, tools)
    if deeper is None or made.asked != "refactor" or report.refusals:
        return Scored(made, report.score, complaint=report.complaint)
    more = await quality.deepen(task, draft, report, deeper)
    ran = any(each.startswith("behaviour (") for each in more.checked)
    return Scored(made, report.score, ran, more.score, more.complaint)


async def judged(found: Iterable[Made], *, behaviour: bool) -> list[Scored]:
    """Judge all, two at a time."""
    tools, trials = Tools(), Trials()
    deeper = Deeper(trials=trials, trusted=True) if behaviour and not trials.problem else None
    work, results = list(found), list[Scored]()
    gate = asyncio.Semaphore(2)

    async def one(made: Made) -> None:
        async with gate:
            results.append(await scored(made, tools, deeper))

    try:
        for at in range(0, len(work), 200):
            async with asyncio.TaskGroup() as group:
                for made in work[at : at + 200]:
                    group.create_task(one(made))
    finally:
        await tools.close()
        await trials.close()
    return results


def measure(functions: int, seed: int, *, behaviour: bool) -> None:
    """Print the tables and the verdicts."""
    began = time.monotonic()
    found = asyncio.run(judged(edits(functions, seed), behaviour=behaviour))
    good = [each for each in found if each.made.good]
    bad = [each for each in found if not each.made.good]
    print(f"\n**{len(bad)} bad and {len(good)} good edits of {functions} functions, seed {seed}**")
    _table(bad, good)
    _goods(good)
    _verdicts(bad, good)
    print(f"\n{time.monotonic() - began:.0f} s")


def _table(bad: Sequence[Scored], good: Sequence[Scored]) -> None:
    usual = [each.score for each in good]
    ran = [each.with_behaviour for each in good if each.ran]
    print(
        "\n| kind of bad edit | seen by | n | AUC as a refactoring | AUC as a fix | below the "
        "threshold | n run | AUC with behaviour |\n|---|---|--:|--:|--:|--:|--:|--:|"
    )
    for kind in KINDS:
        mine = [each for each in bad if each.made.kind == kind.name]
        if not mine:
            print(f"| {kind.name} | {_seen(kind.visible)} | 0 | | | | | |")
            continue
        by = {how: [e.score for e in mine if e.made.asked == how] for how in ("refactor", "fix")}
        mine = [each for each in mine if each.made.asked != "document"]
        below = sum(each.score < THRESHOLD for each in mine) / len(mine)
        run = [each.with_behaviour for each in mine if each.ran]
        last = f"{auc(ran, run):.3f}" if run and ran else ""
        as_each = " | ".join(f"{auc(usual, by[how]):.3f}" for how in ("refactor", "fix"))
        told = f"| {kind.name} | {_seen(kind.visible)} | {len(mine)} | {as_each}"
        print(f"{told} | {below:.0%} | {len(run)} | {last} |")


def _seen(visible: bool) -> str:
    return "the text" if visible else "running it"


def _goods(good: Sequence[Scored]) -> None:
    by: dict[str, list[Scored]] = defaultdict(list)
    for each in good:
        by["bad edits undone" if each.made.kind.startswith("undo") else each.made.kind].append(each)
    print("\n| kind of good edit | n | below the threshold | mean score |\n|---|--:|--:|--:|")
    for name, mine in sorted(by.items()):
        below = sum(each.score < THRESHOLD for each in mine) / len(mine)
        mean = sum(each.score for each in mine) / len(mine)
        print(f"| {name} | {len(mine)} | {below:.1%} | {mean:.2f} |")
    low = [each for each in good if each.score < THRESHOLD]
    for (kind, said), count in Counter((e.made.kind, e.complaint[:100]) for e in low).most_common(
        12
    ):
        print(f"\n{count} x {kind}: {said}", end="")
    print()


def _verdicts(bad: Sequence[Scored], good: Sequence[Scored]) -> None:
    usual = [each.score for each in good]
    visible = [each.score for each in bad if each.made.visible and each.made.asked != "document"]
    hidden = [e.score for e in bad if not e.made.visible and e.made.asked != "document"]
    _verdict("visible kinds, AUC", auc(usual, visible), _LIMIT["visible"], len(visible))
    print(f"\nkinds that only running shows, AUC by the text alone: {auc(usual, hidden):.3f}")
    run_bad = [e.with_behaviour for e in bad if e.ran and not e.made.visible]
    run_good = [each.with_behaviour for each in good if each.ran]
    if run_bad and run_good:
        value = auc(run_good, run_bad)
        _verdict("those where behaviour was run, AUC", value, _LIMIT["behaviour"], len(run_bad))
    for asked in ("document", "refactor"):
        fine = [each.score for each in good if each.made.asked == asked]
        mine = [each for each in bad if each.made.asked == asked]
        seen = [e for e in mine if e.made.visible or e.ran or asked == "document"]
        wrong = [each.with_behaviour if each.ran else each.score for each in seen]
        _verdict(f"{asked} tasks, AUC", auc(fine, wrong), _LIMIT["asked"], len(fine))
    share = sum(each < THRESHOLD for each in usual) / len(usual)
    held = "held" if share < 0.05 else "MISSED"
    print(f"\ngood edits below the threshold: {share:.1%} of {len(usual)}, goal under 5 %: {held}")


def _verdict(what: str, value: float, goal: float, count: int) -> None:
    held = "held" if value >= goal else "MISSED"
    print(f"\n{what}: {value:.3f} over {count}, goal at least {goal:g}: {held}")
