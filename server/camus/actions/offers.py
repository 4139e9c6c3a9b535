"""Where each action applies: few, precise offers, from the text alone, in milliseconds.

What is offered, and why no more:

- *Fix* only where a diagnostic touches the place; it is the preferred one only when the analyser
  itself vouches for a fix.
- *Refactor* and *Document* on a definition or a selection of several; *Implement* instead of
  *Refactor* on a stub. Between definitions there is nothing to work on, so nothing is offered.
- *Explain* and *Review* on a definition or a selection.
- When the editor asks by itself (`automatic`: a moved cursor, a save) only what is certain to be
  wanted: fixes, *Implement* on a stub, *Document* on the first line of an undocumented definition.
- Without a grammar nobody can tell where a definition ends: a selection can be explained and
  reviewed, a cursor's block explained, nothing edited but a diagnostic's lines.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from camus.actions.catalogue import ACTIONS, Action, Offer
from camus.actions.targets import is_definition, is_selection, over_several, target_of, whole_lines
from camus.analysis import Finding
from camus.source import Document, Scope, Span, has_definitions, scope_around

_LONGEST_TITLE = 60


def applicable(
    document: Document,
    span: Span,
    diagnostics: Sequence[Finding] = (),
    *,
    only: Sequence[str] = (),
    automatic: bool = False,
    disabled: Sequence[str] = (),
) -> tuple[Offer, ...]:
    """The few, precise actions that make sense for a place.

    `only` are code action kinds, honoured hierarchically; `automatic` means that the editor asks
    by itself on a cursor move, so that only what is certain to apply is listed. A fix needs a
    diagnostic that touches the span; one entry a distinct diagnostic, and `fix_all` for several.
    """
    if not _wanted_kinds(only, disabled):
        return ()
    end = document.span.end
    place = Span(min(span.start, end), min(span.end, end))
    offers = (*_fixes(document, place, diagnostics), *_others(document, place, automatic))
    return tuple(
        offer
        for offer in offers
        if offer.action.id not in disabled and _asked_for(offer.action, only)
    )


def _wanted_kinds(only: Sequence[str], disabled: Sequence[str]) -> bool:
    return any(
        action.kind and action.id not in disabled and _asked_for(action, only)
        for action in ACTIONS.values()
    )


def _asked_for(action: Action, only: Sequence[str]) -> bool:
    """Whether a kind is asked for or below one that is; no list, and the empty kind, is all."""
    return not only or any(
        not kind or action.kind == kind or action.kind.startswith(f"{kind}.") for kind in only
    )


def _fixes(document: Document, span: Span, diagnostics: Sequence[Finding]) -> Iterator[Offer]:
    distinct = {
        (each.rule, each.span, each.message): each
        for each in reversed(diagnostics)
        if _touches(each.span, span)
    }
    touching = sorted(distinct.values(), key=lambda each: (each.span, each.rule, each.message))
    fix = ACTIONS["fix"]
    for each in touching:
        _, target = target_of(fix, document, span, (each,))
        certain = each.fix is not None and each.fix.safe and len(touching) == 1
        title = f"{fix.title}: {_shortened(each.message or each.rule)}"
        yield Offer(fix, title, target, (each,), preferred=certain)
    if len(touching) > 1:
        action = ACTIONS["fix_all"]
        _, target = target_of(action, document, span, touching)
        yield Offer(action, action.title, target, tuple(touching))


def _others(document: Document, span: Span, automatic: bool) -> Iterator[Offer]:
    if is_selection(document, span):
        yield from _on_selection(document, span, automatic)
        return
    scope = scope_around(document, span)
    if scope is None:
        return
    if _blank_line(document, span.start) and scope.kind not in {"function", "method"}:
        return
    if is_definition(scope):
        yield from _on_definition(document, scope, scope.span, span, automatic)
    elif scope.kind == "lines" and not automatic:
        yield Offer(ACTIONS["explain"], ACTIONS["explain"].title, scope.span)


def _on_definition(
    document: Document, scope: Scope, text_target: Span, span: Span, automatic: bool
) -> Iterator[Offer]:
    refactor, document_, implement = (
        ACTIONS[each] for each in ("refactor", "document", "implement")
    )
    name = f"`{scope.name}`" if scope.name else f"this {scope.kind}"
    if scope.is_stub:
        yield Offer(implement, f"{implement.title} {name}", scope.span)
    elif not automatic:
        yield Offer(refactor, f"{refactor.title} {name}", scope.span)
    if not automatic or (scope.doc is None and _on_header(document, scope, span)):
        yield Offer(document_, f"{document_.title} {name}", scope.span)
    if not automatic:
        what = name if text_target == scope.span else "the selection"
        for action in (ACTIONS["explain"], ACTIONS["review"]):
            yield Offer(action, f"{action.title} {what}", text_target)


def _on_selection(document: Document, span: Span, automatic: bool) -> Iterator[Offer]:
    if automatic:
        return
    around = scope_around(document, span)
    if around is None:  # the module, which is not read to learn where it lies
        editable, target = True, whole_lines(document, span)
    else:
        scope, target = target_of(ACTIONS["explain"], document, span)
        if is_definition(scope) and not over_several(document, scope, span):
            yield from _on_definition(document, scope, target, span, automatic)
            return
        editable = scope.kind != "lines"
    names = ("refactor", "document", "explain", "review") if editable else ("explain", "review")
    for action in (ACTIONS[each] for each in names):
        if action.id == "document" and not has_definitions(document, target):
            continue
        yield Offer(action, f"{action.title} the selection", target)


def _on_header(document: Document, scope: Scope, span: Span) -> bool:
    lines = document.lines
    first, last = lines.line_of(scope.header.start), lines.line_of(scope.header.end)
    return first <= lines.line_of(span.start) <= last


def _touches(one: Span, other: Span) -> bool:
    return one.start <= other.end and other.start <= one.end


def _blank_line(document: Document, offset: int) -> bool:
    lines = document.lines
    return not document.slice(lines.span(lines.line_of(offset))).strip()


def _shortened(message: str) -> str:
    text = " ".join(message.split())
    return text if len(text) <= _LONGEST_TITLE else f"{text[: _LONGEST_TITLE - 1].rstrip()}…"
