"""Recognises the marks that stand for code a model left out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from camus.source import Document, literal_spans, outline, syntax_errors

_COMMENT = r"(?:#+|//+|/\*+|\*|--+|<!--|;+|\{/\*|%+|!+|'+(?!')|\"\"\"|''')"
_DOTS = r"(?:\.{2,}|…)"
_SAID = re.compile(
    r"\b(?:rest of|remaining|remainder of|existing|previous|other|original|same|unchanged|"
    r"remains?|omitted|truncated|abbreviated|snipp?ed?|as before|as above|not shown|skipped|"
    r"keep the|stays? the same|your code|code here|implementation here|goes here|"
    r"restliche\w*|unverändert|reste du|inchangé|resto del?|sin cambios|resto do|"
    r"остальн\w*|без изменений)\b|省略|其余|不变|残り|以下略|変更なし",
    re.IGNORECASE,
)
_WHOLE = re.compile(
    r"\b(?:rest of (?:the|your|this) [\w ]{0,30}(?:code|file|function|class|method|body|"
    r"implementation|logic)|(?:existing|previous|original|remaining|other|unchanged) (?:code|"
    r"methods?|functions?|implementation|logic|imports?|properties|fields|body|lines)|"
    r"(?:code|methods?|functions?|everything else|implementation|logic|body) (?:remains?|stays?|is|"
    r"are|goes) (?:the same|unchanged|here|as before|omitted)|same as (?:before|above)|"
    r"unchanged code|code omitted|omitted for brevity|(?:for|to) brevity|your code here|"
    r"implementation here|no changes? (?:here|needed)|add your .{0,30} here)\b|省略|其余代码|"
    r"остальной код|без изменений",
    re.IGNORECASE,
)
_LONGEST = 300
_BEGINNINGS = frozenset("#/*-<;{%!\"'[(….")
"""How a comment or dots begin; looked for before anything is parsed or matched."""
_MARK = re.compile(rf"^\s*{_COMMENT}\s*(?P<text>.*?)\s*(?:\*/\s*\}}?|-->)?\s*$")
_BARE = re.compile(rf"^\s*[\[(<{{]?\s*{_DOTS}\s*(?P<text>[^=()]*?)\s*{_DOTS}?\s*[\])>}}]?\s*$")


def left_out(code: Document, original: str) -> str:
    """The first line of a piece of code that stands for code left out; else empty."""
    rows = left_rows(code, original)
    return re.split(r"\r\n|\r|\n", code.text)[rows[0]].strip() if rows else ""


def left_rows(code: Document, original: str) -> tuple[int, ...]:
    """The lines of a piece of code, from 0, that stand for code left out.

    Strings over several lines and documentation may hold such words, and so may the original.
    """
    if not any(line.strip()[:1] in _BEGINNINGS for line in code.text.splitlines()):
        return ()
    if "\r" in code.text:
        text = code.text.replace("\r\n", "\n").replace("\r", "\n")
        code = code.beside(text)
    if next(_rows(code.text, original, dots_are_code=False), None) is None:
        return ()  # what is no mark when strings and documentation count is none without them
    spans = [*literal_spans(code, code.span)]
    spans += [each.doc for each in outline(code) if each.doc is not None]
    lines, at = code.text.split("\n"), code.lines
    for span in spans:
        for number in range(at.line_of(span.start) + 1, at.line_of(span.end) + 1):
            lines[number] = lines[number][: _depth(lines[number])] + "_"
    bare = code.beside("...\n")
    dots_are_code = not syntax_errors(bare)
    return tuple(_rows("\n".join(lines), original, dots_are_code=dots_are_code))


def placeholder_in(code: str, original: str, *, dots_are_code: bool = False) -> str:
    """The first line that stands for left-out code and is not in the original; else empty.

    `dots_are_code`: a bare `...` is a statement here and counts only between other statements.
    """
    row = next(_rows(code, original, dots_are_code=dots_are_code), None)
    return code.split("\n")[row].strip() if row is not None else ""


def _rows(code: str, original: str, *, dots_are_code: bool) -> Iterator[int]:
    known: set[str] | None = None
    lines = code.split("\n")
    for at, line in enumerate(lines):
        text = line.strip()
        if text[:1] not in _BEGINNINGS or len(text) > _LONGEST:
            continue
        if not _in_comment(text) and not _bare(lines, at, dots_are_code=dots_are_code):
            continue
        if known is None:  # few replies come so far, and the original is a whole file
            known = {each.strip() for each in original.splitlines()}
        if text not in known:
            yield at


def _in_comment(line: str) -> bool:
    mark = _MARK.match(line)
    if mark is None:
        return False
    text = mark["text"]
    dotted = re.match(_DOTS, text) or re.search(rf"{_DOTS}$", text)
    if dotted and (_SAID.search(text) or not text.strip(".… ")):
        return True
    whole = _WHOLE.search(text)
    return whole is not None and len(text) <= len(whole.group()) + 30


def _bare(lines: list[str], at: int, *, dots_are_code: bool) -> bool:
    bare = _BARE.match(lines[at])
    if bare is None:
        return False
    if bare["text"] or not dots_are_code or lines[at].strip() != "...":
        return bool(_SAID.search(bare["text"])) or not bare["text"]
    own = _depth(lines[at])
    before = next((line for line in reversed(lines[:at]) if line.strip()), "")
    after = next((line for line in lines[at + 1 :] if line.strip()), "")
    beside = _depth(before) == own and not _ends_documentation(before)
    return bool(before.strip()) and (beside or (bool(after.strip()) and _depth(after) == own))


def _ends_documentation(line: str) -> bool:
    return line.rstrip().endswith(('"""', "'''", '"', "'"))


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())
