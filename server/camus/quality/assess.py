"""Looks at a draft on a copy: gates first, then findings new against old, names and format."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import assert_never

from camus.actions import Draft, Task
from camus.analysis import Finding, Findings, Tools
from camus.config import Quality, TaskKind
from camus.quality import advice, answers, asked, gates, parts
from camus.quality.change import Change, change_of, touched
from camus.quality.comparing import Compared, compare
from camus.quality.names import mistyped, undefined, unused
from camus.quality.report import Part, Report, score
from camus.quality.spoken import spoken
from camus.quality.verdicts import Verdict, balanced, told
from camus.source import Document, language_for, syntax_errors

_BROKEN = "invalid-syntax"
_LINTER = "ruff"
USUAL = Quality()


async def assess(
    task: Task, draft: Draft, tools: Tools, project: str = "", settings: Quality = USUAL
) -> Report:
    """The judgement of a draft; the file itself is never touched.

    Refused: more syntax errors than before or one touching the change, lost or duplicated
    definitions, changes outside the target, for DOCUMENTATION any change of the code itself.
    Counted: undefined names, findings new against old, format. A text answer is judged by
    whether it says something about the target. `project` as in `Tools.findings`; `settings` say
    what the parts weigh and which rules are left out.
    """
    match task.action.produces:
        case "text":
            return await asyncio.to_thread(_answer, task, draft)
        case "findings":
            known = (await tools.findings(task.document, project)).findings
            return await asyncio.to_thread(_answer, task, draft, known)
        case "edit":
            return await _edited(task, draft, tools, project, settings)
        case _:
            assert_never(task.action.produces)


async def findings(document: Document, tools: Tools, project: str = "") -> Findings:
    """What the tools and Camus's own checks say of a text, in the order of the text."""
    looked, own = await asyncio.gather(
        tools.findings(document, project), asyncio.to_thread(spoken, document)
    )
    return _joined(document, looked, own)


async def _edited(
    task: Task, draft: Draft, tools: Tools, project: str, settings: Quality
) -> Report:
    try:
        change = await asyncio.to_thread(change_of, task, draft)
    except ValueError as error:
        refused: tuple[str, ...] = (f"The edits cannot be applied: {error}.",)
        return Report(0.0, refused, checked=("edits",), suggestions=refused)
    refused = await asyncio.to_thread(gates.refusals, change)
    checked, unchecked = _structure(change.before)
    if refused:
        return Report(
            0.0, refused, checked=checked, unchecked=unchecked, suggestions=tuple(refused)
        )
    before, after, unformatted, own = await asyncio.gather(
        tools.findings(change.before, project),
        tools.findings(change.after, project),
        _unformatted(change, tools, project),
        asyncio.to_thread(_own, change),
    )
    before = _joined(change.before, before, own[0])
    after = _joined(change.after, after, own[1])
    return await asyncio.to_thread(_report, _Seen(change, before, after, unformatted), settings)


def _own(change: Change) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """What Camus's own checks say of the lines that change, before and after."""
    return spoken(change.before, change.replaced), spoken(change.after, change.changed)


def _joined(document: Document, looked: Findings, own: Sequence[Finding]) -> Findings:
    """The tools' findings with Camus's own, but for a secret or command that a tool saw too."""
    line_of = document.lines.line_of
    seen = {line_of(each.span.start) for each in looked.findings if each.aspect == "security"}
    more = [each for each in own if line_of(each.span.start) not in seen]
    found = sorted((*looked.findings, *more), key=lambda each: (each.span, each.rule))
    return replace(looked, findings=tuple(found))


@dataclass(frozen=True, slots=True)
class _Seen:
    """A change and what the tools say of both its texts; `unformatted` is None if none looked."""

    change: Change
    before: Findings
    after: Findings
    unformatted: bool | None

    @property
    def looked(self) -> bool:
        return bool(self.before.ran) and bool(self.after.ran)

    @property
    def linted(self) -> bool:
        """Whether a tool that tells undefined names read both texts."""
        return _LINTER in self.before.ran and _LINTER in self.after.ran


def _answer(task: Task, draft: Draft, known: Sequence[Finding] = ()) -> Report:
    refused = answers.refusals(task, draft)
    found = () if refused else answers.parts(task, draft, known)
    truth = "truth: no tool can check what the words claim"
    return Report(score(refused, found), refused, found, checked=("words",), unchecked=(truth,))


async def _unformatted(change: Change, tools: Tools, project: str) -> bool | None:
    """Whether the target was as the formatter has it and no longer is."""
    if not tools.formatter(change.before.language):
        return None
    if change.task.scope.is_stub or syntax_errors(change.before):
        return False  # nothing was laid out
    old, new = await asyncio.gather(
        tools.formatted(change.before, change.task.target, project),
        tools.formatted(change.after, change.target, project),
    )
    return bool(new) and not old


def _structure(document: Document) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What the tree alone could check, and what it could not."""
    row = language_for(document.language)
    if row is not None and row.grammar is not None:
        return ("syntax", "definitions", "scope"), ()
    return ("scope",), (f"syntax and definitions: no grammar for {document.language}",)


def _report(seen: _Seen, settings: Quality) -> Report:
    """Everything the findings and the trees say of a change that passed the gates."""
    change = seen.change
    compared = _compared(seen, settings.ignore)
    names = () if seen.linted else undefined(change.before, change.after)
    checked, unchecked = _coverage(seen, names_known=names is not None)
    broken = [each for each in compared.introduced if each.rule == _BROKEN]
    refused: tuple[str, ...] = ()
    weighed: tuple[Part, ...] = ()
    if broken:
        refused = (f"The new code does not parse: {told(change.after, broken[0])}.",)
    else:
        verdicts = [*_asked(seen, compared), *_introduced(seen, compared, names)]
        weighed = balanced(verdicts, settings.weights)
        if _mends(change) and not any(each.name == "fix" for each in verdicts):
            unchecked += ("fix: nothing here knows the diagnostic",)
    return Report(
        score(refused, weighed),
        refused,
        weighed,
        compared.introduced,
        compared.removed,
        checked,
        unchecked,
        compared.kept,
        advice.confidence(checked, unchecked),
        advice.suggestions(
            change.after, refused, weighed, compared.introduced, _near(change, compared.kept)
        ),
    )


def _near(change: Change, kept: Sequence[Finding]) -> list[Finding]:
    """Of the findings that were there before, those inside the target."""
    return [each for each in kept if change.target.overlaps(each.span)]


def _compared(seen: _Seen, ignored: Sequence[str]) -> Compared:
    change = seen.change
    own = () if seen.linted else unused(change)
    old = [each for each in seen.before.findings if each.rule not in ignored]
    new = [each for each in (*seen.after.findings, *own) if each.rule not in ignored]
    if _unread(seen.before) and not _unread(seen.after):
        # Of a text that did not parse nothing is known: only what the edit touches is its own.
        was = tuple(each for each in old if each.rule == _BROKEN)
        own_ones = tuple(each for each in new if touched(change.changed, each.span))
        return Compared(own_ones, was, tuple(each for each in new if each not in own_ones))
    return compare(
        (change.before, old),
        (change.after, new),
        exact={each.rule for each in change.task.diagnostics},
    )


def _unread(findings: Findings) -> bool:
    """Whether the linter could not read a text and so told nothing else of it."""
    return any(each.rule == _BROKEN for each in findings.findings)


def _coverage(seen: _Seen, *, names_known: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Who looked, and what no one could look at and why."""
    checked, unchecked = _structure(seen.change.before)
    if seen.looked:
        checked += seen.after.ran
    if names_known:
        checked += ("names",)
    else:
        unchecked += (f"names: not known for {seen.change.before.language}",)
    if seen.unformatted is not None:
        checked += ("format",)
    else:
        unchecked += (f"format: no formatter for {seen.change.before.language}",)
    absent = dict.fromkeys(seen.before.absent + seen.after.absent)
    return checked, unchecked + tuple(f"{who}: {why}" for who, why in absent)


def _asked(seen: _Seen, compared: Compared) -> list[Verdict]:
    """The verdicts on what the task wanted."""
    change = seen.change
    found: Verdict | None = None
    match change.task.classified.kind:
        case TaskKind.BUG_FIXING:
            found = asked.fixed(change, seen.before, seen.after, compared.introduced)
        case TaskKind.CODE_GENERATION:
            found = asked.implemented(change)
        case TaskKind.DOCUMENTATION:
            found = asked.documented(change)
    return [found] if found is not None else []


def _introduced(
    seen: _Seen, compared: Compared, names: tuple[str, ...] | None
) -> Iterator[Verdict]:
    """The verdicts on what the edit brings, those that could be looked at."""
    change, new = seen.change, compared.introduced
    if names is not None:
        yield parts.correctness(change, new, names, compared.removed)
    elif "syntax" in _structure(change.before)[0]:
        yield parts.correctness(
            change, new, mistyped(change.before, change.after), compared.removed
        )
    yield parts.security(change, new, compared.removed)
    if seen.looked:
        yield parts.performance(change, new)
        yield parts.style(change, new, unformatted=bool(seen.unformatted))
    yield parts.minimality(change)
    yield parts.consistency(change)


def _mends(change: Change) -> bool:
    return change.task.classified.kind is TaskKind.BUG_FIXING and bool(change.task.diagnostics)
