"""Habits of a text: its indentation and its line breaks."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

from camus.source.document import Document
from camus.source.languages import language_for

_LOOK_AT = 500
_INDENTED = re.compile(r"[\r\n]([ \t]*)[^\s]")
_FIRST = re.compile(r"([ \t]*)[^\s]")


def indent_unit(document: Document) -> str:
    """One level of indentation as this file does it: a tab or a number of spaces.

    Decided by the steps inwards from one line to the next in the first 500 lines; the
    language's habit when there are none.
    """
    known = document.memo.get("indent_unit")
    if not isinstance(known, str):
        known = document.memo["indent_unit"] = _measured(document) or _habit(document)
    return known


def newline_of(document: Document) -> str:
    """The line break that the file uses most: LF, CRLF or CR; LF when it has none."""
    text = document.text
    if "\r" not in text:
        return "\n"
    pairs = text.count("\r\n")
    counts = {"\n": text.count("\n") - pairs, "\r\n": pairs, "\r": text.count("\r") - pairs}
    return max(counts, key=lambda kind: counts[kind])


def _measured(document: Document) -> str:
    lines = document.lines
    end = lines.starts[_LOOK_AT] if len(lines) > _LOOK_AT else lines.length
    steps: Counter[str] = Counter()
    first = _FIRST.match(document.text)
    indents = ("", first[1] if first else "", *_INDENTED.findall(document.text, 0, end))
    for (before, indent), times in Counter(pairwise(indents)).items():
        if len(indent) > len(before) and indent.startswith(before):
            step = indent[len(before) :]
            if step == "\t" or (2 <= len(step) <= 8 and not step.strip(" ")):
                steps[step] += times
    return steps.most_common(1)[0][0] if steps else ""


def _habit(document: Document) -> str:
    row = language_for(document.language)
    return row.indent if row is not None else "    "
