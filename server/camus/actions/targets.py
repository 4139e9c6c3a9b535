"""Finds what a request is about: a definition, a selection, a paragraph of lines or the file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from camus.actions.catalogue import Action
from camus.actions.classify import classify
from camus.actions.learned import Overlay
from camus.actions.tasks import Task
from camus.analysis import Finding
from camus.config import Classification, TaskKind
from camus.source import Document, Scope, Span, definition_around, enclosing

_FIXES = frozenset({"fix", "fix_all"})


def make_task(  # noqa: PLR0913 - what a request may come with, by keyword
    action: Action,
    document: Document,
    span: Span,
    *,
    instruction: str = "",
    diagnostics: Sequence[Finding] = (),
    rules: Classification = Classification(),
    whole_target: bool = False,
    docstring_style: str = "auto",
    learned: Overlay | None = None,
    earlier: Sequence[TaskKind] = (),
) -> Task:
    """Find the target of a span and classify the request.

    The target is the enclosing definition; a selection over several definitions, or
    `whole_target`, is taken as it is, widened to whole lines. The target of an offer's target is
    that target again. `earlier` are the kinds of what was asked before in the same place.
    """
    inside = _clamped(document, span)
    if whole_target:
        scope, target = enclosing(document, inside), whole_lines(document, inside)
    else:
        scope, target = target_of(action, document, inside, diagnostics)
    return Task(
        action=action,
        document=document,
        scope=scope,
        target=target,
        classified=classify(
            instruction,
            action=action,
            document=document,
            scope=scope,
            diagnostics=diagnostics,
            rules=rules,
            learned=learned,
            earlier=earlier,
        ),
        instruction=instruction,
        diagnostics=tuple(diagnostics),
        docstring_style=docstring_style,
    )


def target_of(
    action: Action, document: Document, span: Span, diagnostics: Sequence[Finding] = ()
) -> tuple[Scope, Span]:
    """The scope a span lies in and the span of the code that the action works on.

    A fix works where its diagnostics are. A text action takes a selection as it is; an edit takes
    the definition around it, for a model mends a part of a function badly without the rest. An
    `ask` or `modify` without a definition around it is about the whole file.
    """
    mends = action.id in _FIXES and bool(diagnostics)
    if mends:
        span = _cover(_clamped(document, each.span) for each in diagnostics)
    scope = enclosing(document, span)
    selected = is_selection(document, span) and not mends
    definition = is_definition(scope) and not (selected and over_several(document, scope, span))
    all_of_it = scope.kind != "module" and span.contains(scope.span)
    if all_of_it or (definition and (action.produces == "edit" or not selected)):
        return scope, scope.span
    if selected:
        return scope, whole_lines(document, span)
    if action.id in {"ask", "modify"} and scope.kind == "module":
        return scope, document.span
    if scope.kind == "lines":
        return scope, scope.span
    lines = paragraph(document, span)
    # Mending a statement may mean deleting its line, break and all.
    return scope, whole_lines(document, lines) if mends else lines


def is_definition(scope: Scope) -> bool:
    """Whether a scope is a class, a function or a method."""
    return scope.kind in {"class", "function", "method"}


def is_selection(document: Document, span: Span) -> bool:
    """Whether a span is chosen text; one character (Helix's cursor) or blanks alone are not."""
    return len(span) > 1 and bool(document.slice(span).strip())


def whole_lines(document: Document, span: Span) -> Span:
    """The span widened to whole lines, the last line break included.

    A selection that ends at the start of a line does not take that line in.
    """
    lines = document.lines
    first = lines.line_of(span.start)
    last = lines.line_of(max(span.start, span.end - 1))
    return Span(lines.span(first).start, lines.span(last).end)


def paragraph(document: Document, span: Span) -> Span:
    """The lines around a span up to a blank line or a definition, without the last line break."""
    lines = document.lines
    first = lines.line_of(span.start)
    last = lines.line_of(max(span.start, span.end - 1))
    while first > 0 and _loose(document, first - 1):
        first -= 1
    while last + 1 < len(lines) and _loose(document, last + 1):
        last += 1
    end = lines.span(last)
    return Span(lines.span(first).start, end.start + len(document.slice(end).rstrip("\r\n")))


def over_several(document: Document, scope: Scope, span: Span) -> bool:
    """Whether a selection inside a class reaches over several of its definitions."""
    if scope.kind != "class" or scope.span == span:
        return False
    text = document.slice(span)
    first = span.start + len(text) - len(text.lstrip())
    last = span.start + len(text.rstrip()) - 1
    inside = (enclosing(document, Span(at, at + 1)).span for at in (first, last))
    one, other = (each if span.overlaps(each) else scope.span for each in inside)
    return one != other and span != scope.span


def around(document: Document, span: Span) -> tuple[Scope, ...]:
    """The definitions around a span, the outermost first, without one that is the span itself."""
    found: list[Scope] = []
    while True:
        before = len(document.text[: span.start].rstrip())
        if before == 0:
            break
        scope = definition_around(document, Span(before - 1, max(span.end, before)))
        if scope is None or scope.span == span:
            break
        found.append(scope)
        span = scope.span
    return tuple(reversed(found))


def _loose(document: Document, line: int) -> bool:
    """Whether a line has text and belongs to no definition."""
    span = document.lines.span(line)
    return bool(document.slice(span).strip()) and definition_around(document, span) is None


def _cover(spans: Iterable[Span]) -> Span:
    """The smallest span around some; at least one is given."""
    chosen = tuple(spans)
    return Span(min(each.start for each in chosen), max(each.end for each in chosen))


def _clamped(document: Document, span: Span) -> Span:
    """The part of a span inside the document."""
    end = document.span.end
    return Span(min(span.start, end), min(span.end, end))
