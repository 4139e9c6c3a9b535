"""Inlay hints behind definitions, for who switched them on; made from the text, asking no model."""

from __future__ import annotations

from collections.abc import Sequence

from lsprotocol import types as lsp

from camus.lsp.capabilities import Encoding
from camus.lsp.marks import Mark, standing
from camus.lsp.positions import position_at
from camus.source import Document, Scope, Span, definitions

MOST = 400
"""So many hints at once; a longer list is no help."""


def hints(
    document: Document,
    within: Span,
    marks: Sequence[Mark],
    *,
    limit: int,
    encoding: Encoding,
) -> list[lsp.InlayHint]:
    """What is worth a word behind the first line of each definition named `within` a span.

    That is a complexity above `limit`, and who wrote it in this session while that holds.
    """
    made: list[lsp.InlayHint] = []
    for scope in definitions(document):
        if within.start <= scope.name_span.start <= within.end:
            place = _end_of_line(document, scope, encoding)
            said = (_complexity(scope, limit), _written(document, scope, marks))
            made += [_hint(place, *each) for each in said if each is not None]
        if len(made) >= MOST:
            break
    return made


def _complexity(scope: Scope, limit: int) -> tuple[str, str] | None:
    if scope.kind == "class" or scope.complexity <= limit:
        return None
    ways = f"{scope.complexity} ways lead through it, more than {limit} (McCabe's number)."
    return f"complexity {scope.complexity}", ways


def _written(document: Document, scope: Scope, marks: Sequence[Mark]) -> tuple[str, str] | None:
    found = standing(document, scope, marks)
    if found is None:
        return None
    if found.fresh:
        return found.said, "Camus wrote this in this session, and it was not changed since."
    return "changed since", f"Camus wrote this in this session ({found.said}); it is another now."


def _hint(place: lsp.Position, words: str, more: str) -> lsp.InlayHint:
    return lsp.InlayHint(place, words, tooltip=more, padding_left=True)


def _end_of_line(document: Document, scope: Scope, encoding: Encoding) -> lsp.Position:
    line = document.lines.span(document.lines.line_of(scope.name_span.start))
    end = len(document.slice(line).rstrip("\r\n"))
    return position_at(document, line.start + end, encoding)
