"""What a piece of code is apart from layout and the choice of new names; compares nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Container, Iterator

from camus.source.docs import docstring_of
from camus.source.document import Document
from camus.source.names import names_bound
from camus.source.paths import follow
from camus.source.spans import Span
from camus.source.trees import Syntax, Walk, syntax_of


def structure(
    document: Document, span: Span, *, known: Container[str] = frozenset(), words: bool = False
) -> str:
    """A digest that pieces share when their syntax trees are equal; 32 hexadecimal digits.

    Names bound within the span that are not `known` are numbered in order of appearance, so that
    `total` and `result` are the same. Comments and docstrings count only with `words`, and then
    without their layout. Without a grammar the words of the lines count.
    """
    syntax = syntax_of(document)
    if syntax is None:
        lines = [" ".join(line.split()) for line in document.slice(span).splitlines()]
        tokens = iter([(0, "line", line) for line in lines if line])
    else:
        fresh = {name for name in names_bound(document, span) if name not in known}
        tokens = _tokens(syntax, span, fresh, words=words)
    digest = hashlib.sha256()
    for depth, kind, text in tokens:
        digest.update(f"{depth}\0{kind}\0{text}\1".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()[:32]


def _tokens(
    syntax: Syntax, span: Span, fresh: set[str], *, words: bool
) -> Iterator[tuple[int, str, str]]:
    """The nodes within the span with their depth below its first one, and the text of leaves."""
    grammar, offsets = syntax.grammar, syntax.offsets
    first, last = offsets.byte(span.start), offsets.byte(span.end)
    numbers: dict[str, str] = {}
    docstrings: set[int] = set()
    base = -1
    visit = Walk(syntax.tree.root_node)
    for node in visit:
        if node.end_byte <= first or node.start_byte >= last:
            visit.skip()
            continue
        kind = node.type
        if grammar.doc == "inside" and (kind in grammar.definitions or not visit.depth):
            found = docstring_of(syntax, follow(node, grammar.body) if visit.depth else node)
            docstrings.add(found.start_byte if found is not None else -1)
        if node.start_byte < first:
            continue  # what stands around the span
        base = visit.depth if base < 0 else base
        documents = kind in grammar.statements and node.start_byte in docstrings
        if node.is_extra or kind in grammar.comments or documents:
            visit.skip()
            if words:
                yield 0, "words", " ".join(syntax.text(node).split())
            continue
        leaf = kind in grammar.strings or not node.child_count
        text = syntax.text(node).replace("\r\n", "\n") if leaf else ""
        if leaf and not text.strip() and not node.is_named:
            continue  # a line break that ends a statement; where it stands is layout
        if node.is_named and text in fresh:
            text = numbers.setdefault(text, f"${len(numbers)}")
        yield visit.depth - base, kind, text
        if leaf:
            visit.skip()
