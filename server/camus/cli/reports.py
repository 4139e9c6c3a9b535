"""Reports and findings as lines, as JSON and as places; prints nothing itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import click

from camus.analysis import Finding, Severity
from camus.cli import render
from camus.quality import Report
from camus.source import Document, Span

ASPECTS = ("correctness", "security", "performance", "style", "consistency")


@dataclass(frozen=True, slots=True)
class Checked:
    """One file's report, the text it is about, and what it was compared with."""

    name: str
    document: Document
    report: Report
    before: Document
    against: str
    threshold: float

    @property
    def passed(self) -> bool:
        """Whether nothing new is wrong and the score is enough."""
        report = self.report
        grave = any(each.severity != "info" for each in report.introduced)
        return not report.refusals and not grave and report.score >= self.threshold


@dataclass(frozen=True, slots=True)
class Place:
    """Where a span is, lines and columns (in characters) from 1; the end is excluded."""

    line: int
    column: int
    end_line: int
    end_column: int


def place_of(document: Document, span: Span) -> Place:
    """The lines and columns of a span, within the text."""
    lines, end = document.lines, len(document.text)
    first, last = min(span.start, end), min(max(span.end, span.start), end)
    row, end_row = lines.line_of(first), lines.line_of(last)
    return Place(
        row + 1, first - lines.starts[row] + 1, end_row + 1, last - lines.starts[end_row] + 1
    )


def chosen(findings: Iterable[Finding], aspects: Sequence[str]) -> tuple[Finding, ...]:
    """The findings of some aspects; of all when none is named."""
    return tuple(each for each in findings if not aspects or each.aspect in aspects)


def report_lines(checked: Checked) -> Iterable[str]:
    """A report as a person reads it: score and parts, what is new, what to do, what was checked."""
    report = checked.report
    colour = "green" if checked.passed else "red"
    score = click.style(f"quality {report.score:.2f}", fg=colour, bold=True)
    against = f"against {checked.against}" if checked.against else "as a new file"
    yield f"{checked.name}: {score} · confidence {report.confidence:.2f} · {against}"
    if report.parts:
        yield "  " + "  ".join(f"{part.name} {part.score:.2f}" for part in report.parts)
    for refusal in report.refusals:
        yield click.style(f"  refused: {render.harmless(refusal)}", fg="red")
    for finding in report.introduced:
        yield "  " + render.finding_line(finding, checked.document, checked.name)
    if report.removed:
        rules = ", ".join(sorted({each.rule for each in report.removed}))
        yield click.style(f"  mended: {len(report.removed)} ({rules})", fg="green")
    if report.kept:
        yield f"  there before: {len(report.kept)} (camus review {checked.name})"
    told = {*report.refusals}
    shown = [each for each in report.suggestions if each not in told]
    yield from (f"  - {render.harmless(each)}" for each in shown)
    yield f"  checked: {', '.join(report.checked)}"
    if report.unchecked:
        yield f"  not checked: {'; '.join(report.unchecked)}"


def report_json(checked: Checked) -> dict[str, object]:
    """A report with everything in it."""
    report = checked.report
    found = [(each, "new") for each in report.introduced] + [(e, "old") for e in report.kept]
    return {
        "file": checked.name,
        "against": checked.against,
        "score": report.score,
        "threshold": checked.threshold,
        "passed": checked.passed,
        "confidence": report.confidence,
        "refusals": list(report.refusals),
        "parts": [
            {"name": p.name, "score": p.score, "weight": round(p.weight, 3), "detail": p.detail}
            for p in report.parts
        ],
        "findings": [finding_json(each, checked.document, state) for each, state in found],
        "removed": [finding_json(each, checked.before, "removed") for each in report.removed],
        "suggestions": list(report.suggestions),
        "checked": list(report.checked),
        "unchecked": list(report.unchecked),
    }


def finding_json(finding: Finding, document: Document, state: str = "") -> dict[str, object]:
    """One finding with its place; `state` says how it stands to the change, if there is one."""
    place = place_of(document, finding.span)
    found: dict[str, object] = {
        "rule": finding.rule,
        "message": finding.message,
        "severity": finding.severity,
        "aspect": finding.aspect,
        "line": place.line,
        "column": place.column,
        "end_line": place.end_line,
        "end_column": place.end_column,
        "source": finding.source,
        "fixable": bool(finding.fix and finding.fix.safe),
    }
    return {**found, "state": state} if state else found


def gravest(findings: Iterable[Finding]) -> Severity | None:
    """The worst severity among findings; None without any."""
    order: tuple[Severity, ...] = ("error", "warning", "info")
    found = {each.severity for each in findings}
    return next((each for each in order if each in found), None)
