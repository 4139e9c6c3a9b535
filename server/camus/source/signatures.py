"""The parameters, decorators and return type of a definition, as written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from camus.source.sites import Site
from camus.source.trees import Syntax

if TYPE_CHECKING:
    from tree_sitter import Node

ParameterKind = Literal["positional", "keyword", "args", "kwargs"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter as written: `*args` has kind `args`, `**kwargs` kind `kwargs`.

    A destructured one has its pattern as its name. `optional` is TypeScript's `name?`.
    """

    name: str
    type: str = ""
    default: str = ""
    kind: ParameterKind = "positional"
    positional_only: bool = False
    optional: bool = False


def parameters(syntax: Syntax, site: Site) -> tuple[Parameter, ...]:
    """The parameters of a function in order; none for a class."""
    grammar = syntax.grammar
    if site.kind == "class":
        return ()
    found: list[Parameter] = []
    kind: ParameterKind = "positional"
    for node in _parameter_nodes(syntax, site.node):
        if node.type in grammar.position_marks:
            found = [replace(each, positional_only=True) for each in found]
        elif node.type in grammar.keyword_marks:
            kind = "keyword"
        elif not node.is_extra and not node.is_error:
            parameter = _parameter(syntax, node, kind)
            found.append(parameter)
            if grammar.keyword_marks and parameter.kind == "args":
                kind = "keyword"
    return tuple(found)


def return_type(syntax: Syntax, site: Site) -> str:
    """The annotation of what a function returns, without its mark."""
    node = site.node.child_by_field_name(syntax.grammar.return_field)
    return _annotation(syntax, node)


def decorators(syntax: Syntax, site: Site) -> tuple[str, ...]:
    """The decorators in order, each without its `@`."""
    kinds = syntax.grammar.decorators
    nodes = [node for node in site.leading if node.type in kinds]
    for node in (site.outer, site.node):
        if node is site.outer or node.id != site.outer.id:
            nodes += [child for child in node.children if child.type in kinds]
    return tuple(syntax.text(node).removeprefix("@").strip() for node in nodes)


def is_async(syntax: Syntax, site: Site) -> bool:
    """Whether the definition itself is marked as asynchronous."""
    word = syntax.grammar.async_word
    return any(child.type == word for child in site.node.children)


def _parameter_nodes(syntax: Syntax, node: Node) -> list[Node]:
    for name in syntax.grammar.parameters_fields:
        listed = node.child_by_field_name(name)
        if listed is not None:
            alone = name != syntax.grammar.parameters_fields[0]
            return [listed] if alone else listed.named_children
    return []


def _parameter(syntax: Syntax, node: Node, kind: ParameterKind) -> Parameter:
    grammar = syntax.grammar
    named = _first_field(node, ("name", "pattern", "left"))
    if named is None and node.type not in grammar.splats:
        inside = [child for child in node.named_children if child.type not in grammar.comments]
        wraps = inside and node.child_by_field_name("type") is not None
        named = inside[0] if wraps else node
    name = named if named is not None else node
    if name.type in grammar.splats:
        kind = grammar.splats[name.type]
        name = next(iter(name.named_children), name)
    default = _first_field(node, ("value", "right"))
    return Parameter(
        name=_one_line(syntax.text(name)),
        type=_annotation(syntax, node.child_by_field_name("type")),
        default=_one_line(syntax.text(default)) if default is not None else "",
        kind=kind,
        optional=node.type in grammar.optional_parameters,
    )


def _first_field(node: Node, names: tuple[str, ...]) -> Node | None:
    for name in names:
        found = node.child_by_field_name(name)
        if found is not None:
            return found
    return None


def _annotation(syntax: Syntax, node: Node | None) -> str:
    return _one_line(syntax.text(node)).removeprefix(":").strip() if node is not None else ""


def _one_line(text: str) -> str:
    return " ".join(text.split()) if "\n" in text or "\r" in text else text.strip()
