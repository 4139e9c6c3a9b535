"""Pipelines beyond v1: steps that think, steps that are rolled back, answers in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from camus.models import ModelError, TimedOut
from camus.orchestrator import Outcome
from camus.privacy import Prompt
from camus.routing import Override
from camus.source import Document
from support.engines import document, fenced, models, request, running, scripted

BEFORE = "def area(width, height):\n    return width * height\n"
DRAFT = "def area(width, height):\n    result = width * height\n    return result\n"
BETTER = 'def area(width, height):\n    """Multiply."""\n    return width * height\n'
BROKEN = "def area(width, height):\n    return (width\n"

FLAGS = {
    **models(thinker="medium", coder="medium"),
    "pipelines": {
        "plan-first": {
            "strategy": "sequential_with_validation",
            "steps": [
                {"backend": "thinker", "task": "analyze_and_plan"},
                {"backend": "coder", "task": "implement_changes"},
            ],
        },
        "refine": {
            "strategy": "sequential",
            "steps": [{"backend": "thinker"}, {"backend": "coder"}],
        },
    },
    "multi_model": {"enabled": True},
}


@pytest.fixture
def code(tmp_path: Path) -> Document:
    (tmp_path / "project").mkdir()
    return document(tmp_path / "project", "a.py", BEFORE)


async def perform(
    code: Document, tmp_path: Path, replies: dict[str, object], pipeline: str, action: str
) -> tuple[Outcome, list[tuple[str, Prompt]]]:
    backend = scripted(lambda model, _prompt: replies[model], "thinker", "coder")
    async with running(tmp_path / "project", backend, FLAGS) as engine:
        wish = Override(pipeline=pipeline)
        asked = request(code, action, "area", instruction="say what it does", override=wish)
        return await engine.perform(asked), backend.calls


async def test_a_thinking_steps_words_reach_the_next_step_and_never_the_file(
    code: Document, tmp_path: Path
) -> None:
    replies = {"thinker": "Add a docstring to area.", "coder": fenced(BETTER)}
    outcome, calls = await perform(code, tmp_path, replies, "plan-first", "modify")
    assert (outcome.state, outcome.model) == ("done", "coder")
    assert code.edited(outcome.edits).text == BETTER
    assert "Add a docstring to area." in calls[1][1].messages[-1].content
    assert "say what it does" in calls[1][1].messages[-1].content


async def test_a_thinking_step_that_fails_does_not_stop_the_work(
    code: Document, tmp_path: Path
) -> None:
    replies = {"thinker": TimedOut("slow"), "coder": fenced(BETTER)}
    outcome, _ = await perform(code, tmp_path, replies, "plan-first", "modify")
    assert (outcome.state, code.edited(outcome.edits).text) == ("done", BETTER)
    assert any("thinker did not answer" in warning for warning in outcome.warnings)


async def test_a_step_that_the_gate_refuses_is_rolled_back(code: Document, tmp_path: Path) -> None:
    replies = {"thinker": fenced(DRAFT), "coder": fenced(BROKEN)}
    outcome, _ = await perform(code, tmp_path, replies, "refine", "modify")
    assert (outcome.state, code.edited(outcome.edits).text) == ("done", DRAFT)
    assert outcome.model == "thinker"
    assert any("left out: coder" in warning for warning in outcome.warnings)


async def test_a_step_with_nothing_to_change_hands_on_what_it_got(
    code: Document, tmp_path: Path
) -> None:
    replies = {"thinker": fenced(BEFORE), "coder": fenced(BETTER)}
    outcome, _ = await perform(code, tmp_path, replies, "refine", "modify")
    assert (outcome.state, code.edited(outcome.edits).text) == ("done", BETTER)


async def test_a_pipeline_that_changes_nothing_says_so(code: Document, tmp_path: Path) -> None:
    replies = {"thinker": fenced(BEFORE), "coder": fenced(BEFORE)}
    outcome, _ = await perform(code, tmp_path, replies, "refine", "modify")
    assert (outcome.state, outcome.edits) == ("nothing", ())
    assert "changed nothing" in outcome.message


@pytest.mark.parametrize("reply", [TimedOut("slow"), "I cannot help with that."])
async def test_a_step_that_fails_is_left_out_and_the_user_is_asked(
    code: Document, tmp_path: Path, reply: str | ModelError
) -> None:
    outcome, calls = await perform(
        code, tmp_path, {"thinker": reply, "coder": fenced(BETTER)}, "refine", "modify"
    )
    assert (outcome.state, code.edited(outcome.edits).text) == ("done", BETTER)
    assert outcome.needs_confirmation
    assert any("step 1 (thinker) did not do its part" in each for each in outcome.warnings)
    assert {model for model, _ in calls} == {"thinker", "coder"}


async def test_an_explanation_through_a_pipeline_is_the_last_steps_words(
    code: Document, tmp_path: Path
) -> None:
    said = "`area` multiplies `width` by `height` and returns the product."
    replies = {"thinker": "It multiplies.", "coder": said}
    outcome, calls = await perform(code, tmp_path, replies, "refine", "explain")
    assert (outcome.state, outcome.model, outcome.text.strip()) == ("done", "coder", said)
    assert "It multiplies." in calls[1][1].messages[-1].content


USING = """import os


def area(width, height):
    return width * height
"""
WITH_IMPORT = """import math


def area(width, height):
    return math.prod((width, height))
"""


async def test_an_import_added_by_one_step_does_not_shift_the_target_of_the_next(
    tmp_path: Path,
) -> None:
    (tmp_path / "project").mkdir()
    code = document(tmp_path / "project", "a.py", USING + "\n\nprint(os.sep, area(1, 2))\n")
    second = WITH_IMPORT.partition("\n\n\n")[2].replace("math.prod((", "math.prod((1, ")
    replies = {"thinker": fenced(WITH_IMPORT), "coder": fenced(second)}
    outcome, calls = await perform(code, tmp_path, replies, "refine", "modify")
    after = code.edited(outcome.edits).text
    assert outcome.state == "done", outcome.message
    second_step = next(prompt for model, prompt in calls if model == "coder")
    shown = second_step.messages[-1].content
    assert "math.prod((width, height))" in shown
    assert "```python\ndef area" in shown
    assert "import os" in after
    assert after.count("def area") == 1
    assert "math.prod((1, width, height))" in after


async def test_a_place_that_only_thought_is_told_as_well(code: Document, tmp_path: Path) -> None:
    far = {"type": "openai", "model": "thinker", "url": "https://api.example.com"}
    flags = {**FLAGS, "models": {**FLAGS["models"], "thinker": far}}  # type: ignore[dict-item]
    backend = scripted(
        lambda model, _prompt: "Add words." if model == "thinker" else fenced(BETTER),
        *("thinker", "coder"),
    )
    async with running(tmp_path / "project", backend, flags) as engine:
        engine.ledger.grant("api.example.com", now="2026-11-20T00:00:00+00:00")
        wish = Override(pipeline="plan-first")
        asked = request(code, "modify", "area", instruction="say what it does", override=wish)
        outcome = await engine.perform(asked)
    assert (outcome.state, outcome.model) == ("done", "coder")
    assert "your code was sent to api.example.com" in outcome.warnings
