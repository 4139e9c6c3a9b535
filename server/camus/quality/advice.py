"""What to do about a judgement, and how much of it could be looked at; pure."""

from __future__ import annotations

from collections.abc import Sequence

from camus.analysis import Finding
from camus.quality.change import line_of
from camus.quality.report import Part
from camus.source import Document

_MOST = 8
_WORTH = {"syntax": 3.0, "definitions": 2.0, "scope": 1.0, "names": 2.0, "format": 0.5, "fix": 3.0}
"""What it costs to do without a check; what is not named counts as a tool."""
_TOOL = 3.0


def confidence(checked: Sequence[str], unchecked: Sequence[str]) -> float:
    """The share of the checks that were made, weighed by what each can tell; 0 when none was."""
    done = sum(_WORTH.get(each, _TOOL) for each in checked)
    names = (name for each in unchecked for name in each.partition(":")[0].split(" and "))
    missing = sum(_WORTH.get(name.strip(), _TOOL) for name in names)
    return round(done / (done + missing), 2) if done else 0.0


def suggestions(
    document: Document,
    refused: Sequence[str],
    parts: Sequence[Part],
    introduced: Sequence[Finding],
    kept: Sequence[Finding],
) -> tuple[str, ...]:
    """What to do, the most important first: gates, parts, then findings new and old."""
    worst = sorted(parts, key=lambda each: each.weight * (each.score - 1))
    said = [*refused, *(each.detail for each in worst if each.score < 1 and each.detail)]
    together = " ".join(said)
    said += [_new(document, each) for each in introduced if not _is_told(document, each, together)]
    said += [_old(document, each) for each in kept if each.severity == "error"]
    return tuple(dict.fromkeys(said))[:_MOST]


def _is_told(document: Document, finding: Finding, said: str) -> bool:
    return f"({finding.rule}) at {line_of(document, finding.span.start)}" in said


def _new(document: Document, finding: Finding) -> str:
    mend = "; it can be fixed by itself" if finding.fix and finding.fix.safe else ""
    return f"{_message(finding)} ({finding.rule}) at {_line(document, finding)}{mend}."


def _old(document: Document, finding: Finding) -> str:
    return (
        f"Beside this change: {_message(finding)} ({finding.rule}) at {_line(document, finding)}."
    )


def _message(finding: Finding) -> str:
    words = " ".join(finding.message.split()).rstrip(".")
    return words[:1].upper() + words[1:]


def _line(document: Document, finding: Finding) -> str:
    at = min(finding.span.start, len(document.text))
    return f"line {document.lines.line_of(at) + 1}"
