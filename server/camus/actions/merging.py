"""Fills in the code that a reply left out, where the syntax trees prove what stood there.

Both texts are compared as lists of statements, block by block. A placeholder between two
statements that stand once on both sides is exactly the statements between these two in the
original. A changed statement beside a placeholder could be one of them or a new one: that is not
certain, and nothing is filled in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from camus.actions.placing import by_itself, place_of, text_at
from camus.actions.reindent import dedented, settled
from camus.actions.tasks import Task
from camus.source import Document, Part, Span, matching_blocks, outline, parts, syntax_errors

_STANDIN = "camus_left_out_{}_"
_FORMS = ("{}", "{};", "int {};", "{}()", "{}!();")
"""How a name alone is a statement or a member: Python; braces; Java and C classes; Lua; Rust."""
_ALONE = re.compile(r"\{?(?:int )?camus_left_out_\d+_!?(?:\(\))?;?\}?")
_DEEPEST = 40
_COMMENT = re.compile(r"^\s*(?:#|//|/?\*|--)")
_GONE = re.compile(
    r"\b(?:remov|delet|dropp|no longer|old code|entfern|supprim|elimin)\w*", re.IGNORECASE
)


class _UncertainError(Exception):
    """Raised when a placeholder could stand for more than one thing."""


@dataclass(frozen=True, slots=True)
class _Gap:
    """What lies between two statements that both texts share."""

    mine: tuple[Part, ...]
    theirs: tuple[Part, ...]
    before: tuple[Part, Part] | None
    after: tuple[Part, Part] | None


def with_standins(code: Document, marks: Sequence[int]) -> Document | None:
    """The code with a statement of its own for each placeholder; None when that does not parse.

    `marks` are the lines of `code` that are placeholders.
    """
    lines = code.text.split("\n")
    if any(_GONE.search(lines[at]) for at in marks):
        return None
    for form in _FORMS:
        tried = list(lines)
        for at in marks:
            blank = lines[at][: len(lines[at]) - len(lines[at].lstrip())]
            shape = "{{{}}}" if lines[at].lstrip().startswith("{/*") else form
            tried[at] = blank + shape.format(_STANDIN.format(at))
        stood = code.beside("\n".join(tried))
        if not syntax_errors(stood):
            return stood
    return None


def has_standins(text: str) -> bool:
    """Whether a text still has a stand-in for code that was left out."""
    return _STANDIN[:14] in text


def filled_in(task: Task, text: str) -> str | None:
    """The target's new text with what stood at its stand-ins; None when that is not certain."""
    code, old = (each.replace("\r\n", "\n").replace("\r", "\n") for each in (text, task.code))
    flush = dedented(old)
    original, stood = by_itself(task, flush), by_itself(task, dedented(code))
    whole = _merged(stood, original)
    if whole is None:
        return None
    whole = whole.removeprefix(original.text.removesuffix(flush))
    return settled(place_of(task), whole) if flush == old else text_at(task, whole)


def _merged(stood: Document, original: Document) -> str | None:
    if any(len(each) for each in syntax_errors(original)):
        return None
    lines = stood.text.split("\n")
    try:
        filled = dict(_filled(stood, original, (None, None), 0))
    except _UncertainError:
        return None
    if {at for at, line in enumerate(lines) if has_standins(line)} != set(filled):
        return None
    result: list[str] = []
    for at, line in enumerate(lines):
        result += filled.get(at, [line])
    text = "\n".join(result)
    return text if _is_whole(stood.beside(text), original) else None


def _filled(
    stood: Document, original: Document, blocks: tuple[Span | None, Span | None], depth: int
) -> Iterator[tuple[int, list[str]]]:
    """The line of each stand-in in a block and the lines that belong there."""
    if depth > _DEEPEST:
        raise _UncertainError
    mine, theirs = parts(stood, blocks[0]), parts(original, blocks[1])
    for gap in _gaps(mine, theirs):
        standins = [each for each in gap.mine if _is_standin(each)]
        if len(standins) > 1:
            raise _UncertainError
        others = [each for each in gap.mine if not _is_standin(each)]
        if any(_holds_standin(stood, each) for each in others):
            raise _UncertainError
        if not standins:
            _check_replaced(gap)
        else:
            _check_new(others, theirs)
            _check_once(gap, mine, theirs)
            row = stood.lines.line_of(standins[0].span.start)
            yield row, _kept(stood, original, gap, standins[0])
        if gap.after is not None and _holds_standin(stood, gap.after[0]):
            yield from _inside(stood, original, gap.after, depth)


def _inside(
    stood: Document, original: Document, pair: tuple[Part, Part], depth: int
) -> Iterator[tuple[int, list[str]]]:
    """The same for the blocks of a statement that both sides have."""
    one, other = pair
    if not one.blocks or len(one.blocks) != len(other.blocks):
        raise _UncertainError
    for inner, outer in zip(one.blocks, other.blocks, strict=True):
        if _STANDIN[:14] in stood.slice(inner):
            yield from _filled(stood, original, (inner, outer), depth + 1)


def _gaps(mine: Sequence[Part], theirs: Sequence[Part]) -> Iterator[_Gap]:
    """What lies before, between and after the statements that are the same on both sides."""
    blocks = matching_blocks([_key(each) for each in theirs], [_key(each) for each in mine])
    pairs = [(start + k, other + k) for start, other, size in blocks for k in range(size)]
    at = other_at = 0
    before: tuple[Part, Part] | None = None
    for index, other in [*pairs, (len(theirs), len(mine))]:
        after = (mine[other], theirs[index]) if index < len(theirs) else None
        yield _Gap(tuple(mine[other_at:other]), tuple(theirs[at:index]), before, after)
        before, at, other_at = after, index + 1, other + 1


def _key(part: Part) -> str:
    """What makes a statement the same on both sides; a definition is the same by its name."""
    if part.is_doc:
        return "doc"
    return f"def {part.name}" if part.name else f"text {part.shape}"


def _check_new(others: Sequence[Part], theirs: Sequence[Part]) -> None:
    """Beside a placeholder only a new definition or documentation is certain to be new."""
    known = {each.name for each in theirs if each.name}
    if any(not each.is_doc and (not each.name or each.name in known) for each in others):
        raise _UncertainError


def _check_replaced(gap: _Gap) -> None:
    """Statements without a placeholder for them are gone on purpose only where others replace them.

    At the end of a block the last one must be replaced by one of its kind: a reply may just stop.
    """
    if not gap.theirs:
        return
    if not gap.mine:
        raise _UncertainError
    words = [re.match(r"\w*", side[-1].shape) for side in (gap.mine, gap.theirs)]
    if gap.after is None and len({each[0] for each in words if each}) > 1:
        raise _UncertainError


def _check_once(gap: _Gap, mine: Sequence[Part], theirs: Sequence[Part]) -> None:
    """The statements at the ends of a gap must stand once on each side."""
    for pair in (gap.before, gap.after):
        if pair is not None:
            keys = _key(pair[0])
            if any([_key(each) for each in side].count(keys) > 1 for side in (mine, theirs)):
                raise _UncertainError


def _kept(stood: Document, original: Document, gap: _Gap, standin: Part) -> list[str]:
    """The original's lines for a placeholder, without comments that the reply itself has there."""
    first = _row_after(original, gap.before[1]) if gap.before else None
    last = original.lines.line_of(gap.after[1].span.start) if gap.after else None
    rows = [original.lines.line_of(each.span.start) for each in gap.theirs]
    ends = [original.lines.line_of(max(each.span.end - 1, 0)) for each in gap.theirs]
    if not rows:
        return []
    low = first if first is not None else rows[0]
    high = last if last is not None else ends[-1] + 1
    low, high = min(low, rows[0]), max(high, ends[-1] + 1)
    text = original.text.split("\n")
    while gap.before is None and low and _COMMENT.match(text[low - 1]):
        low -= 1
    depth = _indent(stood.text.split("\n")[stood.lines.line_of(standin.span.start)])
    if _indent(text[rows[0]]) != depth:
        raise _UncertainError
    said = {line.strip() for line in stood.text.split("\n")}
    head = [line for line in text[low : rows[0]] if line.strip() not in said - {""}]
    tail = [
        line for line in text[ends[-1] + 1 : high] if not line.strip() or line.strip() not in said
    ]
    while tail and not tail[-1].strip():
        tail.pop()
    above = stood.lines.line_of(standin.span.start) - 1
    while head and not head[0].strip() and not stood.text.split("\n")[above].strip():
        head.pop(0)
    return [*head, *text[rows[0] : ends[-1] + 1], *tail]


def _row_after(document: Document, part: Part) -> int:
    return document.lines.line_of(max(part.span.end - 1, 0)) + 1


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def _is_standin(part: Part) -> bool:
    return _ALONE.fullmatch(part.shape) is not None


def _holds_standin(document: Document, part: Part) -> bool:
    return _STANDIN[:14] in document.slice(part.span)


def _is_whole(text: Document, original: Document) -> bool:
    """Whether the result parses and has every definition that the original has."""
    have = {each.qualified_name for each in outline(text)}
    sound = len(syntax_errors(text)) <= len(syntax_errors(original))
    return sound and have >= {each.qualified_name for each in outline(original)}
