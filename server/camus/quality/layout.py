"""How the changed lines look beside the file's others; knows no formatter and no linter."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from camus.quality.change import Change
from camus.source import (
    Document,
    Span,
    definitions,
    indent_unit,
    language_for,
    same_code,
    syntax_errors,
)

_SNAKE = re.compile(r"_*[a-z0-9]+(?:_[a-z0-9]+)+_*")
_CAMEL = re.compile(r"_*[a-z]+[a-z0-9]*(?:[A-Z][a-z0-9]*)+")
_CLEARLY = 2
"""One way of naming is the file's when it is this many times as frequent as the other."""


def indented_otherwise(change: Change) -> str:
    """The first new line indented by tabs where the file has spaces, or the reverse."""
    unit = indent_unit(change.before)
    other = "\t" if unit.startswith(" ") else "  "  # one blank leads a doc comment's line
    old = change.before.text.splitlines()
    known = {line[: len(line) - len(line.lstrip())] for line in old}
    for line in _lines(change.after, change.changed):
        indent = line[: len(line) - len(line.lstrip())]
        if indent.startswith(other) and indent not in known:
            return line.strip()
    return ""


def noise(change: Change) -> float:
    """The share of the changed lines that differ in white space alone, from 0 to 1.

    Lines that moved in or out count only when the whole edit leaves the code the same, for else
    it is the block around them that changed. A fix of the layout may touch white space alone.
    """
    if any(each.aspect in {"style", "consistency"} for each in change.task.diagnostics):
        return 0.0
    if syntax_errors(change.before) and not syntax_errors(change.after):
        return 0.0  # white space alone can make a text parse
    old = Counter(_lines(change.before, change.replaced))
    new = Counter(_lines(change.after, change.changed))
    removed, added = list((old - new).elements()), list((new - old).elements())
    same = _shared(map(_bare, removed), map(_bare, added))
    if not added or same == len(added):
        return float(bool(added) and same_code(change.before, change.after))
    moved = _shared(map(str.strip, removed), map(str.strip, added))
    return max(0, same - moved) / len(added)


def ragged_line(change: Change) -> str:
    """The first new line that ends in white space, stripped; empty for none."""
    row = language_for(change.before.language)
    if row is None or row.grammar is None:
        return ""
    old = set(change.before.text.splitlines())
    for line in _lines(change.after, change.changed):
        if line != line.rstrip() and line not in old:
            return line.strip() or " "
    return ""


def odd_name(change: Change) -> str:
    """A new function in camelCase among snake_case ones, or the other way round."""
    functions = [each.name for each in definitions(change.before) if each.kind != "class"]
    snakes, camels = _count(_SNAKE, functions), _count(_CAMEL, functions)
    odd = _CAMEL if snakes > _CLEARLY * camels else _SNAKE if camels > _CLEARLY * snakes else None
    if odd is None:
        return ""
    known = set(functions)
    added = (s.name for s in definitions(change.after) if s.kind != "class")
    return next((name for name in added if name not in known and odd.fullmatch(name)), "")


def line_breaks(text: str) -> set[str]:
    """The kinds of line break in a text."""
    found = {"\r\n"} if "\r\n" in text else set()
    rest = text.replace("\r\n", "")
    return found | {each for each in "\r\n" if each in rest}


def _lines(document: Document, spans: Iterable[Span]) -> list[str]:
    """The lines that spans touch or end before, whole, without breaks and blank ones.

    An edit that is trimmed to what differs may end where the last line it changes begins.
    """
    lines = document.lines
    rows = {
        row
        for span in spans
        for row in range(lines.line_of(span.start), lines.line_of(span.end) + 1)
    }
    found = (document.slice(lines.span(row)).rstrip("\r\n") for row in sorted(rows))
    return [line for line in found if line.strip()]


def _bare(line: str) -> str:
    """A line without its white space; with a literal in it only what is around it goes."""
    return " ".join(line.split()) if set(line) & set("\"'`") else "".join(line.split())


def _shared(one: Iterable[str], other: Iterable[str]) -> int:
    return (Counter(one) & Counter(other)).total()


def _count(way: re.Pattern[str], names: Iterable[str]) -> int:
    return sum(way.fullmatch(name) is not None for name in names)
