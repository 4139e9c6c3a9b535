"""The weighted parts of an edit's judgement; each looks at one thing the edit introduces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from camus.analysis import Aspect, Finding
from camus.config import TaskKind
from camus.quality.change import Change, line_of
from camus.quality.report import Part
from camus.source import Document, Scope, definitions, indent_unit

WEIGHTS = {
    "correctness": 6.0,
    "security": 4.0,
    "performance": 1.0,
    "style": 2.0,
    "minimality": 1.0,
    "consistency": 1.0,
}
"""What the parts weigh when none of them failed gravely; see `balanced`."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A part before it is weighed: `grave` faults weigh as much as all that is not grave.

    `factor` lets one fault weigh more than that.
    """

    name: str
    score: float
    detail: str = ""
    grave: bool = False
    factor: float = 1.0


def balanced(verdicts: Sequence[Verdict]) -> tuple[Part, ...]:
    """The parts with their weights.

    One grave fault halves the score however many other things are fine, and in every language,
    whichever checkers it has; two leave a third.
    """
    usual = sum(WEIGHTS.get(each.name, 0.0) for each in verdicts if not each.grave) or 1.0
    return tuple(
        Part(
            each.name,
            round(each.score, 3),
            usual * each.factor if each.grave else WEIGHTS.get(each.name, 0.0),
            each.detail,
        )
        for each in verdicts
    )


def correctness(change: Change, introduced: Sequence[Finding], names: Sequence[str]) -> Verdict:
    """Undefined names and new errors are grave; warnings and lost behaviour take a little."""
    errors = [each for each in introduced if _is(each, "correctness") and each.severity == "error"]
    count = len(errors) + len(names)
    if errors or names:
        first = told(change.after, errors[0]) if errors else _undefined(change.after, names[0])
        more = f" (and {count - 1} more)" if count > 1 else ""
        return Verdict("correctness", 0.15 / count, f"{first}{more}.", grave=True)
    warnings = [each for each in introduced if _is(each, "correctness")]
    score = 0.6 ** len(warnings)
    losses = _losses(change)
    score *= 0.5 ** len(losses)
    details = [f"It introduces {told(change.after, each)}." for each in warnings[:1]] + losses[:1]
    return Verdict("correctness", score, " ".join(details))


def fix(change: Change, asked: int, left: Sequence[Finding]) -> Verdict:
    """Whether what a fix is about is gone; one that mends nothing is no fix."""
    if not left:
        return Verdict("fix", 1.0, grave=True)
    first = left[0]
    detail = f"The problem to fix is still there: {told(change.after, first)}."
    return Verdict("fix", max(0.0, 1 - len(left) / asked) * 0.8, detail, grave=True, factor=1.5)


def security(change: Change, introduced: Sequence[Finding]) -> Verdict:
    """A new hole is grave, a suspicion less so."""
    found = [each for each in introduced if _is(each, "security")]
    if not found:
        return Verdict("security", 1.0)
    detail = f"It introduces a security problem: {told(change.after, found[0])}."
    error = any(each.severity == "error" for each in found)
    return Verdict("security", 0.0 if error else 0.4, detail, grave=True)


def performance(change: Change, introduced: Sequence[Finding]) -> Verdict:
    """New slow idioms."""
    return _mild(change, introduced, ("performance",), 0.3)


def style(change: Change, introduced: Sequence[Finding], *, unformatted: bool = False) -> Verdict:
    """New findings of style, and code that the formatter would lay out otherwise."""
    verdict = _mild(change, introduced, ("style", "consistency"), 0.2)
    if not unformatted:
        return verdict
    said = verdict.detail or "The new code is not laid out as the formatter would."
    return replace(verdict, score=verdict.score * 0.8, detail=said)


def consistency(change: Change) -> Verdict:
    """Whether the new lines are indented and broken as the file's are."""
    unit = indent_unit(change.before)
    other = "\t" if unit.startswith(" ") else " "
    old = {line for line in change.before.text.splitlines() if line.strip()}
    for span in change.changed:
        for line in change.after.slice(span).splitlines()[1:]:
            indent = line[: len(line) - len(line.lstrip())]
            if indent.startswith(other * (1 if other == "\t" else len("  "))) and line not in old:
                words = "tabs" if other == "\t" else "spaces"
                detail = f"It indents by {words} in a file that does not: `{line.strip()[:60]}`."
                return Verdict("consistency", 0.2, detail)
    old_breaks, new_breaks = _breaks(change.before.text), _breaks(change.after.text)
    if old_breaks and not new_breaks <= old_breaks:
        return Verdict("consistency", 0.5, "It mixes another kind of line break into the file.")
    return Verdict("consistency", 1.0)


def minimality(change: Change) -> Verdict:
    """Whether comments were dropped, or a fix rewrites far more than what is wrong."""
    marks = ("#", "//")
    old = [each.strip() for each in change.task.code.splitlines() if each.strip().startswith(marks)]
    new = change.after.text
    dropped = [each for each in old if each not in new]
    if dropped and not change.instructed:
        detail = f"It drops the comment `{dropped[0][:80]}`; keep comments that still hold."
        return Verdict("minimality", max(0.0, 0.7 - 0.1 * len(dropped)), detail)
    total = len(change.task.code.splitlines())
    rewritten = sum(change.task.document.slice(e.span).count("\n") + 1 for e in change.edits)
    mends = change.task.classified.kind is TaskKind.BUG_FIXING
    if mends and total >= 12 and rewritten > 0.6 * total:
        return Verdict("minimality", 0.4, "It rewrites far more than the problem needs.")
    return Verdict("minimality", 1.0)


def told(document: Document, finding: Finding) -> str:
    """A finding in words with its place: message, rule and line."""
    message = " ".join(finding.message.split()).rstrip(".")
    return f"{message} ({finding.rule}) at {line_of(document, finding.span.start)}"


def _is(finding: Finding, aspect: Aspect) -> bool:
    return finding.aspect == aspect


def _undefined(document: Document, name: str) -> str:
    import re

    match = re.search(rf"(?<![\w$.]){re.escape(name)}(?![\w$])", document.text)
    where = f" at {line_of(document, match.start())}" if match else ""
    return f"Undefined name `{name}`{where}: nothing in the file defines or imports it"


def _mild(
    change: Change, introduced: Sequence[Finding], aspects: tuple[Aspect, ...], cost: float
) -> Verdict:
    found = [each for each in introduced if each.aspect in aspects]
    if not found:
        return Verdict(aspects[0], 1.0)
    taken = sum(cost / 2 if each.severity == "info" else cost for each in found)
    detail = f"It introduces {told(change.after, found[0])}."
    return Verdict(aspects[0], max(0.0, 1 - taken), detail)


def _losses(change: Change) -> list[str]:
    """What a definition did before and no longer does, where no words asked for it."""
    if change.instructed or change.task.classified.kind is TaskKind.CODE_GENERATION:
        return []
    later = {scope.qualified_name: scope for scope in reversed(definitions(change.after))}
    found: list[str] = []
    for scope in definitions(change.before):
        after = later.get(scope.qualified_name)
        if after is not None and not scope.is_stub and change.task.target.overlaps(scope.span):
            found += _lost(scope, after)
    return found


def _lost(before: Scope, after: Scope) -> list[str]:
    name = f"`{before.qualified_name}`"
    found = []
    if before.returns_value and not after.returns_value:
        found.append(f"{name} no longer returns a value.")
    if before.yields and not after.yields:
        found.append(f"{name} no longer yields.")
    gone = [each for each in before.raises if each not in after.raises]
    if gone:
        found.append(f"{name} no longer raises {gone[0]}.")
    if before.doc is not None and after.doc is None:
        found.append(f"{name} loses its documentation.")
    return found


def _breaks(text: str) -> set[str]:
    found = {"\r\n"} if "\r\n" in text else set()
    rest = text.replace("\r\n", "")
    return found | {each for each in "\r\n" if each in rest}
