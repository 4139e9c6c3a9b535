"""Whether a model's answers are noticed to have changed, and what is then left of its record."""

from __future__ import annotations

import random

import pytest

from camus.journal import Attempted, Lessons, fold
from camus.journal.changes import ALARM, ENOUGH, SLACK, Watch
from camus.journal.learning import KEPT
from camus.orchestrator.auditing import moved


def watched(*rewards: float) -> list[Watch]:
    found = [Watch()]
    for reward in rewards:
        found.append(found[-1].after(reward))
    return found[1:]


def answers(model: str, score: float, count: int, kind: str = "BUG_FIXING") -> list[Attempted]:
    one = Attempted(
        id="r",
        at=1.0,
        model=model,
        action="modify",
        kind=kind,
        complexity="medium",
        language="python",
        score=score,
        seconds=2.0,
    )
    return [one] * count


def weight(lessons: Lessons, model: str, kind: str = "BUG_FIXING") -> float:
    return lessons.kind(model, kind).weight


def test_what_stays_as_it_is_is_no_change() -> None:
    assert watched(*[0.8] * 500)[-1].changes == 0


@pytest.mark.parametrize(("before", "after"), [(1.0, 0.4), (0.2, 0.9)])
def test_a_change_for_worse_or_better_is_noticed_within_a_dozen_answers(
    before: float, after: float
) -> None:
    found = watched(*[before] * 40, *[after] * 12)
    assert found[39].changes == 0
    assert found[-1].changes == 1


def test_what_is_usual_is_learnt_before_anything_can_be_unusual() -> None:
    # The second of these is the first that can be: usual is 0.9, give or take 0.3.
    assert watched(*[1.0] * (ENOUGH - 1), *[0.0] * 2)[-1].below == pytest.approx(0.9 / 0.3 - SLACK)


def test_what_varies_more_has_to_change_more() -> None:
    steady = watched(*[0.9] * 40, *[0.4] * 12)[-1]
    unsteady = watched(*[0.0, 1.0] * 20, *[0.0] * 12)[-1]
    assert (steady.changes, unsteady.changes) == (1, 0)
    assert watched(*[0.0, 1.0] * 20, *[0.0] * 24)[-1].changes == 1


def test_after_a_change_it_begins_anew() -> None:
    found = watched(*[1.0] * 40, *[0.0] * 20)
    changed = next(n for n, each in enumerate(found) if each.changes)
    assert found[changed] == Watch(changes=1)
    assert found[-1].changes == 1
    assert found[-1].mean == 0.0


def test_chance_alone_seldom_looks_like_a_change() -> None:
    alarms = 0
    for seed in range(20):
        draw = random.Random(seed)
        alarms += watched(*[float(draw.random() < 0.75) for _ in range(300)])[-1].changes
    assert alarms <= 20, "more than one in 300 answers"


def test_a_model_that_broke_is_forgotten_and_the_others_are_not() -> None:
    good, bad = [*answers("a", 0.9, 40), *answers("b", 0.9, 10)], answers("a", 0.3, 4)
    before, after = fold(good).lessons, fold(good + bad).lessons
    assert weight(after, "a") < 0.5 * weight(before, "a")
    assert weight(after, "b") == pytest.approx(weight(before, "b") * 0.99**4)
    steady = fold([*good, *answers("a", 0.9, 4)]).lessons
    assert weight(after, "a") == pytest.approx(KEPT * weight(steady, "a"), rel=0.05)


def test_what_a_model_does_at_other_kinds_is_kept() -> None:
    events = [*answers("a", 0.9, 40), *answers("a", 0.9, 20, "REFACTORING")]
    after = fold([*events, *answers("a", 0.3, 5)]).lessons
    assert weight(after, "a", "REFACTORING") == weight(fold(events).lessons, "a", "REFACTORING")


def test_a_change_is_told_in_words() -> None:
    events = [*answers("a", 0.9, 40), *answers("a", 0.3, 3)]
    before, after = fold(events), fold([*events, *answers("a", 0.3, 1)])
    assert before.lessons.watches["a", "BUG_FIXING"].below > ALARM / 2
    said = "a has become worse at BUG_FIXING: what was known of it counts for little now"
    assert said in list(moved(before, after))
    assert said not in list(moved(after, fold([*events, *answers("a", 0.3, 2)])))
