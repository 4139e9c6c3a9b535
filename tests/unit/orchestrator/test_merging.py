"""Findings of several as one list, edits of several as one text, votes as they stand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from camus.actions import Draft
from camus.analysis import Finding
from camus.config import StrategyName
from camus.orchestrator import Decision, Outcome, combined
from camus.orchestrator.merging import Reviewed, merged
from camus.orchestrator.run import Judged
from camus.orchestrator.votes import Vote, doubt, tally
from camus.quality import Report
from camus.routing import Choice, Plan
from camus.source import Document, Edit, Span
from support.tasks import task

TEXT = "one\ntwo\nthree\n"
PAGE = Document("file:///a.py", TEXT, "python")


def finding(line: int, message: str, **more: Any) -> Finding:
    span = PAGE.lines.span(line)
    return Finding("review", message, Span(span.start, span.start + 2), **more)


def test_a_problem_is_listed_once_with_all_who_found_it() -> None:
    query = finding(1, "the query is built from the caller's words", severity="error")
    words = finding(1, "caller words end up in the query")
    other = finding(2, "never closed")
    reviews = [Reviewed("a", (query,)), Reviewed("b", (words, other)), Reviewed("c", ())]
    first, second = merged(PAGE, reviews)
    assert first.finding.message == query.message
    assert first.support.found_by == ("a", "b")
    assert (first.support.of, first.support.share) == (3, 0.67)
    assert first.support.disagreement == "b: warning; not seen by c"
    assert (second.support.found_by, second.finding.source) == (("b",), "b")


def test_weights_count_in_the_share() -> None:
    seen = finding(1, "never closed")
    reviews = [Reviewed("a", (seen,), weight=3.0), Reviewed("b", (), weight=1.0)]
    assert merged(PAGE, reviews)[0].support.share == 0.75


def test_who_looked_at_something_else_does_not_disagree() -> None:
    seen = finding(1, "never closed", aspect="correctness")
    reviews = [Reviewed("a", (seen,), "correctness"), Reviewed("b", (), "style")]
    support = merged(PAGE, reviews)[0].support
    assert (support.of, support.disagreement) == (1, "")


def test_different_problems_of_a_line_and_rules_of_tools_stay_apart() -> None:
    one = finding(1, "the file is never closed")
    two = finding(1, "wrong encoding assumed here")
    rule = replace(one, rule="S608", message="possible injection")
    again = replace(rule, rule="E501", message="possible injection")
    assert len(merged(PAGE, [Reviewed("a", (one, two)), Reviewed("b", (rule, again))])) == 4


def outcome(*edits: Edit, score: float = 1.0, model: str = "a", text: str = TEXT) -> Outcome:
    return Outcome(
        id="r",
        action="modify",
        state="done",
        task=task("modify", code=text),
        decision=Decision(Plan(StrategyName.CASCADE, ())),
        model=model,
        edits=edits,
        report=Report(score),
    )


def test_edits_that_do_not_touch_are_taken_together() -> None:
    first = outcome(Edit(Span(0, 3), "ONE"))
    second = outcome(Edit(Span(8, 13), "THREE"))
    found = combined(task("modify", code=TEXT).document, [second, first])
    assert (found.left_out, len(found.edits)) == ((), 2)
    assert found.edits[0].span.start == 0


def test_of_edits_that_touch_the_better_answer_is_taken_whole() -> None:
    good = outcome(Edit(Span(4, 7), "TWO"), score=0.9, model="good")
    poor = outcome(Edit(Span(0, 1), "O"), Edit(Span(6, 8), "x"), score=0.5, model="poor")
    found = combined(task("modify", code=TEXT).document, [poor, good])
    assert found.edits == good.edits
    assert [(left.model, why) for left, why in found.left_out] == [
        ("poor", "an answer of good changes the same and scored better")
    ]


def test_the_same_edit_twice_is_one_and_another_text_is_left_out() -> None:
    edit = Edit(Span(0, 3), "ONE")
    found = combined(
        task("modify", code=TEXT).document, [outcome(edit), outcome(edit), outcome(text="else\n")]
    )
    assert found.edits == (edit,)
    assert len(found.left_out) == 1


A, B, C = (Choice(name, "") for name in "abc")


def vote(number: int, choice: Choice, key: str, score: float = 0.9, refused: bool = False) -> Vote:
    report = Report(0.0 if refused else score, refusals=("no",) if refused else ())
    return Vote(number, choice, Judged(choice.model, Draft(), report), key)


@pytest.mark.parametrize(
    ("votes", "waiting", "method", "winner", "decided"),
    [
        ([vote(0, A, "x")], [B, C], "majority", "a", False),
        ([vote(0, A, "x"), vote(1, B, "x")], [C], "majority", "a", True),
        ([vote(0, A, "x"), vote(1, B, "y")], [C], "majority", "a", False),
        ([vote(0, A, "x", 0.8), vote(1, B, "y", 0.95)], [], "majority", "b", True),
        ([vote(0, A, "x", refused=True), vote(1, B, "y")], [C], "majority", "b", False),
        ([vote(0, A, "x", 1.0)], [B, C], "best_of_n", "a", True),
        ([vote(0, A, "x", 0.99)], [B, C], "best_of_n", "a", False),
        ([vote(0, A, "x", 0.8), vote(1, B, "y", 0.9)], [], "best_of_n", "b", True),
        ([vote(0, A, "x"), vote(1, B, "x")], [C], "consensus", "a", True),
        ([vote(0, A, "x"), vote(1, B, "y", 1.0)], [C], "consensus", "b", False),
        ([vote(0, replace(A, weight=3.0), "x"), vote(1, B, "y")], [C], "weighted", "a", True),
        ([vote(0, replace(A, confidence=0.1), "x"), vote(1, B, "y")], [], "weighted", "b", True),
    ],
)
def test_a_vote_as_it_stands(
    votes: list[Vote], waiting: list[Choice], method: Any, winner: str, decided: bool
) -> None:
    found = tally(votes, waiting, method, [A, B, C])
    assert found.winner is not None
    assert (found.winner.choice.model, found.decided) == (winner, decided)


def test_what_the_checks_reject_has_no_vote_where_another_passes() -> None:
    votes = [vote(0, A, "x", 0.5), vote(1, B, "x", 0.5), vote(2, C, "y", 0.9)]
    found = tally(votes, [], "majority", [A, B, C], threshold=0.8)
    assert found.winner is votes[2]
    assert doubt(found, "majority", 0.5, 0.8).startswith("review this by hand: 1 of 3")
    assert tally(votes[:2], [], "majority", [A, B, C], threshold=0.8).winner is votes[0]


def test_nobody_wins_where_all_are_refused() -> None:
    found = tally([vote(0, A, "x", refused=True)], [], "majority", [A])
    assert (found.winner, found.decided) == (None, True)
