"""The deterministic answers, one module an action; an action without one goes on to a model."""

from __future__ import annotations

from camus.actions.tasks import Draft, Task
from camus.analysis import Tools


async def rewrite(task: Task, tools: Tools) -> Draft | None:
    """The rules' own answer, or None when this needs a model.

    A draft without edits, text and findings means that the rules see nothing to do, which is an
    answer: the target is already as it should be.
    """
    raise NotImplementedError
