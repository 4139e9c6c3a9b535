"""The names a piece of code binds and uses, by their places in the tree; resolves nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from camus.source.document import Document
from camus.source.spans import Span
from camus.source.trees import Syntax, Walk, syntax_of

if TYPE_CHECKING:
    from tree_sitter import Node


def names_used(document: Document, span: Span) -> tuple[str, ...]:
    """The names read within a span, each once, in order: callees, heads of attributes, types.

    Names that are bound within the span are among them when they are read there too; attribute
    and keyword names, labels and lower-case JSX elements are not.
    """
    return _names(document, span)[0]


def names_bound(document: Document, span: Span) -> tuple[str, ...]:
    """The names that something within a span binds, each once, in order.

    Parameters, assigned and declared variables, imports, loop and exception variables,
    functions, classes and types, of nested scopes too.
    """
    return _names(document, span)[1]


def _names(document: Document, span: Span) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names used and the names bound; one walk tells both, and several ask of one target."""
    key = f"names {span.start} {span.end}"
    known = document.memo.get(key)
    if known is None:
        syntax = syntax_of(document)
        used: dict[str, None] = {}
        bound: dict[str, None] = {}
        if syntax is not None:
            for node, binding in _places(syntax, span):
                (bound if binding else used)[syntax.text(node)] = None
        known = document.memo[key] = tuple(used), tuple(bound)
    return cast("tuple[tuple[str, ...], tuple[str, ...]]", known)


def _places(syntax: Syntax, span: Span) -> Iterator[tuple[Node, bool]]:
    """Each identifier that stands for a variable or type, and whether it is bound there."""
    grammar = syntax.grammar
    first, last = syntax.offsets.byte(span.start), syntax.offsets.byte(span.end)
    visit = Walk(syntax.tree.root_node)
    kinds: list[str] = []
    binding: list[bool] = []
    for node in visit:
        if not node.is_named:
            continue  # a keyword or a mark: half of all nodes
        depth, kind = visit.depth, node.type
        del kinds[depth:], binding[depth:]
        parent = kinds[-1] if kinds else ""
        place = f"{parent}.{visit.cursor.field_name}"
        kinds.append(kind)
        binding.append(_binds(syntax, place, kind, inherited=bool(binding) and binding[-1]))
        if node.end_byte <= first or node.start_byte >= last or _is_label(syntax, node, place):
            visit.skip()
        elif kind in grammar.identifiers:
            yield node, binding[-1]
        elif kind in grammar.heads and node.child_count:
            visit.skip()
            yield node.child(0), binding[-1]


def _binds(syntax: Syntax, place: str, kind: str, *, inherited: bool) -> bool:
    grammar = syntax.grammar
    parent, _, field = place.partition(".")
    if kind in grammar.unbinding or place in grammar.unbinding:
        return False
    fields = grammar.binders.get(parent, ())
    return inherited or "*" in fields or field in fields


def _is_label(syntax: Syntax, node: Node, place: str) -> bool:
    """Whether a node names nothing here: an attribute, an HTML element, another file's name."""
    grammar = syntax.grammar
    if place in grammar.labels:
        return True
    if place in grammar.elements:
        return syntax.text(node)[:1].islower()
    field = grammar.foreign.get(node.type)
    return field is not None and node.child_by_field_name(field) is not None
