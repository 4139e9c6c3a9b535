"""From a task to the prompt a model of a certain window gets; templates are files beside this."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from camus.actions.tasks import Chunk, Task
from camus.privacy import Prompt


@dataclass(frozen=True, slots=True)
class TooLarge:
    """The target alone does not fit: what it needs and what there is, in estimated tokens."""

    needed: int
    window: int
    message: str


def prompt(
    task: Task, chunks: Sequence[Chunk], *, window: int, answer: int, step: str = ""
) -> Prompt | TooLarge:
    """The prompt for a window of so many tokens, `answer` of them kept for the reply.

    The target comes first in importance, then its signature context, then chunks, which are left
    out from the last on until it fits. `step` says what a pipeline's step is to do.
    """
    raise NotImplementedError


def repair_prompt(first: Prompt, reply: str, complaint: str) -> Prompt:
    """The same conversation with the reply and the concrete finding, asking for one repair."""
    raise NotImplementedError
