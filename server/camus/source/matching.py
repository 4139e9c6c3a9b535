"""Which lines of two texts are the same lines; knows nothing of edits or output formats."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import pairwise

Block = tuple[int, int, int]
"""A run of equal lines: where it starts before, where after, and how many lines it has."""

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_EXACT_LIMIT = 1500
"""Up to so many lines a side, difflib's exact (quadratic) search is quick enough."""


def split_lines(text: str) -> list[str]:
    """The lines with their breaks (LF, CRLF or CR); a break at the end opens no further line."""
    if "\r" in text:
        return _LINE.findall(text)
    lines = text.split("\n")
    last = lines.pop()
    lines = [line + "\n" for line in lines]
    if last:
        lines.append(last)
    return lines


def matching_blocks(before: Sequence[str], after: Sequence[str]) -> list[Block]:
    """The runs of equal lines, in order on both sides.

    Common ends are cut off, lines that occur once on either side are aligned by the longest
    increasing subsequence (patience diff, Bram Cohen 2010), and what lies between them goes to
    difflib. Costs O(n log n) where unique lines exist.
    """
    blocks: list[Block] = []
    work = [(0, len(before), 0, len(after))]
    while work:
        low, high, other_low, other_high = work.pop()
        head = _common(before, after, low, high, other_low, other_high)
        if head:
            blocks.append((low, other_low, head))
            low, other_low = low + head, other_low + head
        tail = _common_tail(before, after, low, high, other_low, other_high)
        if tail:
            high, other_high = high - tail, other_high - tail
            blocks.append((high, other_high, tail))
        if low == high or other_low == other_high:
            continue
        if set(before[low:high]).isdisjoint(after[other_low:other_high]):
            continue
        window = (low, high, other_low, other_high)
        anchors = _anchors(before, after, window)
        if anchors:
            work.extend(_between(anchors, window))
        else:
            blocks.extend(_difflib(before, after, window))
    return _merged(sorted(blocks))


def _common(a: Sequence[str], b: Sequence[str], i: int, i_end: int, j: int, j_end: int) -> int:
    count = 0
    limit = min(i_end - i, j_end - j)
    while count < limit and a[i + count] == b[j + count]:
        count += 1
    return count


def _common_tail(a: Sequence[str], b: Sequence[str], i: int, i_end: int, j: int, j_end: int) -> int:
    count = 0
    limit = min(i_end - i, j_end - j)
    while count < limit and a[i_end - 1 - count] == b[j_end - 1 - count]:
        count += 1
    return count


def _anchors(
    before: Sequence[str], after: Sequence[str], window: tuple[int, int, int, int]
) -> list[tuple[int, int]]:
    """The pairs of lines unique on both sides that keep their order."""
    low, high, other_low, other_high = window
    here = _unique(before, low, high)
    there = _unique(after, other_low, other_high)
    pairs = [(place, there[line]) for line, place in here.items() if line in there]
    return _increasing(sorted(pairs))


def _unique(lines: Sequence[str], low: int, high: int) -> dict[str, int]:
    seen: dict[str, int] = {}
    for place in range(low, high):
        line = lines[place]
        seen[line] = -1 if line in seen else place
    return {line: place for line, place in seen.items() if place >= 0}


def _increasing(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest subsequence whose second numbers rise (patience sorting)."""
    tops: list[int] = []
    ends: list[int] = []
    previous = [-1] * len(pairs)
    for index, (_, value) in enumerate(pairs):
        pile = bisect_left(tops, value)
        if pile == len(tops):
            tops.append(value)
            ends.append(index)
        else:
            tops[pile], ends[pile] = value, index
        previous[index] = ends[pile - 1] if pile else -1
    chosen: list[tuple[int, int]] = []
    index = ends[-1] if ends else -1
    while index >= 0:
        chosen.append(pairs[index])
        index = previous[index]
    return chosen[::-1]


def _between(
    anchors: list[tuple[int, int]], window: tuple[int, int, int, int]
) -> Iterator[tuple[int, int, int, int]]:
    """The windows that start at each anchor and reach to the next."""
    low, high, other_low, other_high = window
    stops = [*anchors, (high, other_high)]
    yield low, stops[0][0], other_low, stops[0][1]
    for (start, other), (stop, other_stop) in pairwise(stops):
        yield start, stop, other, other_stop


def _difflib(
    before: Sequence[str], after: Sequence[str], window: tuple[int, int, int, int]
) -> list[Block]:
    low, high, other_low, other_high = window
    small = max(high - low, other_high - other_low) <= _EXACT_LIMIT
    matcher = SequenceMatcher(
        None, before[low:high], after[other_low:other_high], autojunk=not small
    )
    return [
        (low + block.a, other_low + block.b, block.size)
        for block in matcher.get_matching_blocks()
        if block.size
    ]


def _merged(blocks: list[Block]) -> list[Block]:
    merged: list[Block] = []
    for start, other, size in blocks:
        if merged:
            first, first_other, length = merged[-1]
            if (first + length, first_other + length) == (start, other):
                merged[-1] = (first, first_other, length + size)
                continue
        merged.append((start, other, size))
    return merged
