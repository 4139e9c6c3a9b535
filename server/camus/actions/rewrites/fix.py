"""The rules' repairs: the analysers' own safe fixes, at one diagnostic or everywhere."""

from __future__ import annotations

import re
from collections.abc import Iterable

from camus.actions.rewrites.meanings import rules_for
from camus.actions.tasks import Draft, Task
from camus.analysis import Finding, Tools
from camus.source import Document, Edit, Span, apply_edits, minimal_edits

_QUOTED = re.compile(r"`([^`]+)`")


async def fix(task: Task, tools: Tools) -> Draft | None:
    """The safe fixes of the task's diagnostics; None when there is none for the first of them."""
    if task.instruction.strip() or not task.diagnostics:
        return None
    offered = await tools.fixes(task.document, task.target, _named(task), task.project)
    chosen: list[Finding] = []
    for diagnostic in task.diagnostics:
        found = _matching(diagnostic, offered.findings, task.target)
        if found is not None and found not in chosen and not _collides(found, chosen):
            chosen.append(found)
    if not chosen:
        return None
    return Draft(_edits(task.document, chosen), notes=tuple(_note(each) for each in chosen))


async def fix_all(task: Task, tools: Tools) -> Draft | None:
    """All safe fixes in the target; None when problems are there, yet none that rules mend."""
    if task.instruction.strip():
        return None
    edits = await tools.fixed(task.document, task.target, project=task.project)
    if edits:
        return Draft(tuple(edits), notes=("the analysers' own safe fixes",))
    looked = await tools.findings(task.document, task.project)
    inside = [each for each in looked.findings if task.target.overlaps(each.span)]
    if inside or task.diagnostics:
        return None
    return Draft(notes=(_nothing(looked.ran),))


def _named(task: Task) -> tuple[str, ...]:
    """The analysers' rules that the diagnostics mean; none when one of them does not tell."""
    meant = [rules_for(diagnostic) for diagnostic in task.diagnostics]
    if None in meant:
        return ()
    return tuple(dict.fromkeys(rule for rules in meant for rule in rules or ()))


def _matching(diagnostic: Finding, offered: Iterable[Finding], target: Span) -> Finding | None:
    """The finding with a fix that is this diagnostic: the same rule at the same place.

    A diagnostic that carries no rule we know is matched by its place alone, if that leaves no
    choice.
    """
    own = diagnostic.fix
    if own is not None and own.safe and all(target.contains(edit.span) for edit in own.edits):
        return diagnostic
    near = [each for each in offered if _same_place(each.span, diagnostic.span)]
    rules = rules_for(diagnostic)
    if rules is not None:
        near = [each for each in near if each.rule in rules and _about_the_same(each, diagnostic)]
        return min(near, key=lambda each: _distance(each, diagnostic), default=None)
    return near[0] if len(near) == 1 else None


def _about_the_same(finding: Finding, diagnostic: Finding) -> bool:
    """Whether two messages of one rule may mean the same: they quote a word in common, or none.

    One import can break a rule twice, for two names, with a fix for one of them only.
    """
    if finding.rule != diagnostic.rule or finding.message == diagnostic.message:
        return True
    ours, theirs = (set(_QUOTED.findall(each.message)) for each in (finding, diagnostic))
    return not ours or not theirs or bool(ours & theirs)


def _distance(finding: Finding, diagnostic: Finding) -> tuple[bool, int]:
    """How far a finding of the same rule is from a diagnostic: its words count before its place."""
    same = finding.message == diagnostic.message
    return not same, abs(finding.span.start - diagnostic.span.start)


def _same_place(one: Span, other: Span) -> bool:
    return one.overlaps(other) or one.start == other.start


def _collides(finding: Finding, chosen: Iterable[Finding]) -> bool:
    mine = finding.fix.edits if finding.fix else ()
    taken = [edit for each in chosen if each.fix for edit in each.fix.edits]
    return any(
        edit.span.start <= other.span.end and other.span.start <= edit.span.end
        for edit in mine
        for other in taken
    )


def _edits(document: Document, chosen: Iterable[Finding]) -> tuple[Edit, ...]:
    """The edits of the fixes, without the lines that a tool rewrites as they were."""
    edits = [edit for each in chosen if each.fix for edit in each.fix.edits]
    around = Span(min(edit.span.start for edit in edits), max(edit.span.end for edit in edits))
    inner = [Edit(edit.span.shift(-around.start), edit.text) for edit in edits]
    before = document.slice(around)
    changed = minimal_edits(before, apply_edits(before, inner))
    return tuple(Edit(edit.span.shift(around.start), edit.text) for edit in changed)


def _note(finding: Finding) -> str:
    message = finding.fix.message if finding.fix else finding.message
    return f"{finding.rule}: {message}" if finding.rule else message


def _nothing(ran: tuple[str, ...]) -> str:
    return f"{', '.join(ran)} found nothing to mend" if ran else "no analyser for this language"
