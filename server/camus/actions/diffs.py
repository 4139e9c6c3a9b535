"""Reads the changes that replies spell as SEARCH/REPLACE blocks, diffs or patches; applies none.

Understood are aider's and Cline's blocks, conflict marks, pairs of tags, unified diffs with or
without headers, and OpenAI's `*** Begin Patch`. Line numbers and counts are not believed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from camus.actions.naming import in_lead, of_header

_WORDS = r"(?:SEARCH|ORIGINAL|HEAD|OLD|BEFORE|CURRENT|FIND)"
_SEARCH = re.compile(
    rf"^\s*(?:<{{4,9}} ?(?:{_WORDS}\b(?P<path>.*)|[\w./-]*)|-{{5,9}} ?{_WORDS})>?\s*$",
    re.IGNORECASE,
)
_DIVIDER = re.compile(r"^\s*={4,9}\s*$")
_REPLACE = re.compile(r"^\s*(?:>{4,9}.*|\+{5,9} ?(?:REPLACE|UPDATED|NEW|AFTER)\s*)$", re.IGNORECASE)
_OLD_TAGS = frozenset(("search", "old", "old_code", "original", "find", "before"))
_NEW_TAGS = frozenset(("replace", "new", "new_code", "updated", "replacement", "after"))
_TAG = re.compile(
    rf"<(?P<close>/?)(?P<word>{'|'.join(sorted(_OLD_TAGS | _NEW_TAGS))})>", re.IGNORECASE
)
_HINTS = ("<<<<", "@@", "*** Update", "------", "\n+++ ", "```diff", "```patch", "~~~diff", "</")
_HUNK = re.compile(r"^\s{0,3}@@.*@@|^@@(?:\s|$)")
_FENCE = re.compile(r"^\s*(?:`{3,}|~{3,})")
_DIFF_FENCE = re.compile(r"^\s*(?:`{3,}|~{3,})\s*(?:diff|patch|udiff)\b", re.IGNORECASE)
_FILE = re.compile(
    r"^(?:--- |\+\+\+ |\*\*\* (?:Update|Add|Delete) File: ?|diff --git )(?P<path>.*)$"
)
_HEADER = re.compile(
    r"^(?:diff --git |index [0-9a-f]|--- |\+\+\+ |new file|old mode|new mode|similarity |rename |"
    r"\*\*\* )"
)


@dataclass(frozen=True, slots=True)
class Change:
    """Old lines, the new ones that stand for them, and the file they are for where one is named."""

    old: tuple[str, ...]
    new: tuple[str, ...]
    path: str = ""


@dataclass(frozen=True, slots=True)
class Misfit:
    """Why a change cannot be applied, and the first of its old lines."""

    reason: Literal["ambiguous", "missing", "outside", "cut"]
    line: str = ""


def may_hold_changes(text: str) -> bool:
    """A quick look that is right when it says no."""
    return any(hint in text for hint in _HINTS)


def changes_in(text: str, known: Collection[str] = ()) -> tuple[Change, ...] | Misfit:
    """The changes that a reply spells out; empty when it spells none.

    `known` are the lines of the document, blanks at their ends left out: they tell how a diff
    marks its lines.
    """
    if not may_hold_changes(text):
        return ()
    lines = text.split("\n")
    marks = [at for at, line in enumerate(lines) if _SEARCH.match(line)]
    if any(lines[at].rstrip() not in known for at in marks):
        if any(map(_DIVIDER.match, lines)):
            return _searches(lines)
        if any("search" in lines[at].lower() for at in marks):
            return Misfit("cut")
    tagged = tuple(_tagged(text)) if "</" in text else ()
    if tagged:
        return tagged
    if any(_HUNK.match(line) for line in lines):
        return tuple(_hunks(lines, known))
    return tuple(_hunks(_headed(lines), known))


def _searches(lines: Sequence[str]) -> tuple[Change, ...] | Misfit:
    found: list[Change] = []
    old: list[str] | None = None
    new: list[str] | None = None
    path = ""
    for at, line in enumerate(lines):
        if old is None:
            mark = _SEARCH.match(line)
            if mark:
                old, path = [], of_header(mark["path"] or "") or _named_before(lines, at) or path
        elif new is None:
            if _DIVIDER.match(line):
                new = []
            else:
                old.append(line)
        elif _REPLACE.match(line):
            found.append(Change(tuple(old), tuple(new), path))
            old = new = None
        else:
            new.append(line)
    return Misfit("cut") if old is not None else tuple(found)


def _tagged(text: str) -> Iterator[Change]:
    """Pairs such as `<old>...</old><new>...</new>`; one pass over the marks."""
    tags = list(_TAG.finditer(text))
    for one, end, two, last in zip(tags, tags[1:], tags[2:], tags[3:], strict=False):
        words = [each["word"].lower() for each in (one, end, two, last)]
        shape = [bool(each["close"]) for each in (one, end, two, last)]
        paired = words[0] == words[1] in _OLD_TAGS and words[2] == words[3] in _NEW_TAGS
        beside = not text[end.end() : two.start()].strip()
        if shape == [False, True, False, True] and paired and beside:
            old, new = text[one.end() : end.start()], text[two.end() : last.start()]
            yield Change(_inner(old), _inner(new))


def _inner(text: str) -> tuple[str, ...]:
    """The lines between two tags, which may stand on lines of their own."""
    text = text.removeprefix("\n")
    head, mark, last = text.rpartition("\n")
    return tuple((head if mark and not last.strip() else text).split("\n"))


def _named_before(lines: Sequence[str], at: int) -> str:
    """The file named on the line before a block, or before the fence it stands in."""
    before = [line for line in lines[max(0, at - 3) : at] if line.strip()]
    while before and _FENCE.match(before[-1]):
        before.pop()
    return in_lead(before[-1]) if before else ""


def _headed(lines: Sequence[str]) -> list[str]:
    """A diff without a hunk's header, with one: what a diff's fence or its file names open."""
    found: list[str] = []
    inside = False
    for at, line in enumerate(lines):
        follows = lines[at + 1] if at + 1 < len(lines) else ""
        if _DIFF_FENCE.match(line):
            inside = True
            found += [line, "@@"]
        elif line.startswith("--- ") and follows.startswith("+++ "):
            inside = True
            found.append(line)
        elif inside and line.startswith("+++ ") and found and found[-1].startswith("--- "):
            found += [line, "@@"]
        else:
            inside = inside and not _FENCE.match(line)
            found.append(line)
    return found if any(line == "@@" for line in found) else []


def _hunks(lines: Sequence[str], known: Collection[str]) -> Iterator[Change]:
    body: list[str] = []
    path, inside = "", False
    for at, line in enumerate([*lines, "@@"]):
        named = _FILE.match(line) if not inside or _opens_file(lines, at) else None
        ends = _HUNK.match(line) or (inside and (_FENCE.match(line) or named))
        if ends:
            yield from _change(body, known, path)
            body, inside = [], _HUNK.match(line) is not None
        elif inside and not line.startswith(("\\", "*** ")) and not _is_header(lines, at):
            body.append(line)
        if named:
            path = of_header(named["path"].split(" b/")[-1]) or path


def _opens_file(lines: Sequence[str], at: int) -> bool:
    """Whether a line inside a hunk is a file's header and not a removed or added line."""
    line = lines[at] if at < len(lines) else ""
    follows = lines[at + 1] if at + 1 < len(lines) else ""
    if line.startswith("--- "):
        return follows.startswith("+++ ")
    return line.startswith(("*** ", "diff --git ")) or (
        line.startswith("+++ ") and at > 0 and lines[at - 1].startswith("--- ")
    )


def _is_header(lines: Sequence[str], at: int) -> bool:
    line = lines[at]
    if line.startswith(("--- ", "+++ ")):
        return _opens_file(lines, at)
    return _HEADER.match(line) is not None


def _change(body: Sequence[str], known: Collection[str], path: str) -> Iterator[Change]:
    """The change of one hunk, blank lines that a reply put after it left out."""
    spaced = _is_spaced(body, known)
    old: list[str] = []
    new: list[str] = []
    for line in body:
        mark, text = line[:1], line[1:]
        if mark in {"+", "-"}:
            text = text[1:] if spaced and text.startswith(" ") else text
        else:
            text = _context(line, known)
        if mark != "+":
            old.append(text)
        if mark != "-":
            new.append(text)
    while old and new and not old[-1].strip() and not new[-1].strip():
        old, new = old[:-1], new[:-1]
    if old != new:
        yield Change(tuple(old), tuple(new), path)


def _context(line: str, known: Collection[str]) -> str:
    """A line of context without its mark, which many models leave out."""
    if not line.startswith(" ") or (line.rstrip() in known and line[1:].rstrip() not in known):
        return line
    return line[1:]


def _is_spaced(body: Sequence[str], known: Collection[str]) -> bool:
    """Whether the marks of a hunk have a space after them, as the removed lines show."""
    removed = [line[1:].rstrip() for line in body if line.startswith("-") and line[1:].strip()]
    return bool(removed) and all(
        text.startswith(" ") and text not in known and text[1:] in known for text in removed
    )
