"""Drafts as good and bad as models make them, judged with the real tools."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from camus.actions import ACTIONS, Draft, Task, make_task
from camus.analysis import Tools
from camus.quality import Report, assess
from camus.source import Document, Span, definitions, minimal_edits

AREA = """def area(width, height):
    return width * height
"""


@pytest.fixture
async def tools() -> AsyncIterator[Tools]:
    made = Tools()
    yield made
    await made.close()


def about(
    code: str, action: str = "refactor", *, language: str = "python", instruction: str = ""
) -> Task:
    """A task about the first definition of a text."""
    endings = {"python": "py", "javascript": "js", "typescript": "ts"}
    document = Document(f"file:///a.{endings.get(language, 'txt')}", code, language)
    first = next(iter(definitions(document)), None)
    span = first.name_span if first else Span(0, len(code))
    return make_task(ACTIONS[action], document, span, instruction=instruction)


async def judged(task: Task, after: str, tools: Tools) -> Report:
    return await assess(task, Draft(minimal_edits(task.document.text, after)), tools)


async def test_a_clean_edit_is_near_one(tools: Tools) -> None:
    after = AREA.replace("    return", '    """Return the area."""\n    return')
    report = await judged(about(AREA, "document"), after, tools)
    assert report.score >= 0.95
    assert report.complaint == ""


@pytest.mark.parametrize("language", ["python", "javascript", "typescript"])
async def test_one_undefined_name_is_named_and_lands_between_floor_and_threshold(
    language: str, tools: Tools
) -> None:
    code = AREA
    if language != "python":
        code = "function area(width, height) {\n  return width * height;\n}\n"
    task = about(code, language=language)
    report = await judged(task, code.replace("width * ", "widht * "), tools)
    assert 0.4 <= report.score <= 0.75
    assert "widht" in report.complaint


async def test_a_broken_parse_is_refused(tools: Tools) -> None:
    report = await judged(about(AREA), AREA.replace("width *", "(width *"), tools)
    assert report.score == 0
    assert "does not parse" in report.complaint


async def test_a_new_security_hole_is_far_below_the_threshold(tools: Tools) -> None:
    report = await judged(about(AREA), AREA.replace("width * height", "eval(width)"), tools)
    assert report.score < 0.65
    assert "S307" in report.complaint
