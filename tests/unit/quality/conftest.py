"""Real tools, and a short way from two texts to a judgement."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from camus.actions import ACTIONS, Draft, Task, make_task
from camus.analysis import Finding, Tools
from camus.quality import Report, assess
from camus.source import Document, Span, minimal_edits

SUFFIX = {"python": "py", "javascript": "js", "typescript": "ts"}

Judge = Callable[..., Awaitable[Report]]


@pytest.fixture
async def tools() -> AsyncIterator[Tools]:
    made = Tools()
    yield made
    await made.close()


def task_for(
    before: str,
    language: str,
    action: str,
    *,
    at: str = "",
    instruction: str = "",
    diagnostics: tuple[Finding, ...] = (),
) -> Task:
    """The task of an action with the cursor before some words; without words the whole text."""
    document = Document(f"untitled:a.{SUFFIX[language]}", before, language)
    start = before.index(at) if at else 0
    span = Span(start, start) if at else document.span
    return make_task(
        ACTIONS[action],
        document,
        span,
        instruction=instruction,
        diagnostics=diagnostics,
        whole_target=not at,
    )


@pytest.fixture
def judge(tools: Tools) -> Judge:
    """Judge the edit from one text to another; `wants` are rules whose first finding to mend."""

    async def judged(
        before: str,
        after: str,
        *,
        language: str = "python",
        action: str = "refactor",
        at: str = "",
        instruction: str = "",
        wants: tuple[str, ...] = (),
    ) -> Report:
        document = Document(f"untitled:a.{SUFFIX[language]}", before, language)
        found = (await tools.findings(document)).findings
        diagnostics = tuple(next(f for f in found if f.rule == rule) for rule in wants)
        task = task_for(
            before, language, action, at=at, instruction=instruction, diagnostics=diagnostics
        )
        return await assess(task, Draft(minimal_edits(before, after)), tools)

    return judged
