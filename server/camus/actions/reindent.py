"""Puts code at the indentation and with the line breaks of the place it is meant for.

Lines inside a string literal are moved only when that gives back what stood there, or when the
literal is a definition's documentation.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from camus.source import (
    Document,
    indent_unit,
    literal_spans,
    matching_blocks,
    newline_of,
    outline,
)

_INDENTS = re.compile(r"^[ \t]*+(?=[^\S\n]*+\S)", re.MULTILINE)
"""The indentation of each line with text; nothing is given back, so blanks cost no more."""
_TRAILING = re.compile(r"[^\S\n]\n")
_CLOSER = re.compile(r"[)\]}]|end\b")


@dataclass(frozen=True, slots=True)
class Place:
    """Where code goes: the file, its own text there, and the indentation of its first line."""

    document: Document
    original: str
    base: str

    @property
    def unit(self) -> str:
        """One level of indentation: the original's own where it shows one, else the file's."""
        text = dedented(self.original if self.base == "" else f"{self.base}{self.original}")
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        inner = _inner_lines(_alike(self.document, text), "")
        text = "\n".join(line for at, line in enumerate(text.split("\n")) if at not in inner)
        if any(line[:1] in {" ", "\t"} for line in text.split("\n")):
            return indent_unit(_alike(self.document, text))
        return indent_unit(self.document)


def reanchored(place: Place, code: str) -> str:
    """The code at the place's base indentation and with its unit, line breaks as LF."""
    lines = _with_first_line(place, code.split("\n"))
    text = "\n".join(lines)
    alike = _alike(place.document, text)
    frozen = _inner_lines(alike, place.original)
    own = _common([line for at, line in enumerate(lines) if at not in frozen] if frozen else text)
    docs = _documentation(alike, own) if frozen else frozen
    relative = [line[len(own) :] if line.startswith(own) else line.lstrip() for line in lines]
    outer = [line for at, line in enumerate(relative) if at not in frozen] if frozen else relative
    given, unit = _units(place, "\n".join(outer))
    if not (frozen or own or place.base) and given == unit:
        return "\n".join(line if line.strip() else "" for line in lines)
    moved: list[str] = []
    for at, line in enumerate(lines):
        if at in frozen and at not in docs:
            moved.append(line)
        elif not line.strip():
            moved.append("")
        else:
            moved.append(place.base + _converted(relative[at], given, unit))
    return "\n".join(moved)


def dedented(code: str) -> str:
    """The code without the indentation that all its lines share."""
    own = _common(code)
    if not own:
        return code
    lines = code.split("\n")
    return "\n".join(line[len(own) :] if line.startswith(own) else line.lstrip() for line in lines)


def settled(place: Place, code: str) -> str:
    """The re-anchored code as the text of the place: ends, blanks and line breaks as they were.

    The first line loses its indentation when the place begins after it. A line that stays keeps
    its own trailing blanks and line break; a new one has none and the file's line break.
    """
    original = place.original
    tail = original[len(original.rstrip()) :]
    head = "\ufeff" if original.startswith("\ufeff") else ""
    body = code.removeprefix("\ufeff").strip("\n").rstrip()
    if place.base and not original.startswith(place.base):
        body = body.removeprefix(place.base)
    kept = original[len(head) : len(original) - len(tail)]
    if _is_plain(place.document, kept) and not _TRAILING.search(body):
        return head + body + tail
    old = _lines(kept)
    return head + _kept_lines(place.document, old, body.split("\n")) + tail


def _is_plain(document: Document, kept: str) -> bool:
    """Whether a text's lines end in LF alone, as new ones will, and in no blanks."""
    return "\r" not in kept and newline_of(document) == "\n" and not _TRAILING.search(kept)


def _units(place: Place, relative: str) -> tuple[str, str]:
    """The unit of the code and that of its place; measured only where they may differ."""
    mine = place.original if place.base == "" else f"{place.base}{place.original}"
    there = _common(mine)
    steps = {each for each in _INDENTS.findall(relative) if each}
    known = {each[len(there) :] for each in _INDENTS.findall(mine) if each != there}
    if not steps or (steps <= known and min(steps, key=len) == min(known, key=len)):
        return "", ""
    return indent_unit(_alike(place.document, relative)), place.unit


def _lines(text: str) -> list[tuple[str, str]]:
    """Each line with its line break."""
    parts = re.split(r"(\r\n|\r|\n)", text)
    return list(zip(parts[::2], [*parts[1::2], ""], strict=True))


def _kept_lines(document: Document, old: list[tuple[str, str]], new: list[str]) -> str:
    frozen = _inner_lines(_alike(document, "\n".join(new)), "")
    plain = [line if at in frozen else line.rstrip() for at, line in enumerate(new)]
    newline = newline_of(document)
    result = [(line, newline) for line in plain]
    blocks = matching_blocks([line.rstrip() for line, _ in old], [line.rstrip() for line in new])
    for start, into, size in blocks:
        for step in range(size):
            line, mark = old[start + step]
            if into + step not in frozen or line.rstrip() == line:
                result[into + step] = (line, mark or newline)
    return "".join(f"{line}{mark}" for line, mark in result).removesuffix(result[-1][1])


def _with_first_line(place: Place, lines: list[str]) -> list[str]:
    """The lines, the first at its place when it alone lost the indentation of the file."""
    if not place.base or not lines[0].strip() or lines[0][:1] in {" ", "\t"}:
        return lines
    frozen = _inner_lines(_alike(place.document, "\n".join(lines)), "")
    rest = [line for at, line in enumerate(lines) if at and line.strip() and at not in frozen]
    if not rest or not all(line.startswith(place.base) for line in rest):
        return lines
    there = {line.rstrip() for line in re.split(r"\r\n|\r|\n", place.original)}
    stay = sum(line.rstrip() in there for line in rest)
    move = sum((place.base + line).rstrip() in there for line in rest)
    lost = stay > move if stay != move else _looks_lost(place, lines[0], rest)
    return [place.base + lines[0], *lines[1:]] if lost else lines


def _looks_lost(place: Place, first: str, rest: list[str]) -> bool:
    """Whether the lines after the first stand as deep as they do in the file."""
    last = rest[-1]
    if _CLOSER.match(last.strip()):
        deeper = all(len(_indent(line)) > len(place.base) for line in rest[:-1])
        return _indent(last) == place.base and deeper
    if first.startswith("@"):
        return _indent(rest[0]) == place.base
    body = place.base + place.unit
    return all(_indent(line).startswith(body) for line in rest)


def _inner_lines(alike: Document, original: str) -> frozenset[int]:
    """The lines that begin inside a string literal and must stay as they are.

    A literal that the original holds only with its lines moved is not among them.
    """
    found: set[int] = set()
    original = original.replace("\r\n", "\n").replace("\r", "\n")
    for span in literal_spans(alike, alike.span):
        text = alike.slice(span)
        first, last = alike.lines.line_of(span.start), alike.lines.line_of(span.end)
        if original and text not in original and _squeezed(text) in _squeezed(original):
            continue
        found.update(range(first + 1, last + 1))
    return frozenset(found)


def _documentation(alike: Document, own: str) -> frozenset[int]:
    """The lines inside docstrings, which move with their definition."""
    parsed = alike if not own else _alike(alike, dedented(alike.text))
    found: set[int] = set()
    for scope in outline(parsed):
        if scope.doc is not None:
            lines = parsed.lines
            found.update(
                range(lines.line_of(scope.doc.start) + 1, lines.line_of(scope.doc.end) + 1)
            )
    return frozenset(found)


def _converted(line: str, given: str, unit: str) -> str:
    """A line with each level of its indentation in another unit; what is left over stays."""
    blank = _indent(line)
    if given == unit or not blank:
        return line
    text = line[len(blank) :]
    if given == "\t":
        levels, left = blank.count("\t"), blank.count(" ")
    else:
        levels, left = divmod(len(blank.expandtabs(len(given))), len(given))
    return unit * levels + " " * left + text


def _common(code: str | list[str]) -> str:
    """The indentation that all lines with text share."""
    text = code if isinstance(code, str) else "\n".join(code)
    found: set[str] = set(_INDENTS.findall(text))
    if not found:
        return ""
    first, last = min(found), max(found)
    size = next((at for at, mark in enumerate(first) if mark != last[at]), len(first))
    return first[:size]


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t"))]


def _squeezed(text: str) -> str:
    return "\n".join(line.strip() for line in text.splitlines())


def _alike(document: Document, text: str) -> Document:
    return document.beside(text)
