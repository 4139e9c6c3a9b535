"""The rules' refactoring: modernising and simplifying rewrites by well-kept engines."""

from __future__ import annotations

from camus.actions.tasks import Draft, Task
from camus.analysis import Tools


async def refactor(task: Task, tools: Tools) -> Draft | None:
    """The rewrites within the target; None when the user said what to refactor.

    A draft without edits means that the engines see nothing to simplify.
    """
    if task.instruction.strip():
        return None
    edits = await tools.modernise(task.document, task.target, task.project)
    if not edits:
        return Draft(notes=("the rules see nothing to simplify here",))
    count = len(edits)
    return Draft(tuple(edits), notes=(f"{count} simplifying change{'s' if count > 1 else ''}",))
