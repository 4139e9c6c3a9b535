"""Constants that a reply puts before a definition; everything else between definitions is left."""

from __future__ import annotations

import re

from camus.source import Document, Span, imports, outline

_ASSIGNMENT = re.compile(
    r"(?:export\s+)?(?:(?:const|let|var)\s+)?(?P<name>[A-Za-z_$][\w$]*)\s*(?::[^=\n]+)?=(?![=>])"
)


def kept_before(document: Document, alone: Document, until: Span) -> tuple[str, ...]:
    """The paragraphs of code before a definition that assign a name the file does not have."""
    spans = (
        *(each.span for each in outline(alone)),
        *(each.span for each in imports(alone)),
    )
    taken = sorted(each for each in spans if each.start < until.start)
    at, kept = 0, []
    for span in (*taken, Span(until.start, until.start)):
        if span.start > at:
            kept += [
                each for each in _paragraphs(alone.text[at : span.start]) if _new(document, each)
            ]
        at = max(at, span.end)
    return tuple(f"{each}\n" for each in ["\n".join(kept)] if each)


def _paragraphs(text: str) -> list[str]:
    return [part.strip("\n") for part in re.split(r"\n\s*\n", text) if part.strip()]


def _new(document: Document, paragraph: str) -> bool:
    assigned = _ASSIGNMENT.match(paragraph)
    if assigned is None:
        return False
    name = re.escape(assigned["name"])
    there = rf"^(?:export\s+)?(?:(?:const|let|var|function|class|def)\s+)?{name}\b"
    return re.search(there, document.text, re.MULTILINE) is None
