"""Where each value of a YAML or JSON text stands, to edit the text and not what it means."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

Replacement: TypeAlias = "tuple[int, int, str]"
"""Start and end in characters, and the text to put there."""


@dataclass(frozen=True, slots=True)
class Place:
    """One value as it is written; `start` is before its anchor, `end` after its last character.

    `pairs` are a mapping's keys and values, `items` a list's; `flow` says that it stands in
    brackets. `text` is a scalar's value. An empty value starts and ends at the same place.
    """

    kind: Literal["scalar", "mapping", "sequence", "alias"]
    start: int
    end: int
    flow: bool = False
    anchor: str = ""
    text: str = ""
    plain: bool = False
    pairs: tuple[tuple[Place, Place], ...] = ()
    items: tuple[Place, ...] = ()

    def get(self, *names: str) -> tuple[Place, Place] | None:
        """The key and value under the first of the names that a mapping has."""
        for name in names:
            for key, value in self.pairs:
                if key.text == name:
                    return key, value
        return None


def places(text: str) -> Place:
    """The root of a text that `read` accepts; an empty file is an empty scalar."""
    from ruamel.yaml import YAML

    events = iter(YAML(typ="safe", pure=True).parse(text))
    for event in events:
        if type(event).__name__ not in {"StreamStartEvent", "DocumentStartEvent"}:
            if type(event).__name__ == "StreamEndEvent":
                break
            return _place(event, events, text)
    return Place("scalar", len(text), len(text))


def edited(text: str, edits: Sequence[Replacement]) -> str:
    """The text with replacements, none of which touch each other's characters."""
    parts: list[str] = []
    at = 0
    for start, end, new in sorted(edits, key=lambda edit: (edit[0], edit[1])):
        parts += [text[at:start], new]
        at = max(at, end)
    return "".join([*parts, text[at:]])


def comments(text: str) -> list[str]:
    """The comments of a text, sorted, each without its `#`'s surroundings."""
    gaps: list[str] = []
    at = 0
    for leaf in _leaves(places(text)):
        gaps.append(text[at : leaf.start])
        at = max(at, leaf.end)
    gaps.append(text[at:])
    found = (comment for gap in gaps for comment in re.findall(r"(?:^|\s)(#[^\r\n]*)", gap))
    return sorted(comment.rstrip() for comment in found)


def line_start(text: str, at: int) -> int:
    """Where the line of a place begins."""
    return text.rfind("\n", 0, at) + 1


def line_end(text: str, at: int) -> int:
    """Where the line of a place ends, before its line break."""
    found = text.find("\n", at)
    return len(text) if found < 0 else found


def column(text: str, at: int) -> int:
    """Characters before a place on its line."""
    return at - line_start(text, at)


def _leaves(place: Place) -> Iterator[Place]:
    if place.kind in {"scalar", "alias"}:
        yield place
    for key, value in place.pairs:
        yield from _leaves(key)
        yield from _leaves(value)
    for item in place.items:
        yield from _leaves(item)


def _place(event: Any, events: Iterator[Any], text: str) -> Place:
    kind, start = type(event).__name__, event.start_mark.index
    anchor = str(event.anchor or "")
    if kind == "AliasEvent":
        return Place("alias", start, event.end_mark.index, anchor=anchor)
    if kind == "ScalarEvent":
        end = event.end_mark.index
        plain = event.style in {None, ""}
        return Place("scalar", start, end, anchor=anchor, text=str(event.value), plain=plain)
    if kind == "SequenceStartEvent":
        items, last = _items(events, text)
        end = last if event.flow_style else max((item.end for item in items), default=start)
        return Place("sequence", start, end, bool(event.flow_style), anchor, items=items)
    pairs, last = _pairs(events, text)
    end = last if event.flow_style else max((value.end for _, value in pairs), default=start)
    return Place("mapping", start, end, bool(event.flow_style), anchor, pairs=pairs)


def _items(events: Iterator[Any], text: str) -> tuple[tuple[Place, ...], int]:
    items: list[Place] = []
    for event in events:
        if type(event).__name__ == "SequenceEndEvent":
            return tuple(items), event.end_mark.index
        items.append(_place(event, events, text))
    raise AssertionError("a text that was read ends its lists")


def _pairs(events: Iterator[Any], text: str) -> tuple[tuple[tuple[Place, Place], ...], int]:
    pairs: list[tuple[Place, Place]] = []
    for event in events:
        if type(event).__name__ == "MappingEndEvent":
            return tuple(pairs), event.end_mark.index
        key = _place(event, events, text)
        value = _place(next(events), events, text)
        if value.kind == "scalar" and value.plain and not value.text and not value.anchor:
            after = text.find(":", key.end) + 1  # an empty value's own mark lies anywhere
            value = Place("scalar", after, after, plain=True)
        pairs.append((key, value))
    raise AssertionError("a text that was read ends its mappings")
