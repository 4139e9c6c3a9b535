"""The words of a piece of code without comments, docstrings and layout; judges nothing."""

from __future__ import annotations

import re
from typing import NamedTuple

from camus.source.docs import docstring_of
from camus.source.document import Document
from camus.source.paths import follow
from camus.source.spans import Span
from camus.source.trees import Walk, syntax_of

MAX_LEAVES = 20_000
"""Of a longer piece only so many are read; no definition that a person wrote has more."""
_TOKEN = re.compile(r"\w+|[^\w\s]")


class Leaf(NamedTuple):
    """One word, mark or literal of the code, and where it stands."""

    text: str
    span: Span


def leaves(document: Document, span: Span) -> tuple[Leaf, ...]:
    """The leaves of the syntax tree within a span, in order; a literal is one leaf.

    Without a grammar the words and marks of the text itself.
    """
    key = f"leaves {span.start} {span.end}"
    known = document.memo.get(key)
    if not isinstance(known, tuple):
        known = document.memo[key] = _read(document, span)
    return known


def _read(document: Document, span: Span) -> tuple[Leaf, ...]:
    syntax = syntax_of(document)
    if syntax is None:
        found = _TOKEN.finditer(document.text, span.start, span.end)
        return tuple(Leaf(match[0], Span(*match.span())) for match in found)[:MAX_LEAVES]
    grammar = syntax.grammar
    first, last = syntax.offsets.byte(span.start), syntax.offsets.byte(span.end)
    docstrings: set[int] = set()
    words: list[Leaf] = []
    visit = Walk(syntax.tree.root_node)
    for node in visit:
        if node.end_byte <= first or node.start_byte >= last or len(words) >= MAX_LEAVES:
            visit.skip()
            continue
        kind = node.type
        if grammar.doc == "inside" and (kind in grammar.definitions or not visit.depth):
            body = follow(node, grammar.body) if visit.depth else node
            docstring = docstring_of(syntax, body)
            docstrings.add(docstring.start_byte if docstring is not None else -1)
        documents = kind in grammar.statements and node.start_byte in docstrings
        if node.is_extra or kind in grammar.comments or documents:
            visit.skip()
        elif kind in grammar.strings or not node.child_count:
            place = syntax.span(node)
            text = document.slice(place)
            if text.strip():
                words.append(Leaf(text, place))
            visit.skip()
    return tuple(words)
