"""From a place and an action to the requests that answer it, symbol by symbol."""

from __future__ import annotations

from collections.abc import Sequence

from camus.analysis import Finding
from camus.cli.exits import Exit, Failure
from camus.cli.places import Place
from camus.orchestrator import Orchestrator
from camus.source import Document, Scope, Span, definitions, enclosing

FUNCTIONS = frozenset({"function", "method"})


def targets(action: str, place: Place) -> tuple[Span, ...]:
    """Where an action applies: at the line when one was given, otherwise every symbol.

    In the order of the text. Raises `Failure` with exit code 3 when there is nothing to work on.
    """
    if place.line:
        return (_at_line(action, place),)
    if action in {"modify", "fix", "review"}:
        return (place.document.span,)
    found = tuple(
        scope.name_span for scope in definitions(place.document) if _applies(action, scope)
    )
    if not found:
        what = "stub" if action == "implement" else "symbol"
        raise Failure(f"{place.path}: there is no {what} to {action}", Exit.NOTHING)
    return found


def _at_line(action: str, place: Place) -> Span:
    if action == "implement" and not enclosing(place.document, place.span).is_stub:
        name = enclosing(place.document, place.span).name or "this place"
        raise Failure(
            f"{place.path}:{place.line}: {name} has a body already; use refactor or modify",
            Exit.NOTHING,
        )
    return place.span


def _applies(action: str, scope: Scope) -> bool:
    if action == "implement":
        return scope.is_stub
    if action == "refactor":
        return scope.kind in FUNCTIONS
    return scope.kind in FUNCTIONS or scope.kind == "class"


async def findings_at(
    engine: Orchestrator, document: Document, place: Place, project: str
) -> tuple[Finding, ...]:
    """What the analysers find on the line of a place, or in the whole file without one."""
    found = (await engine.tools.findings(document, project)).findings
    if not place.line:
        return found
    line = document.lines.span(place.line - 1)
    return tuple(finding for finding in found if _touches(finding.span, line))


def _touches(span: Span, line: Span) -> bool:
    return span.start < line.end and span.end >= line.start


def moved(spans: Sequence[Span]) -> tuple[Span, ...]:
    """The spans from the last to the first, so that an edit never shifts one still to come."""
    return tuple(sorted(spans, key=lambda span: span.start, reverse=True))
