"""The deterministic answers, one module an action; an action without one goes on to a model."""

from __future__ import annotations

from camus.actions.tasks import Draft, Task
from camus.analysis import Tools

__all__ = ["rewrite"]


async def rewrite(task: Task, tools: Tools) -> Draft | None:
    """The rules' own answer, or None when this needs a model.

    A draft without edits, text and findings means that the rules see nothing to do, which is an
    answer: the target is already as it should be. An instruction in the user's own words, a
    question and an implementation always need a model.
    """
    # Each answer is imported with its first use, which keeps the start of the server fast.
    match task.action.id:
        case "document":
            from camus.actions.rewrites.document import document

            return await document(task)
        case "explain":
            from camus.actions.rewrites.explain import explain

            return await explain(task)
        case "fix":
            from camus.actions.rewrites.fix import fix

            return await fix(task, tools)
        case "fix_all":
            from camus.actions.rewrites.fix import fix_all

            return await fix_all(task, tools)
        case "refactor":
            from camus.actions.rewrites.refactor import refactor

            return await refactor(task, tools)
        case "review":
            from camus.actions.rewrites.review import review

            return await review(task, tools)
    return None
