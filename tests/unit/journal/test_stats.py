"""What events add up to."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from camus.journal import Arm, Attempted, Event, Feedback, Finished, Noted, Stats, Verdict, fold
from camus.journal.stats import REMEMBERED


def attempted(
    model: str = "m", error: str = "", score: float | None = None, seconds: float = 1.0
) -> Attempted:
    return Attempted(
        id="r", at=1.0, model=model, action="fix", kind="K", complexity="simple",
        language="python", error=error, score=score, seconds=seconds,
    )  # fmt: skip


def finished(id: str, model: str = "m") -> Finished:
    return Finished(
        id=id, at=1.0, action="fix", kind="K", complexity="simple", language="python",
        state="done", model=model,
    )  # fmt: skip


def feedback(id: str, verdict: Verdict) -> Feedback:
    return Feedback(id=id, at=2.0, verdict=verdict)


def test_nothing_adds_up_to_nothing() -> None:
    assert fold([]) == Stats()
    assert Stats().arm("m", "K", "python") == Arm()


def test_attempts_errors_and_means() -> None:
    stats = fold(
        [
            attempted(score=0.5, seconds=1.0),
            attempted(score=1.0, seconds=3.0),
            attempted(error="TimedOut", seconds=300.0),
            attempted(seconds=2.0),
            attempted("other", score=0.1),
        ]
    )
    arm = stats.arm("m", "K", "python")
    assert (arm.attempts, arm.errors, arm.scored) == (4, 1, 2)
    assert arm.mean_score == pytest.approx(0.75)
    assert arm.mean_seconds == pytest.approx(2.0)
    assert stats.arm("other", "K", "python").attempts == 1
    assert stats.arm("m", "K", "rust") == Arm()


def test_unreadable_answers_are_counted_and_what_was_timed_tells_the_speed() -> None:
    timed = {"seconds": 3.0, "first_token_seconds": 1.0, "completion_tokens": 100}
    events = [
        replace(attempted(), **timed),
        replace(attempted("m2"), **timed),
        replace(attempted(), **(timed | {"completion_tokens": 200})),
        replace(attempted(), **timed, cached=True),
        replace(attempted(), seconds=3.0, first_token_seconds=1.0, completion_tokens=3),
        replace(attempted(), seconds=1.0, first_token_seconds=1.0, completion_tokens=90),
        attempted(error="BadReply:empty"),
        attempted(error="BadReply:unchanged"),
        attempted(error="TimedOut"),
    ]
    arm = fold(events).model("m")
    assert (arm.attempts, arm.errors, arm.misformed, arm.timed) == (8, 3, 1, 2)
    assert (arm.mean_first_token, arm.mean_rate) == (1.0, 75.0)


@pytest.mark.parametrize(
    ("verdicts", "accepted", "rejected"),
    [
        (["accepted"], 1, 0),
        (["good"], 1, 0),
        (["rejected"], 0, 1),
        (["undone"], 0, 1),
        (["bad"], 0, 1),
        (["accepted", "undone"], 0, 1),
        (["accepted", "accepted"], 1, 0),
        (["bad", "good"], 1, 0),
    ],
)
def test_the_latest_word_on_an_answer_counts(
    verdicts: list[Verdict], accepted: int, rejected: int
) -> None:
    events: list[Event] = [finished("r1"), *(feedback("r1", verdict) for verdict in verdicts)]
    arm = fold(events).arm("m", "K", "python")
    assert (arm.accepted, arm.rejected) == (accepted, rejected)


def test_feedback_without_an_answer_counts_nothing() -> None:
    stats = fold([finished("r1", model=""), feedback("r1", "bad"), feedback("r2", "bad")])
    assert stats.arms == {}
    assert stats.requests == 1


def test_only_the_latest_answers_are_remembered() -> None:
    stats = fold([finished(f"r{n}") for n in range(REMEMBERED + 5)])
    assert len(stats.answers) == REMEMBERED
    assert fold([feedback("r4", "good")], stats).arms == stats.arms
    assert fold([feedback("r5", "good")], stats).arm("m", "K", "python").accepted == 1


EVENTS = st.lists(
    st.one_of(
        st.builds(
            attempted,
            st.sampled_from("ab"),
            st.sampled_from(["", "Cut"]),
            st.one_of(st.none(), st.floats(0, 1)),
            st.floats(0, 900),
        ),
        st.builds(finished, st.sampled_from("xyz"), st.sampled_from(["", "a", "b"])),
        st.builds(
            feedback,
            st.sampled_from("xyz"),
            st.sampled_from(["accepted", "rejected", "undone", "good", "bad"]),
        ),
        st.just(Noted(id="n", at=1.0, what="reload")),
    ),
    max_size=30,
)


@settings(max_examples=150, deadline=None)
@given(EVENTS, EVENTS)
def test_folding_in_two_goes_is_exactly_folding_in_one(
    first: list[Event], second: list[Event]
) -> None:
    before = fold(first)
    copy = (dict(before.arms), before.requests, dict(before.answers))
    assert fold(second, before) == fold([*first, *second])
    assert (before.arms, before.requests, before.answers) == copy
