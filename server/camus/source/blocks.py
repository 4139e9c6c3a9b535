"""Blocks of lines by indentation and blank lines, for texts without a grammar."""

from __future__ import annotations

import re
from collections.abc import Iterator

from camus.source.document import Document
from camus.source.spans import Span

REACH = 400
"""Most lines that a block extends over in either direction."""
_CLOSING = re.compile(r"\s*(?:[)\]}>;,]+|end\b.*|fi|done|esac)\s*;?\s*$", re.IGNORECASE)


def block_around(document: Document, span: Span) -> Span:
    """The lines of the block that holds a span, without blank lines around it.

    A block begins at a line that is not indented and reaches over the indented and closing lines
    after it; lines that stand together without a blank line belong together.
    """
    lines = document.lines
    first, last = lines.line_of(span.start), lines.line_of(max(span.start, span.end - 1))
    if first == last and _blank(document, first):
        return lines.span(first)
    top = _up(document, first)
    bottom = _down(document, last)
    return Span(lines.span(top).start, _line_end(document, bottom))


def blocks(document: Document) -> Iterator[Span]:
    """Every block of a text, in order."""
    line, count = 0, len(document.lines)
    while line < count:
        if _blank(document, line):
            line += 1
            continue
        span = block_around(document, document.lines.span(line))
        yield span
        line = max(line, document.lines.line_of(span.end)) + 1


def _up(document: Document, line: int) -> int:
    limit = max(0, line - REACH)
    top = line
    while line > limit and (_inner(document, line) or not _blank(document, line - 1)):
        line -= 1
        if _blank(document, line):
            continue
        if _closing(document, line) and not _inner(document, top):
            break
        top = line
    return top


def _down(document: Document, line: int) -> int:
    limit = min(len(document.lines) - 1, line + REACH)
    bottom = line
    together = True
    while line < limit:
        line += 1
        if _blank(document, line):
            together = False
        elif together or _inner(document, line):
            bottom = line
        else:
            break
    return bottom


def _text(document: Document, line: int) -> str:
    return document.slice(document.lines.span(line))[:400]


def _blank(document: Document, line: int) -> bool:
    return not _text(document, line).strip()


def _inner(document: Document, line: int) -> bool:
    """Whether a line continues what stands above it: indented or only closing."""
    text = _text(document, line)
    return text[:1] in {" ", "\t"} or _closing(document, line)


def _closing(document: Document, line: int) -> bool:
    return _CLOSING.match(_text(document, line)) is not None


def _line_end(document: Document, line: int) -> int:
    span = document.lines.span(line)
    return span.start + len(document.slice(span).rstrip("\r\n"))
