"""What a node defines and what that is called; knows no place in the file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from camus.source.grammars import Grammar
from camus.source.paths import follow
from camus.source.trees import Syntax

if TYPE_CHECKING:
    from tree_sitter import Node

_SEPARATOR = re.compile(r"::|[.:/\\](?=\w)|[.:]$")
_GENERIC = re.compile(r"<[^<>]*>|\[[^\[\]'\"]*\]$")


@dataclass(frozen=True, slots=True)
class Found:
    """A definition's own node, its name, where that stands, and the nodes that wrap it."""

    node: Node
    name: str
    name_node: Node | None
    wrapping: tuple[int, ...]


def owner_of(syntax: Syntax, node: Node) -> str:
    """The type a definition is written for, as Go's receivers say."""
    path = syntax.grammar.owners.get(node.type)
    named = follow(node, path) if path else None
    return _as_name(syntax.text(named)).lstrip("*&") if named is not None else ""


def prefixed(prefix: str, name: str) -> str:
    """A name behind what it belongs to, if that has a name."""
    return f"{prefix}.{name}" if prefix and name else prefix or name


def find(syntax: Syntax, node: Node) -> Found | None:
    """The definition that a node is or wraps, with the name that its carrier gives it."""
    grammar = syntax.grammar
    carrier: Node | None = None
    wrapping = []
    inner: Node | None = node
    while inner is not None and inner.type in grammar.wrappers:
        if inner.type in grammar.definitions and not _counts(grammar, inwards(grammar, inner)):
            carrier = None
            break
        wrapping.append(inner.id)
        if carrier is None and inner.type in grammar.carriers:
            carrier = inner
        inner = inwards(grammar, inner)
    if inner is not None and carrier is not None and inner.type in grammar.calls:
        inner = _passed_through(syntax, inner)
    if inner is None or not _counts(grammar, inner):
        return None
    wrapping.append(inner.id)
    name, name_node = _name(syntax, inner, carrier, node)
    if not name and grammar.definitions[inner.type] not in {"namespace", "members"}:
        return None
    return Found(inner, name, name_node, tuple(wrapping))


def _counts(grammar: Grammar, node: Node | None) -> bool:
    """Whether a node is a definition, with what its kind needs to be one."""
    if node is None or node.type not in grammar.definitions:
        return False
    needed = grammar.requires.get(node.type)
    return needed is None or follow(node, needed) is not None


def inwards(grammar: Grammar, node: Node) -> Node | None:
    """One step from a wrapper towards what it wraps."""
    for field in grammar.wrappers[node.type]:
        if field == "bare" and any(child.type == "(" for child in node.children):
            return None
        if field not in {"*", "first", "last", "bare"}:
            child = node.child_by_field_name(field)
            if child is not None:
                return child
            continue
        ignored = grammar.comments | grammar.decorators
        inside = [child for child in node.named_children if child.type not in ignored]
        if len(inside) == 1 or (inside and field in {"first", "last"}):
            return inside[-1 if field == "last" else 0]
    return None


def _passed_through(syntax: Syntax, call: Node) -> Node | None:
    """The function that a call like `memo(...)` wraps."""
    grammar = syntax.grammar
    callee = follow(call, grammar.calls[call.type])
    arguments = call.child_by_field_name("arguments")
    if callee is None or arguments is None:
        return None
    if syntax.text(callee).rpartition(".")[2] not in grammar.naming_calls:
        return None
    functions = (child for child in arguments.named_children if child.type in grammar.anonymous)
    return next(functions, None)


def _name(
    syntax: Syntax, inner: Node, carrier: Node | None, outer: Node
) -> tuple[str, Node | None]:
    """The name of a definition and where it stands; a carrier's name before its own."""
    grammar = syntax.grammar
    own = follow(inner, grammar.names.get(inner.type, grammar.name_field))
    if carrier is not None:
        name, node = carried_name(syntax, carrier)
        if name and (own is None or not name.endswith("exports")):
            return name, node
    if own is not None:
        return _as_name(syntax.text(own)), _last_part(own)
    if grammar.default_export and outer.type in grammar.wrappers:
        for child in outer.children:
            if child.type == grammar.default_export:
                return grammar.default_export, child
    return "", None


def carried_name(syntax: Syntax, carrier: Node) -> tuple[str, Node | None]:
    """The name a variable, property or assignment gives; the last part is where it stands."""
    node = follow(carrier, syntax.grammar.carriers[carrier.type])
    if node is None or node.type.endswith("_pattern"):
        return "", None
    name = _as_name(syntax.text(node))
    last = node.child_by_field_name("property") if node.type in syntax.grammar.members else None
    return name, last or node


def _as_name(text: str) -> str:
    """A name as written, on one line, without quotes and without the receiver."""
    name = " ".join(text.split()).strip("'\"`")
    if name.startswith("operator") or not re.match(r"[\w:~$]", name):
        pass  # its marks are its name
    elif "::" in name or "<" in name or name.endswith("]"):
        while name != (name := _GENERIC.sub("", name)):
            pass
        name = name.replace("::", ".").strip(".")
    elif ":" in name or "\\" in name:
        name = _SEPARATOR.sub(".", name).strip(".")
    if name.startswith("operator"):
        return name if name.startswith("operator(") else name.partition("(")[0].strip()[:200]
    return name.removeprefix("this.").removeprefix("self.")[:200]


def _last_part(node: Node) -> Node:
    """The last name of a qualified one."""
    while (last := follow(node, "name | field | method")) is not None:
        node = last
    return node
