"""Where definitions are in a syntax tree and what they are called; reads no bodies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

from camus.source.grammars import Grammar
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
class _Found:
    node: Node
    name: str
    name_node: Node | None
    wrapping: tuple[int, ...]


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
        found = _find(self._syntax, node)
        if found is None:
            self._enter_container(node)
            return None
        self._claimed.update(found.wrapping)
        site = self._site(node, found, leading)
        self._frames.append(_Frame(node.end_byte, site.qualified_name, site.kind == "class", site))
        return site

    def _site(self, outer: Node, found: _Found, leading: tuple[Node, ...]) -> Site:
        frame = self._frames[-1] if self._frames else None
        role = self._grammar.definitions[found.node.type]
        method = role == "function" and frame is not None and frame.members
        prefix = f"{frame.prefix}." if frame else ""
        return Site(
            node=found.node,
            outer=outer,
            kind="method" if method else role,
            name=found.name.rpartition(".")[2] or found.name,
            qualified_name=prefix + found.name,
            name_node=found.name_node,
            owner=self.site,
            leading=_attached(self._syntax, outer, leading),
        )

    def _enter_container(self, node: Node) -> None:
        """Let the members of an object literal be named after the variable that holds it."""
        if node.type not in self._grammar.carriers:
            return
        value = _inwards(self._grammar, node)
        if value is not None and value.type in self._grammar.containers:
            name, _ = _carried_name(self._syntax, node)
            prefix = f"{self._frames[-1].prefix}." if self._frames else ""
            self._frames.append(_Frame(node.end_byte, prefix + name, members=True, site=None))


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
        if kind in trail.defining:
            site = trail.enter(node, tuple(leading) if depth == level else ())
            if site is not None:
                yield site
        level = -1


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
    return moved


def _preceding(cursor: TreeCursor, grammar: Grammar) -> tuple[Node, ...]:
    """The comments and decorators just before the cursor's node, in order."""
    node = cursor.node
    if node is None or not (node.type in grammar.definitions or node.type in grammar.wrappers):
        return ()
    kept = leading_kinds(grammar)
    found: list[Node] = []
    # Back and forth on the one cursor: using a copy of a cursor crashes tree-sitter 0.26.1.
    steps = 0
    while cursor.goto_previous_sibling():
        steps += 1
        before = cursor.node
        if before is None or before.type not in kept:
            break
        found.append(before)
    for _ in range(steps):
        cursor.goto_next_sibling()
    return tuple(reversed(found))


def _attached(syntax: Syntax, outer: Node, leading: tuple[Node, ...]) -> tuple[Node, ...]:
    """Those of the nodes before a definition that belong to it: decorators and the doc comment.

    Nothing but one line break may lie between; other comments may stand between, yet do not
    belong.
    """
    data, grammar = syntax.offsets.data, syntax.grammar
    belonging: list[Node] = []
    first = outer.start_byte
    documented = False
    for node in reversed(leading):
        if data.count(b"\n", node.end_byte, first) > 1:
            break
        first = node.start_byte
        if node.type in grammar.decorators:
            belonging.append(node)
        elif _is_doc(syntax, node) and not (documented and data.startswith(b"/*", first)):
            belonging.append(node)
            documented = True
        elif documented:
            break
    return tuple(reversed(belonging))


def _is_doc(syntax: Syntax, node: Node) -> bool:
    if syntax.grammar.doc != "before":
        return False
    text = syntax.text(node)
    return text.startswith(syntax.grammar.doc_marks) and text != "/**/"


def _find(syntax: Syntax, node: Node) -> _Found | None:
    """The definition that a node is or wraps, with the name that its carrier gives it."""
    grammar = syntax.grammar
    carrier: Node | None = None
    wrapping = []
    inner: Node | None = node
    while inner is not None and inner.type in grammar.wrappers:
        wrapping.append(inner.id)
        if carrier is None and inner.type in grammar.carriers:
            carrier = inner
        inner = _inwards(grammar, inner)
    if inner is not None and carrier is not None and inner.type in grammar.calls:
        inner = _passed_through(syntax, inner)
    if inner is None or inner.type not in grammar.definitions:
        return None
    wrapping.append(inner.id)
    name, name_node = _name(syntax, inner, carrier, node)
    if not name:
        return None
    return _Found(inner, name, name_node, tuple(wrapping))


def _inwards(grammar: Grammar, node: Node) -> Node | None:
    """One step from a wrapper towards what it wraps."""
    for field in grammar.wrappers[node.type]:
        if field not in {"*", "first"}:
            child = node.child_by_field_name(field)
            if child is not None:
                return child
            continue
        ignored = grammar.comments | grammar.decorators
        inside = [child for child in node.named_children if child.type not in ignored]
        if len(inside) == 1 or (inside and field == "first"):
            return inside[0]
    return None


def _passed_through(syntax: Syntax, call: Node) -> Node | None:
    """The function that a call like `memo(...)` wraps."""
    grammar = syntax.grammar
    callee = call.child_by_field_name(grammar.calls[call.type])
    arguments = call.child_by_field_name("arguments")
    if callee is None or arguments is None:
        return None
    if syntax.text(callee).rpartition(".")[2] not in grammar.naming_calls:
        return None
    functions = (child for child in arguments.named_children if child.type in grammar.anonymous)
    return next(functions, None)


def _name(
    syntax: Syntax, inner: Node, carrier: Node | None, outer: Node
) -> tuple[str, Node | None]:
    """The name of a definition and where it stands; a carrier's name before its own."""
    grammar = syntax.grammar
    own = inner.child_by_field_name(grammar.name_field)
    if carrier is not None:
        name, node = _carried_name(syntax, carrier)
        if name and (own is None or not name.endswith("exports")):
            return name, node
    if own is not None:
        return _as_name(syntax.text(own)), own
    if grammar.default_export and outer.type in grammar.wrappers:
        for child in outer.children:
            if child.type == grammar.default_export:
                return grammar.default_export, child
    return "", None


def _carried_name(syntax: Syntax, carrier: Node) -> tuple[str, Node | None]:
    """The name a variable, property or assignment gives; the last part is where it stands."""
    node = carrier.child_by_field_name(syntax.grammar.carriers[carrier.type])
    if node is None or node.type.endswith("_pattern"):
        return "", None
    name = _as_name(syntax.text(node))
    last = node.child_by_field_name("property") if node.type in syntax.grammar.members else None
    return name, last or node


def _as_name(text: str) -> str:
    """A name as written, on one line, without quotes and without the receiver."""
    name = " ".join(text.split()).strip("'\"`")
    return name.removeprefix("this.").removeprefix("self.")[:200]
