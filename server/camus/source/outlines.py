"""The definitions of a text by name, place and documentation; reads no bodies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from camus.source.docs import doc_of
from camus.source.document import Document
from camus.source.scopes import body_node
from camus.source.signatures import decorators
from camus.source.sites import Site, SiteKind, sites_in
from camus.source.spans import Span
from camus.source.stubs import is_stub
from camus.source.trees import Syntax, pieces, syntax_of


@dataclass(frozen=True, slots=True)
class Outline:
    """One definition as `Scope` has it, without what only its body tells."""

    kind: SiteKind
    name: str
    qualified_name: str
    span: Span
    body: Span
    """The node of the body with its braces; empty at the end where there is none."""
    doc: Span | None
    decorators: tuple[str, ...]
    is_stub: bool


def outline(document: Document) -> tuple[Outline, ...]:
    """All definitions in the order of the text, nested ones included.

    Costs about a third of `definitions`, for text that is looked at once.
    """
    known = document.memo.get("outline")
    if not isinstance(known, tuple):
        syntax = syntax_of(document)
        known = tuple(_all(document, syntax)) if syntax is not None else ()
        document.memo["outline"] = known
    return known


def _all(document: Document, syntax: Syntax) -> Iterator[Outline]:
    for piece in pieces(syntax):
        for site in sites_in(syntax, piece.node, piece.leading):
            yield _outline(document, syntax, site)


def _outline(document: Document, syntax: Syntax, site: Site) -> Outline:
    body = body_node(syntax, site)
    own, outer = syntax.span(site.node), syntax.span(site.outer)
    marks = decorators(syntax, site)
    declared = document.uri.endswith(syntax.grammar.declaration_files)
    return Outline(
        kind=site.kind,
        name=site.name,
        qualified_name=site.qualified_name,
        span=Span(syntax.offsets.character(site.start_byte), max(outer.end, own.end)),
        body=syntax.span(body) if body is not None else Span(own.end, own.end),
        doc=doc_of(syntax, site, body)[0],
        decorators=marks,
        is_stub=not declared and is_stub(syntax, site, body, marks),
    )
