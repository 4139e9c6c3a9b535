"""Finds the sections, fields and entries of a docstring somebody wrote; changes nothing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from camus.actions.rewrites.docstyles import Section, Style

_SECTIONS: dict[str, Section | None] = {
    **dict.fromkeys(("args", "arguments", "parameters", "params", "parameter"), "parameters"),
    **dict.fromkeys(("keyword args", "keyword arguments", "other parameters"), "parameters"),
    **dict.fromkeys(("keywords", "kwargs", "other args", "other arguments"), "parameters"),
    **dict.fromkeys(("attributes", "attrs", "fields"), "attributes"),
    **dict.fromkeys(("return", "returns"), "returns"),
    **dict.fromkeys(("yield", "yields"), "yields"),
    **dict.fromkeys(("raise", "raises", "exceptions", "except"), "raises"),
    **dict.fromkeys(("example", "examples", "note", "notes", "see also", "references")),
    **dict.fromkeys(("warning", "warnings", "warns", "todo", "tip", "hint", "important")),
    **dict.fromkeys(("methods", "usage", "receives", "danger", "caution", "attention")),
}
_FIELDS: dict[str, Section] = {
    **dict.fromkeys(("param", "parameter", "arg", "argument", "key", "keyword"), "parameters"),
    **dict.fromkeys(("kwarg", "kwparam", "type"), "parameters"),
    **dict.fromkeys(("ivar", "var", "cvar", "vartype"), "attributes"),
    **dict.fromkeys(("return", "returns", "rtype"), "returns"),
    **dict.fromkeys(("yield", "yields", "ytype"), "yields"),
    **dict.fromkeys(("raise", "raises", "except", "exception"), "raises"),
}
_TYPED = {"type", "vartype", "rtype", "ytype"}
_HEADER = re.compile(r"([ \t]*)([A-Za-z][A-Za-z ]*?)[ \t]*:[ \t]*$")
_UNDERLINE = re.compile(r"[ \t]*-{3,}[ \t]*$")
_FIELD = re.compile(r"[ \t]*:(\w+)([^:\n]*):(?!:)(.*)$")
_EPYTEXT = re.compile(r"^[ \t]*@(?:param|return|raise|type|rtype)\b", re.MULTILINE)
_GOOGLE_ENTRY = re.compile(
    r"\\?\*{0,2}(?:\\\*)?([\w.]+(?:\s*,\s*\\?\*{0,2}[\w.]+)*)\s*(\(.*?\))?\s*:"
)


@dataclass(frozen=True, slots=True)
class Item:
    """One documented name with the lines `[first, end)` of its entry."""

    names: tuple[str, ...]
    first: int
    end: int
    typed: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A section: its lines `[first, end)` with the title and without blank lines after it.

    `section` is None for one that is not about the signature. `indent` is that of its entries.
    """

    section: Section | None
    first: int
    end: int
    title_indent: str
    indent: str
    items: tuple[Item, ...] = ()


def style_of(lines: list[str]) -> Style | None:
    """The style a docstring is written in; None for plain prose."""
    for index, line in enumerate(lines):
        if _field(line) is not None:
            return "sphinx"
        if index and _underlined(lines, index):
            return "numpy"
        if index and _google_title(lines, index) is not None:
            return "google"
    return None


def is_epytext(lines: list[str]) -> bool:
    """Whether it is written with `@param` and the like, which is left alone."""
    return _EPYTEXT.search("\n".join(lines)) is not None


def parts_of(lines: list[str], style: Style) -> list[Part]:
    """The sections in order; of Sphinx's style, one part a field."""
    if style == "sphinx":
        return _sphinx_parts(lines)
    titles = [index for index in range(len(lines)) if _is_title(lines, index, style)]
    parts = []
    for index in titles:
        after = index + (2 if style == "numpy" else 1)
        later = next((each for each in titles if each > index), len(lines))
        end = (
            later if style == "numpy" else min(later, _dedent(lines, after, _indent(lines[index])))
        )
        parts.append(_part(lines, index, after, _trimmed(lines, after, end), style))
    return parts


def convention_of(docstrings: Iterable[str]) -> tuple[Style | None, bool | None]:
    """The style most docstrings of a file are in, and whether those repeat types."""
    styles: Counter[Style] = Counter()
    typed: Counter[tuple[Style, bool]] = Counter()
    for text in docstrings:
        lines = text.splitlines()
        style = style_of(lines)
        if style is None:
            continue
        styles[style] += 1
        for part in parts_of(lines, style):
            if part.section == "parameters" and part.items:
                typed[style, any(item.typed for item in part.items)] += 1
    if not styles:
        return None, None
    best = styles.most_common(1)[0][0]
    yes, no = typed[best, True], typed[best, False]
    if best == "sphinx":
        return best, yes > 0 if yes or no else None
    return best, yes >= no if yes or no else None


def _is_title(lines: list[str], index: int, style: Style) -> bool:
    if index == 0:
        return False
    if style == "numpy":
        return _underlined(lines, index)
    return _google_title(lines, index) is not None


def _underlined(lines: list[str], index: int) -> bool:
    title = lines[index].strip().rstrip(":").lower()
    below = lines[index + 1] if index + 1 < len(lines) else ""
    return title in _SECTIONS and _UNDERLINE.match(below) is not None


def _google_title(lines: list[str], index: int) -> str | None:
    match = _HEADER.match(lines[index])
    if match is None or match[2].lower() not in _SECTIONS:
        return None
    below = next((line for line in lines[index + 1 :] if line.strip()), "")
    return match[2].lower() if len(_indent(below)) > len(match[1]) else None


def _part(lines: list[str], title: int, first: int, end: int, style: Style) -> Part:
    section = _SECTIONS[lines[title].strip().rstrip(":").strip().lower()]
    inner = [_indent(line) for line in lines[first:end] if line.strip()]
    indent = min(inner, key=len) if inner else _indent(lines[title])
    starts = [index for index in range(first, end) if _starts(lines[index], indent)]
    items = []
    for index, after in zip(starts, [*starts[1:], end], strict=True):
        names, typed = _names(lines[index].strip(), style, section)
        if names:
            items.append(Item(names, index, _trimmed(lines, index + 1, after), typed))
    return Part(section, title, end, _indent(lines[title]), indent, tuple(items))


def _starts(line: str, indent: str) -> bool:
    return bool(line.strip()) and _indent(line) == indent


def _names(text: str, style: Style, section: Section | None) -> tuple[tuple[str, ...], bool]:
    if section in {"returns", "yields", None}:
        return ("",), False
    if style == "numpy":
        before, colon, _ = text.partition(":")
        return _split_names(before), bool(colon)
    match = _GOOGLE_ENTRY.match(text)
    if match is None:
        return (_split_names(text), False) if section == "raises" else ((), False)
    return _split_names(match[0].rsplit(":", 1)[0].split("(")[0]), match[2] is not None


def _split_names(text: str) -> tuple[str, ...]:
    found = (
        part.strip().lstrip("\\*`").rstrip("`").replace("\\_", "_") for part in text.split(",")
    )
    return tuple(name for name in found if name)


def _sphinx_parts(lines: list[str]) -> list[Part]:
    parts = []
    for index, line in enumerate(lines):
        field = _field(line)
        if field is None:
            continue
        section, names, typed = field
        end = index + 1
        while end < len(lines) and len(_indent(lines[end])) > len(_indent(line)):
            end += 1
        end = _trimmed(lines, index + 1, end)
        indent = _indent(line)
        parts.append(Part(section, index, end, indent, indent, (Item(names, index, end, typed),)))
    return parts


def _field(line: str) -> tuple[Section, tuple[str, ...], bool] | None:
    match = _FIELD.match(line)
    if match is None or match[1] not in _FIELDS:
        return None
    words = match[2].split()
    section = _FIELDS[match[1]]
    if section in {"returns", "yields"}:
        return section, ("",), match[1] in _TYPED
    if not words:
        return None
    names = _split_names(match[2]) if section == "raises" else (words[-1].lstrip("\\*"),)
    return section, names, match[1] in _TYPED or len(words) > 1


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def _dedent(lines: list[str], first: int, indent: str) -> int:
    """The first line from `first` on that is not indented deeper."""
    for index in range(first, len(lines)):
        if lines[index].strip() and len(_indent(lines[index])) <= len(indent):
            return index
    return len(lines)


def _trimmed(lines: list[str], first: int, end: int) -> int:
    """The end without the blank lines before it."""
    while end > first and not lines[end - 1].strip():
        end -= 1
    return end
