"""The threshold follows what users keep and undo, within bounds."""

from __future__ import annotations

from typing import Any

import pytest

from camus.journal import RESET, Event, Feedback, Finished, Noted, Stats, Verdict, fold
from camus.routing import known, observed, threshold_for

KIND, LANGUAGE = "REFACTORING", "python"


def answers(*told: tuple[float, Verdict, int], language: str = LANGUAGE) -> list[Event]:
    """So many answers of a score with a verdict each."""
    found: list[Event] = []
    for score, verdict, count in told:
        for _ in range(count):
            common: dict[str, Any] = {"id": f"{language}-{len(found)}", "at": 1.0}
            found.append(
                Finished(
                    **common,
                    action="refactor",
                    kind=KIND,
                    complexity="simple",
                    language=language,
                    state="done",
                    model="m",
                    score=score,
                )
            )
            found.append(Feedback(**common, verdict=verdict))
    return found


def stats(*told: tuple[float, Verdict, int]) -> Stats:
    return fold(answers(*told))


@pytest.mark.parametrize(
    ("told", "value"),
    [
        ([], 0.8),
        ([(0.75, "accepted", 19)], 0.8),
        ([(0.75, "accepted", 20)], 0.78),
        ([(0.75, "accepted", 400)], 0.75),
        ([(0.3, "accepted", 900)], 0.8),
        ([(0.85, "undone", 200), (0.95, "accepted", 200)], 0.85),
        ([(0.99, "rejected", 900)], 0.8),
        ([(0.9, "accepted", 200), (0.6, "bad", 200)], 0.8),
        ([(0.5, "good", 30), (0.95, "undone", 30)], 0.8),
    ],
)
def test_it_moves_where_it_would_have_been_wrong_least_often(
    told: list[tuple[float, Verdict, int]], value: float
) -> None:
    found = threshold_for(stats(*told), KIND, LANGUAGE, 0.8)
    assert found.value == pytest.approx(value, abs=0.011)
    assert 0.7 <= found.value <= 0.9


def test_other_languages_and_kinds_keep_theirs() -> None:
    seen = stats((0.75, "accepted", 100))
    assert threshold_for(seen, KIND, "rust", 0.8).value == 0.8
    assert threshold_for(seen, "BUG_FIXING", LANGUAGE, 0.8).value == 0.8


def test_a_reset_forgets_what_came_before_it_and_nothing_after() -> None:
    events = [*answers((0.75, "accepted", 100)), Noted(id="t", at=2.0, what=RESET)]
    assert threshold_for(fold(events), KIND, LANGUAGE, 0.8).value == 0.8
    assert known(fold(events), 0.8) == ()
    more = answers((0.75, "accepted", 40), language="rust")
    assert threshold_for(fold([*events, *more]), KIND, "rust", 0.8).value < 0.8


def test_the_rate_of_answers_that_scored_alike_needs_twenty_of_them() -> None:
    few = stats((0.9, "accepted", 19), (0.5, "undone", 50))
    assert observed(few, 0.9, KIND, LANGUAGE) is None
    enough = stats((0.9, "accepted", 15), (0.88, "undone", 5), (0.5, "undone", 50))
    found = observed(enough, 0.91, KIND, LANGUAGE)
    assert found is not None
    assert (found.rate, found.samples) == (0.75, 20)


def test_answers_of_all_kinds_stand_in_where_one_kind_has_too_few() -> None:
    found = observed(stats((0.9, "accepted", 30)), 0.9, "DOCUMENTATION", "go")
    assert found is not None
    assert (found.rate, found.samples) == (1.0, 30)


def test_the_list_counts_what_was_kept_and_undone() -> None:
    (row,) = known(stats((0.9, "accepted", 3), (0.9, "undone", 2)), 0.8)
    assert (row.kind, row.language, row.kept, row.undone) == (KIND, LANGUAGE, 3, 2)
    assert row.threshold.value == 0.8
