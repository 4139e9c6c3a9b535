"""Our own Markdown as plain words, for a client that shows it as it comes."""

from __future__ import annotations

import re

_FENCE = re.compile(r"^\s*(`{3,}|~{3,})[^`]*$")
_HEADING = re.compile(r"^#{1,6}\s+")
_RULE = re.compile(r"^\s*(---+|\*\*\*+)\s*$")
_MARKS = re.compile(r"\*\*|`+")
_EMPHASIS = re.compile(r"^\*(.+)\*$")


def as_plain(markdown: str) -> str:
    """The text without fences, headings' marks, rules and emphasis; code lines stay as they are."""
    lines: list[str] = []
    closing = ""
    for line in markdown.split("\n"):
        fence = _FENCE.match(line)
        if fence and (not closing or line.strip() == closing):
            closing = "" if closing else fence[1]
        elif closing:
            lines.append(line)
        elif not _RULE.match(line):
            words = _MARKS.sub("", _HEADING.sub("", line))
            lines.append(_EMPHASIS.sub(r"\1", words))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
