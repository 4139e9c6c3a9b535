"""Answers in words: explanations, replies to questions, reviews."""

from __future__ import annotations

import pytest

from camus.actions import Draft
from camus.analysis import Finding, Tools
from camus.quality import assess
from camus.source import Span

from .conftest import task_for

CODE = "def total(items, start=0):\n    result = start\n    return eval(result)\n"

GOOD = {
    "an explanation": "`total` begins with `start`, adds to it what it is given and returns it.",
    "one with code": (
        "`total` adds up what it is given:\n\n```python\ntotal([1, 2])\n```\n\n"
        "gives 3 back to whoever called it."
    ),
    "one in Chinese": "`total` 把所有的数字加起来，从 start 开始，然后返回最后的结果。",
    "one that starts sorry-like in the middle": (
        "`total` evaluates text. I cannot say who passes it, so treat `items` as untrusted."
    ),
}


@pytest.mark.parametrize("text", GOOD.values(), ids=GOOD)
@pytest.mark.parametrize("action", ["explain", "ask"])
async def test_an_answer_about_the_target_is_good(tools: Tools, text: str, action: str) -> None:
    task = task_for(CODE, "python", action, at="def total", instruction="what is this?")
    report = await assess(task, Draft(text=text), tools)
    assert report.score == 1.0, report.parts
    assert report.unchecked


REFUSED = {
    "nothing": ("", "empty"),
    "white space": (" \n", "empty"),
    "a refusal": ("I'm sorry, but I can't help with that.", "declines"),
    "another refusal": ("As an AI language model, I cannot do this.", "declines"),
    "the code again": (CODE, "repeats"),
    "the code in a fence": (f"```python\n{CODE}```", "repeats"),
}


@pytest.mark.parametrize(("text", "words"), REFUSED.values(), ids=REFUSED)
async def test_no_answer_is_refused(tools: Tools, text: str, words: str) -> None:
    task = task_for(CODE, "python", "explain", at="def total")
    report = await assess(task, Draft(text=text), tools)
    assert report.score == 0
    assert words in report.complaint


SAME = "`total` calls what the caller of it says it calls. "


async def test_an_answer_that_goes_round_in_circles_is_none_to_accept(tools: Tools) -> None:
    task = task_for(CODE, "python", "explain", at="def total")
    stopped = Draft(
        text=GOOD["an explanation"], notes=("the model repeated itself and was stopped",)
    )
    report = await assess(task, stopped, tools)
    assert report.score < 0.8
    assert "circles" in report.complaint


@pytest.mark.parametrize(
    "text", [SAME * 6, f"{SAME}\n\n" * 5, f"- {SAME}\n- It adds up all.\n" * 4]
)
async def test_saying_the_same_again_and_again_costs(tools: Tools, text: str) -> None:
    task = task_for(CODE, "python", "explain", at="def total")
    report = await assess(task, Draft(text=text), tools)
    assert report.score < 0.9
    assert "again and again" in report.complaint
    code = "total([1])\n" * 9
    once = await assess(
        task, Draft(text=f"{GOOD['an explanation']}\n\n```python\n{code}```"), tools
    )
    assert once.score == 1.0


POOR = {
    "about something else": "This function works well and does what it is supposed to do.",
    "too little": "Adds total.",
    "mostly the code": f"{CODE}\nThis is total, which adds.",
    "broken off": "`total` adds:\n\n```python\ntotal(",
}


@pytest.mark.parametrize("text", POOR.values(), ids=POOR)
async def test_a_poor_answer_scores_less(tools: Tools, text: str) -> None:
    task = task_for(CODE, "python", "explain", at="def total")
    report = await assess(task, Draft(text=text), tools)
    assert 0 < report.score < 0.95
    assert report.complaint


async def test_a_question_about_no_code_needs_no_names(tools: Tools) -> None:
    task = task_for("", "python", "ask", instruction="what is a monad?")
    text = "A monad is a way to chain computations that carry context."
    assert (await assess(task, Draft(text=text), tools)).score == 1.0


def _finding(message: str, start: int, end: int) -> Finding:
    return Finding("R1", message, Span(start, end))


EVAL = CODE.index("eval")


@pytest.mark.parametrize(
    ("draft", "low", "high"),
    [
        (Draft(findings=(_finding("eval runs any text", EVAL, EVAL + 4),)), 1.0, 1.0),
        (Draft(findings=(_finding("bad code", EVAL, EVAL + 4),)), 0.3, 0.7),
        (Draft(findings=(_finding("Looks good.", EVAL, EVAL + 4),)), 0.3, 0.7),
        (Draft(findings=(_finding("this name is not clear", 4, 9),)), 0.7, 0.95),
        (Draft(findings=(_finding("this import is unused", 500, 510),)), 0.3, 0.6),
        (Draft(text="Nothing stands out."), 0.5, 0.75),
        (Draft(text="S307: eval runs whatever text it is given."), 1.0, 1.0),
        (Draft(), 0.0, 0.0),
        (Draft(text="I'm sorry, I cannot review this."), 0.0, 0.0),
    ],
)
async def test_a_review_is_concrete_in_its_place_and_misses_nothing(
    tools: Tools, draft: Draft, low: float, high: float
) -> None:
    task = task_for(CODE, "python", "review", at="def total")
    report = await assess(task, draft, tools)
    assert low <= report.score <= high, report.parts


async def test_a_review_of_clean_code_may_find_nothing(tools: Tools) -> None:
    task = task_for("def f(x):\n    return x\n", "python", "review", at="def f")
    assert (await assess(task, Draft(text="**Nothing found.**"), tools)).score == 1.0
