"""Looks at a draft on a copy: gates first, then findings new against old, names and format."""

from __future__ import annotations

from camus.actions import Draft, Task
from camus.analysis import Tools
from camus.quality.report import Report


async def assess(task: Task, draft: Draft, tools: Tools, project: str = "") -> Report:
    """The judgement of a draft; the file itself is never touched.

    Refused: more syntax errors than before or one touching the change, lost or duplicated
    definitions, changes outside the target, for DOCUMENTATION any change of the code itself.
    Counted: undefined names, findings new against old, format. A text answer is judged by
    whether it says something about the target. `project` as in `Tools.findings`.
    """
    raise NotImplementedError
