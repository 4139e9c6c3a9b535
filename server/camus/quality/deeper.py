"""The slower looks at a draft that passed the fast ones: types, tests, behaviour on inputs.

Each adds a part to the report, or a reason why it could not look; none lifts a refusal.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from camus.actions import Draft, Opinion, Task
from camus.analysis import Comparison, Finding, TestRun, Trials, TypeCheckers, new_errors
from camus.config import TaskKind
from camus.quality.change import Change, change_of, is_local, later_of, touched
from camus.quality.purity import impurity
from camus.quality.report import Part, Report, score
from camus.quality.verdicts import told
from camus.source import Scope, Span, definitions, same_code

_KEEPING = frozenset({TaskKind.REFACTORING, TaskKind.DOCUMENTATION})
"""The kinds whose answers must behave as before."""
_MOST_FUNCTIONS = 4
_EVIDENCE = 8
"""Inputs that told something, from which on a comparison speaks for a draft."""
_TYPES = 2.0
_WORDS_ALONE = " with other words: "
"""Of a comparison that found nothing else than what an error says."""


@dataclass(frozen=True, slots=True)
class Deeper:
    """Who takes the slower looks; None is not asked. `trusted` as in `TypeCheckers.errors`."""

    types: TypeCheckers | None = None
    trials: Trials | None = None
    trusted: bool = False
    seconds: float = 20.0
    weight: float = 6.0
    """What a look at behaviour weighs that finds nothing."""
    withheld: str = ""
    """Why behaviour is not looked at though the user wants it; empty: they do not, or it is."""

    @property
    def idle(self) -> bool:
        """Whether there is nothing to ask."""
        return self.types is None and self.trials is None and not self.withheld


async def deepen(task: Task, draft: Draft, report: Report, deeper: Deeper) -> Report:
    """The report with what types and behaviour say; the same one when there is nothing to look at.

    A refused draft and an answer in words are returned as they are.
    """
    if deeper.idle or report.refusals or task.action.produces != "edit":
        return report
    types = deeper.types
    if types is not None and not await types.configured(task.document, task.project):
        types = None
    deeper = replace(deeper, types=types)
    if deeper.idle:
        return report  # the trees of two whole files cost more than all the rest
    change = await asyncio.to_thread(change_of, task, draft)
    if await asyncio.to_thread(same_code, change.before, change.after):
        return report  # comments and documentation run nowhere
    typed = await _typed(change, deeper)
    report = _with(report, typed)
    if deeper.withheld:
        report = _with(report, _Look(unchecked=(f"behaviour: {deeper.withheld}",)))
    if deeper.trials is not None and change.before.language == "python":
        report = _with(report, await _behaved(change, deeper.trials, deeper))
    return report


def lowered(task: Task, draft: Draft, report: Report, said: Opinion | str, model: str) -> Report:
    """The report with a second model's opinion of the draft, or why there is none.

    It can lower the score and never raise it; what is refused stays so.
    """
    who = f"second opinion ({model})"
    if isinstance(said, str):
        return replace(report, unchecked=(*report.unchecked, f"{who}: {said}"))
    if said.verdict == "accept":
        return replace(report, checked=(*report.checked, who))
    detail = f"{model} objects: {said.reason.rstrip('.')}."
    end = task.document.edited(draft.edits).text if draft.edits else ""
    start = min(task.target.start, len(end))
    serious = said.verdict == "reject"
    found = Finding(
        "second-opinion", said.reason, Span(start, start), "warning", "correctness", model
    )
    part = Part("opinion", 0.2, 1.0, detail) if serious else Part("opinion", 0.6, 0.2, detail)
    after = _with(report, _Look((part,), (found,), (who,)))
    return replace(after, score=min(after.score, report.score))


@dataclass(frozen=True, slots=True)
class _Look:
    """What one look came to: parts to weigh, findings, who looked and who could not."""

    parts: tuple[Part, ...] = ()
    findings: tuple[Finding, ...] = ()
    checked: tuple[str, ...] = ()
    unchecked: tuple[str, ...] = ()


def _with(report: Report, look: _Look) -> Report:
    """A fault weighs as much as all that was weighed before; a pass weighs little."""
    usual = sum(part.weight for part in report.parts) or 1.0
    weighed = tuple(
        part if part.score >= 1 else replace(part, weight=usual * part.weight)
        for part in look.parts
    )
    parts = (*report.parts, *weighed)
    return replace(
        report,
        score=score(report.refusals, parts),
        parts=parts,
        introduced=(*report.introduced, *look.findings),
        checked=(*report.checked, *look.checked),
        unchecked=(*report.unchecked, *look.unchecked),
        suggestions=(*(part.detail for part in weighed if part.detail), *report.suggestions),
    )


async def _typed(change: Change, deeper: Deeper) -> _Look:
    if deeper.types is None:
        return _Look()
    ask, project = deeper.types.errors, change.task.project
    before = await ask(change.before, project, trusted=deeper.trusted, seconds=deeper.seconds)
    if not before.ran:
        return _Look(unchecked=tuple(f"{who}: {why}" for who, why in before.absent))
    after = await ask(change.after, project, trusted=deeper.trusted, seconds=deeper.seconds)
    if not after.ran:
        return _Look(unchecked=tuple(f"{who}: {why}" for who, why in after.absent))
    found = new_errors(before.findings, after.findings)
    if not found:
        return _Look((Part("types", 1.0, _TYPES),), checked=after.ran)
    detail = f"The type checker finds a new error: {told(change.after, found[0])}."
    return _Look((Part("types", 0.2, 1.0, detail),), found, after.ran)


async def _behaved(change: Change, trials: Trials, deeper: Deeper) -> _Look:
    if trials.problem:
        return _Look(unchecked=(f"behaviour: {trials.problem}",))
    touched_ones = await asyncio.to_thread(_functions, change)
    names = [scope.qualified_name for scope in touched_ones]
    project = change.task.project
    looks = [
        await _compared(change, deeper, trials, scope) for scope in touched_ones[:_MOST_FUNCTIONS]
    ]
    if project:
        short = [name.rpartition(".")[2] for name in names] or [change.task.scope.name]
        run = await trials.test(
            change.before,
            change.after,
            [s for s in short if s],
            project=project,
            seconds=deeper.seconds,
        )
        looks.append(_tested(change, run, deeper.weight))
    return _joined(looks)


def _functions(change: Change) -> tuple[Scope, ...]:
    """The functions of the old text whose code is otherwise in the new, innermost first."""
    scopes = definitions(change.before)
    found = []
    for scope in scopes:
        later = later_of(change, scope)
        if scope.kind not in {"function", "method"} or later is None or is_local(scope, scopes):
            continue
        if touched(change.replaced, scope.span) and (
            change.before.slice(scope.span) != change.after.slice(later.span)
        ):
            found.append(scope)
    return tuple(found)


async def _compared(change: Change, deeper: Deeper, trials: Trials, scope: Scope) -> _Look:
    name = scope.qualified_name
    reason = await asyncio.to_thread(_why_not, change, name)
    if reason:
        return _Look(unchecked=(f"behaviour of {name}: {reason}",))
    found = await trials.compare(change.before, change.after, name, project=change.task.project)
    return _verdict(change, scope, found, deeper.weight)


def _why_not(change: Change, name: str) -> str:
    old = impurity(change.before.text, name, objects=True)
    return old or (
        impurity(change.after.text, name, objects=True) and "its new form may not be called so"
    )


def _verdict(change: Change, scope: Scope, found: Comparison, weight: float) -> _Look:
    name = scope.qualified_name
    if found.state == "unable":
        return _Look(unchecked=(f"behaviour of {name}: {found.reason}",))
    if found.state == "same" and found.inputs < _EVIDENCE:
        said = f"only {found.inputs} of the inputs that were tried told something"
        return _Look(unchecked=(f"behaviour of {name}: {said}",))
    inputs = (f"behaviour ({found.inputs} inputs)",)
    if found.state == "same":
        return _Look((Part("behaviour", 1.0, weight),), checked=inputs)
    finding = _finding(change, scope, f"{found.example}")
    if _may_differ(change, found):
        return _Look(findings=(replace(finding, severity="info"),), checked=inputs)
    detail = f"It changes what the code does: {found.example}."
    part = Part("behaviour", 0.0, 1.5, detail)
    if _WORDS_ALONE in found.example:
        part = Part("behaviour", 0.3, 1.0, detail)
    return _Look((part,), (finding,), inputs)


def _may_differ(change: Change, found: Comparison) -> bool:
    """Whether another behaviour may be what was asked for.

    Not where the code must do the same, and never what cannot be loaded or no longer ends.
    """
    if found.example.startswith("it cannot load") or found.example.endswith("does not end"):
        return False
    if change.task.classified.kind in _KEEPING or change.task.action.id == "refactor":
        return False
    worse = ("NameError", "UnboundLocalError", "TypeError", "AttributeError")
    return not found.example.endswith(tuple(f"now raises {each}" for each in worse))


def _tested(change: Change, run: TestRun, weight: float) -> _Look:
    if run.state != "ran":
        return _Look(unchecked=(f"tests: {run.reason}",))
    ran = (f"tests ({run.passed} passed)",)
    if not run.broken:
        return _Look((Part("tests", 1.0, weight),), checked=ran)
    detail = f"{len(run.broken)} of the affected tests fail now: {run.broken[0]}."
    finding = _finding(change, change.task.scope, run.broken[0], rule="broken-test")
    return _Look((Part("tests", 0.0, 1.5, detail),), (finding,), ran)


def _finding(change: Change, scope: Scope, said: str, rule: str = "behaviour") -> Finding:
    later = later_of(change, scope)
    span = later.name_span if later is not None else Span(change.target.start, change.target.start)
    return Finding(rule, said, span, "error", "correctness", "camus")


def _joined(looks: Sequence[_Look]) -> _Look:
    """The looks as one: of parts of one name the worst."""
    worst: dict[str, Part] = {}
    for look in looks:
        for part in look.parts:
            if part.name not in worst or part.score < worst[part.name].score:
                worst[part.name] = part
    return _Look(
        tuple(worst.values()),
        tuple(each for look in looks for each in look.findings),
        tuple(dict.fromkeys(each for look in looks for each in look.checked)),
        tuple(dict.fromkeys(each for look in looks for each in look.unchecked)),
    )
