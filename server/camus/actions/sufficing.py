"""Whether all the code of a reply is there while its model talks on; pure.

Many models explain what they wrote, and small ones without end, though they are told not to.
"""

from __future__ import annotations

from camus.actions.candidates import speaks
from camus.actions.diffs import may_hold_changes
from camus.actions.drafting import lf
from camus.actions.fences import blocks
from camus.actions.fitting import Fitted, complete, fit
from camus.actions.targets import is_definition
from camus.actions.tasks import Task
from camus.actions.thinking import final_answer

TALK = 400
"""Characters of talk after the code, none of them a fence, after which no more code is expected."""
LITTLE = 160
"""As much tells of a reply that was cut that its code was whole."""
_STEP = 100


def talks_on(task: Task, reply: str, least: int = LITTLE) -> bool:
    """Whether a reply has the one piece of code that it needs, whole, and then only talk.

    `least` is how many characters of talk there must be. A reply of several pieces, of patches, or
    whose code is the old one is never told to be enough: more of it may come. Only code that is to
    define something tells by itself that it is whole.
    """
    if not (is_definition(task.scope) and task.target == task.scope.span):
        return False
    answer = final_answer(lf(reply), task.document.text)
    text = answer.text
    if answer.unclosed or may_hold_changes(text):
        return False
    read = blocks(text, lambda code: complete(task, code))
    found = [block for block in read if block.code.strip()]
    if len(found) != 1 or not found[0].closed:
        return False
    code, talk = found[0].code, "\n".join(text.split("\n")[found[0].last :])
    if len(talk.strip()) < least or code.strip() == task.code.strip():
        return False
    mine = speaks(found[0].info, task.document.language)
    return mine and complete(task, code) and isinstance(fit(task, code), Fitted)


class Sufficing:
    """Hears one reply while it is written, and says when it is enough."""

    def __init__(self, task: Task) -> None:
        """Hear a reply to a task."""
        self._task = task
        self._pieces: list[str] = []
        self._fresh = 0

    def __call__(self, piece: str) -> bool:
        """Take the next piece; whether nothing more is needed."""
        self._pieces.append(piece)
        self._fresh += len(piece)
        if self._fresh < _STEP:
            return False
        self._pieces, self._fresh = ["".join(self._pieces)], 0
        text = self._pieces[0]
        last = max(text.rfind("\n```"), text.rfind("\n~~~"))
        return last >= 0 and len(text) - last > TALK and talks_on(self._task, text, TALK)
