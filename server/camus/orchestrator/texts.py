"""A task and its text as a draft would leave them; pure."""

from __future__ import annotations

from dataclasses import replace

from camus.actions import Draft, Task
from camus.source import Span, apply_edits, enclosing


def text_after(task: Task, draft: Draft) -> str:
    """The whole file as a draft would leave it, or the Markdown of a text answer."""
    if draft.edits:
        return apply_edits(task.document.text, draft.edits)
    return draft.text or task.document.text


def on_text(task: Task, draft: Draft) -> Task:
    """The same task over the text that a draft made: the target moved to where it is now."""
    document = task.document.edited(draft.edits)
    start = task.target.start
    # An import that the step added stands above; an insertion at the very start is the target's.
    above = [edit for edit in draft.edits if edit.span.end <= start and edit.span.start < start]
    moved = sum(len(edit.text) - len(edit.span) for edit in above)
    grown = len(document.text) - len(task.document.text)
    target = Span(start + moved, task.target.end + grown)
    return replace(task, document=document, target=target, scope=enclosing(document, target))
