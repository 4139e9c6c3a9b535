"""Writes a docstring into Python source: where it goes, its quotes, its escapes."""

from __future__ import annotations

import io
import re
import tokenize
from dataclasses import dataclass, replace

from camus.actions.rewrites.docmerge import merged
from camus.actions.rewrites.docstyles import Convention, docstring_lines
from camus.actions.rewrites.facts import Entry, Facts
from camus.source import Document, Edit, Scope, Span, minimal_edits, newline_of

_LITERAL = re.compile(r"""([rRuU]?)('''|\"\"\"|'|\")(.*)\2""", re.DOTALL)


_BLANK = re.compile(r"(?:(?>\r\n|\r|\n)[ \t\f]*(?=[\r\n]))*")
_NESTED = re.compile(r"[\s]*(?:#[^\r\n]*\s*)*(?:@|async\s+def\b|def\b|class\b)")
_TRIPLE = ('"""', "'''")


@dataclass(frozen=True, slots=True)
class _Opening:
    """Where a body begins: the end of its header's line, or a statement on that same line."""

    colon: int
    line_end: int
    inline: int | None


def new_docstring(
    document: Document, scope: Scope, facts: Facts, convention: Convention, unit: str
) -> tuple[Edit, ...]:
    """The edit that gives a definition its first docstring; none where there is no room for one."""
    opening = _opening(document, scope)
    if opening is None:
        return ()
    newline = newline_of(document)
    if opening.inline is not None:
        inner = scope.indent + unit
        literal = _literal(facts, convention, inner, newline)
        gap = newline if scope.kind == "class" else ""
        text = f"{newline}{inner}{literal}{gap}{newline}{inner}"
        return (Edit(Span(opening.colon, opening.inline), text),)
    indent = _body_indent(document, scope, opening.line_end)
    if indent is None:
        return ()
    literal = _literal(facts, convention, indent, newline)
    blank = _blank_after(document, opening.line_end)
    gap = newline if scope.kind == "class" and not len(blank) else ""
    # A function's docstring takes the place of a blank line, since none may follow it.
    nested = _NESTED.match(document.text, blank.end)
    replaced = Span(blank.start, blank.start) if scope.kind == "class" or nested else blank
    return (Edit(replaced, f"{newline}{indent}{literal}{gap}"),)


def completed_docstring(
    document: Document, scope: Scope, facts: Facts, convention: Convention
) -> tuple[Edit, ...]:
    """The edits that add what a definition's docstring lacks; none when it lacks nothing."""
    if scope.doc is None:
        return ()
    before = document.slice(scope.doc)
    match = _LITERAL.fullmatch(before)
    if match is None or not _stands_alone(document, scope.doc):
        return ()
    newline = newline_of(document)
    lines = re.split(r"\r\n|\r|\n", match[3])
    indent = _indent_at(document, scope.doc.start)
    margin = min(
        (line[: len(line) - len(line.lstrip())] for line in lines[1:] if line.strip()),
        key=len,
        default=indent,
    )
    escaped = facts if match[1] in {"r", "R"} else _escaped(facts)
    full = merged(lines, margin, escaped, convention)
    after = _closed(match, full, indent, newline) if full is not lines else None
    if after is None:
        return ()
    edits = minimal_edits(before, after)
    return tuple(Edit(edit.span.shift(scope.doc.start), edit.text) for edit in edits)


def _escaped(facts: Facts) -> Facts:
    """The facts as they are written between the quotes of a literal that is not raw."""

    def entry(old: Entry) -> Entry:
        values = (old.name, old.type, old.default, old.known, old.words)
        return Entry(*(value.replace("\\", "\\\\") for value in values))

    return replace(
        facts,
        parameters=tuple(map(entry, facts.parameters)),
        attributes=tuple(map(entry, facts.attributes)),
        returns=entry(facts.returns) if facts.returns else None,
        yields=entry(facts.yields) if facts.yields else None,
        raises=tuple(map(entry, facts.raises)),
    )


def _closed(match: re.Match[str], lines: list[str], indent: str, newline: str) -> str | None:
    """The literal around the lines, in triple quotes and with the closing ones on their own line.

    None when the text cannot stand between any triple quotes.
    """
    quotes = _TRIPLE if len(match[2]) == 1 else (match[2],)
    quote = next((each for each in quotes if each not in match[3]), "")
    text = newline.join(lines)
    if not quote or text.count(quote) > match[3].count(quote):
        return None
    if lines[-1].strip():
        text = f"{text}{newline}{indent}"
    return f"{match[1]}{quote}{text}{quote}"


def _literal(facts: Facts, convention: Convention, indent: str, newline: str) -> str:
    lines = docstring_lines(facts, convention)
    text = newline.join([lines[0], *(f"{indent}{line}" if line else "" for line in lines[1:])])
    prefix = "r" if "\\" in text else ""
    ending = f"{newline}{indent}" if len(lines) > 1 else ""
    return f'{prefix}"""{text}{ending}"""'


def _opening(document: Document, scope: Scope) -> _Opening | None:
    """Find the colon that ends the header, by tokens, so that no bracket or string misleads."""
    # The tokenizer does not know a lone carriage return for the line break that it is.
    text = re.sub(r"\r(?!\n)", "\n", document.slice(scope.span))
    lines = _starts(text)
    depth, seen, colon = 0, False, -1
    try:
        for token in tokenize.generate_tokens(io.StringIO(text, newline="").readline):
            place = lines[token.start[0] - 1] + token.start[1]
            if token.type == tokenize.NAME and token.string in {"def", "class"} and not depth:
                seen = seen or colon < 0
            if colon >= 0:
                return _after_colon(document, scope, colon, place, token)
            if token.type == tokenize.OP:
                depth += (token.string in "([{") - (token.string in ")]}")
                if token.string == ":" and seen and not depth:
                    colon = place + 1
    except (tokenize.TokenError, SyntaxError, IndexError):
        return None
    return None


def _after_colon(
    document: Document, scope: Scope, colon: int, place: int, token: tokenize.TokenInfo
) -> _Opening | None:
    start = scope.span.start
    line = document.lines.span(document.lines.line_of(start + colon - 1))
    line_end = line.start + len(document.slice(line).rstrip("\r\n"))
    if token.type in {tokenize.COMMENT, tokenize.NEWLINE, tokenize.NL}:
        return _Opening(start + colon, line_end, None)
    same = "\\" not in document.text[start + colon : start + place]
    return _Opening(start + colon, line_end, start + place) if same else None


def _starts(text: str) -> list[int]:
    """Where the lines begin as the tokenizer counts them."""
    return [0, *(match.end() for match in re.finditer(r"\r\n|\r|\n", text))]


def _body_indent(document: Document, scope: Scope, line_end: int) -> str | None:
    """The indentation of the first statement after the header's line."""
    after = document.text[line_end : scope.span.end]
    for match in re.finditer(r"([ \t\f]*)([^\s#])?[^\r\n]*", after):
        if match.start() and match[2]:
            return match[1] if len(match[1]) > len(scope.indent) else None
    return None


def _indent_at(document: Document, offset: int) -> str:
    line = document.lines.span(document.lines.line_of(offset))
    text = document.text[line.start : offset]
    return text if not text.strip() else text[: len(text) - len(text.lstrip())]


def _stands_alone(document: Document, span: Span) -> bool:
    """Whether the literal is a statement of its own on its lines."""
    lines = document.lines
    line = lines.span(lines.line_of(span.start))
    last = lines.span(lines.line_of(span.end))
    before = document.text[line.start : span.start]
    after = document.text[span.end : last.end].strip()
    return not before.strip() and (not after or after.startswith("#"))


def _blank_after(document: Document, line_end: int) -> Span:
    """The blank lines after the end of a line, up to the end of the last of them."""
    match = _BLANK.match(document.text, line_end)
    return Span(line_end, match.end() if match else line_end)
