"""Reads SEARCH/REPLACE blocks and unified diffs that a model sends unasked; applies them exactly.

A part's old lines must stand exactly once in the target: line numbers of models are not believed,
and the same text twice is ambiguous.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from camus.actions.reindent import dedented

_SEARCH = re.compile(r"^\s*<{5,9} ?(?:SEARCH|ORIGINAL|HEAD)?\s*$", re.IGNORECASE)
_DIVIDER = re.compile(r"^\s*={5,9}\s*$")
_REPLACE = re.compile(r"^\s*>{5,9} ?(?:REPLACE|UPDATED|.*)?\s*$", re.IGNORECASE)
_HUNK = re.compile(r"^@@.*@@|^@@\s*$")
_MOST_STEPS = 1_000_000
_FENCE = re.compile(r"^\s*(?:`{3,}|~{3,})")
_HEADER = re.compile(r"^(?:diff --git |index [0-9a-f]|--- |\+\+\+ |new file|similarity |rename )")


@dataclass(frozen=True, slots=True)
class Change:
    """Old lines and the new ones that stand for them."""

    old: tuple[str, ...]
    new: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Misfit:
    """Why a change cannot be applied, and the first of its old lines."""

    reason: Literal["ambiguous", "missing", "cut"]
    line: str = ""


def changes_in(text: str) -> tuple[Change, ...] | Misfit:
    """The changes that a reply spells as SEARCH/REPLACE blocks or as a diff; empty when none."""
    if "<<<<<" not in text and "@@" not in text:
        return ()
    lines = text.split("\n")
    if any(_SEARCH.match(line) for line in lines) and any(_DIVIDER.match(line) for line in lines):
        return _searches(lines)
    if any(_HUNK.match(line) for line in lines):
        return tuple(_hunks(lines))
    return ()


def applied(code: str, changes: tuple[Change, ...]) -> str | Misfit:
    """The code, its lines broken by LF, after all changes, one after another."""
    lines = code.split("\n")
    for change in changes:
        places = _places(lines, change.old)
        if len(places) != 1:
            first = next((line.strip() for line in change.old if line.strip()), "")
            return Misfit("ambiguous" if places else "missing", first)
        at = places[0]
        there = lines[at : at + len(change.old)]
        lines[at : at + len(change.old)] = _moved(change, there)
    return "\n".join(lines)


def _searches(lines: list[str]) -> tuple[Change, ...] | Misfit:
    found: list[Change] = []
    old: list[str] | None = None
    new: list[str] | None = None
    for line in lines:
        if old is None:
            old = [] if _SEARCH.match(line) else None
        elif new is None:
            if _DIVIDER.match(line):
                new = []
            else:
                old.append(line)
        elif _REPLACE.match(line):
            found.append(Change(tuple(old), tuple(new)))
            old = new = None
        else:
            new.append(line)
    return Misfit("cut") if old is not None else tuple(found)


def _hunks(lines: list[str]) -> Iterator[Change]:
    old: list[str] = []
    new: list[str] = []
    inside = False
    for line in [*lines, "@@"]:
        if _HUNK.match(line) or (inside and (_FENCE.match(line) or _HEADER.match(line))):
            if old != new:
                yield Change(*(tuple(each) for each in _trimmed(old, new)))
            old, new, inside = [], [], _HUNK.match(line) is not None
        elif inside and not line.startswith("\\"):
            mark, text = line[:1], line[1:]
            if mark != "+":
                old.append(text if mark in {"-", " "} else line)
            if mark != "-":
                new.append(text if mark in {"+", " "} else line)


def _trimmed(old: list[str], new: list[str]) -> tuple[list[str], list[str]]:
    """Both sides without the blank lines at the end that a reply put after its last line."""
    while old and new and not old[-1].strip() and not new[-1].strip():
        old, new = old[:-1], new[:-1]
    return old, new


def _places(lines: list[str], old: tuple[str, ...]) -> list[int]:
    """Where the old lines stand: exactly, else but for trailing blanks, else but for their base."""
    if not any(line.strip() for line in old):
        return [0] if not any(line.strip() for line in lines) and len(old) <= len(lines) else []
    size = len(old)
    windows = range(len(lines) - size + 1)
    wanted = list(old)
    exact = [at for at in windows if lines[at : at + size] == wanted]
    if exact:
        return exact
    stripped = [line.rstrip() for line in old]
    bare = [line.rstrip() for line in lines]
    if size * len(windows) > _MOST_STEPS:
        return []
    loose = [at for at in windows if bare[at : at + size] == stripped]
    if loose:
        return loose
    first = old[0].strip()
    based = dedented("\n".join(stripped))
    return [
        at
        for at in windows
        if bare[at].strip() == first and dedented("\n".join(bare[at : at + size])) == based
    ]


def _moved(change: Change, there: list[str]) -> list[str]:
    """The new lines at the base that the old ones really have; lines that stay are the file's."""
    shift, cut = _difference(change.old, there)
    kept = {given.rstrip(): real for given, real in zip(change.old, there, strict=True)}
    moved = []
    for line in change.new:
        if line.rstrip() in kept:
            moved.append(kept[line.rstrip()])
        elif not line.strip():
            moved.append("")
        else:
            moved.append(shift + (line[cut:] if not line[:cut].strip() else line.lstrip()))
    return moved


def _difference(old: tuple[str, ...], there: list[str]) -> tuple[str, int]:
    """What to put before a line, and how much to take from it first."""
    given, real = next(
        ((one, other) for one, other in zip(old, there, strict=True) if one.strip()), ("", "")
    )
    own = len(given) - len(given.lstrip())
    return real[: len(real) - len(real.lstrip())], own
