"""Which fixes can be applied at once, and where; pure."""

from __future__ import annotations

from collections.abc import Iterable

from camus.analysis.findings import Finding
from camus.source import Edit, Span


def inside(finding: Finding, within: Span) -> bool:
    """Whether the finding and every edit of its fix lie in the span."""
    edits = finding.fix.edits if finding.fix else ()
    return within.contains(finding.span) and all(within.contains(edit.span) for edit in edits)


def compatible(findings: Iterable[Finding]) -> tuple[Edit, ...]:
    """The edits of the fixes that do not touch each other, the first in the text winning.

    A fix is taken whole or not at all; edits that merely touch are left for the next round, since
    two that each remove one end of a statement can leave nothing of it.
    """
    taken: list[Edit] = []
    for finding in findings:
        edits = finding.fix.edits if finding.fix else ()
        if edits and not any(_touch(edit, other) for edit in edits for other in taken):
            taken.extend(edits)
    return tuple(sorted(taken, key=lambda edit: edit.span))


def moved(within: Span, edits: Iterable[Edit]) -> Span:
    """The span after edits inside it."""
    return Span(within.start, within.end + sum(len(e.text) - len(e.span) for e in edits))


def _touch(one: Edit, other: Edit) -> bool:
    return one.span.start <= other.span.end and other.span.start <= one.span.end
