"""Parses documents with tree-sitter, anew or from the tree before an edit; knows no scopes."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple, cast

from camus.source.grammars import Grammar
from camus.source.languages import grammar_for, other_grammar
from camus.source.offsets import Offsets, encode
from camus.source.spans import Edit, Span

if TYPE_CHECKING:
    from tree_sitter import Language, Node, Tree, TreeCursor

    from camus.source.document import Document

MAX_BYTES = 8_000_000
"""A larger text is read by lines: its tree would cost seconds and gigabytes."""
MAX_TOKENS = 1_000_000
"""Most words and punctuation marks; each costs nodes of up to 700 bytes (100,000 ordinary lines
have about 800,000)."""
LONG_LINE = 4096
"""Bytes of a line before a statement up to which what it defines is known again by its text."""
_FEW_MARKS = 1000
_LONE_CR = re.compile(rb"\r(?!\n)")
_MARKS = b"()[]{}<>,;:.=+-*/%&|^!?@~\"'`"
_SHAPE = bytes(46 if byte in _MARKS else 32 if byte in b" \t\r\n\f" else 97 for byte in range(256))
"""Every mark as a point, every blank as a space, everything else as a letter."""


class Syntax:
    """The tree of one document with its grammar and its byte offsets."""

    __slots__ = ("grammar", "offsets", "tree")

    def __init__(self, tree: Tree, grammar: Grammar, offsets: Offsets) -> None:
        """Bundle what belongs together."""
        self.tree = tree
        self.grammar = grammar
        self.offsets = offsets

    def span(self, node: Node) -> Span:
        """The characters of a node."""
        start = self.offsets.character(node.start_byte)
        return Span(start, max(start, self.offsets.character(node.end_byte)))

    def text(self, node: Node) -> str:
        """The text of a node."""
        try:
            return self.offsets.data[node.start_byte : node.end_byte].decode()
        except UnicodeDecodeError:  # a lone surrogate, or a node that begins within a character
            span = self.span(node)
            return self.offsets.text[span.start : span.end]


class Walk:
    """Each node below and including one, with its depth, in order of the text.

    Nothing recurses, so that depth is no danger. `skip` leaves out the children of the node that
    was yielded last. With `within`, a range of bytes, only those below are seen that share one with
    it, and those before cost nothing.
    """

    __slots__ = ("_skipping", "_within", "cursor", "depth")

    def __init__(self, node: Node, within: tuple[int, int] | None = None) -> None:
        """Start at a node."""
        self.cursor: TreeCursor = node.walk()
        self.depth = 0
        self._skipping = False
        self._within = within

    def skip(self) -> None:
        """Do not enter the node just seen."""
        self._skipping = True

    def __iter__(self) -> Iterator[Node]:
        """The nodes; ask `depth` and `cursor.field_name` for the one at hand."""
        cursor = self.cursor
        # All below the node at this depth is within: the cursor's own steps will do there.
        free = -1 if self._within is None else sys.maxsize
        while True:
            node: Node = cursor.node  # type: ignore[assignment]  # a cursor always has one here
            if free == sys.maxsize and self._holds(node):
                free = self.depth
            self._skipping = False
            yield node
            enter = cursor.goto_first_child if self.depth >= free else self._enter
            if not self._skipping and enter():
                self.depth += 1
                continue
            while self.depth == 0 or not (
                cursor.goto_next_sibling() if self.depth > free else self._following()
            ):
                if self.depth == 0:
                    return
                cursor.goto_parent()
                self.depth -= 1
            if self.depth <= free:
                free = sys.maxsize

    def _holds(self, node: Node) -> bool:
        """Whether a node is whole within the bytes."""
        first, last = self._within or (0, sys.maxsize)
        return first <= node.start_byte and node.end_byte <= last

    def _enter(self) -> bool:
        """Go to the first child that reaches the bytes."""
        first, last = self._within or (0, 0)
        if self.cursor.goto_first_child_for_byte(first) is None:
            return False
        if self._starts_before(last):
            return True
        self.cursor.goto_parent()
        return False

    def _following(self) -> bool:
        """Go to the next sibling unless it begins after the bytes."""
        return self.cursor.goto_next_sibling() and self._starts_before((self._within or (0, 0))[1])

    def _starts_before(self, last: int) -> bool:
        node = self.cursor.node
        return node is not None and node.start_byte < last


class Piece(NamedTuple):
    """One statement of a file with what stands before it since the last one."""

    node: Node
    leading: tuple[Node, ...]
    """The comments and decorators before the statement."""
    start_byte: int
    """The start of the line on which the last statement ended, for its indentation counts."""
    key: bytes
    """The text from there, which says all that the statement defines; empty when it has errors,
    for how they are recovered from depends on the rest of the file."""


def pieces(syntax: Syntax, first: int = 0, last: int = sys.maxsize) -> Iterator[Piece]:
    """The statements of a file that share a byte with `first` to `last`, in order."""
    data, kept = syntax.offsets.data, leading_kinds(syntax.grammar)
    end = 0
    leading: list[Node] = []
    for node in syntax.tree.root_node.children:
        if node.type in kept:
            leading.append(node)
            continue
        before, end = end, node.end_byte
        if end > first and node.start_byte < last:
            begin = data.rfind(b"\n", 0, before) + 1
            # Many statements on one line would each keep all before them.
            short = before - begin <= LONG_LINE
            key = data[begin:end] if short and not node.has_error else b""
            yield Piece(node, tuple(leading), begin, key)
        leading = []


@cache
def leading_kinds(grammar: Grammar) -> frozenset[str]:
    """The nodes that may stand before a definition and belong to it."""
    return grammar.comments | grammar.decorators


def syntax_of(document: Document) -> Syntax | None:
    """The syntax tree, parsed on first use; None without a grammar or for too large a text."""
    if "syntax" in document.memo:
        known = document.memo["syntax"]
        return known if isinstance(known, Syntax) else None
    syntax = _parse(document, _stale(document))
    document.memo["syntax"] = syntax
    document.memo.pop("stale_tree", None)
    return syntax


def hand_over(old: Document, new: Document, edits: Iterable[Edit]) -> None:
    """Keep the old document's tree, moved by the edits, for the first parse of the new one.

    The new one may also look up what was read of the statements that it shares with the old one.
    `edits` are in order and not overlapping. The old document keeps its own tree unchanged.
    """
    if read := old.memo.get("pieces") or old.memo.get("stale_pieces"):
        new.memo["stale_pieces"] = read
    known = old.memo.get("syntax")
    tree = known.tree if isinstance(known, Syntax) else _stale(old)
    if tree is None or _has_lone_cr(old.text) or _has_lone_cr(new.text):
        return
    offsets = known.offsets if isinstance(known, Syntax) else None
    moved = tree.copy()
    for edit in reversed(list(edits)):
        _move(moved, old, offsets, edit)
    new.memo["stale_tree"] = moved


@cache
def loaded(package: str, entry: str) -> Language:
    """The grammar of a row, loaded once."""
    from tree_sitter import Language

    return Language(getattr(import_module(package), entry)())


def _parse(document: Document, stale: Tree | None) -> Syntax | None:
    grammar = grammar_for(document.language, document.uri)
    if grammar is None or len(document.text) > MAX_BYTES:
        return None
    offsets = Offsets.of(document.text)
    data = offsets.data
    if len(data) > MAX_BYTES or _tokens(data) > MAX_TOKENS:
        return None
    if grammar.most_comment_lines and _comment_lines(data) > grammar.most_comment_lines:
        return None
    from tree_sitter import Parser

    if _has_lone_cr(document.text):
        data = _with_line_feeds(data)
    other = other_grammar(grammar, document.uri)
    parser = Parser(loaded(grammar.package, grammar.entry))
    # A tree of the other grammar must not be taken up by this one.
    tree = parser.parse(data, stale) if stale is not None and other is None else parser.parse(data)
    if other is not None and tree.root_node.has_error:
        second = Parser(loaded(other.package, other.entry)).parse(data)
        if _unread(second) < _unread(tree):
            return Syntax(second, other, offsets)
    return Syntax(tree, grammar, offsets)


def _unread(tree: Tree) -> int:
    """How many bytes stand in errors."""
    total = 0
    visit = Walk(tree.root_node)
    for node in visit:
        if node.is_error:
            total += node.end_byte - node.start_byte
        if node.is_error or not node.has_error:
            visit.skip()
    return total


def _stale(document: Document) -> Tree | None:
    """The tree of an earlier text, moved by the edits since; used up by the first parse."""
    return cast("Tree | None", document.memo.get("stale_tree"))


def _tokens(data: bytes) -> int:
    """About how many tokens a text has, and not more than its bytes: its marks and its words."""
    if len(data) <= MAX_TOKENS:
        return len(data)
    shape = data.translate(_SHAPE)
    return shape.count(b".") + shape.count(b"a ")


def _comment_lines(data: bytes) -> int:
    """At most so many lines in a row are comments that begin with `#`, or blank."""
    marks = data.count(b"#")
    if marks < _FEW_MARKS:
        return marks  # as it mostly is
    longest = run = 0
    for line in data.split(b"\n"):
        run = run + 1 if line.lstrip()[:1] in {b"#", b""} else 0
        longest = max(longest, run)
    return longest


def _has_lone_cr(text: str) -> bool:
    return "\r" in text and text.count("\r") != text.count("\r\n")


def _with_line_feeds(data: bytes) -> bytes:
    """The same bytes with each lone CR, which grammars take for a space, as an LF."""
    return _LONE_CR.sub(b"\n", data)


def _move(tree: Tree, old: Document, offsets: Offsets | None, edit: Edit) -> None:
    """Tell a tree about one edit, in bytes and in rows with byte columns."""
    start, start_point = _place(old, offsets, edit.span.start)
    end, end_point = _place(old, offsets, edit.span.end)
    data = encode(edit.text)
    rows = data.count(b"\n")
    column = len(data) - data.rfind(b"\n") - 1 if rows else start_point[1] + len(data)
    tree.edit(
        start, end, start + len(data), start_point, end_point, (start_point[0] + rows, column)
    )


def _place(old: Document, offsets: Offsets | None, character: int) -> tuple[int, tuple[int, int]]:
    lines = old.lines
    row = lines.line_of(character)
    line_start = lines.starts[row]
    within = len(encode(old.text[line_start:character]))
    if offsets is not None:
        return offsets.byte(line_start) + within, (row, within)
    if old.text.isascii():
        return character, (row, character - line_start)
    return len(encode(old.text[:line_start])) + within, (row, within)
