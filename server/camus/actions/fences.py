"""Reads the fenced blocks of Markdown and writes safe ones; knows nothing of what is in them.

The rules are CommonMark's (0.31, section 4.5) with one widening: a fence may be indented as far
as a model likes, and its content then loses that indentation.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

_OPENING = re.compile(r"^(?P<indent>[ \t]*)(?P<run>`{3,}|~{3,})[ \t]*(?P<info>[^\n]*)$")
_RUNS = {"`": re.compile(r"`{3,}"), "~": re.compile(r"~{3,}")}
_MOST_CLOSINGS = 12


@dataclass(frozen=True, slots=True)
class Block:
    """One fenced block: its info word, its code without the fences, and the lines it covers.

    `first` is the line of the opening fence and `last` the one after the closing fence.
    """

    info: str
    code: str
    closed: bool
    first: int
    last: int


def blocks(text: str, complete: Callable[[str], bool] = lambda _code: True) -> tuple[Block, ...]:
    """The fenced blocks in order.

    Where several lines could close a block (code that holds fences itself), the first one whose
    content is `complete` does; when none is, the first one. Looks at a dozen lines at most.
    """
    lines = text.split("\n")
    found: list[Block] = []
    at = 0
    while at < len(lines):
        opening = _opening(lines[at])
        if opening is None:
            at += 1
            continue
        block = _block(lines, at, opening, complete)
        found.append(block)
        at = block.last
    return tuple(found)


def outside(text: str, found: tuple[Block, ...]) -> str:
    """The text between the blocks."""
    lines = text.split("\n")
    kept: list[str] = []
    at = 0
    for block in found:
        kept += lines[at : block.first]
        at = block.last
    return "\n".join([*kept, *lines[at:]])


def fence_for(code: str, mark: str = "`") -> str:
    """A fence longer than any run of its mark inside the code."""
    longest = max((len(run) for run in _RUNS[mark].findall(code)), default=2)
    return mark * (longest + 1)


def fenced(code: str, info: str = "") -> str:
    """The code in a fence that nothing inside it can close."""
    fence = fence_for(code)
    end = "" if code.endswith("\n") or not code else "\n"
    return f"{fence}{info}\n{code}{end}{fence}"


def _opening(line: str) -> re.Match[str] | None:
    if "```" not in line and "~~~" not in line:
        return None
    match = _OPENING.match(line)
    if match is None or (match["run"][0] == "`" and "`" in match["info"]):
        return None
    return match


def _block(
    lines: list[str], first: int, opening: re.Match[str], complete: Callable[[str], bool]
) -> Block:
    closings = _closings(lines, first, opening)
    chosen = closings[0] if closings else None
    if len(closings) > 1:
        chosen = next(
            (at for at in closings if complete(_content(lines, first, at, opening))), chosen
        )
    info = opening["info"].strip()
    if chosen is None:
        end = len(lines) - (lines[-1] == "")
        code = _content(lines, first, max(end, first + 1), opening)
        return Block(info, code, closed=False, first=first, last=len(lines))
    code = _content(lines, first, chosen, opening)
    return Block(info, code, closed=True, first=first, last=chosen + 1)


def _closings(lines: list[str], first: int, opening: re.Match[str]) -> list[int]:
    """The lines that could close a block, as far as the next block that opens at its depth."""
    run = opening["run"]
    found: list[int] = []
    for at in range(first + 1, len(lines)):
        match = _opening(lines[at])
        if match is None or not match["run"].startswith(run):
            continue
        if not match["info"]:
            found.append(at)
            if len(found) == _MOST_CLOSINGS:
                break
    return found


def _content(lines: list[str], first: int, end: int, opening: re.Match[str]) -> str:
    """The lines between two fences without the opening fence's own indentation."""
    indent = opening["indent"]
    inner = lines[first + 1 : end]
    if indent and all(line.startswith(indent) or not line.strip() for line in inner):
        inner = [line[len(indent) :] for line in inner]
    return "".join(f"{line}\n" for line in inner)
