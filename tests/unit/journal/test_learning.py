"""What answers teach: rewards that fade, confidence that moves slowly, health, money."""

from __future__ import annotations

import pytest
from msgspec.structs import replace as changed

from camus.journal import Attempted, Feedback, Finished, Mended, Verdict, fold
from camus.journal.learning import DISCOUNT, STEP, Lessons, reward_of

ARM = ("m", "K", "simple", "python")


def attempted(
    score: float | None = 0.9, model: str = "m", error: str = "", **more: object
) -> Attempted:
    given = {"at": 10.0, "seconds": 2.0, "language": "python", "kind": "K"} | more
    return Attempted(
        id="r", model=model, action="fix", complexity="simple", error=error, score=score, **given
    )  # type: ignore[arg-type]  # a test's words


def finished(id: str = "a") -> Finished:
    return Finished(
        id=id, at=1.0, action="fix", kind="K", complexity="simple", language="python",
        state="done", model="m", score=0.9,
    )  # fmt: skip


def feedback(verdict: Verdict, id: str = "a") -> Feedback:
    return Feedback(id=id, at=2.0, verdict=verdict)


@pytest.mark.parametrize(
    ("event", "reward"),
    [
        (attempted(0.95), 1.0),
        (attempted(0.6), 0.5),
        (attempted(0.3), 0.0),
        (attempted(None), None),
        (attempted(None, error="BadReply:truncated"), 0.0),
        (attempted(0.2, error="refused"), 0.0),
        (attempted(None, error="TimedOut"), 0.0),
        (attempted(None, error="Unreachable"), None),
        (attempted(None, error="BadReply:unchanged"), None),
        (attempted(None, error="RateLimited"), None),
    ],
)
def test_what_an_attempt_is_worth(event: Attempted, reward: float | None) -> None:
    assert reward_of(event) == (None if reward is None else pytest.approx(reward))


def test_each_answer_of_a_kind_makes_older_ones_count_less_whoever_gave_it() -> None:
    lessons = fold([attempted(0.9), attempted(0.3, "other"), attempted(0.3, "other")]).lessons
    total, weight = lessons.earned(ARM)
    assert (total, weight) == (pytest.approx(DISCOUNT**2), pytest.approx(DISCOUNT**2))
    assert lessons.kind("m", "K").seen == 1


def test_other_kinds_leave_an_arm_alone() -> None:
    lessons = fold([attempted(), attempted(kind="L"), attempted(kind="L")]).lessons
    assert lessons.earned(ARM) == (1.0, 1.0)


def test_an_arm_is_of_a_complexity_and_language_and_its_kind_of_all() -> None:
    lessons = fold([attempted(), attempted(language="rust")]).lessons
    assert lessons.earned(ARM)[1] == pytest.approx(DISCOUNT)
    assert lessons.kind("m", "K").weight == pytest.approx(1 + DISCOUNT)


def test_rules_cached_and_denied_answers_teach_nothing() -> None:
    events = [
        attempted(model="rules"),
        attempted(cached=True),
        attempted(None, error="Denied:secret"),
    ]
    assert fold(events).lessons == Lessons()


def test_the_user_s_word_replaces_that_of_the_checks_and_a_later_one_replaces_it() -> None:
    once = fold([attempted(), finished(), feedback("accepted")]).lessons.earned(ARM)
    assert once == (pytest.approx(1 + DISCOUNT), pytest.approx(1 + DISCOUNT))
    twice = fold([attempted(), finished(), feedback("accepted"), feedback("undone")]).lessons
    total, weight = twice.earned(ARM)
    assert total == pytest.approx(0.0, abs=0.05)  # that the checks took it for right is taken back
    assert weight == pytest.approx(1 + DISCOUNT**2)


def test_what_the_checks_doubted_and_the_user_kept_is_worth_all() -> None:
    events = [attempted(0.6), changed(finished(), score=0.6), feedback("accepted")]
    total, weight = fold(events).lessons.earned(ARM)
    assert total == pytest.approx(2, abs=0.02)
    assert weight == pytest.approx(1 + DISCOUNT)


def test_what_the_user_says_of_a_cached_answer_stands_alone() -> None:
    events = [attempted(cached=True), changed(finished(), cached=True), feedback("undone")]
    assert fold(events).lessons.earned(ARM) == (0.0, 1.0)


def test_an_answer_that_was_edited_after_it_was_taken_is_worth_half() -> None:
    total, weight = fold([attempted(), finished(), feedback("edited")]).lessons.earned(ARM)
    assert total / weight == pytest.approx(0.5, abs=0.01)


def test_a_correction_replaces_the_verdict_and_counts_twice() -> None:
    mended = Mended(id="a", at=3.0, fault="wrong", score=0.9, kept=0.25)
    total, weight = fold([finished(), feedback("accepted"), mended]).lessons.earned(ARM)
    assert (total, weight) == (pytest.approx(0.5), pytest.approx(2.0))


def test_feedback_on_an_answer_that_nobody_knows_teaches_nothing() -> None:
    assert fold([feedback("good")]).lessons == Lessons()


def test_confidence_begins_in_the_middle_and_moves_by_steps() -> None:
    lessons = fold([attempted(0.95)]).lessons
    known = lessons.confidence("m", "K")
    assert known.average == pytest.approx(0.575)
    assert 0.5 < known.value < known.average
    assert fold([]).lessons.confidence("m", "K").value == 0.5


def test_one_bad_answer_never_moves_confidence_by_more_than_a_step() -> None:
    good = fold([attempted(0.95)] * 40)
    before = good.lessons.confidence("m", "K")
    after = fold([finished(), feedback("bad")], good).lessons.confidence("m", "K")
    assert before.average > 0.95
    assert before.average - after.average == pytest.approx(STEP)


def test_confidence_comes_near_what_a_model_is_worth() -> None:
    events = [attempted(0.95 if at % 4 else 0.2) for at in range(200)]
    assert fold(events).lessons.confidence("m", "K").value == pytest.approx(0.75, abs=0.1)


def test_failures_of_the_server_are_health_and_bad_replies_are_not() -> None:
    broken = fold([attempted(None, error="Failed")] * 5).lessons
    clumsy = fold([attempted(None, error="BadReply:empty")] * 5).lessons
    assert broken.failing["m"] > 0.7
    assert clumsy.failing["m"] == 0.0
    healed = fold([attempted()] * 10, fold([attempted(None, error="Failed")] * 5)).lessons
    assert healed.failing["m"] < 0.1


def test_money_is_counted_by_the_day() -> None:
    day = 86_400.0
    lessons = fold(
        [attempted(cost=0.5, at=day), attempted(cost=0.25, at=2 * day - 1), attempted(at=2 * day)]
    ).lessons
    assert lessons.spent_on(day + 5) == pytest.approx(0.75)
    assert lessons.spent_on(2 * day) == 0.0


def test_seconds_are_a_mean_of_those_that_answered() -> None:
    events = [attempted(seconds=2.0), attempted(seconds=4.0), attempted(None, error="TimedOut")]
    seconds = fold(events).lessons.kind("m", "K").seconds
    assert seconds is not None
    assert 2.9 < seconds < 3.1


def test_lessons_are_the_same_in_one_go_or_in_two() -> None:
    events = [attempted(), finished(), attempted(0.4, "o"), feedback("undone"), attempted(0.7)]
    assert fold(events) == fold(events[3:], fold(events[:3]))
