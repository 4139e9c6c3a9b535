"""Applying edits and finding the few that turn one text into another; knows only text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from camus.source.matching import Block, matching_blocks, split_lines
from camus.source.spans import Edit, Span

Hunk = tuple[int, int, int, int]
"""Lines `[0]:[1]` before become lines `[2]:[3]` after."""


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """The text after the edits, all given in its own characters.

    Insertions at one place keep the order they are given in. Raises ValueError when two edits
    overlap or one lies outside the text.
    """
    parts: list[str] = []
    position = 0
    for edit in in_order(edits, len(text)):
        parts += (text[position : edit.span.start], edit.text)
        position = edit.span.end
    parts.append(text[position:])
    return "".join(parts)


def in_order(edits: Iterable[Edit], length: int) -> list[Edit]:
    """The edits by place, insertions before a replacement that starts there.

    Raises ValueError when two overlap or one ends after `length` characters.
    """
    ordered = sorted(edits, key=lambda edit: (edit.span.start, edit.span.end))
    position = 0
    for edit in ordered:
        if edit.span.start < position:
            raise ValueError(f"two edits overlap at {edit.span.start}")
        position = edit.span.end
    if position > length:
        raise ValueError(f"an edit ends at {position}, the text at {length}")
    return ordered


def minimal_edits(before: str, after: str) -> tuple[Edit, ...]:
    """The small, ordered, non-overlapping edits that turn `before` into `after`.

    Unchanged lines are never part of an edit; line breaks of either kind are kept as they are.
    Within its lines an edit is cut down to the changed words.
    """
    if before == after:
        return ()
    old, new = split_lines(before), split_lines(after)
    starts = _offsets(old)
    edits = []
    for low, high, other_low, other_high in _hunks(matching_blocks(old, new), len(old), len(new)):
        removed = before[starts[low] : starts[high]]
        added = "".join(new[other_low:other_high])
        edits.append(_trimmed(starts[low], removed, added))
    return tuple(edits)


def unified_diff(before: str, after: str, name: str, context: int = 3) -> str:
    """The unified diff of two texts, empty when they are equal.

    Lines end at LF as `patch` and `git apply` have it, so that a CR stays part of its line.
    """
    if before == after:
        return ""
    old, new = _lf_lines(before), _lf_lines(after)
    hunks = list(_hunks(matching_blocks(old, new), len(old), len(new)))
    suffix = "\t" if " " in name else ""
    parts = [f"--- a/{name}{suffix}\n", f"+++ b/{name}{suffix}\n"]
    for group in _grouped(hunks, context):
        parts += _rendered(group, old, new, context)
    return "".join(parts)


def _lf_lines(text: str) -> list[str]:
    lines = text.split("\n")
    last = lines.pop()
    return [line + "\n" for line in lines] + ([last] if last else [])


def _grouped(hunks: Sequence[Hunk], context: int) -> Iterator[list[Hunk]]:
    """Hunks whose contexts touch stand under one header."""
    group: list[Hunk] = []
    for hunk in hunks:
        if group and hunk[0] - group[-1][1] > 2 * context:
            yield group
            group = []
        group.append(hunk)
    yield group


def _rendered(
    group: Sequence[Hunk], old: Sequence[str], new: Sequence[str], context: int
) -> Iterator[str]:
    low, other_low = max(0, group[0][0] - context), group[0][2] - min(context, group[0][0])
    high = min(len(old), group[-1][1] + context)
    other_high = group[-1][3] + high - group[-1][1]
    yield f"@@ -{_range(low, high)} +{_range(other_low, other_high)} @@\n"
    position = low
    for start, stop, other_start, other_stop in group:
        yield from (_marked(" ", line) for line in old[position:start])
        yield from (_marked("-", line) for line in old[start:stop])
        yield from (_marked("+", line) for line in new[other_start:other_stop])
        position = stop
    yield from (_marked(" ", line) for line in old[position:high])


def _range(low: int, high: int) -> str:
    """A range as POSIX diff -u writes it: an empty one names the line before it."""
    count = high - low
    first = low + 1 if count else low
    return f"{first}" if count == 1 else f"{first},{count}"


def _marked(mark: str, line: str) -> str:
    ending = "" if line.endswith("\n") else "\n\\ No newline at end of file\n"
    return f"{mark}{line}{ending}"


def _offsets(lines: Sequence[str]) -> list[int]:
    offsets = [0]
    total = 0
    for line in lines:
        total += len(line)
        offsets.append(total)
    return offsets


def _hunks(blocks: Sequence[Block], old: int, new: int) -> Iterator[Hunk]:
    """What lies between the equal blocks."""
    low = other_low = 0
    for start, other, size in [*blocks, (old, new, 0)]:
        if low < start or other_low < other:
            yield low, start, other_low, other
        low, other_low = start + size, other + size


def _trimmed(start: int, removed: str, added: str) -> Edit:
    """The replacement without the words that both begin and end with."""
    limit = min(len(removed), len(added))
    head = _common_prefix(removed, added, limit)
    while head and (_inside_word(removed, head) or _inside_word(added, head)):
        head -= 1
    tail = _common_suffix(removed, added, limit - head)
    while tail and (
        _inside_word(removed, len(removed) - tail) or _inside_word(added, len(added) - tail)
    ):
        tail -= 1
    return Edit(Span(start + head, start + len(removed) - tail), added[head : len(added) - tail])


def _common_prefix(a: str, b: str, limit: int) -> int:
    count = 0
    while count < limit and a[count] == b[count]:
        count += 1
    return count


def _common_suffix(a: str, b: str, limit: int) -> int:
    count = 0
    while count < limit and a[-1 - count] == b[-1 - count]:
        count += 1
    return count


def _inside_word(text: str, place: int) -> bool:
    """Whether a cut at `place` would part a word, a CRLF or a joined character."""
    if not 0 < place < len(text):
        return False
    left, right = text[place - 1], text[place]
    if left == "\r" and right == "\n":
        return True
    return (left.isalnum() or left == "_") and (right.isalnum() or right == "_")
