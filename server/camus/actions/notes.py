"""Reads a model's review, one problem a line, into findings at places of the document."""

from __future__ import annotations

import re
from typing import cast, get_args

from camus.actions.sanitising import plain
from camus.actions.tasks import Task
from camus.analysis import Aspect, Finding, Severity
from camus.source import Span

_LINE = re.compile(
    r"^[\s>*\-•`]*(?:\d{1,3}[.)]\s+)?[\s*`]*(?:lines?\s*|L)?(?P<first>\d{1,7})(?:\s*[-–]\s*L?\d{1,7})?[`*\s]*:[`*\s]*"
    r"(?P<severity>error|critical|high|warning|warn|medium|info|information|note|hint|low|style)"
    r"\b[`*\s]*[:\-–][\s*`]*(?P<message>.+)$",
    re.IGNORECASE,
)
_SEVERITIES: dict[str, Severity] = {
    **dict.fromkeys(("error", "critical", "high"), "error"),
    **dict.fromkeys(("warning", "warn", "medium"), "warning"),
}
_ASPECT = re.compile(rf"^\[?(?P<aspect>{'|'.join(get_args(Aspect))})\]?[:\s]\s*", re.IGNORECASE)
_MOST = 100


def findings_in(task: Task, text: str, asked: str = "") -> tuple[tuple[Finding, ...], str]:
    """The problems inside the target, in order of place and each once, and the other lines.

    A line that stands in what was `asked` is its example said again, and no problem.
    """
    found: dict[tuple[int, str], Finding] = {}
    rest: list[str] = []
    for line in text.split("\n"):
        match = _LINE.match(line)
        if match is None:
            rest.append(line)
        elif len(found) < _MOST:
            finding = _finding(task, match)
            said = line[match.start("first") :].strip()
            if finding is not None and said not in asked:
                found.setdefault((finding.span.start, finding.message), finding)
    ordered = sorted(found.values(), key=lambda each: each.span)
    return tuple(ordered), "\n".join(rest).strip()


def _finding(task: Task, match: re.Match[str]) -> Finding | None:
    lines, target = task.document.lines, task.target
    number = int(match["first"]) - 1
    first, last = lines.line_of(target.start), lines.line_of(max(target.start, target.end - 1))
    message = plain(match["message"]).rstrip("*` ")
    if not first <= number <= last:
        return None
    aspect: Aspect = "correctness"
    named = re.match(r"^\[", message) and _ASPECT.match(message)
    if named:
        aspect = cast("Aspect", named["aspect"].lower())
        message = message[named.end() :]
    if not message:
        return None
    whole = lines.span(number)
    text = task.document.slice(whole)
    start = whole.start + len(text) - len(text.lstrip())
    span = Span(min(start, whole.start + len(text.rstrip())), whole.start + len(text.rstrip()))
    severity = _SEVERITIES.get(match["severity"].lower(), "info")
    return Finding("review", message, span, severity, aspect, source="model")
