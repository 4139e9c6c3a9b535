"""From the target's new text to a draft of minimal edits, or to the named reason for none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from camus.actions.fitting import Fitted
from camus.actions.importing import import_edits
from camus.actions.placeholders import left_out
from camus.actions.reindent import dedented
from camus.actions.sanitising import plain
from camus.actions.tasks import Draft, Task
from camus.source import Edit, minimal_edits

Reason = Literal[
    "empty",
    "refusal",
    "unclosed_thinking",
    "truncated",
    "no_code",
    "placeholder",
    "ambiguous",
    "wrong_target",
    "unchanged",
]
_QUOTED, _SHOWN = 120, 3


@dataclass(frozen=True, slots=True)
class BadReply:
    """Why nothing can be made of a reply; `message` is a sentence for the user and the repair."""

    reason: Reason
    message: str


def drafted(task: Task, fitted: Fitted) -> Draft | BadReply:
    """The smallest edits that give the target its new text, and the imports that this needs."""
    if not fitted.text.strip():
        return BadReply("empty", "The answer would delete the code.")
    made = task.document.beside(dedented(lf(fitted.text)))
    mark = left_out(made, lf(task.code))
    if mark:
        return leaves_out(mark)
    edits = minimal_edits(task.code, fitted.text)
    if not edits:
        return BadReply("unchanged", "The answer is the code as it is.")
    start = task.target.start
    inside = tuple(Edit(each.span.shift(start), each.text) for each in edits)
    added, notes = import_edits(task, fitted.text, fitted.imports)
    ordered = sorted((*added, *inside), key=lambda each: each.span)
    return Draft(edits=tuple(ordered), notes=(*fitted.notes, *notes))


def leaves_out(mark: str) -> BadReply:
    """The refusal of code with a line that stands for code left out."""
    return BadReply("placeholder", f"The answer leaves code out: `{quoted(mark)}`.")


def cut() -> BadReply:
    """The refusal of an answer that is not whole."""
    return BadReply(
        "truncated",
        "The answer was cut off: it reached the most tokens allowed or ended inside the code. "
        "Allow more tokens, or select less code.",
    )


def elsewhere(paths: tuple[str, ...]) -> BadReply:
    """The refusal of an answer that is for other files only."""
    message = f"The answer is for {listed(paths)}, which was not asked for."
    return BadReply("wrong_target", message)


def listed(paths: tuple[str, ...]) -> str:
    """The first few file names, for a message."""
    return ", ".join(f"`{plain(path)}`" for path in paths[:_SHOWN])


def quoted(text: str) -> str:
    """A line of a reply for a message: short, plain and on one line."""
    return plain(text)[:_QUOTED]


def lf(text: str) -> str:
    """The text with LF for every line break."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
