"""How answers look in a terminal; everything from a file or a model is made harmless first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from camus.analysis import Finding
from camus.orchestrator import Attempt, Finish, Outcome, Support, support_words
from camus.source import Document

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_COLOURS = {"error": "red", "warning": "yellow", "info": "blue"}


def harmless(text: str) -> str:
    """The text with control and bidirectional characters shown as escapes, not obeyed."""
    text = text.replace("\r\n", "\n")
    return _CONTROL.sub(lambda match: f"\\x{ord(match[0]):02x}", text)


def diff_lines(diff: str) -> Iterable[str]:
    """The lines of a unified diff in the usual colours."""
    for line in harmless(diff).splitlines():
        if line.startswith(("+++", "---")):
            yield click.style(line, bold=True)
        elif line.startswith("@@"):
            yield click.style(line, fg="cyan")
        elif line.startswith("+"):
            yield click.style(line, fg="green")
        elif line.startswith("-"):
            yield click.style(line, fg="red")
        else:
            yield line


def finding_line(
    finding: Finding, document: Document, path: Path | str, support: Support | None = None
) -> str:
    """`path:line:column severity rule message`, as other tools print it; and who found it."""
    line = document.lines.line_of(min(finding.span.start, len(document.text)))
    column = finding.span.start - document.lines.starts[line]
    severity = click.style(finding.severity, fg=_COLOURS[finding.severity])
    message = harmless(finding.message)
    who = f" ({support_words(support)})" if support is not None and support.of > 1 else ""
    return f"{path}:{line + 1}:{column + 1} {severity} {finding.rule} {message}{harmless(who)}"


def headline(outcome: Outcome) -> str:
    """The score, the model, the time and the id of an answer."""
    colour = "yellow" if outcome.needs_confirmation else "green"
    value = f"quality {outcome.report.score:.2f}" if outcome.report else "no score"
    seen = outcome.observed
    value += f" ({seen.rate:.0%} of {seen.samples} like it were kept)" if seen else ""
    score = click.style(value, fg=colour, bold=True)
    cached = " (from the cache)" if outcome.decision.cached else ""
    found = outcome.decision.agreement
    agreed = f" · {found.words}" if found and found.of > 1 else ""
    return f"{score} · {outcome.model}{cached}{agreed} · {outcome.seconds:.2f} s · {outcome.id}"


def verdict(outcome: Outcome) -> Iterable[str]:
    """Score, model, why, what was checked, and what to be careful of."""
    report = outcome.report
    if outcome.state == "done":
        yield headline(outcome)
    yield from (f"  why: {reason}" for reason in reasons(outcome))
    if report is not None and outcome.state == "done":
        if report.parts:
            yield "  " + "  ".join(f"{part.name} {part.score:.2f}" for part in report.parts)
        yield from (
            f"  {part.name} {part.score:.2f} {harmless(part.detail)}".rstrip()
            for part in report.parts
            if part.score < 1
        )
        if report.checked:
            yield f"  checked: {', '.join(report.checked)}"
        if report.unchecked:
            yield f"  not checked: {', '.join(report.unchecked)}"
    yield from (
        f"  {line}" for line in map(finish_line, outcome.finishes) if outcome.state == "done"
    )
    yield from (f"  note: {harmless(note)}" for note in outcome.notes)
    yield from (
        click.style(f"  ! {harmless(warning)}", fg="yellow") for warning in outcome.warnings
    )


def finish_line(finish: Finish) -> str:
    """What one step of post-processing did."""
    count = f"{finish.lines} line{'' if finish.lines == 1 else 's'} changed"
    said = f"; {harmless(finish.said)}" if finish.said else ""
    return f"{finish.step}: {count if finish.lines else 'nothing changed'}{said}"


def reasons(outcome: Outcome) -> tuple[str, ...]:
    """Why the answer came from where it came, one sentence each."""
    plan = outcome.decision.plan
    tried = tuple(attempt_line(attempt) for attempt in outcome.decision.attempts)
    return tuple(dict.fromkeys((*plan.reasons, *tried)))


def attempt_line(attempt: Attempt) -> str:
    """What one choice came to."""
    score = f" ({attempt.score:.2f})" if attempt.score is not None else ""
    repaired = " after one repair" if attempt.repaired else ""
    detail = f": {harmless(attempt.detail)}" if attempt.detail else ""
    state = attempt.state.replace("_", " ")
    why = f" — {attempt.reason}" if attempt.reason else ""
    return f"{attempt.model} {state}{score}{repaired}{detail}{why}"


def side_by_side(drafts: Sequence[tuple[str, str]], width: int) -> Iterable[str]:
    """Several texts in columns under their titles, long lines cut."""
    column = max(20, (width - 3 * (len(drafts) - 1)) // max(1, len(drafts)))
    yield " | ".join(click.style(title[:column].ljust(column), bold=True) for title, _ in drafts)
    columns = [harmless(text).splitlines() for _, text in drafts]
    for row in range(max((len(lines) for lines in columns), default=0)):
        cells = (lines[row] if row < len(lines) else "" for lines in columns)
        yield " | ".join(cell.expandtabs(4)[:column].ljust(column) for cell in cells).rstrip()
