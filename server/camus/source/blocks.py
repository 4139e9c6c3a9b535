"""Blocks of lines by indentation and blank lines, for texts without a grammar."""

from __future__ import annotations

import re

from camus.source.document import Document
from camus.source.spans import Span

REACH = 400
"""Most lines that a block extends over in either direction."""
_SEEN = 400
"""So much of a line is looked at."""
_CLOSING = re.compile(r"\s*(?:[)\]}>;,]+|end[;,)]*|fi|done|esac)\s*$", re.IGNORECASE)


def block_around(document: Document, span: Span) -> Span:
    """The lines of the block that holds a span, without blank lines around it.

    A block begins at a line that is neither indented nor only closing and comes after a blank or
    a closing line; a blank line alone is a block of its own.
    """
    lines = document.lines
    first, last = lines.line_of(span.start), lines.line_of(max(span.start, span.end - 1))
    if not document.slice(Span(lines.span(first).start, lines.span(last).end)).strip():
        return Span(lines.span(first).start, lines.span(last).end)
    while _blank(document, first):
        first += 1
    while _blank(document, last):
        last -= 1
    return Span(lines.span(_up(document, first)).start, _line_end(document, _down(document, last)))


def _up(document: Document, line: int) -> int:
    top = line
    for candidate in range(line, max(-1, line - REACH), -1):
        if not _blank(document, candidate):
            top = candidate
            if _begins(document, candidate):
                break
    return top


def _down(document: Document, line: int) -> int:
    bottom = line
    for candidate in range(line + 1, min(len(document.lines), line + REACH)):
        if _blank(document, candidate):
            continue
        if _begins(document, candidate):
            break
        bottom = candidate
    return bottom


def _begins(document: Document, line: int) -> bool:
    """Whether a block begins here, as told by this line and the one above alone."""
    text = _text(document, line)
    if text[:1] in {" ", "\t"} or _CLOSING.match(text):
        return False
    above = _text(document, line - 1) if line else ""
    return not above.strip() or (above[:1] not in {" ", "\t"} and bool(_CLOSING.match(above)))


def _text(document: Document, line: int) -> str:
    start = document.lines.starts[line]
    return document.text[start : min(document.lines.span(line).end, start + _SEEN)]


def _blank(document: Document, line: int) -> bool:
    return not document.slice(document.lines.span(line)).strip()


def _line_end(document: Document, line: int) -> int:
    span = document.lines.span(line)
    return span.start + len(document.slice(span).rstrip("\r\n"))
