"""The parameters, decorators and return type of a definition, as written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from camus.source.paths import follow
from camus.source.sites import Site
from camus.source.trees import Syntax

if TYPE_CHECKING:
    from tree_sitter import Node

_OPEN, _CLOSE = "([{<", ")]}>"
_BRACKETS = re.compile(r"^#?\[+|\]+$")
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
    if grammar.parameter_pattern:
        return tuple(_read_parameters(syntax, site))
    found: list[Parameter] = []
    kind: ParameterKind = "positional"
    for node in _parameter_nodes(syntax, site.node):
        if node.type in grammar.position_marks:
            found = [replace(each, positional_only=True) for each in found]
        elif node.type in grammar.keyword_marks:
            kind = "keyword"
        elif not node.is_extra and not node.is_error and node.type not in grammar.own_parameters:
            parameter = _parameter(syntax, node, kind)
            named = node.children_by_field_name("name")
            several = [replace(parameter, name=syntax.text(each)) for each in named]
            found += several if len(several) > 1 else [parameter]
            if grammar.keyword_marks and parameter.kind == "args":
                kind = "keyword"
    if grammar.types_around_names:
        found = [each for each in found if each.name or each.type != "void"]
    return tuple(found)


def return_type(syntax: Syntax, site: Site) -> str:
    """The annotation of what a function returns, without its mark."""
    grammar = syntax.grammar
    if site.kind == "class":
        return ""
    if grammar.return_pattern:
        return _read_return(syntax, site)
    node = follow(site.node, grammar.return_type)
    if node is not None and grammar.types_around_names and site.name_node is not None:
        first, last = node.end_byte, site.name_node.start_byte
        marks = re.findall(rb"[*&]", syntax.offsets.data[first:last]) if first < last else []
        return f"{_annotation(syntax, node)} {b''.join(marks).decode()}".strip()
    return _annotation(syntax, node)


def declared_raises(syntax: Syntax, site: Site) -> tuple[str, ...]:
    """The exceptions that a definition's own header names."""
    path = syntax.grammar.declared_raises
    node = follow(site.node, path) if path and site.kind != "class" else None
    return tuple(_one_line(syntax.text(each)) for each in node.named_children) if node else ()


def decorators(syntax: Syntax, site: Site) -> tuple[str, ...]:
    """The decorators in order, each without its `@` or brackets."""
    kinds = syntax.grammar.decorators
    nodes = [node for node in site.leading if node.type in kinds]
    for node in {site.outer.id: site.outer, site.node.id: site.node}.values():
        for holder in (node, *_modifiers(syntax, node)):
            nodes += [child for child in holder.children if child.type in kinds]
    texts = (syntax.text(node).removeprefix("@").strip() for node in nodes)
    return tuple(_BRACKETS.sub("", text) for text in texts)


def _modifiers(syntax: Syntax, node: Node) -> list[Node]:
    return [child for child in node.children if child.type in syntax.grammar.modifiers]


def is_async(syntax: Syntax, site: Site) -> bool:
    """Whether the definition itself is marked as asynchronous."""
    word = syntax.grammar.async_word
    if any(child.type == word for child in site.node.children):
        return True
    modifiers = (syntax.text(node) for node in _modifiers(syntax, site.node))
    return any(word in text.split() for text in modifiers)


def _parameter_nodes(syntax: Syntax, node: Node) -> list[Node]:
    listed = follow(node, syntax.grammar.parameters)
    if listed is not None:
        return listed.named_children
    lone = syntax.grammar.lone_parameter
    alone = follow(node, lone) if lone else None
    return [alone] if alone is not None else []


def _read_parameters(syntax: Syntax, site: Site) -> Iterator[Parameter]:
    """The parameters as the text between the brackets gives them."""
    listed = follow(site.node, syntax.grammar.parameters)
    pattern = re.compile(syntax.grammar.parameter_pattern, re.DOTALL)
    text = syntax.text(listed)[1:-1] if listed is not None else ""
    for part in _split(re.sub(r"/\*.*?\*/|//[^\r\n]*", " ", text, flags=re.DOTALL)):
        match = pattern.fullmatch(part)
        if match is not None:
            said = {key: _one_line(value or "") for key, value in match.groupdict().items()}
            kind: ParameterKind = "args" if said.get("many") else "positional"
            yield Parameter(said["name"], said["type"], said["default"], kind)


def _split(text: str) -> Iterator[str]:
    """The parts between commas that stand in no bracket and no string."""
    depth, start, quote = 0, 0, ""
    for index, char in enumerate(text):
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        elif char in _OPEN:
            depth += 1
        elif char in _CLOSE:
            depth -= text[index - 1 : index] not in {"-", "="} or char != ">"
        elif char == "," and depth == 0:
            yield text[start:index].strip()
            start = index + 1
    if text[start:].strip():
        yield text[start:].strip()


def _read_return(syntax: Syntax, site: Site) -> str:
    """The annotation as the text between the parameters and the body gives it."""
    grammar = syntax.grammar
    listed, body = follow(site.node, grammar.parameters), follow(site.node, grammar.body)
    if listed is None:
        return ""
    end = body.start_byte if body is not None else site.node.end_byte
    text = syntax.offsets.data[listed.end_byte : end].decode("utf-8", "replace")
    match = re.match(grammar.return_pattern, text, re.DOTALL)
    return _one_line(match[1]) if match else ""


def _parameter(syntax: Syntax, node: Node, kind: ParameterKind) -> Parameter:
    grammar = syntax.grammar
    named = follow(node, grammar.parameter_name)
    if grammar.types_around_names and (named is None or named.type.startswith("abstract_")):
        return _unnamed(syntax, node)
    if named is None and node.type not in grammar.splats:
        inside = [child for child in node.named_children if child.type not in grammar.comments]
        wraps = inside and node.child_by_field_name("type") is not None
        named = inside[0] if wraps else node
    name = named if named is not None else node
    if node.type in grammar.splats:
        kind = grammar.splats[node.type]
    if name.type in grammar.splats:
        kind = grammar.splats[name.type]
        name = next(iter(name.named_children), name)
    default = _first_field(node, ("value", "right", "default_value"))
    return Parameter(
        name=_one_line(syntax.text(name)),
        type=_type(syntax, node, name, default),
        default=_one_line(syntax.text(default)) if default is not None else "",
        kind=kind,
        optional=node.type in grammar.optional_parameters,
    )


def _unnamed(syntax: Syntax, node: Node) -> Parameter:
    text = _one_line(syntax.text(node))
    return Parameter("", "", kind="args") if text == "..." else Parameter("", text)


def _type(syntax: Syntax, node: Node, name: Node, default: Node | None) -> str:
    """The type beside the name, or all the text around it."""
    if not syntax.grammar.types_around_names:
        return _annotation(syntax, follow(node, syntax.grammar.parameter_type))
    data = syntax.offsets.data
    end = data.rfind(b"=", 0, default.start_byte) if default is not None else node.end_byte
    text = data[node.start_byte : name.start_byte] + b" " + data[name.end_byte : end]
    return _one_line(re.sub(r"\s+(?=[\s)])", "", text.decode("utf-8", "replace")))


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
