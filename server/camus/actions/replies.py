"""From whatever a model sent to exact edits, or a named reason for none; never raises.

The order: thinking and echoed tags out; cut replies refused; then SEARCH/REPLACE blocks or a diff
if the reply is one; else the block of code that is the target (or the whole reply, when it has no
fence but parses as the target); placeholders refused; the code fitted to its place; the smallest
edits between the two.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from camus.actions.candidates import Candidate, candidates_in
from camus.actions.diffs import Change, Misfit, changes_in, may_hold_changes
from camus.actions.fences import blocks
from camus.actions.fitting import Fitted, Unfit, complete, fit
from camus.actions.importing import import_edits
from camus.actions.mending import mended, without_file_name
from camus.actions.merging import filled_in
from camus.actions.naming import other_files
from camus.actions.notes import findings_in
from camus.actions.patches import Ground, applied
from camus.actions.placeholders import left_rows
from camus.actions.placing import place_of
from camus.actions.reindent import dedented, settled
from camus.actions.sanitising import plain, sanitised
from camus.actions.structured import Told, told_in
from camus.actions.tasks import Draft, Task
from camus.actions.thinking import final_answer
from camus.actions.wrapping import bared
from camus.privacy import Prompt
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

_REFUSAL = re.compile(
    r"\b(?:I(?:['’]m| am) (?:sorry|unable|not able)|I (?:cannot|can['’]t|can not|won['’]t|will not|"
    r"must decline)|I apologi[sz]e|As an AI|unable to (?:assist|help|comply)|lo siento|"
    r"no puedo|tut mir leid|ich kann (?:das |dir )?(?:leider )?nicht|je suis désolée?|"
    r"je ne peux pas|"
    r"desculpe|não posso|извините|не могу)|抱歉|无法|申し訳|できません",
    re.IGNORECASE,
)
_REVISED = re.compile(
    r"\b(?:final|correct(?:ed|ion)?|updated|revised|improved|refined|fixed|instead)\b",
    re.IGNORECASE,
)
_QUOTED = 120
_SHOWN = 3
_DATA = frozenset(("json", "jsonc", "json5", "jsonl"))
"""Languages in which an answer in JSON is the code itself."""


@dataclass(frozen=True, slots=True)
class BadReply:
    """Why nothing can be made of a reply; `message` is a sentence for the user and the repair."""

    reason: Reason
    message: str


def read(
    task: Task, reply: str, *, finish: str = "stop", prompt: Prompt | None = None
) -> Draft | BadReply:
    """The draft in a reply: minimal edits inside the target for an edit action, else Markdown.

    An import that the new code needs may be added to the file's own imports, outside the target.
    `finish` is `length` when the reply was cut. `prompt` is what was asked, to know its tags.
    """
    text = reply.replace("\r\n", "\n").replace("\r", "\n")
    answer = final_answer(text, task.document.text)
    if answer.unclosed:
        return BadReply("unclosed_thinking", "The model was still thinking when its answer ended.")
    text = _without_tags(bared(answer.text, task.document.text), task, prompt)
    if not text.strip():
        if finish == "length":
            return _cut()
        return BadReply("empty", "The model answered with nothing.")
    if task.action.produces == "edit":
        return _edit(task, text, finish)
    return _words(task, text, finish)


def _cut() -> BadReply:
    return BadReply(
        "truncated",
        "The answer was cut off: it reached the most tokens allowed or ended inside the code. "
        "Allow more tokens, or select less code.",
    )


def _without_tags(text: str, task: Task, prompt: Prompt | None) -> str:
    """The text without the prompt's own tags, unless the source has such words itself."""
    for tag in prompt.tags if prompt is not None else ():
        if tag in task.document.text:
            continue
        name = re.escape(tag)
        echoed = re.compile(rf"<{name}>\s*(.*?)\s*</{name}>", re.DOTALL)
        bare = echoed.sub("", text)
        if any(block.code.strip() for block in blocks(bare)):
            text = bare
        text = re.sub(rf"^[ \t]*</?{name}>[ \t]*\n?|</?{name}>", "", text, flags=re.MULTILINE)
    return text


def _words(task: Task, text: str, finish: str) -> Draft | BadReply:
    notes = ("the answer was cut off at the model's limit",) if finish == "length" else ()
    if task.action.produces == "text":
        shown = sanitised(text)
        if not shown.strip():
            return BadReply("empty", "The model answered with nothing that can be shown.")
        return Draft(text=shown, notes=notes)
    findings, rest = findings_in(task, text)
    return Draft(text=sanitised(rest), findings=findings, notes=notes)


def _edit(task: Task, text: str, finish: str) -> Draft | BadReply:
    if finish == "length":
        return _cut()
    told = told_in(text) if task.document.language not in _DATA else None
    if isinstance(told, Misfit):
        return _cut()
    if told is not None and told.changes:
        return _patched(task, told.changes)
    changes = (
        changes_in(text, _known_lines(task)) if told is None and may_hold_changes(text) else ()
    )
    if isinstance(changes, Misfit):
        return _cut()
    if changes:
        return _patched(task, changes)
    found = _pieces(told) if told is not None else candidates_in(task, text)
    if any(not each.closed for each in found):
        return _cut()
    if not found:
        return _no_code(text)
    return _of_this_file(task, found)


def _known_lines(task: Task) -> frozenset[str]:
    return frozenset(line.rstrip() for line in task.document.text.splitlines())


def _pieces(told: Told) -> tuple[Candidate, ...]:
    return tuple(Candidate(each.code, path=each.path) for each in told.pieces)


def _of_this_file(task: Task, found: Sequence[Candidate]) -> Draft | BadReply:
    """What is said to be for this file or for none; the others are left out and named."""
    others = other_files([each.path for each in found], task.document.uri)
    kept = [each for each in found if each.path not in others]
    if not kept:
        return _elsewhere(others)
    made = _chosen(task, kept)
    if isinstance(made, Draft) and others:
        note = f"left out what the reply has for {_listed(others)}"
        return replace(made, notes=(*made.notes, note))
    return made


def _elsewhere(others: Sequence[str]) -> BadReply:
    return BadReply(
        "wrong_target", f"The answer is for {_listed(others)}, which was not asked for."
    )


def _listed(paths: Sequence[str]) -> str:
    return ", ".join(f"`{plain(path)}`" for path in paths[:_SHOWN])


def _patched(task: Task, changes: Sequence[Change]) -> Draft | BadReply:
    others = other_files([each.path for each in changes], task.document.uri)
    mine = [each for each in changes if each.path not in others]
    if not mine:
        return _elsewhere(others)
    result = applied(_ground(task), mine)
    if isinstance(result, Misfit):
        return BadReply(*_misfits[result.reason](plain(result.line)[:_QUOTED]))
    text = settled(place_of(task), "\n".join(result.lines))
    notes = (f"left out what the reply has for {_listed(others)}",) if others else ()
    return _draft(task, Fitted(text, result.imports, notes))


_misfits: dict[str, Callable[[str], tuple[Reason, str]]] = {
    "ambiguous": lambda line: ("ambiguous", f"The text to change stands more than once: `{line}`."),
    "missing": lambda line: ("wrong_target", f"The text to change is not in the target: `{line}`."),
    "outside": lambda line: (
        "wrong_target",
        f"It would change code outside the target, at `{line}`; only the target may change.",
    ),
    "cut": lambda _line: ("truncated", _cut().message),
}


def _ground(task: Task) -> Ground:
    """The lines of the target, with what stands before them on the first, and those around."""
    text = task.document.text
    start = task.document.lines.span(task.document.lines.line_of(task.target.start)).start
    if text[start : task.target.start].strip(" \t"):
        start = task.target.start
    inside = text[start : task.target.end]
    before = _lf(text[:start]).split("\n")[:-1]
    after = _lf(text[task.target.end :]).split("\n")
    return Ground(tuple(before), tuple(_lf(inside).split("\n")), tuple(after[1:]))


def _no_code(text: str) -> BadReply:
    quoted = plain(text)
    if len(quoted) > _QUOTED:
        quoted = f"{quoted[: _QUOTED - 1].rstrip()}…"
    if _REFUSAL.search(text[:400]):
        return BadReply("refusal", f"The model declined: “{quoted}”")
    return BadReply("no_code", f"The answer holds no code: “{quoted}”")


def _chosen(task: Task, found: Sequence[Candidate]) -> Draft | BadReply:
    """The draft of the one candidate that is the target; the reason of the nearest otherwise."""
    bad: list[BadReply] = []
    good: list[tuple[Candidate, Draft]] = []
    for candidate in found:
        made = _from_code(task, candidate)
        if isinstance(made, BadReply):
            bad.append(made)
        elif made.edits not in [draft.edits for _, draft in good]:
            good.append((candidate, made))
    if not good:
        order = ("placeholder", "ambiguous", "unchanged", "wrong_target")
        return min(bad, key=lambda each: order.index(each.reason))
    sound = [each for each in good if not each[0].broken] or good
    if len(sound) > 1 and not _REVISED.search(sound[-1][0].lead):
        return BadReply(
            "ambiguous",
            f"The answer holds {len(sound)} different versions and does not say which is meant.",
        )
    return sound[-1][1]


def _from_code(task: Task, candidate: Candidate) -> Draft | BadReply:
    code = without_file_name(candidate.code, task.document.uri, task.document.text)
    fitted = fit(task, code)
    for other in mended(code, task.document.text):
        bad = isinstance(fitted, Unfit) or not complete(task, code)
        if (bad or other.sure) and complete(task, other.code):
            again = fit(task, other.code)
            if isinstance(again, Fitted):
                return _draft(task, replace(again, notes=(*again.notes, f"undid {other.undone}")))
    if isinstance(fitted, Fitted):
        return _draft(task, fitted)
    if candidate.foreign and fitted.reason == "wrong_target":
        return BadReply("wrong_target", f"The answer is in {candidate.foreign}: {fitted.message}.")
    return BadReply(fitted.reason, f"The answer does not fit: {fitted.message}.")


def _draft(task: Task, fitted: Fitted) -> Draft | BadReply:
    if not fitted.text.strip():
        return BadReply("empty", "The answer would delete the code.")
    made = task.document.beside(dedented(_lf(fitted.text)))
    rows = left_rows(made, _lf(task.code))
    if rows:
        mark = plain(made.text.split("\n")[rows[0]])[:_QUOTED]
        whole = filled_in(task, made, rows)
        if whole is None:
            return BadReply("placeholder", f"The answer leaves code out: `{mark}`.")
        note = f"filled in what `{mark}` stood for, from the file"
        fitted = replace(fitted, text=whole, notes=(*fitted.notes, note))
    edits = minimal_edits(task.code, fitted.text)
    if not edits:
        return BadReply("unchanged", "The answer is the code as it is.")
    start = task.target.start
    inside = tuple(Edit(each.span.shift(start), each.text) for each in edits)
    added, notes = import_edits(task, fitted.text, fitted.imports)
    ordered = sorted((*added, *inside), key=lambda each: each.span)
    return Draft(edits=tuple(ordered), notes=(*fitted.notes, *notes))


def _lf(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
