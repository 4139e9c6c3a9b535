"""Adds to a docstring what it does not say yet, and keeps every word that it says."""

from __future__ import annotations

import re
from dataclasses import replace

from camus.actions.rewrites.docsections import Part, is_epytext, parts_of, style_of
from camus.actions.rewrites.docstyles import (
    ORDER,
    Convention,
    Section,
    entries_of,
    entry_lines,
    section_lines,
)
from camus.actions.rewrites.facts import Entry, Facts

_SAYS = {
    "returns": re.compile(r"\breturn(?:s|ed|ing)?\b", re.IGNORECASE),
    "yields": re.compile(r"\b(?:yield|generat|iterat)", re.IGNORECASE),
    "raises": re.compile(r"\b(?:rais|throw)(?:e|es|ed|ing|s|n)?\b", re.IGNORECASE),
}


def merged(lines: list[str], margin: str, facts: Facts, convention: Convention) -> list[str]:
    """The lines of a docstring with what was missing; the same list when nothing was.

    `lines` is the text between the quotes, `margin` the indentation of its later lines. Whatever
    the text already speaks of, in a section or in prose, counts as said.
    """
    if is_epytext(lines):
        return lines
    style = style_of(lines) or convention.style
    parts = parts_of(lines, style)
    own = replace(convention, style=style, types=_shows_types(parts, convention))
    for section in ORDER:
        parts = parts_of(lines, style)
        missing = _missing(lines, parts, facts, section)
        if missing:
            lines = _with(lines, parts, section, missing, margin, own, facts)
    return lines


def _shows_types(parts: list[Part], convention: Convention) -> bool:
    named = [part for part in parts if part.section in {"parameters", "attributes"} and part.items]
    if not named:
        return convention.types
    return any(item.typed for part in named for item in part.items)


def _missing(
    lines: list[str], parts: list[Part], facts: Facts, section: Section
) -> tuple[Entry, ...]:
    entries = entries_of(facts, section)
    text = "\n".join(lines)
    present = [part for part in parts if part.section == section]
    if not entries:
        return ()
    if section in {"returns", "yields"}:
        return () if present or _SAYS[section].search(text) else entries
    if section == "raises":
        if not present and _SAYS[section].search(text):
            return ()
        return tuple(each for each in entries if not _mentions(text, each.name.rpartition(".")[2]))
    listed = _listed(parts, section)
    if not listed and (_told_in_prose(text, entries) or not any(each.tells for each in entries)):
        return ()
    return tuple(each for each in entries if each.bare not in listed)


def _told_in_prose(text: str, entries: tuple[Entry, ...]) -> bool:
    """Whether the author explains the names in a style of their own, or half of them in prose."""
    if any(_foreign(text, each.bare) for each in entries):
        return True
    return 2 * sum(_marked(text, each.bare) for each in entries) >= len(entries)


def _listed(parts: list[Part], section: Section) -> set[str]:
    sections = {"parameters", "attributes"} if section == "attributes" else {section}
    return {
        name
        for part in parts
        if part.section in sections
        for item in part.items
        for name in item.names
    }


def _mentions(text: str, name: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) is not None


def _marked(text: str, name: str) -> bool:
    """Whether prose speaks of a name in quotes, backticks or stars."""
    return re.search(rf"[`*'\"|]{{1,2}}{re.escape(name)}[`*'\"|]{{1,2}}", text) is not None


def _foreign(text: str, name: str) -> bool:
    """Whether a line begins with the name and explains it in some other style."""
    mark = r"[`*'\"]{0,2}"
    begins = rf"^[ \t]*(?:[-*+][ \t]+)?{mark}{re.escape(name)}{mark}"
    explains = r"[ \t]*(?:\([^)]*\)[ \t]*)?(?:--|:|=|-[ \t])"
    return re.search(begins + explains, text, re.MULTILINE) is not None


def _with(
    lines: list[str],
    parts: list[Part],
    section: Section,
    missing: tuple[Entry, ...],
    margin: str,
    convention: Convention,
    facts: Facts,
) -> list[str]:
    if convention.style == "sphinx":
        return _with_fields(lines, parts, section, missing, margin, convention, facts)
    part = next((each for each in parts if each.section == section and each.items), None)
    if part is None:
        return _with_section(lines, parts, section, missing, margin, convention)
    order = [entry.bare for entry in entries_of(facts, section)]
    additions = [
        (
            _place(part, order, entry.bare),
            [part.indent + line for line in entry_lines(section, entry, convention)],
        )
        for entry in missing
    ]
    return inserted(lines, additions)


def inserted(lines: list[str], additions: list[tuple[int, list[str]]]) -> list[str]:
    """The lines with others put before the given ones; those for one place stay in order."""
    result: list[str] = []
    ordered = sorted(additions, key=lambda addition: addition[0])
    for index in range(len(lines) + 1):
        for at, new in ordered:
            result += new if at == index else []
        result += lines[index : index + 1]
    return result


def _place(part: Part, order: list[str], name: str) -> int:
    """The line before which a missing entry goes: after those before it in the signature."""
    before = set(order[: order.index(name)])
    ends = [item.end for item in part.items if before & set(item.names)]
    if ends:
        return max(ends)
    after = set(order)
    starts = [item.first for item in part.items if after & set(item.names)]
    return min(starts, default=part.end)


def _with_section(
    lines: list[str],
    parts: list[Part],
    section: Section,
    missing: tuple[Entry, ...],
    margin: str,
    convention: Convention,
) -> list[str]:
    later = next((part for part in parts if _rank(part.section) > _rank(section)), None)
    indent = parts[0].title_indent if parts else margin
    new = [
        f"{indent}{line}" if line else "" for line in section_lines(section, missing, convention)
    ]
    if later is not None:
        return [*lines[: later.first], *new, "", *lines[later.first :]]
    end = _end(lines)
    return [*lines[:end], "", *new, *lines[end:]]


def _with_fields(
    lines: list[str],
    parts: list[Part],
    section: Section,
    missing: tuple[Entry, ...],
    margin: str,
    convention: Convention,
    facts: Facts,
) -> list[str]:
    order = [entry.bare for entry in entries_of(facts, section)]
    indent = parts[0].title_indent if parts else margin
    additions = []
    for entry in missing:
        own = [part for part in parts if part.section == section]
        before = set(order[: order.index(entry.bare)])
        ends = [part.end for part in own if before & set(part.items[0].names)]
        earlier = [part.end for part in parts if _rank(part.section) < _rank(section)]
        later = [part.first for part in parts if _rank(part.section) >= _rank(section)]
        at = max(ends) if ends else min(later, default=max(earlier, default=_end(lines)))
        new = [indent + line for line in entry_lines(section, entry, convention)]
        blank = [""] if not parts and entry is missing[0] else []
        additions.append((at, [*blank, *new]))
    return inserted(lines, additions)


def _rank(section: Section | None) -> int:
    return len(ORDER) if section is None else ORDER.index(section)


def _end(lines: list[str]) -> int:
    """After the last line with text."""
    end = len(lines)
    while end > 1 and not lines[end - 1].strip():
        end -= 1
    return end
