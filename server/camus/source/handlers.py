"""Where errors are caught: each handler's head and body as words; judges nothing."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING

from camus.source.document import Document
from camus.source.leaves import Leaf, leaves
from camus.source.spans import Span
from camus.source.trees import Walk, syntax_of

if TYPE_CHECKING:
    from tree_sitter import Node

_HANDLERS = frozenset({"except_clause", "except_group_clause", "catch_clause", "catch_block"})
_RUBYS = "rescue"
_BODIES = frozenset({"block", "statement_block", "compound_statement", "then"})
_WORDS = ("except", "catch", "rescue")


@dataclass(frozen=True, slots=True)
class Handler:
    """One `except`, `catch` or `rescue`: where it is, what it catches, and what it then does.

    `head` are the words up to the body, with one space between; `body` its words.
    """

    span: Span
    head: str
    body: tuple[Leaf, ...]


def handlers(document: Document, span: Span) -> tuple[Handler, ...]:
    """The handlers within a span in order, inner ones after the one around them.

    Empty without a grammar and in languages that hand errors back as values.
    """
    text = document.slice(span)
    syntax = syntax_of(document) if any(word in text for word in _WORDS) else None
    if syntax is None:
        return ()
    first, last = syntax.offsets.byte(span.start), syntax.offsets.byte(span.end)
    words, found = leaves(document, span), []
    starts = [each.span.start for each in words]
    visit = Walk(syntax.tree.root_node, (first, last))
    for node in visit:
        named = node.type in _HANDLERS or (node.type == _RUBYS and node.is_named)
        if not named or node.start_byte < first or node.end_byte > last:
            continue
        place = syntax.span(node)
        body = _body(node)
        start = syntax.offsets.character(body.start_byte) if body is not None else place.end
        mine = words[bisect_left(starts, place.start) : bisect_left(starts, place.end)]
        head = " ".join(each.text for each in mine if each.span.start < start)
        found.append(Handler(place, head, tuple(e for e in mine if e.span.start >= start)))
    return tuple(found)


def _body(node: Node) -> Node | None:
    """The block of a handler; a handler without statements has none in some grammars."""
    inner = [each for each in node.named_children if each.type in _BODIES]
    return inner[-1] if inner else None
