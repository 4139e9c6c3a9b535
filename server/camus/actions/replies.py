"""From whatever a model sent to exact edits, or a named reason for none; never raises."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from camus.actions.tasks import Draft, Task
from camus.privacy import Prompt

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


@dataclass(frozen=True, slots=True)
class BadReply:
    """Why nothing can be made of a reply; `message` is a sentence for the user and the repair."""

    reason: Reason
    message: str


def read(
    task: Task, reply: str, *, finish: str = "stop", prompt: Prompt | None = None
) -> Draft | BadReply:
    """The draft in a reply: minimal edits inside the target for an edit action, else Markdown.

    `finish` is `length` when the reply was cut. `prompt` is what was asked, to know its tags.
    """
    raise NotImplementedError
