"""A setting with the place it was written at; knows no schema."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from camus.config.problems import Problem, nearest

Scalar: TypeAlias = str | int | float | bool | None
Value: TypeAlias = "Scalar | tuple[Node, ...] | dict[str, Node]"
Report: TypeAlias = Callable[[Problem], None]


@dataclass(frozen=True, slots=True)
class Node:
    """A value, the file (or layer) and line it stands in, and its key path as written there."""

    value: Value
    file: str = ""
    line: int = 0
    path: str = ""

    @property
    def entries(self) -> dict[str, Node]:
        """The keys of a mapping; empty for anything else."""
        return self.value if isinstance(self.value, dict) else {}

    @property
    def items(self) -> tuple[Node, ...]:
        """The items of a list; empty for anything else."""
        return self.value if isinstance(self.value, tuple) else ()

    def at(self, *keys: str) -> Node:
        """What stands below keys; a node holding None where nothing does."""
        node = self
        for key in keys:
            node = node.entries.get(key, Node(None, self.file, self.line, key))
        return node

    def with_value(self, value: Value) -> Node:
        """Another value at the same place."""
        return replace(self, value=value)

    def problem(
        self,
        message: str,
        close: str = "",
        severity: Literal["error", "warning"] = "error",
    ) -> Problem:
        """A problem at this place."""
        return Problem(severity, message, self.file, self.line, self.path, close)

    def unknown(self, key: str, known: Iterable[str]) -> Problem:
        """That this node stands under a key that nobody reads."""
        names = tuple(known)
        close = nearest(key, names)
        asks = f"; did you mean `{close}`?" if close else f"; known here: {', '.join(names)}"
        return self.problem(f"unknown key{asks}", close)


def labelled(node: Node, path: str = "") -> Node:
    """The same tree with every node's key path filled in."""
    if isinstance(node.value, dict):
        prefix = f"{path}." if path else ""
        value: Value = {key: labelled(item, prefix + key) for key, item in node.value.items()}
    elif isinstance(node.value, tuple):
        value = tuple(labelled(item, f"{path}[{at}]") for at, item in enumerate(node.value))
    else:
        value = node.value
    return replace(node, value=value, path=path)


def from_plain(value: object, origin: str, depth: int = 0) -> Node:
    """A node without lines for settings that came as Python values; what is foreign is its repr."""
    if depth > 32:
        return Node(None, origin)
    if isinstance(value, Mapping):
        items = value.items()
        return Node({str(k): from_plain(v, origin, depth + 1) for k, v in items}, origin)
    if isinstance(value, str | int | float | bool | None):
        return Node(value, origin)
    if isinstance(value, Sequence | set | frozenset):
        return Node(tuple(from_plain(item, origin, depth + 1) for item in value), origin)
    return Node(repr(value), origin)


def to_plain(node: Node) -> object:
    """The bare values."""
    if isinstance(node.value, dict):
        return {key: to_plain(item) for key, item in node.value.items()}
    if isinstance(node.value, tuple):
        return [to_plain(item) for item in node.value]
    return node.value


def merged(lower: Node, upper: Node, whole: frozenset[str], path: str = "") -> Node:
    """Mappings merged by key, the upper layer winning; lists and scalars are replaced.

    Below a path in `whole` an entry of the upper layer replaces the lower one's as a whole.
    """
    if not isinstance(lower.value, dict) or not isinstance(upper.value, dict):
        return upper
    result = dict(lower.value)
    for key, item in upper.value.items():
        below = f"{path}.{key}" if path else key
        if key in result and path not in whole:
            result[key] = merged(result[key], item, whole, below)
        else:
            result[key] = item
    return lower.with_value(result)
