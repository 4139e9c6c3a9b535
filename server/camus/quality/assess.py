"""Looks at a draft on a copy: gates first, then findings new against old, names and format."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from camus.actions import Draft, Task
from camus.analysis import Finding, Findings, Tools
from camus.config import TaskKind
from camus.quality import answers, gates, parts
from camus.quality.change import Change, change_of
from camus.quality.comparing import Compared, compare
from camus.quality.names import undefined
from camus.quality.report import Report, score
from camus.source import Document, language_for

_BROKEN = "invalid-syntax"


async def assess(task: Task, draft: Draft, tools: Tools, project: str = "") -> Report:
    """The judgement of a draft; the file itself is never touched.

    Refused: more syntax errors than before or one touching the change, lost or duplicated
    definitions, changes outside the target, for DOCUMENTATION any change of the code itself.
    Counted: undefined names, findings new against old, format. A text answer is judged by
    whether it says something about the target. `project` as in `Tools.findings`.
    """
    if task.action.produces != "edit":
        return await asyncio.to_thread(_answer, task, draft)
    try:
        change = await asyncio.to_thread(change_of, task, draft)
    except ValueError as error:
        return Report(0.0, (f"The edits cannot be applied: {error}.",), checked=("edits",))
    refused = await asyncio.to_thread(gates.refusals, change)
    checked, unchecked = _structure(change.before)
    if refused:
        return Report(0.0, refused, checked=checked, unchecked=unchecked)
    before, after = await asyncio.gather(
        tools.findings(change.before, project), tools.findings(change.after, project)
    )
    return await asyncio.to_thread(_report, change, before, after)


def _answer(task: Task, draft: Draft) -> Report:
    refused = answers.refusals(task, draft)
    found = () if refused else answers.parts(task, draft)
    return Report(score(refused, found), refused, found, checked=("words",))


def _structure(document: Document) -> tuple[tuple[str, ...], tuple[str, ...]]:
    row = language_for(document.language)
    if row is not None and row.grammar is not None:
        return ("syntax", "definitions", "scope"), ()
    return ("scope",), (f"syntax and definitions: no grammar for {document.language}",)


def _report(change: Change, before: Findings, after: Findings) -> Report:
    """Everything the findings and the trees say of a change that passed the gates."""
    checked, unchecked = _structure(change.before)
    looked = bool(before.ran) and bool(after.ran)
    asked = change.task.diagnostics if _mends(change) else ()
    compared = Compared()
    if looked:
        exact = {each.rule for each in asked}
        compared = compare((change.before, before.findings), (change.after, after.findings), exact)
        checked += after.ran
    unchecked += tuple(dict.fromkeys(f"{who}: {why}" for who, why in before.absent + after.absent))
    broken = [each for each in compared.introduced if each.rule == _BROKEN]
    if broken:
        refused = (f"The new code does not parse: {parts.told(change.after, broken[0])}.",)
        return Report(0.0, refused, (), compared.introduced, compared.removed, checked, unchecked)
    verdicts: list[parts.Verdict] = []
    names = None if looked else undefined(change.before, change.after)
    if looked or names is not None:
        checked += ("names",)
    else:
        unchecked += (f"names: not known for {change.before.language}",)
    if looked or names is not None:
        verdicts.append(parts.correctness(change, compared.introduced, names or ()))
    if looked:
        verdicts += [
            each(change, compared.introduced)
            for each in (parts.security, parts.performance, parts.style)
        ]
    verdicts += [parts.minimality(change), parts.consistency(change)]
    if asked:
        left, known = _left(asked, before, after)
        if known:
            verdicts.append(parts.fix(change, known, left))
        if known < len(asked):
            unchecked += ("fix: no tool here knows the diagnostic",)
    weighed = parts.balanced(verdicts)
    return Report(
        score((), weighed), (), weighed, compared.introduced, compared.removed, checked, unchecked
    )


def _mends(change: Change) -> bool:
    return change.task.classified.kind is TaskKind.BUG_FIXING


def _left(asked: Sequence[Finding], before: Findings, after: Findings) -> tuple[list[Finding], int]:
    """The asked diagnostics that are still found, and how many of them the tools know at all."""
    left: list[Finding] = []
    counterparts = [found for found in before.findings if any(_same(each, found) for each in asked)]
    known = len({found.span for found in counterparts})
    wanted = {(found.rule, found.message) for found in counterparts}
    for rule, message in sorted(wanted):
        old = sum((f.rule, f.message) == (rule, message) for f in before.findings)
        new = [f for f in after.findings if (f.rule, f.message) == (rule, message)]
        mine = sum((f.rule, f.message) == (rule, message) for f in counterparts)
        excess = len(new) - (old - mine)
        left += new[:excess] if excess > 0 else []
    return left, known


def _same(asked: Finding, found: Finding) -> bool:
    """Whether a tool's finding is the diagnostic that the editor sent."""
    near = asked.span.start <= found.span.end and found.span.start <= asked.span.end
    return near and (asked.rule == found.rule or asked.span == found.span)
