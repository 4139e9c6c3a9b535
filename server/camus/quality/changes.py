"""Judges a change that no action made: two texts of one file, from whatever source."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace

from camus.actions import ACTIONS, Draft, Task, make_task
from camus.analysis import Tools
from camus.config import Quality, TaskKind
from camus.quality.assess import USUAL, assess, findings
from camus.quality.report import Report
from camus.source import Document, minimal_edits

MEANT = {
    "change": TaskKind.GENERAL,
    "refactor": TaskKind.REFACTORING,
    "document": TaskKind.DOCUMENTATION,
    "fix": TaskKind.BUG_FIXING,
    "implement": TaskKind.CODE_GENERATION,
}
"""What a change can be said to be for, and the kind of task as which it is judged."""


@dataclass(frozen=True, slots=True)
class Meant:
    """What a change is for: one of `MEANT`, and its author's own words, which may be empty.

    Without words nothing may be lost that others could rely on.
    """

    what: str = "change"
    words: str = ""


async def compare_texts(
    before: Document,
    after: Document,
    tools: Tools,
    project: str = "",
    *,
    meant: Meant | None = None,
    settings: Quality = USUAL,
) -> Report:
    """The judgement of the change from one text to the other; equal texts have nothing wrong.

    A new file is the change from an empty text.
    """
    if before.text == after.text:
        looked = await findings(after, tools, project)
        absent = tuple(f"{who}: {why}" for who, why in looked.absent)
        return Report(1.0, checked=("text", *looked.ran), unchecked=absent, kept=looked.findings)
    task, draft = await asyncio.to_thread(as_draft, before, after, meant or Meant())
    return await assess(replace(task, project=project), draft, tools, project, settings)


def as_draft(before: Document, after: Document, meant: Meant) -> tuple[Task, Draft]:
    """The change as a task over the older text and the draft that answers it."""
    task = make_task(
        ACTIONS["modify"], before, before.span, instruction=meant.words, whole_target=True
    )
    classified = replace(task.classified, kind=MEANT[meant.what])
    edits = minimal_edits(before.text, after.text)
    return replace(task, classified=classified, target=before.span), Draft(edits)
