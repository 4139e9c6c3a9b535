"""Smaller questions to the syntax tree: imports, errors and long literals."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from camus.source.document import Document
from camus.source.spans import Span
from camus.source.trees import Syntax, Walk, loaded, syntax_of

if TYPE_CHECKING:
    from tree_sitter import Node, Query


@dataclass(frozen=True, slots=True)
class Import:
    """One imported name: `module` as written, `name` within it or empty, `alias` as bound here.

    `span` is the whole statement. `name` is `*` for everything and `default` for a default.
    """

    module: str
    name: str
    alias: str
    span: Span


def imports(document: Document) -> tuple[Import, ...]:
    """The imports of a file in order, those inside functions included."""
    known = document.memo.get("imports")
    if not isinstance(known, tuple):
        syntax = syntax_of(document)
        known = _imports(syntax) if syntax is not None else ()
        document.memo["imports"] = known
    return known


def syntax_errors(document: Document) -> tuple[Span, ...]:
    """The outermost ERROR and the MISSING nodes; a document without a grammar has none."""
    syntax = syntax_of(document)
    if syntax is None or not syntax.tree.root_node.has_error:
        return ()
    found = []
    visit = Walk(syntax.tree.root_node)
    for node in visit:
        if node.is_error or node.is_missing:
            found.append(syntax.span(node))
            visit.skip()
        elif not node.has_error:
            visit.skip()
    return tuple(found)


def literal_spans(document: Document, within: Span) -> tuple[Span, ...]:
    """String literals over several lines, whose inner lines must never be indented anew.

    Those that share a character with `within`, outermost ones only; docstrings are among them.
    """
    key = f"literals {within.start} {within.end}"
    known = document.memo.get(key)
    if not isinstance(known, tuple):
        syntax = syntax_of(document)
        known = tuple(_literals(syntax, within)) if syntax is not None else ()
        document.memo[key] = known
    return known


def _literals(syntax: Syntax, within: Span) -> Iterator[Span]:
    first, last = syntax.offsets.byte(within.start), syntax.offsets.byte(within.end)
    visit = Walk(syntax.tree.root_node, (first, last))
    for node in visit:
        inside = node.end_byte > first and node.start_byte < last
        if not inside or node.start_point.row == node.end_point.row:
            visit.skip()  # nothing on one line holds a literal over several
        elif node.type in syntax.grammar.strings:
            visit.skip()
            yield syntax.span(node)


def _imports(syntax: Syntax) -> tuple[Import, ...]:
    grammar = syntax.grammar
    if not grammar.imports:
        return ()
    query = _query(grammar.package, grammar.entry, grammar.imports)
    found: list[tuple[int, Import]] = []
    for captures in (each for node in _importing(syntax) for each in _matches(query, node)):
        words = {
            key: syntax.text(nodes[0]) for key, nodes in captures.items() if key != "statement"
        }
        module, name = words.get("module", ""), words.get("name", "")
        alias = words.get("alias") or name or module
        if not name and grammar.default_export and "alias" in words:
            name = grammar.default_export
        place = next(captures[key][0] for key in ("name", "alias", "module") if key in captures)
        span = syntax.span(captures["statement"][0])
        found.append((place.start_byte, Import(module, name, alias, span)))
    ordered = [each for _, each in sorted(found, key=lambda pair: pair[0])]
    starred = {each.span for each in ordered if each.name == "*"}
    # A pattern without the star matches a statement with it, too.
    return tuple(each for each in ordered if each.name or each.span not in starred)


def _importing(syntax: Syntax) -> Iterator[Node]:
    """The statements of the file whose text may hold an import: a query costs far more."""
    found = _words(syntax.grammar.import_words).finditer(syntax.offsets.data)
    places = (match.start() for match in found)
    place = next(places, -1)
    for node in syntax.tree.root_node.children if place >= 0 else ():
        while 0 <= place < node.start_byte:
            place = next(places, -1)
        if place < 0:
            return
        if place < node.end_byte:
            yield node


@cache
def _words(words: tuple[bytes, ...]) -> re.Pattern[bytes]:
    return re.compile(b"|".join(map(re.escape, words)))


def _matches(query: Query, node: Node) -> Iterator[dict[str, list[Node]]]:
    from tree_sitter import QueryCursor

    return (captures for _, captures in QueryCursor(query).matches(node))


@cache
def _query(package: str, entry: str, text: str) -> Query:
    from tree_sitter import Query

    return Query(loaded(package, entry), text)
