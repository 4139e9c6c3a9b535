"""The names a piece of code binds and uses, by their places in the tree; resolves nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal, NamedTuple, cast

from camus.source.document import Document
from camus.source.grammars import Grammar
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


class _Rule(NamedTuple):
    """What a grammar's row says of one kind of node at one place."""

    binds: bool | None
    """Whether names are bound here; None: as around it."""
    label: bool
    element: bool
    foreign: str
    name: Literal["whole", "head", ""]


def _places(syntax: Syntax, span: Span) -> Iterator[tuple[Node, bool]]:
    """Each identifier that stands for a variable or type, and whether it is bound there."""
    known = _RULES.setdefault(syntax.grammar, {})
    first, last = syntax.offsets.byte(span.start), syntax.offsets.byte(span.end)
    visit = Walk(syntax.tree.root_node, (first, last))
    cursor = visit.cursor
    above: list[Node] = []
    binding: list[bool] = []
    for node in visit:
        if not node.is_named:
            continue  # a keyword or a mark: half of all nodes
        depth = visit.depth
        del above[depth:], binding[depth:]
        place = above[-1].kind_id if above else -1, cursor.field_id, node.kind_id
        rule = known.get(place)
        if rule is None:
            parent = above[-1].type if above else ""
            rule = known[place] = _rule(syntax.grammar, parent, cursor.field_name, node.type)
        above.append(node)
        binds = rule.binds
        if binds is None:
            binds = bool(binding) and binding[-1]
        binding.append(binds)
        if node.end_byte <= first or node.start_byte >= last or _is_label(syntax, node, rule):
            visit.skip()
        elif rule.name == "whole":
            yield node, binds
        elif rule.name == "head" and node.child_count:
            visit.skip()
            yield node.child(0), binds


_RULES: dict[Grammar, dict[tuple[int, int | None, int], _Rule]] = {}
"""What was read from each row so far, by the grammar's numbers: some hundred places a language."""


def _rule(grammar: Grammar, parent: str, field: str | None, kind: str) -> _Rule:
    place = f"{parent}.{field}"
    fields = grammar.binders.get(parent, ())
    binds = True if "*" in fields or field in fields else None
    if kind in grammar.unbinding or place in grammar.unbinding:
        binds = False
    name: Literal["whole", "head", ""] = "whole" if kind in grammar.identifiers else ""
    if not name and kind in grammar.heads:
        name = "head"
    label, element = place in grammar.labels, place in grammar.elements
    return _Rule(binds, label, element, grammar.foreign.get(kind, ""), name)


def _is_label(syntax: Syntax, node: Node, rule: _Rule) -> bool:
    """Whether a node names nothing here: an attribute, an HTML element, another file's name."""
    if rule.label or rule.element:
        return rule.label or syntax.text(node)[:1].islower()
    return bool(rule.foreign) and node.child_by_field_name(rule.foreign) is not None
