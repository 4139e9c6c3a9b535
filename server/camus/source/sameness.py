"""Whether two texts are the same code but for comments, docstrings and layout."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest

from camus.source.docs import docstring_of
from camus.source.document import Document
from camus.source.paths import follow
from camus.source.trees import Syntax, Walk, syntax_of


def same_code(before: Document, after: Document) -> bool:
    """Whether the syntax trees are equal without comments, docstrings, and line breaks' kind.

    Without a grammar the lines are compared, without white space at their ends.
    """
    old, new = syntax_of(before), syntax_of(after)
    if old is None or new is None:
        return _lines(before.text) == _lines(after.text)
    if old.grammar is not new.grammar:
        return False
    if all(one == other for one, other in zip_longest(_tokens(old), _tokens(new))):
        return True
    # Where a grammar is unsure, a comment can change how it reads the lines around it.
    return _bare(old) == _bare(new)


def _bare(syntax: Syntax) -> list[str]:
    """The lines without comments, and without those that held nothing else."""
    text, parts, at = syntax.offsets.text, [], 0
    visit = Walk(syntax.tree.root_node)
    for node in visit:
        if node.type in syntax.grammar.comments:
            visit.skip()
            span = syntax.span(node)
            cut = text[span.start : span.end].rstrip("\r\n")
            parts += [text[at : span.start], " "]
            at = span.start + len(cut)
    lines = "".join([*parts, text[at:]]).splitlines()
    return [line.rstrip() for line in lines if line.strip()]


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.rstrip().splitlines()]


def _tokens(syntax: Syntax) -> Iterator[tuple[int, str, str]]:
    """The nodes with their depth and the text of leaves and literals."""
    grammar = syntax.grammar
    root = syntax.tree.root_node
    docstrings = set()
    visit = Walk(root)
    for node in visit:
        kind = node.type
        if kind in grammar.definitions or visit.depth == 0:
            body = follow(node, grammar.body) if visit.depth else root
            docstring = docstring_of(syntax, body)
            docstrings.add(docstring.start_byte if docstring is not None else -1)
        if node.is_extra or (kind in grammar.statements and node.start_byte in docstrings):
            visit.skip()
            continue
        literal = kind in grammar.strings
        text = syntax.text(node).replace("\r\n", "\n") if literal or not node.child_count else ""
        if text and not text.strip() and not node.is_named:
            continue  # a line break that ends a statement; where it stands is layout
        yield visit.depth, kind, text
        if literal:
            visit.skip()
