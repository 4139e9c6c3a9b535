"""What the body of a definition does, as its nodes show it; nested definitions are left out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from camus.source.grammars import Grammar
from camus.source.paths import follow
from camus.source.sites import Trail
from camus.source.trees import Syntax, Walk

if TYPE_CHECKING:
    from tree_sitter import Node

MAX_NODES = 100_000
"""A body is read up to so many nodes; only generated data has more."""
_JOINT = r"(?:\??\.|::|->|:)"
_DOTTED = re.compile(rf"(?:super\(\)\.)?[\w$#@]+(?:{_JOINT}[\w$#]+)*[!?]?")
_LAST = re.compile(r"[\w$#]+[!?]?$")


@dataclass(slots=True)
class Body:
    """What was seen; the lists keep the order of the text and hold nothing twice."""

    calls: dict[str, None] = field(default_factory=dict)
    raises: dict[str, None] = field(default_factory=dict)
    effects: dict[str, None] = field(default_factory=dict)
    returns_value: bool = False
    yields: bool = False
    complexity: int = 1
    nesting: int = 0


def read_body(
    syntax: Syntax, body: Node, outside: Iterable[str] = (), *, most: int = MAX_NODES
) -> Body:
    """Read the first `most` nodes of a body; the parts of names in `outside` are not its own.

    Complexity is McCabe's number with each boolean operator and comprehension counted (McCabe
    1976, as extended by Myers 1977). A callback's own returns, yields and raises are not the
    body's, its calls and branches are.
    """
    seen, grammar = Body(), syntax.grammar
    trail = Trail(syntax)
    visit = Walk(body)
    reader = _Reader(syntax, seen, frozenset(outside) | grammar.receivers, visit)
    telling = reader.telling | trail.defining
    for count, node in enumerate(visit):
        if count >= most:
            break
        kind = node.type
        if kind not in telling:
            continue
        if kind in grammar.decorators or (visit.depth and _is_nested(trail, node, grammar)):
            visit.skip()
        else:
            reader.read(node, kind, visit.depth)
    return seen


def _is_nested(trail: Trail, node: Node, grammar: Grammar) -> bool:
    """Whether a definition begins here; for one with its own name the trail need not be asked."""
    kind = node.type
    certain = kind in grammar.definitions and kind not in grammar.requires
    if certain and follow(node, grammar.names.get(kind, grammar.name_field)) is not None:
        return True
    return trail.enter(node) is not None


class _Reader:
    """Sorts nodes into a `Body`; keeps what surrounds the node at hand."""

    def __init__(self, syntax: Syntax, seen: Body, outside: frozenset[str], visit: Walk) -> None:
        self._syntax = syntax
        self._grammar = syntax.grammar
        self._seen = seen
        self._outside = outside
        self._visit = visit
        self._caught_to = 0
        self._callbacks: list[int] = []
        self._nests: list[int] = []
        self._flat = -1
        self._thrown = ""
        self.telling = _telling(syntax.grammar)

    def read(self, node: Node, kind: str, depth: int) -> None:
        grammar, seen = self._grammar, self._seen
        while self._callbacks and self._callbacks[-1] >= depth:
            self._callbacks.pop()
        while self._nests and self._nests[-1] >= depth:
            self._nests.pop()
        if kind in grammar.branches:
            seen.complexity += 1
        self._surround(node, kind, depth)
        if kind in grammar.calls:
            self._call(node)
        elif kind in grammar.assignments:
            self._write(node)
        elif kind in grammar.declared_outer:
            for name in node.named_children:
                word = grammar.declared_outer[kind]
                seen.effects[f"{word} {self._syntax.text(name)}"] = None
        if kind in grammar.anonymous:
            self._callbacks.append(depth)
        elif not self._callbacks:
            self._leave(node)

    def _surround(self, node: Node, kind: str, depth: int) -> None:
        """Note what a node is for those inside it: a level, a link of a chain, a net."""
        grammar = self._grammar
        if kind in grammar.guards:
            self._guard(node, grammar.guards[kind])
        if kind in grammar.nesting:
            self._nest(depth)
        elif kind in grammar.flat:
            self._flat = depth

    def _nest(self, depth: int) -> None:
        """Count a level, unless this is the `if` of an `else if`."""
        chain = self._grammar.chain_field
        chained = bool(chain) and self._visit.cursor.field_name == chain
        if not chained and (depth != self._flat + 1 or self._flat < 0):
            self._nests.append(depth)
            self._seen.nesting = max(self._seen.nesting, len(self._nests))
        self._flat = -1

    def _leave(self, node: Node) -> None:
        """Take a return, a yield or a raise."""
        grammar, kind = self._grammar, node.type
        if kind in grammar.returns:
            value = _first_named(node, grammar.comments)
            given = value is not None and self._syntax.text(value) not in grammar.valueless
            self._seen.returns_value = self._seen.returns_value or given
        elif kind in grammar.yields and node.is_named:
            self._seen.yields = True
        elif kind in grammar.raises:
            thrown = _first_named(node, grammar.comments)
            name = self._callee(thrown) if thrown is not None else ""
            self._thrown = name.rpartition("\\")[2]
            self._raise(node, name)

    def _raise(self, node: Node, name: str) -> None:
        """Take an exception by its name, unless something here may catch it."""
        if node.start_byte >= self._caught_to and re.fullmatch(self._grammar.exception, name):
            self._seen.raises[name.lstrip("\\")] = None

    def _guard(self, node: Node, catchers: frozenset[str]) -> None:
        """Note up to where what is raised may be caught."""
        for child in node.children:
            if child.type in catchers:
                self._caught_to = max(self._caught_to, child.start_byte)
                break

    def _callee(self, node: Node) -> str:
        """The dotted name of what is called, or of the expression itself."""
        path = self._grammar.calls.get(node.type)
        if path is None:
            return self._syntax.text(node)
        parts = [follow(node, each) for each in path.split("+")]
        known = [part for part in parts if part is not None]
        if not known or parts[-1] is None:
            return ""
        start, end = self._syntax.span(known[0]).start, self._syntax.span(known[-1]).end
        return self._syntax.offsets.text[start:end]

    def _call(self, node: Node) -> None:
        text = self._callee(node)
        if not _DOTTED.fullmatch(text):
            last = _LAST.search(text)
            text = last[0] if last else ""
        if not text:
            return
        if text in self._grammar.raising:
            self._raise(node, self._raised(node, self._grammar.raising[text]))
        elif text != self._thrown:
            self._seen.calls[text] = None
        for callee, effect in self._grammar.effects:
            if text == callee or (callee.endswith(".") and text.startswith(callee)):
                self._seen.effects[effect] = None

    def _raised(self, call: Node, default: str) -> str:
        """What a raising function raises: the class its first argument names, or its usual one."""
        given = follow(call, "arguments first")
        if given is None:
            return default
        named = re.match(self._grammar.exception, self._syntax.text(given))
        return named[0] if named else default if given.type in self._grammar.strings else ""

    def _write(self, node: Node) -> None:
        field_name = self._grammar.assignments[node.type]
        if field_name == "*":
            targets = list(node.named_children)
        else:
            target = follow(node, field_name)
            targets = [target] if target is not None else []
        while targets:
            target = targets.pop(0)
            if target.type in self._grammar.members:
                self._written(target)
            elif target.named_child_count and target.type not in self._grammar.calls:
                targets[:0] = target.named_children

    def _written(self, target: Node) -> None:
        """Note a write to a part of `self` or of a parameter."""
        members = self._grammar.members
        named = target
        while named.type.startswith("subscript"):
            inner = follow(named, members[named.type])
            if inner is None:
                return
            named = inner
        text = self._syntax.text(named)
        head = re.split(r"\W", text, maxsplit=1)[0]
        if head in self._outside and _DOTTED.fullmatch(text):
            self._seen.effects[f"writes {text}"] = None


@cache
def _telling(grammar: Grammar) -> frozenset[str]:
    """The nodes that say anything; all others need no look."""
    return frozenset().union(
        *(grammar.branches, grammar.nesting, grammar.flat, grammar.calls, grammar.assignments),
        *(grammar.declared_outer, grammar.anonymous, grammar.returns, grammar.yields),
        *(grammar.raises, grammar.decorators, grammar.guards),
    )


def _first_named(node: Node, comments: frozenset[str]) -> Node | None:
    return next((child for child in node.named_children if child.type not in comments), None)
