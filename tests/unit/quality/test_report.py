"""The arithmetic of a report."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camus.quality import Part, Report, score

_PARTS = st.lists(
    st.builds(
        Part,
        st.just("p"),
        st.floats(0, 1),
        st.floats(0.1, 20),
        st.just("why"),
    ),
    min_size=1,
)


@pytest.mark.parametrize(
    ("refusals", "parts", "expected"),
    [
        ((), [Part("a", 1, 1), Part("b", 0, 1)], 0.5),
        ((), [Part("a", 1, 3), Part("b", 0, 1)], 0.75),
        ((), [Part("a", 1 / 3, 1)], 0.33),
        (("no",), [Part("a", 1, 1)], 0.0),
        ((), [], 0.0),
    ],
)
def test_the_score_is_the_weighted_mean_unless_a_gate_failed(
    refusals: tuple[str, ...], parts: list[Part], expected: float
) -> None:
    assert score(refusals, parts) == expected


@given(_PARTS)
def test_the_score_lies_between_the_parts(parts: list[Part]) -> None:
    scores = [part.score for part in parts]
    assert min(scores) - 0.01 <= score((), parts) <= max(scores) + 0.01


@given(_PARTS, st.integers(0, 20))
def test_a_better_part_never_lowers_the_score(parts: list[Part], place: int) -> None:
    index = place % len(parts)
    better = [*parts]
    better[index] = Part("p", 1.0, parts[index].weight)
    assert score((), better) >= score((), parts)


def test_the_complaint_is_what_costs_most() -> None:
    parts = (Part("a", 0.5, 1, "small"), Part("b", 0.6, 5, "large"), Part("c", 1, 9, "fine"))
    assert Report(0.7, parts=parts).complaint == "large"
    assert Report(0, ("gate",), parts).complaint == "gate"
    assert Report(1, parts=(Part("c", 1, 9, "fine"),)).complaint == ""
    assert Report(0).complaint == ""
