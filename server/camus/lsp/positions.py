"""Between a protocol's positions and spans of characters; the only place that knows both.

A position beyond the end of its line means the end of that line, before its line break; a line
beyond the last means the end of the text (LSP 3.17, Position). One that falls inside a character
means the start of that character.
"""

from __future__ import annotations

from lsprotocol import types as lsp

from camus.lsp.capabilities import Encoding
from camus.source import Document, Span


def offset_at(document: Document, position: lsp.Position, encoding: Encoding) -> int:
    """The character offset of a position; always inside the text."""
    lines = document.lines
    if position.line >= len(lines):
        return len(document.text)
    start, end = _content(document, position.line)
    # A character is at least one unit, so that no more than this many can lie before it.
    before = document.text[start : min(end, start + position.character)]
    if encoding == "utf-32" or before.isascii():
        return start + len(before)
    if encoding == "utf-16":
        cut = before.encode("utf-16-le")[: 2 * position.character].decode("utf-16-le", "ignore")
    else:
        cut = before.encode()[: position.character].decode(errors="ignore")
    return start + len(cut)


def position_at(document: Document, offset: int, encoding: Encoding) -> lsp.Position:
    """The position of a character offset; one past the text means its end."""
    line = document.lines.line_of(min(offset, len(document.text)))
    start, end = _content(document, line)
    return lsp.Position(line, _units(document.text[start : min(offset, end)], encoding))


def span_of(document: Document, place: lsp.Range, encoding: Encoding) -> Span:
    """The span of a range; one that runs backwards is turned round."""
    first = offset_at(document, place.start, encoding)
    second = offset_at(document, place.end, encoding)
    return Span(min(first, second), max(first, second))


def range_of(document: Document, span: Span, encoding: Encoding) -> lsp.Range:
    """The range of a span."""
    return lsp.Range(
        position_at(document, span.start, encoding), position_at(document, span.end, encoding)
    )


def _content(document: Document, line: int) -> tuple[int, int]:
    """Where a line starts and where its line break does."""
    span = document.lines.span(line)
    end = span.end
    if end > span.start and document.text[end - 1] == "\n":
        end -= 1
    if end > span.start and document.text[end - 1] == "\r":
        end -= 1
    return span.start, end


def _units(text: str, encoding: Encoding) -> int:
    if encoding == "utf-32" or text.isascii():
        return len(text)
    return len(text.encode("utf-16-le")) // 2 if encoding == "utf-16" else len(text.encode())
