"""Where to begin among models of different sizes, and whose answers are repaired."""

from __future__ import annotations

from dataclasses import replace

import pytest
from msgspec.structs import replace as changed

from camus.config import Complexity, Config, Intelligence, MultiModel
from camus.journal import Attempted, Stats, Turn, fold
from camus.privacy import THIS_MACHINE, Destination
from camus.routing import Plan, Policy, plan
from camus.routing.worth import Odds, Terms, begin, repaired, wait
from support.tasks import profile, task

SMALL = Odds(passes=0.8, mends=0.1, right=0.78, seconds=2, price=0)
MIDDLE = Odds(passes=0.85, mends=0.3, right=0.83, seconds=6, price=0)
LARGE = Odds(passes=0.9, mends=0.4, right=0.89, seconds=20, price=0)
TERMS = Terms(slips=0.1, bound=0.03)
"""Only the bound holds."""


def test_the_smallest_is_begun_with_when_it_saves_time_and_hardly_costs_quality() -> None:
    assert begin((SMALL, MIDDLE, LARGE), TERMS).place == 0


def test_what_would_lose_too_many_right_answers_is_not_begun_with() -> None:
    poor = SMALL._replace(passes=0.4, right=0.33)
    found = begin((poor, MIDDLE, LARGE), TERMS)
    assert found.place == 1
    assert found.said == "6.2% more wrong answers are too many"
    assert begin((poor, MIDDLE, LARGE), TERMS._replace(bound=0.07)).place == 0


def test_the_time_that_is_won_is_weighed_against_the_wrong_answers() -> None:
    poor = SMALL._replace(passes=0.4, right=0.33)
    found = begin((poor, MIDDLE, LARGE), TERMS._replace(bound=1.0, harm=30))
    assert (found.place, found.said) == (1, "2 s won are not worth 5.6% more wrong answers")
    assert begin((poor, MIDDLE, LARGE), TERMS._replace(bound=1.0, harm=10)).place == 0
    slower = [each._replace(seconds=10 * each.seconds) for each in (poor, MIDDLE, LARGE)]
    assert begin(slower, TERMS._replace(bound=1.0, harm=30)).place == 0, "more time is won"


def test_what_is_lost_adds_up_over_the_sizes() -> None:
    each = [
        Odds(right + 0.05, 0.2, right, seconds, 0)
        for right, seconds in ((0.5, 1), (0.65, 3), (0.85, 20))
    ]
    assert begin(each, TERMS._replace(bound=0.04)).place == 1
    assert begin(each[::2], TERMS._replace(bound=0.04)).place == 0


def test_what_larger_ones_made_of_rejected_tasks_counts_more_than_what_they_promise() -> None:
    poor = SMALL._replace(passes=0.4, right=0.33)
    useless = LARGE._replace(after=(fold(passing("l", 0, 100, "next")).lessons.rate(
        "l", "BUG_FIXING", "medium", "next"),) * 2)  # fmt: skip
    assert begin((poor, LARGE), TERMS).place == 1
    assert begin((poor, useless), TERMS).place == 0


def test_a_small_model_that_is_slower_than_what_it_spares_is_passed_over() -> None:
    slow = SMALL._replace(seconds=40)
    found = begin((slow, LARGE), TERMS._replace(bound=1.0))
    assert (found.place, found.said) == (1, "it passes too seldom (80%) for the 40 s")


def test_a_cheaper_model_may_take_longer() -> None:
    slow = SMALL._replace(seconds=40)
    assert begin((slow, LARGE._replace(price=3)), TERMS).place == 0


def test_a_model_that_never_is_right_is_no_reason_to_divide_by_nothing() -> None:
    never = Odds(0.0, 0.0, 0.0, 1, 0)
    assert begin((never, never), TERMS).place == 1
    assert begin((never,), TERMS) == (0, "")


def test_the_wait_is_the_sum_of_what_each_takes_times_the_chance_that_it_is_reached() -> None:
    assert wait((LARGE,), TERMS) == pytest.approx(20 + 0.1 * 0.8 * 20)
    hasty = MIDDLE._replace(mends=0.0)
    assert wait((hasty, LARGE), TERMS) == pytest.approx(6 + 0.15 * 21.6)
    assert wait((MIDDLE, LARGE), TERMS) == pytest.approx(6 + 0.15 * (0.8 * 6 + 0.7 * 21.6))


LONGER = "a repair would take longer"


def test_an_answer_is_repaired_where_that_saves_more_than_it_takes() -> None:
    assert repaired((SMALL, MIDDLE, LARGE), TERMS) == (LONGER, "", "")
    assert repaired((SMALL, LARGE), TERMS) == ("", "")
    assert repaired((MIDDLE._replace(mends=0.1), LARGE), TERMS) == (LONGER, "")


def test_a_repair_that_is_mostly_wrong_when_it_passes_is_not_tried() -> None:
    careful = TERMS._replace(harm=120)
    assert repaired((SMALL, LARGE), careful) == ("its repairs too often pass though wrong", "")
    slow = LARGE._replace(seconds=400)
    assert repaired((SMALL, slow), careful) == ("", ""), "it saves much time"


def test_the_last_answer_and_one_before_a_dearer_model_is_always_repaired() -> None:
    hopeless = SMALL._replace(mends=0.0)
    assert repaired((hopeless,), TERMS) == ("",)
    assert repaired((hopeless, LARGE), TERMS) == (LONGER, "")
    assert repaired((hopeless, LARGE._replace(price=2)), TERMS) == ("", "")


def passing(model: str, good: int, bad: int, turn: Turn = "first", **more: str) -> list[Attempted]:
    """So many answers that passed the checks and so many that did not, mixed."""
    one = Attempted(
        id="r",
        at=1.0,
        model=model,
        action="modify",
        kind="BUG_FIXING",
        complexity="medium",
        language="python",
        seconds=6.0,
        turn=turn,
        **more,
    )
    every = good + bad
    return [changed(one, passed=number * 7919 % every < good) for number in range(every)]


ELSEWHERE = Destination("gpu.lan", local=True)


def made(
    stats: Stats, preset: str = "balanced", large: Destination = THIS_MACHINE, **selection: object
) -> Plan:
    intelligence = Intelligence(preset=preset, **selection)  # type: ignore[arg-type]
    config = Config(multi_model=MultiModel(intelligent_selection=intelligence))
    models = [profile("s", size="fast"), profile("m"), profile("l", size="large", place=large)]
    wanted = task("modify", complexity=Complexity.MEDIUM)
    kind = replace(wanted.classified, kind="BUG_FIXING")
    return plan(replace(wanted, classified=kind), models, stats, Policy(config))


def first(stats: Stats, **more: object) -> str:
    return made(stats, **more).choices[0].model  # type: ignore[arg-type]


def test_the_record_moves_where_a_task_begins() -> None:
    assert first(Stats()) == "m"
    assert first(fold(passing("s", 60, 2))) == "s"
    assert first(fold(passing("m", 2, 60))) == "l"


def test_where_the_large_model_answers_at_once_smaller_ones_spare_nothing() -> None:
    """What is not known of the others is told by it: on the same machine they are only quicker."""
    quick = [changed(each, seconds=0.01, score=0.95) for each in passing("l", 5, 0)]
    slow = [changed(each, seconds=60.0, score=0.95) for each in passing("l", 5, 0)]
    assert first(fold(quick)) == "l"
    assert first(fold(slow)) == "m"


def test_times_that_were_seen_are_not_held_against_times_that_are_assumed() -> None:
    """A large model elsewhere that answers at once says nothing of how slow one here would be."""
    quick = [changed(each, seconds=0.01, score=0.95) for each in passing("l", 5, 0)]
    slow = [changed(each, seconds=9.0, score=0.95) for each in passing("m", 5, 0)]
    assert first(fold(quick), large=ELSEWHERE) == "m"
    assert first(fold([*quick, *slow]), large=ELSEWHERE) == "l"


def test_a_handful_of_answers_does_not_move_it() -> None:
    assert first(fold(passing("m", 0, 3))) == "m"


def test_what_was_seen_at_another_kind_counts_for_less_but_counts() -> None:
    other = fold([*passing("m", 2, 60)])
    moved = [replace_kind(each) for each in passing("m", 2, 60)]
    here, there = other.lessons, fold(moved).lessons
    assert there.rate("m", "BUG_FIXING", "medium", "first").weight == 0
    everywhere = there.rate("m", "", "medium", "first")
    assert everywhere == here.rate("m", "", "medium", "first")
    assert first(fold(moved)) == "l"


def replace_kind(event: Attempted) -> Attempted:
    return changed(event, kind="REFACTORING")


def test_a_model_that_was_passed_over_for_long_is_unknown_again() -> None:
    events = [*passing("m", 2, 60), *passing("l", 320, 80)]
    assert first(fold(events[:62])) == "l"
    assert first(fold(events)) == "m"


def test_the_users_own_bound_stands_before_the_presets() -> None:
    assert first(Stats(), preset="speed") == "s"
    assert first(Stats(), preset="speed", quality_loss=0.0) == "l"
    assert first(Stats(), preset="quality", quality_loss=1.0) == "s"


def test_the_plan_says_whose_answer_is_not_repaired_and_who_is_a_fallback() -> None:
    choices = {choice.model: choice for choice in made(Stats()).choices}
    assert not choices["m"].repairs
    assert "the next is asked at once" in choices["m"].reason
    assert choices["l"].repairs
    assert choices["s"].fallback
    assert not choices["l"].fallback


def test_in_the_order_of_the_configuration_everybody_is_asked_and_repaired() -> None:
    choices = made(Stats(), enabled=False).choices
    assert all(choice.repairs and not choice.fallback for choice in choices)


def test_what_cannot_be_judged_is_no_record() -> None:
    unknown = [Attempted(id="r", at=1.0, model="m", action="modify", kind="BUG_FIXING",
                         complexity="medium", language="python", error="Unreachable")]  # fmt: skip
    assert fold(unknown).lessons.rates == {}
