"""From the pieces of a reply that may be the code to the draft of the one that is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from camus.actions.candidates import Candidate
from camus.actions.drafting import (
    BadReply,
    Reason,
    drafted,
    elsewhere,
    leaves_out,
    lf,
    listed,
    quoted,
)
from camus.actions.fitting import Fitted, Unfit, complete, fit, too_long
from camus.actions.mending import mended, without_file_name
from camus.actions.merging import filled_in, has_standins, with_standins
from camus.actions.naming import other_files
from camus.actions.placeholders import left_rows
from camus.actions.reindent import dedented
from camus.actions.tasks import Draft, Task

_REVISED = re.compile(
    r"\b(?:final|correct(?:ed|ion)?|updated|revised|improved|refined|fixed|instead)\b",
    re.IGNORECASE,
)
_ORDER: tuple[Reason, ...] = (
    *("placeholder", "ambiguous", "unchanged", "wrong_target", "truncated", "empty", "no_code"),
    *("refusal", "unclosed_thinking"),
)
"""Of several reasons the one that says most of what is wrong."""


def chosen(task: Task, found: Sequence[Candidate]) -> Draft | BadReply:
    """The draft of what is for this file or for none; the rest is left out and named."""
    others = other_files([each.path for each in found], task.document.uri)
    kept = [each for each in found if each.path not in others]
    if not kept:
        return elsewhere(others)
    made = _chosen(task, kept)
    if isinstance(made, Draft) and others:
        note = f"left out what the reply has for {listed(others)}"
        return replace(made, notes=(*made.notes, note))
    return made


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
        return min(bad, key=lambda each: _ORDER.index(each.reason))
    sound = [each for each in good if not each[0].broken] or good
    if len(sound) > 1 and not _REVISED.search(sound[-1][0].lead):
        return BadReply(
            "ambiguous",
            f"The answer holds {len(sound)} different versions and does not say which is meant.",
        )
    return sound[-1][1]


def _from_code(task: Task, candidate: Candidate) -> Draft | BadReply:
    code = without_file_name(candidate.code, task.document.uri, task.document.text)
    if too_long(task, code):
        return BadReply("wrong_target", "The answer does not fit: it is far longer than the file.")
    bare = dedented(code.strip("\n"))
    fitted: Fitted | Unfit | None = _mended(task, code)
    rows = left_rows(task.document.beside(bare), task.document.text) if fitted is None else ()
    if rows:
        return _from_lazy(task, bare, rows)
    fitted = fitted or fit(task, code)
    if isinstance(fitted, Fitted):
        return drafted(task, fitted)
    if candidate.foreign and fitted.reason == "wrong_target":
        return BadReply("wrong_target", f"The answer is in {candidate.foreign}: {fitted.message}.")
    return BadReply(fitted.reason, f"The answer does not fit: {fitted.message}.")


def _mended(task: Task, code: str) -> Fitted | None:
    """The code fitted after what was done to it as a whole is undone; None when nothing was."""
    for other in mended(code, task.document.text):
        bad = other.sure or not complete(task, code) or isinstance(fit(task, code), Unfit)
        again = fit(task, other.code) if bad and complete(task, other.code) else None
        if isinstance(again, Fitted):
            return replace(again, notes=(*again.notes, f"undid {other.undone}"))
    return None


def _from_lazy(task: Task, code: str, rows: Sequence[int]) -> Draft | BadReply:
    """The draft of code that leaves something out, where it is certain what that is."""
    mark = code.split("\n")[rows[0]]
    known = {line.strip() for line in lf(task.code).split("\n")}
    dots = [at for at, line in enumerate(code.split("\n")) if line.strip() == "..."]
    marks = sorted({*rows, *(dots if "..." not in known else ())})
    stood = with_standins(task.document.beside(code), marks)
    if stood is None:
        return leaves_out(mark)
    fitted = fit(task, stood.text)
    if isinstance(fitted, Unfit):
        return BadReply(fitted.reason, f"The answer does not fit: {fitted.message}.")
    if not has_standins(fitted.text):
        return drafted(task, fitted)
    text = filled_in(task, fitted.text)
    if text is None or text == task.code:
        return leaves_out(mark)
    note = f"filled in what `{quoted(mark)}` stood for, from the file"
    return drafted(task, replace(fitted, text=text, notes=(*fitted.notes, note)))
