"""The statements of a block and the blocks inside them, to compare two texts part by part."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from camus.source.docs import docstring_of
from camus.source.document import Document
from camus.source.outlines import Outline, outline
from camus.source.sites import defining
from camus.source.spans import Span
from camus.source.trees import Syntax, Walk, syntax_of

if TYPE_CHECKING:
    from tree_sitter import Node

_BLOCKS = frozenset(
    (
        *("block", "statement_block", "class_body", "compound_statement", "declaration_list"),
        *("field_declaration_list", "interface_body", "enum_body", "switch_body", "function_body"),
        *("body_statement", "constructor_body", "do_group", "enum_class_body", "match_block"),
    )
)
"""The nodes that hold a list of statements or members, in the grammars of all languages."""


@dataclass(frozen=True, slots=True)
class Part:
    """One statement, or one member of a class: where it is and what it is compared by.

    `name` is a definition's; `shape` the text without its blocks and with one space for each run
    of white space.
    """

    span: Span
    name: str
    shape: str
    is_doc: bool
    blocks: tuple[Span, ...]


def parts(document: Document, block: Span | None = None) -> tuple[Part, ...]:
    """The statements directly in a block, or in the file; comments are none of them.

    `block` is one of a part's `blocks`. Empty without a grammar.
    """
    syntax = syntax_of(document)
    if syntax is None:
        return ()
    node = syntax.tree.root_node if block is None else _block(syntax, block)
    inner = node.named_children
    if len(inner) == 1 and inner[0].type == "statement_list":  # Go's blocks hold their own list
        inner = inner[0].named_children
    named = [each for each in inner if each.type not in syntax.grammar.comments]
    known = outline(document)
    doc = docstring_of(syntax, node)
    return tuple(_part(syntax, each, known, doc) for each in named)


def _block(syntax: Syntax, span: Span) -> Node:
    """The block that covers just this span; the outermost node that does."""
    first, last = syntax.offsets.byte(span.start), syntax.offsets.byte(span.end)
    root = syntax.tree.root_node
    node = root.descendant_for_byte_range(first, last) or root
    while node.type not in _BLOCKS and node.parent is not None:
        node = node.parent
    return node


def _part(syntax: Syntax, node: Node, known: tuple[Outline, ...], doc: Node | None) -> Part:
    span = syntax.span(node)
    inner = tuple(syntax.span(each) for each in _inner_blocks(node))
    shape, at = [], span.start
    for each in inner:
        shape.append(syntax.offsets.text[at : each.start])
        at = each.end
    shape.append(syntax.offsets.text[at : span.end])
    return Part(
        span=span,
        name=_name(syntax, node, span, known),
        shape=" ".join(" {} ".join(shape).split()),
        is_doc=doc is not None and node.start_byte <= doc.start_byte < node.end_byte,
        blocks=inner,
    )


def _inner_blocks(node: Node) -> Iterator[Node]:
    """The outermost blocks in a statement."""
    visit = Walk(node)
    for each in visit:
        if visit.depth and each.type in _BLOCKS:
            visit.skip()
            yield each


def _name(syntax: Syntax, node: Node, span: Span, known: tuple[Outline, ...]) -> str:
    """The name of the definition that a statement is; the innermost of those that end with it."""
    if node.type not in defining(syntax.grammar):
        return ""
    ending = [each for each in known if each.span.end == span.end and each.span.start <= span.start]
    return max(ending, key=lambda each: each.span.start).name if ending else ""
