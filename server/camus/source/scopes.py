"""The symbols of a document as its syntax tree shows them; by lines where there is no tree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Literal, TypeAlias, cast

from camus.source.blocks import block_around
from camus.source.bodies import Body, read_body
from camus.source.docs import doc_of, module_doc
from camus.source.document import Document
from camus.source.paths import follow
from camus.source.signatures import (
    Parameter,
    declared_raises,
    decorators,
    is_async,
    parameters,
    return_type,
)
from camus.source.sites import Site, site_at, sites_in
from camus.source.spans import Span
from camus.source.stubs import is_stub
from camus.source.trees import Syntax, pieces, syntax_of

if TYPE_CHECKING:
    from tree_sitter import Node

MODULE_NODES = 1000
"""A module's own statements are read up to so many nodes: it is asked for at every cursor move."""
ScopeKind = Literal["module", "class", "function", "method", "lines"]


_Read: TypeAlias = "dict[bytes, tuple[int, tuple[Scope, ...]]]"
"""Where a piece of text began and what it defines."""


@dataclass(frozen=True, slots=True)
class Scope:
    """One definition, the whole module, or (without a grammar) a block of lines.

    `span` covers the definition with its decorators, its `export` and a doc comment standing
    before it; `header` the signature up to the body; `body` the statements; `doc` the docstring
    or doc comment with its quotes or comment marks. `complexity` is McCabe's number. `calls`,
    `raises`, `returns` and `yields` are of this definition's own body, nested ones left out.
    """

    kind: ScopeKind
    name: str
    qualified_name: str
    span: Span
    header: Span
    body: Span
    name_span: Span
    doc: Span | None = None
    doc_text: str = ""
    indent: str = ""
    parameters: tuple[Parameter, ...] = ()
    return_type: str = ""
    decorators: tuple[str, ...] = ()
    raises: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    returns_value: bool = False
    yields: bool = False
    is_async: bool = False
    is_stub: bool = False
    complexity: int = 1
    nesting: int = 0
    effects: tuple[str, ...] = ()
    """What the body visibly does beside computing: `writes self.x`, `global y`, `prints`."""


def enclosing(document: Document, span: Span) -> Scope:
    """The innermost definition that holds the span; the module (or a block of lines) otherwise.

    A span on a decorator, a doc comment before, or the white space of a definition's own line
    belongs to that definition. Costs the depth of the tree and the size of the definition, not
    the size of the file.
    """
    syntax = syntax_of(document)
    if syntax is None:
        return _lines_scope(document, span)
    return _inside_module(document, syntax, span) or _module_scope(document, syntax)


def scope_around(document: Document, span: Span) -> Scope | None:
    """The same, but None where it is the module, which is not read for that."""
    syntax = syntax_of(document)
    if syntax is None:
        return _lines_scope(document, span)
    return _inside_module(document, syntax, span)


def _inside_module(document: Document, syntax: Syntax, span: Span) -> Scope | None:
    found = definition_around(document, span)
    if found is not None:
        return found
    place = _settled(document, span)
    unread = syntax.grammar.reads_by_lines_in_errors and _is_unread(syntax, place)
    return _lines_scope(document, place) if unread else None


def definition_around(document: Document, span: Span) -> Scope | None:
    """The innermost definition that holds the span, as in `enclosing`; None outside of all.

    Where `enclosing` reads the module or lines, this reads nothing.
    """
    syntax = syntax_of(document)
    if syntax is None:
        return None
    place = _settled(document, span)
    first, last = syntax.offsets.byte(place.start), syntax.offsets.byte(place.end)
    site = site_at(syntax, first, last)
    return _scope(document, syntax, site) if site is not None else None


def _is_unread(syntax: Syntax, place: Span) -> bool:
    """Whether the statement that holds a place could not be parsed, or only looks like a function.

    A macro before braces is read as one that has no name.
    """
    first, last = syntax.offsets.byte(place.start), syntax.offsets.byte(place.end)
    if first == last:
        return False
    return any(
        piece.node.has_error
        or (piece.node.type in syntax.grammar.requires and follow(piece.node, syntax.grammar.body))
        for piece in pieces(syntax, first, last)
    )


def definitions(document: Document) -> tuple[Scope, ...]:
    """All classes, functions and methods in the order of the text, nested ones included.

    Without a grammar there are none. After an edit only the statements that it touched are read
    again.
    """
    known = document.memo.get("definitions")
    if not isinstance(known, tuple):
        syntax = syntax_of(document)
        known = tuple(_all(document, syntax)) if syntax is not None else ()
        document.memo["definitions"] = known
    return known


def has_definitions(document: Document, span: Span) -> bool:
    """Whether a whole definition stands within a span; reads no more than the tree there."""
    syntax = syntax_of(document)
    if syntax is None:
        return False
    first, last = syntax.offsets.byte(span.start), syntax.offsets.byte(span.end)
    return any(
        first <= site.start_byte and site.outer.end_byte <= last
        for piece in pieces(syntax, first, last)
        for site in sites_in(syntax, piece.node, piece.leading)
    )


def _all(document: Document, syntax: Syntax) -> Iterator[Scope]:
    """The definitions of each piece; those of a piece that was read before are only moved."""
    before = cast("_Read", document.memo.pop("stale_pieces", {}))
    after: _Read = {}
    for piece in pieces(syntax):
        start = syntax.offsets.character(piece.start_byte)
        read = before.get(piece.key) or after.get(piece.key)
        if read is None:
            sites = sites_in(syntax, piece.node, piece.leading)
            read = start, tuple(_scope(document, syntax, site) for site in sites)
        by = start - read[0]
        scopes = tuple(_moved(scope, by) for scope in read[1]) if by else read[1]
        if piece.key:
            after[piece.key] = start, scopes
        yield from scopes
    document.memo["pieces"] = after


def _moved(scope: Scope, by: int) -> Scope:
    return replace(
        scope,
        span=scope.span.shift(by),
        header=scope.header.shift(by),
        body=scope.body.shift(by),
        name_span=scope.name_span.shift(by),
        doc=scope.doc.shift(by) if scope.doc is not None else None,
    )


def _settled(document: Document, span: Span) -> Span:
    """The span on the text it means: without the blanks around it, or on its line's own text."""
    text = document.text
    start, end = min(span.start, len(text)), min(span.end, len(text))
    chosen = text[start:end]
    if chosen.strip():
        start += len(chosen) - len(chosen.lstrip())
        return Span(start, start + len(chosen.strip()))
    line = document.lines.span(document.lines.line_of(start))
    whole = document.slice(line)
    if not whole.strip():
        return Span(start, start)
    first = line.start + len(whole) - len(whole.lstrip())
    last = line.start + len(whole.rstrip()) - 1
    at = min(max(start, first), last)
    if text[at].isspace():
        at -= 1
    return Span(at, at + 1)


def _scope(document: Document, syntax: Syntax, site: Site) -> Scope:
    """Everything that is known of one definition, read once a document: its body is walked."""
    key = f"scope {site.start_byte} {site.node.id}"
    known = document.memo.get(key)
    if not isinstance(known, Scope):
        known = document.memo[key] = _read(document, syntax, site)
    return known


def _read(document: Document, syntax: Syntax, site: Site) -> Scope:
    body = body_node(syntax, site)
    own_parameters = parameters(syntax, site)
    outside = (each.name for each in own_parameters)
    seen = read_body(syntax, body, outside) if body is not None else Body()
    raises = dict.fromkeys((*declared_raises(syntax, site), *seen.raises))
    doc, doc_text = doc_of(syntax, site, body)
    offsets = syntax.offsets
    span = Span(offsets.character(site.start_byte), syntax.span(site.outer).end)
    span = Span(span.start, max(span.end, syntax.span(site.node).end))
    header, inner = _parts(document, syntax, site, body)
    named = syntax.span(site.name_node) if site.name_node is not None else header
    expression = body is not None and _is_expression(syntax, body)
    own_decorators = decorators(syntax, site)
    return Scope(
        kind=site.kind,
        name=site.name,
        qualified_name=site.qualified_name,
        span=span,
        header=header,
        body=inner,
        name_span=named,
        doc=doc,
        doc_text=doc_text,
        indent=_indent(document, span.start),
        parameters=own_parameters,
        return_type=return_type(syntax, site),
        decorators=own_decorators,
        raises=tuple(raises),
        calls=tuple(seen.calls),
        returns_value=seen.returns_value or (expression and site.kind != "class"),
        yields=seen.yields,
        is_async=is_async(syntax, site),
        is_stub=not document.uri.endswith(syntax.grammar.declaration_files)
        and is_stub(syntax, site, body, own_decorators),
        complexity=seen.complexity,
        nesting=seen.nesting,
        effects=tuple(seen.effects),
    )


def _module_scope(document: Document, syntax: Syntax) -> Scope:
    """The module, read once: its body is the whole file."""
    known = document.memo.get("module")
    if not isinstance(known, Scope):
        known = document.memo["module"] = _read_module(document, syntax)
    return known


def _read_module(document: Document, syntax: Syntax) -> Scope:
    seen = read_body(syntax, syntax.tree.root_node, most=MODULE_NODES)
    doc, doc_text = module_doc(syntax)
    return Scope(
        kind="module",
        name=PurePosixPath(document.uri).stem,
        qualified_name="",
        span=document.span,
        header=Span(0, 0),
        body=document.span,
        name_span=Span(0, 0),
        doc=doc,
        doc_text=doc_text,
        raises=tuple(seen.raises),
        calls=tuple(seen.calls),
        complexity=seen.complexity,
        nesting=seen.nesting,
        effects=tuple(seen.effects),
    )


def _lines_scope(document: Document, span: Span) -> Scope:
    """A block of lines, for a text without a tree; it is named by its first line."""
    whole = document.span
    inside = Span(min(span.start, whole.end), min(span.end, whole.end))
    block = block_around(document, inside)
    first = document.lines.line_of(block.start)
    header = Span(block.start, min(block.end, document.lines.span(first).end))
    name = " ".join(document.slice(header).split())[:60]
    return Scope(
        kind="lines",
        name=name,
        qualified_name=name,
        span=block,
        header=header,
        body=block,
        name_span=header,
        indent=_indent(document, block.start),
    )


def _parts(document: Document, syntax: Syntax, site: Site, body: Node | None) -> tuple[Span, Span]:
    """The header, without decorators and up to the body, and the body within its braces."""
    begin = _header_start(syntax, site)
    whole = syntax.span(site.node)
    if body is None:
        end = max(whole.end, begin)
        return Span(begin, end), Span(end, end)
    start, end = syntax.span(body).start, syntax.span(body).end
    header_end = begin
    comments: list[Node] = []
    for child in site.node.children:
        if child.start_byte >= body.start_byte:
            break
        if child.type in syntax.grammar.comments:
            comments.append(child)
        else:
            header_end, comments = max(header_end, syntax.span(child).end), []
    for comment in comments:
        place = syntax.span(comment).start
        if not document.text[
            document.lines.span(document.lines.line_of(place)).start : place
        ].strip():
            start = min(start, place)
    if document.text[start : start + 1] == "{" and document.text[end - 1 : end] == "}":
        start, end = _within(document.text, start + 1, max(start + 1, end - 1))
    return Span(begin, header_end), Span(start, max(start, end))


def _within(text: str, start: int, end: int) -> tuple[int, int]:
    """The bounds without white space at the ends; just after the start when nothing is left."""
    inner = text[start:end]
    if not inner.strip():
        return start, start
    return start + len(inner) - len(inner.lstrip()), end - len(inner) + len(inner.rstrip())


def _header_start(syntax: Syntax, site: Site) -> int:
    """Where the signature begins: with `export const`, yet after decorators."""
    kinds, modifiers = syntax.grammar.decorators, syntax.grammar.modifiers
    start = site.outer
    while start.child_count:
        first = start.child(0)
        if first.type in modifiers and first.child_count and first.child(0).type in kinds:
            after = [child for child in first.children if child.type not in kinds]
            after += [child for child in start.children if child.id != first.id]
        elif first.type in kinds | syntax.grammar.comments:
            after = [child for child in start.children if child.type not in kinds]
        else:
            break
        if not after:
            break
        start = after[0]
    return syntax.span(start).start


def _is_expression(syntax: Syntax, body: Node) -> bool:
    """Whether a body is a bare expression whose value is returned."""
    text = syntax.offsets.data
    return syntax.grammar.braces and text[body.start_byte : body.start_byte + 1] != b"{"


def _indent(document: Document, start: int) -> str:
    """The white space before the first text of the line."""
    line = document.slice(document.lines.span(document.lines.line_of(start)))
    return line[: len(line) - len(line.lstrip(" \t\f"))]


def body_node(syntax: Syntax, site: Site) -> Node | None:
    """The node of a definition's body."""
    return follow(site.node, syntax.grammar.body)
