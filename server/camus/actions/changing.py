"""From changes by old and new lines, as patches have them, to a draft."""

from __future__ import annotations

from collections.abc import Sequence

from camus.actions.diffs import Change, Misfit
from camus.actions.drafting import BadReply, cut, drafted, elsewhere, lf, listed, quoted
from camus.actions.fitting import Fitted
from camus.actions.naming import other_files
from camus.actions.patches import Ground, applied
from camus.actions.placing import place_of
from camus.actions.reindent import settled
from camus.actions.tasks import Draft, Task


def changed(task: Task, changes: Sequence[Change]) -> Draft | BadReply:
    """The draft of changes; those for other files are left out and named."""
    others = other_files([each.path for each in changes], task.document.uri)
    mine = [each for each in changes if each.path not in others]
    if not mine:
        return elsewhere(others)
    result = applied(_ground(task), mine)
    if isinstance(result, Misfit):
        return misfitting(result)
    text = settled(place_of(task), "\n".join(result.lines))
    notes = (f"left out what the reply has for {listed(others)}",) if others else ()
    return drafted(task, Fitted(text, result.imports, notes))


def misfitting(misfit: Misfit) -> BadReply:
    """Why a change does not belong into the target, as a sentence."""
    line = quoted(misfit.line)
    match misfit.reason:
        case "cut":
            return cut()
        case "ambiguous":
            message = f"The text to change stands more than once: `{line}`."
            return BadReply("ambiguous", message)
        case "missing":
            message = f"The text to change is not in the target: `{line}`."
            return BadReply("wrong_target", message)
        case "outside":
            message = f"It would change code outside the target, at `{line}`."
            return BadReply("wrong_target", message)


def _ground(task: Task) -> Ground:
    """The lines of the target, with what stands before them on the first, and those around."""
    text = task.document.text
    start = task.document.lines.span(task.document.lines.line_of(task.target.start)).start
    if text[start : task.target.start].strip(" \t"):
        start = task.target.start
    inside = text[start : task.target.end]
    before = lf(text[:start]).split("\n")[:-1]
    after = lf(text[task.target.end :]).split("\n")
    return Ground(tuple(before), tuple(lf(inside).split("\n")), tuple(after[1:]))
