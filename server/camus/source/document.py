"""One immutable text with its line table and its syntax tree; knows no positions of a protocol."""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import accumulate
from typing import cast

from camus.source.diff import apply_edits, in_order
from camus.source.spans import Edit, Span

KEPT_BESIDE = 6
"""Texts kept beside a document; a reply is looked at in about so many forms."""
_BREAK = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Lines:
    """Where the lines of a text start; LF, CRLF and CR break lines and nothing else does."""

    starts: tuple[int, ...]
    length: int

    @classmethod
    def of(cls, text: str) -> Lines:
        """The line table of a text; a text always has at least one line."""
        if "\r" in text:
            return cls((0, *(match.end() for match in _BREAK.finditer(text))), len(text))
        lengths = map(len, text.split("\n"))
        ends = accumulate(lengths, lambda total, length: total + length + 1)
        return cls((0, *(end + 1 for end in ends))[:-1], len(text))

    def edited(self, changed: Span, text: str) -> Lines:
        """The table of the text in which the characters of `changed` have become others.

        Costs a copy of the table and a look at the changed characters, not at the whole text.
        """
        by = len(text) - self.length
        keep = max(0, changed.start - 1)
        stop = changed.end + by
        before = bisect_right(self.starts, keep)
        after = bisect_right(self.starts, changed.end)
        fresh = [
            match.end()
            for match in _BREAK.finditer(text, max(0, keep - 1), stop)
            if match.end() > keep and text[match.end() - 1 : match.end() + 1] != "\r\n"
        ]
        moved = [start + by for start in self.starts[after:]]
        return Lines((*self.starts[:before], *fresh, *moved), len(text))

    def __len__(self) -> int:
        """The number of lines; a final line break opens one more, empty line."""
        return len(self.starts)

    def line_of(self, offset: int) -> int:
        """The line, from 0, that holds the character offset."""
        return bisect_right(self.starts, offset) - 1

    def span(self, line: int) -> Span:
        """The characters of a line with its line break."""
        after = line + 1
        return Span(self.starts[line], self.starts[after] if after < len(self) else self.length)


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """A snapshot of one file: its URI, its text, its language id and the editor's version.

    The language id is one of `languages.LANGUAGES` or any other string, for which scopes fall
    back to lines. `version` is None for a text that no editor owns. Derived things (line table,
    syntax tree, scopes) are computed once, on first use, and kept in `memo`.
    """

    uri: str
    text: str
    language: str
    version: int | None = None
    memo: dict[str, object] = field(default_factory=dict, repr=False)

    @property
    def span(self) -> Span:
        """The whole text."""
        return Span(0, len(self.text))

    @property
    def lines(self) -> Lines:
        """The line table."""
        table = self.memo.get("lines")
        if not isinstance(table, Lines):
            table = self.memo["lines"] = Lines.of(self.text)
        return table

    @property
    def is_parsed(self) -> bool:
        """Whether its tree is there, so that looking at it costs no parse."""
        return "syntax" in self.memo

    def slice(self, span: Span) -> str:
        """The characters of a span."""
        return self.text[span.start : span.end]

    def fingerprint(self, span: Span) -> str:
        """A short digest of the characters of a span, to recognise unchanged code."""
        data = self.slice(span).encode("utf-8", "surrogatepass")
        return hashlib.sha256(data).hexdigest()[:16]

    def beside(self, text: str) -> Document:
        """Another text in the same language; the last few are kept, to be parsed only once."""
        kept = cast("dict[str, Document]", self.memo.setdefault("beside", {}))
        found = kept.pop(text, None) or Document(self.uri, text, self.language)
        kept[text] = found
        for old in list(kept)[:-KEPT_BESIDE]:
            kept.pop(old, None)
        return found

    def forget(self) -> None:
        """Give back what was computed; it is computed anew when somebody asks for it."""
        self.memo.clear()

    def _within_a_line(self, edit: Edit) -> bool:
        """Whether an edit leaves every line's indentation as it is."""
        start = self.lines.span(self.lines.line_of(edit.span.start)).start
        changed = edit.text + self.slice(edit.span)
        inside = not self.text[start : edit.span.start].isspace() and edit.span.start > start
        return inside and "\n" not in changed and "\r" not in changed

    def edited(self, edits: Iterable[Edit], version: int | None = None) -> Document:
        """The document after the edits, all given in this document's characters.

        The old syntax tree is reused for an incremental parse. Raises ValueError when two edits
        overlap or one lies outside the text.
        """
        from camus.source.trees import hand_over

        ordered = in_order(edits, len(self.text))
        after = Document(self.uri, apply_edits(self.text, ordered), self.language, version)
        if ordered and "lines" in self.memo:
            changed = Span(ordered[0].span.start, ordered[-1].span.end)
            after.memo["lines"] = self.lines.edited(changed, after.text)
            if "indent_unit" in self.memo and all(map(self._within_a_line, ordered)):
                after.memo["indent_unit"] = self.memo["indent_unit"]
        hand_over(self, after, ordered)
        return after
