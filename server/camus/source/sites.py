"""Where definitions are in a syntax tree and what they are called; reads no bodies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

from camus.source.grammars import Grammar
from camus.source.naming import Found, carried_name, find, inwards, owner_of, prefixed
from camus.source.trees import Syntax, Walk, leading_kinds

if TYPE_CHECKING:
    from tree_sitter import Node, TreeCursor

SiteKind = Literal["class", "function", "method"]


@dataclass(frozen=True, slots=True, eq=False)
class Site:
    """One definition: its own node, the node around it, its name, and what stands before it."""

    node: Node
    outer: Node
    kind: SiteKind
    name: str
    qualified_name: str
    name_node: Node | None
    owner: Site | None
    leading: tuple[Node, ...]
    """The decorators and doc comments that stand just before `outer`, in order."""

    @property
    def start_byte(self) -> int:
        """Where the definition begins with all that belongs to it."""
        return self.leading[0].start_byte if self.leading else self.outer.start_byte


@dataclass(frozen=True, slots=True)
class _Frame:
    """What the nodes up to a byte belong to."""

    end: int
    prefix: str
    members: bool
    site: Site | None


class Trail:
    """The definitions around the node at hand, on a way down a tree."""

    def __init__(self, syntax: Syntax) -> None:
        """Start at the root."""
        self._syntax = syntax
        self._grammar = syntax.grammar
        self._frames: list[_Frame] = []
        self._claimed: set[int] = set()
        self.defining = defining(self._grammar)

    @property
    def site(self) -> Site | None:
        """The innermost definition around the node last entered."""
        for frame in reversed(self._frames):
            if frame.site is not None:
                return frame.site
        return None

    def enter(self, node: Node, leading: tuple[Node, ...] = ()) -> Site | None:
        """Step on a node; the definition that begins here, if one does."""
        while self._frames and self._frames[-1].end <= node.start_byte:
            self._frames.pop()
        if node.type not in self.defining or node.id in self._claimed:
            return None
        found = find(self._syntax, node)
        if found is None:
            self._enter_container(node)
            return None
        role = self._grammar.definitions[found.node.type]
        if role in {"namespace", "members"}:
            name = prefixed(self._prefix(), found.name)
            self._frames.append(_Frame(node.end_byte, name, role == "members", None))
            return None
        if found.node.type in self._grammar.outer_only and self._in_function():
            return None
        self._claimed.update(found.wrapping)
        site = self._site(node, found, leading)
        self._frames.append(_Frame(node.end_byte, site.qualified_name, role == "class", site))
        return site

    def _in_function(self) -> bool:
        site = self.site
        return site is not None and site.kind != "class"

    def _prefix(self) -> str:
        return self._frames[-1].prefix if self._frames else ""

    def _site(self, outer: Node, found: Found, leading: tuple[Node, ...]) -> Site:
        frame = self._frames[-1] if self._frames else None
        is_class = self._grammar.definitions[found.node.type] != "function"
        owner = owner_of(self._syntax, found.node)
        method = (frame is not None and frame.members) or bool(owner)
        return Site(
            node=found.node,
            outer=outer,
            kind="class" if is_class else "method" if method else "function",
            name=found.name.rpartition(".")[2] or found.name,
            qualified_name=prefixed(prefixed(self._prefix(), owner), found.name),
            name_node=found.name_node,
            owner=self.site,
            leading=_attached(self._syntax, outer, leading),
        )

    def _enter_container(self, node: Node) -> None:
        """Let the members of an object literal be named after the variable that holds it."""
        if node.type not in self._grammar.carriers:
            return
        value = inwards(self._grammar, node)
        while value is not None and value.type in self._grammar.wrappers:
            value = inwards(self._grammar, value)
        if value is not None and value.type in self._grammar.containers:
            name, _ = carried_name(self._syntax, node)
            prefix = prefixed(self._prefix(), name)
            self._frames.append(_Frame(node.end_byte, prefix, members=True, site=None))


@cache
def defining(grammar: Grammar) -> frozenset[str]:
    """The nodes that are or may wrap a definition."""
    return frozenset(grammar.definitions) | frozenset(grammar.wrappers)


def sites_in(syntax: Syntax, top: Node, before: tuple[Node, ...] = ()) -> Iterator[Site]:
    """Every definition in one statement of the file, in the order of the text.

    `before` are the comments and decorators that stand just before the statement.
    """
    trail = Trail(syntax)
    kept = leading_kinds(syntax.grammar)
    leading = list(before)
    level = 0
    visit = Walk(top)
    for node in visit:
        kind, depth = node.type, visit.depth
        if kind in kept:
            if depth != level:
                level, leading = depth, []
            leading.append(node)
            visit.skip()
            continue
        if kind in syntax.grammar.hoists:
            level += depth == level  # the comments before a body are those of its first statement
            continue
        if kind in trail.defining:
            site = trail.enter(node, tuple(leading) if depth == level else ())
            if site is not None:
                yield site
        elif not _may_define(syntax, node):
            visit.skip()
        level = -1


def _may_define(syntax: Syntax, node: Node) -> bool:
    """Whether a definition could be inside a node, by its bytes alone: far quicker than a walk."""
    words = syntax.grammar.definition_words
    first, last = node.start_byte, node.end_byte
    return not words or any(syntax.offsets.data.find(word, first, last) >= 0 for word in words)


def site_at(syntax: Syntax, start: int, end: int) -> Site | None:
    """The innermost definition around the bytes; costs the depth of the tree.

    The doc comment and the decorators before a definition belong to it.
    """
    trail = Trail(syntax)
    cursor = syntax.tree.walk()
    current = trail.enter(syntax.tree.root_node)
    while cursor.goto_first_child_for_byte(start) is not None:
        on_leading = _to_definition(cursor, syntax.grammar)
        node = cursor.node
        if node is None or end > node.end_byte or (node.start_byte > start and not on_leading):
            break
        site = trail.enter(node, _preceding(cursor, syntax.grammar))
        if on_leading:
            return site if site is not None and site.start_byte <= start else current
        current = site or current
    return current


def _to_definition(cursor: TreeCursor, grammar: Grammar) -> bool:
    """Go from a comment or decorator to what follows it; False when it stands on neither."""
    kept = leading_kinds(grammar)
    moved = False
    while (node := cursor.node) is not None and node.type in kept:
        if not cursor.goto_next_sibling():
            return False
        moved = True
    while moved and (node := cursor.node) is not None and node.type in grammar.hoists:
        cursor.goto_first_child()
    return moved


def _preceding(cursor: TreeCursor, grammar: Grammar) -> tuple[Node, ...]:
    """The comments and decorators just before the cursor's node, in order."""
    node = cursor.node
    if node is None or not (node.type in grammar.definitions or node.type in grammar.wrappers):
        return ()
    kept = leading_kinds(grammar)
    found: list[Node] = []
    # Back and forth on the one cursor: using a copy of a cursor crashes tree-sitter 0.26.1.
    # The way back is by the node, for going back may stop short of the first sibling.
    stopped = False
    while not stopped and cursor.goto_previous_sibling():
        before = cursor.node
        stopped = before is None or before.type not in kept
        if before is not None and not stopped:
            found.append(before)
    outer = () if stopped else _hoisted(cursor, grammar)
    while cursor.node is not None and cursor.node.id != node.id and cursor.goto_next_sibling():
        pass
    return (*outer, *reversed(found))


def _hoisted(cursor: TreeCursor, grammar: Grammar) -> tuple[Node, ...]:
    """The comments before the body whose first child the cursor stands on."""
    found: tuple[Node, ...] = ()
    if grammar.hoists and cursor.goto_parent():
        body = cursor.node
        before = body.prev_sibling if body is not None and body.type in grammar.hoists else None
        while before is not None and before.type in leading_kinds(grammar):
            found = (before, *found)
            before = before.prev_sibling
        cursor.goto_first_child()
    return found


def _attached(syntax: Syntax, outer: Node, leading: tuple[Node, ...]) -> tuple[Node, ...]:
    """Those of the nodes before a definition that belong to it: decorators and the doc comment.

    Nothing but one line break may lie between; other comments may stand between, yet do not
    belong.
    """
    data, grammar = syntax.offsets.data, syntax.grammar
    if not leading and grammar.reads_by_lines_in_errors:
        leading = _swallowed(grammar, outer)
    belonging: list[Node] = []
    first = outer.start_byte
    documented = False
    for node in reversed(leading):
        if data.count(b"\n", end_of(syntax, node), first) > 1:
            break
        behind, first = first, node.start_byte
        if node.type in grammar.decorators:
            belonging.append(node)
        elif _is_doc(syntax, node) and not (documented and _is_block(data, first, behind)):
            belonging.append(node)
            documented = True
        elif documented:
            break
    return tuple(reversed(belonging))


def _swallowed(grammar: Grammar, outer: Node) -> tuple[Node, ...]:
    """The comments that ended up in the statement before, as after a macro without a semicolon."""
    found: list[Node] = []
    before = outer.prev_sibling
    while before is not None and not found:
        inside = [each for each in before.children if each.end_byte > each.start_byte]
        while inside and inside[-1].type in grammar.comments:
            found.insert(0, inside.pop())
        before = inside[-1] if inside else None
    return tuple(found)


def _is_doc(syntax: Syntax, node: Node) -> bool:
    if syntax.grammar.doc != "before":
        return False
    text, grammar = syntax.text(node), syntax.grammar
    if not text.startswith(grammar.doc_marks) or text == "/**/":
        return False
    if not grammar.doc_never:
        return True
    # A comment behind code of its own line speaks of that line.
    begin = syntax.offsets.data.rfind(b"\n", 0, node.start_byte) + 1
    alone = not syntax.offsets.data[begin : node.start_byte].strip()
    return alone and re.match(grammar.doc_never, text, re.IGNORECASE | re.DOTALL) is None


def _is_block(data: bytes, first: int, behind: int) -> bool:
    """Whether one of two neighbouring comments is a block, which stands for itself."""
    blocks = (b"/*", b"--[")
    return data.startswith(blocks, first) or data.startswith(blocks, behind)


def end_of(syntax: Syntax, node: Node) -> int:
    """The end of a node's text in bytes; some grammars count a comment's line break as its own."""
    end, data = node.end_byte, syntax.offsets.data
    while end > node.start_byte and data[end - 1 : end] in {b"\n", b"\r"}:
        end -= 1
    return end
