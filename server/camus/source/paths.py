"""Ways from a node to one below it, written as text so that a language's row is data."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node


@dataclass(frozen=True, slots=True)
class _Step:
    """One step: ways of which the first that leads anywhere is taken; `again` repeats it.

    `until` ends the repetition at a node of that type; a path that never meets it leads nowhere.
    """

    ways: tuple[str, ...]
    again: bool = False
    until: str = ""


def follow(node: Node, path: str) -> Node | None:
    """The node that the first working alternative of a path leads to; None when none works.

    Alternatives are parted by `|`, the steps of one by blanks, the ways of a step by commas: a
    field's name, `(type)` for the first child of a type, `{type}` for the last child when the
    node at hand is of that type, `first` and `last` for a named child. `step*` goes on as long
    as it can, `step*:type` until a node of that type.
    """
    for steps in _read(path):
        found: Node | None = node
        for step in steps:
            found = _taken(found, step) if found is not None else None
        if found is not None:
            return found
    return None


def _taken(node: Node, step: _Step) -> Node | None:
    if not step.again:
        return _one(node, step.ways)
    here = node
    while here.type != step.until:
        below = _one(here, step.ways)
        if below is None:
            return here if not step.until and here.id != node.id else None
        here = below
    return here


def _one(node: Node, ways: tuple[str, ...]) -> Node | None:
    for way in ways:
        found: Node | None = None
        if way in {"first", "last"}:
            named = node.named_children
            found = named[0 if way == "first" else -1] if named else None
        elif way.startswith("("):
            wanted = way[1:-1]
            found = next((child for child in node.children if child.type == wanted), None)
        elif way.startswith("{"):
            if node.type == way[1:-1] and node.named_child_count:
                found = node.named_children[-1]
        else:
            found = node.child_by_field_name(way)
        if found is not None:
            return found
    return None


@cache
def _read(path: str) -> tuple[tuple[_Step, ...], ...]:
    return tuple(
        tuple(_step(step) for step in alternative.split()) for alternative in path.split("|")
    )


def _step(text: str) -> _Step:
    ways, star, until = text.partition("*")
    return _Step(tuple(ways.split(",")), bool(star), until.removeprefix(":"))
