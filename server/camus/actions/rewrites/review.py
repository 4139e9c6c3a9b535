"""The rules' review: what the analysers find inside the target, grouped by what it is about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from camus.actions.markdown import code, words
from camus.actions.tasks import Draft, Task
from camus.analysis import Aspect, Finding, Findings, Tools
from camus.source import Document

_ORDER: tuple[Aspect, ...] = get_args(Aspect)
_SEVERITIES = ("error", "warning", "info")
_MOST = 200


async def review(task: Task, tools: Tools) -> Draft | None:
    """The findings inside the target and a text that lists them; None when nothing could look."""
    if task.instruction.strip():
        return None
    looked = await tools.findings(task.document, task.project)
    if not looked.ran:
        return None
    inside = tuple(each for each in looked.findings if _touches(task, each))
    return Draft(text=_text(task.document, inside, looked), findings=inside)


def _touches(task: Task, finding: Finding) -> bool:
    return task.target.overlaps(finding.span) or task.target.contains(finding.span)


def _text(document: Document, findings: Sequence[Finding], looked: Findings) -> str:
    checked = f"Checked with {', '.join(code(name) for name in looked.ran)}."
    missing = [f"{code(name)} could not look: {words(why)}." for name, why in looked.absent]
    if not findings:
        return "\n\n".join(["**Nothing found.**", " ".join([checked, *missing])])
    parts = [f"**{_counted(len(findings), 'finding')}:** {_by_severity(findings)}."]
    for aspect in _ORDER:
        own = [each for each in findings if each.aspect == aspect]
        if own:
            lines = [_line(document, each) for each in own[:_MOST]]
            lines += [f"- and {len(own) - _MOST} more"] if len(own) > _MOST else []
            parts.append("\n".join([f"### {aspect.capitalize()} ({len(own)})", "", *lines]))
    return "\n\n".join([*parts, " ".join([checked, *missing])])


def _line(document: Document, finding: Finding) -> str:
    row = document.lines.line_of(finding.span.start) + 1
    mendable = " (can be fixed)" if finding.fix and finding.fix.safe else ""
    message = words(finding.message)
    return f"- line {row}: {message} {code(finding.rule)}, {finding.severity}{mendable}"


def _by_severity(findings: Sequence[Finding]) -> str:
    counts = [
        _counted(number, severity)
        for severity in _SEVERITIES
        if (number := sum(each.severity == severity for each in findings))
    ]
    return ", ".join(counts)


def _counted(number: int, word: str) -> str:
    plain = word if word != "info" else "note"
    return f"{number} {plain}{'s' if number != 1 else ''}"
