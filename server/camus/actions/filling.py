"""Asks for what belongs at the cursor by the text around it, in a model's own tokens; pure."""

from __future__ import annotations

from camus.actions.drafting import BadReply, cut, lf
from camus.actions.tasks import Draft, Task
from camus.config import Fill
from camus.privacy import Message, Prompt
from camus.source import Edit, Span, newline_of

FILL_ANSWER = 128
"""Tokens of an answer: some lines, which come quickly."""
MOST_LINES = 20
_MOST_ABOVE, _MOST_BELOW = 6000, 2000
_CHARACTERS_A_TOKEN = 2.5
_VERSION = "fill-1"


def fill_prompt(task: Task, fill: Fill, *, window: int) -> Prompt | None:
    """The text around the task's cursor, as much as fits; None where it cannot be asked so.

    That is where there is no cursor, or where the text holds a word that is a token to the model.
    """
    if task.cursor is None:
        return None
    room = max(0, int((window - FILL_ANSWER) * _CHARACTERS_A_TOKEN))
    at, text = task.cursor, task.document.text
    above = text[max(0, at - min(_MOST_ABOVE, room * 3 // 4)) : at]
    below = text[at : at + min(_MOST_BELOW, room // 4)]
    if any(token in text for token in fill.tokens for text in (above, below)):
        return None
    messages = (Message("user", lf(above)), Message("user", lf(below)))
    return Prompt(messages, (task.document.uri,), f"{_VERSION} {fill.prefix}", fill=fill)


def read_fill(task: Task, reply: str, *, finish: str = "stop") -> Draft | BadReply:
    """The draft that inserts a reply at the task's cursor, without what already stands below."""
    at, text = task.cursor or 0, lf(reply)
    if finish == "length" or text.count("\n") >= MOST_LINES:
        text = "\n".join(text.split("\n")[: min(MOST_LINES, text.count("\n"))])
        if not text.strip():
            return cut()
    if "```" in text and "```" not in task.document.text:
        return BadReply("no_code", "The model talked instead of filling in.")
    below = lf(task.document.text[at:])
    text = _without_repeat(text, below)
    if below.startswith("\n") or not below:
        text = text.rstrip()
    if not text.strip():
        return BadReply("empty", "The model adds nothing here.")
    newline = newline_of(task.document)
    return Draft(edits=(Edit(Span(at, at), text.replace("\n", newline)),))


def _without_repeat(text: str, below: str) -> str:
    """The text without a last line that is the next line below the cursor again."""
    following = next((line for line in below.split("\n")[1:] if line.strip()), "")
    rows = text.rstrip("\n").split("\n")
    if len(rows) > 1 and following and rows[-1].rstrip() == following.rstrip():
        return "\n".join(rows[:-1])
    return text
