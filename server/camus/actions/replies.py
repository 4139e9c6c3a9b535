"""From whatever a model sent to exact edits, or a named reason for none; never raises.

The order: thinking, control tokens and echoed tags out; cut replies refused; then JSON, or
SEARCH/REPLACE blocks and diffs; else the block of code that is the target (or the whole reply,
when it has no fence but parses as the target), fitted to its place; the smallest edits between
the two.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from camus.actions.candidates import Candidate, candidates_in
from camus.actions.changing import changed, misfitting
from camus.actions.choosing import chosen
from camus.actions.diffs import Change, Misfit, changes_in, may_hold_changes
from camus.actions.drafting import BadReply, cut, leaves_out, lf
from camus.actions.fences import blocks
from camus.actions.mending import without_file_name
from camus.actions.naming import is_same
from camus.actions.notes import findings_in
from camus.actions.placeholders import left_out
from camus.actions.sanitising import plain, sanitised
from camus.actions.structured import Told, told_in
from camus.actions.sufficing import LITTLE, talks_on
from camus.actions.tasks import Draft, Task
from camus.actions.thinking import final_answer
from camus.actions.wrapping import bared
from camus.privacy import Prompt
from camus.source import Edit, Span

_REFUSAL = re.compile(
    r"\b(?:I(?:['’]m| am) (?:sorry|unable|not able)|I (?:cannot|can['’]t|can not|won['’]t|will not|"
    r"must decline)|I apologi[sz]e|As an AI|unable to (?:assist|help|comply)|lo siento|"
    r"no puedo|tut mir leid|ich kann (?:das |dir )?(?:leider )?nicht|je suis désolée?|"
    r"je ne peux pas|"
    r"desculpe|não posso|извините|не могу)|抱歉|无法|申し訳|できません",
    re.IGNORECASE,
)
_QUOTED = 120
_CUT = {
    "length": "the answer was cut off at the model's limit",
    "circles": "the model repeated itself and was stopped",
}
_DATA = frozenset(("json", "jsonc", "json5", "jsonl"))
"""Languages in which an answer in JSON is the code itself."""


def read(
    task: Task, reply: str, *, finish: str = "stop", prompt: Prompt | None = None
) -> Draft | BadReply:
    """The draft in a reply: minimal edits inside the target for an edit action, else Markdown.

    An import that the new code needs may be added to the file's own imports, outside the target.
    `finish` is `length` when the reply was cut, `circles` when the model repeated itself and was
    stopped, `enough` when it was stopped for its code was there. `prompt` is what was asked, to
    know its tags. Of a reply that was cut code is taken only where talk follows it.
    """
    text = _answer(task, reply, prompt)
    if isinstance(text, BadReply):
        return text
    if not text.strip():
        if finish in _CUT:
            return cut()
        return BadReply("empty", "The model answered with nothing.")
    if task.action.produces == "edit":
        return _edit(task, text, finish)
    asked = "\n".join(each.content for each in prompt.messages) if prompt is not None else ""
    return _words(task, text, finish, asked)


def read_named(
    task: Task, reply: str, *, finish: str = "stop", prompt: Prompt | None = None
) -> Draft | BadReply | None:
    """The draft of what a reply has for the task's whole document by its name; None for nothing.

    Of a document without a text the draft is the new file.
    """
    text = _answer(task, reply, prompt)
    if isinstance(text, BadReply) or finish in _CUT:
        return text if isinstance(text, BadReply) else cut()
    uri = task.document.uri
    told = told_in(text)
    changes = _changes(task, text, told)
    if isinstance(changes, BadReply):
        return changes
    mine = [each for each in changes if each.path and is_same(each.path, uri)]
    found = _pieces(told) if isinstance(told, Told) else () if mine else candidates_in(task, text)
    pieces = [each for each in found if each.path and is_same(each.path, uri)]
    if any(not each.closed for each in pieces):
        return cut()
    if task.document.text:
        return changed(task, mine) if mine else chosen(task, pieces) if pieces else None
    codes = ["\n".join(each.new) for each in mine if not each.old] or [p.code for p in pieces]
    return _created(task, codes)


def _created(task: Task, codes: Sequence[str]) -> Draft | BadReply | None:
    """A new file of the only code that there is for it."""
    if len(codes) != 1:
        message = f"The answer holds {len(codes)} versions of a new file."
        return BadReply("ambiguous", message) if codes else None
    code = without_file_name(codes[0], task.document.uri, "").strip("\n")
    if not code.strip():
        return BadReply("empty", "The answer has nothing for a new file.")
    if mark := left_out(task.document.beside(code), ""):
        return leaves_out(mark)
    return Draft(edits=(Edit(Span(0, 0), f"{code}\n"),))


def _answer(task: Task, reply: str, prompt: Prompt | None) -> str | BadReply:
    """What a reply says after its thinking, without the tags of protocols and prompts."""
    answer = final_answer(lf(reply), task.document.text)
    if answer.unclosed:
        return BadReply("unclosed_thinking", "The model was still thinking when its answer ended.")
    return _without_tags(bared(answer.text, task.document.text), task, prompt)


def _without_tags(text: str, task: Task, prompt: Prompt | None) -> str:
    """The text without the prompt's own tags, unless the source has such words itself."""
    for tag in prompt.tags if prompt is not None else ():
        if tag not in text or tag in task.document.text:
            continue
        name = re.escape(tag)
        echoed = re.compile(rf"<{name}>\s*(.*?)\s*</{name}>", re.DOTALL)
        bare = echoed.sub("", text)
        if any(block.code.strip() for block in blocks(bare)):
            text = bare
        text = re.sub(rf"^[ \t]*</?{name}>[ \t]*\n?|</?{name}>", "", text, flags=re.MULTILINE)
    return text


def _words(task: Task, text: str, finish: str, asked: str) -> Draft | BadReply:
    notes = (_CUT[finish],) if finish in _CUT else ()
    if task.action.produces == "text":
        shown = sanitised(text)
        if not shown.strip():
            return BadReply("empty", "The model answered with nothing that can be shown.")
        return Draft(text=shown, notes=notes)
    findings, rest = findings_in(task, text, asked)
    return Draft(text=sanitised(rest), findings=findings, notes=notes)


def _edit(task: Task, text: str, finish: str) -> Draft | BadReply:
    # Where it went in circles, that was the talk.
    if finish in _CUT and not talks_on(task, text, 1 if finish == "circles" else LITTLE):
        return cut()
    told = told_in(text) if task.document.language not in _DATA else None
    changes = _changes(task, text, told)
    if isinstance(changes, BadReply):
        return changes
    if changes:
        return changed(task, changes)
    found = _pieces(told) if isinstance(told, Told) else candidates_in(task, text)
    if any(not each.closed for each in found):
        return cut()
    made = chosen(task, found) if found else _no_code(text)
    if isinstance(made, Draft) and finish != "stop":
        made = replace(made, notes=(*made.notes, "left out what the model said after the code"))
    return made


def _changes(task: Task, text: str, told: Told | Misfit | None) -> tuple[Change, ...] | BadReply:
    """The changes of a reply that is a patch or has edits in JSON."""
    if told is None and may_hold_changes(text):
        known = frozenset(line.rstrip() for line in task.document.text.splitlines())
        found = changes_in(text, known)
    else:
        found = told.changes if isinstance(told, Told) else told or ()
    return misfitting(found) if isinstance(found, Misfit) else found


def _pieces(told: Told) -> tuple[Candidate, ...]:
    return tuple(Candidate(each.code, path=each.path) for each in told.pieces)


def _no_code(text: str) -> BadReply:
    quoted = plain(text)
    if len(quoted) > _QUOTED:
        quoted = f"{quoted[: _QUOTED - 1].rstrip()}…"
    if _REFUSAL.search(text[:400]):
        return BadReply("refusal", f"The model declined: “{quoted}”")
    return BadReply("no_code", f"The answer holds no code: “{quoted}”")
