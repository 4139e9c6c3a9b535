"""The rules' explanation: how a symbol is built, and honestly nothing about what it is for."""

from __future__ import annotations

import ast
import asyncio
import builtins

from camus.actions.markdown import code, fenced, listed, words
from camus.actions.rewrites.facts import Entry, Facts
from camus.actions.rewrites.outline import counted, outline
from camus.actions.rewrites.python_facts import python_facts
from camus.actions.rewrites.python_tree import node_of
from camus.actions.rewrites.typewords import sentence
from camus.actions.rewrites.vocabulary import word_set
from camus.actions.summary import (
    complexity_word,
    effect,
    first_paragraph,
    is_deep,
    is_long,
    members_of,
    signature,
    size,
    summary,
)
from camus.actions.tasks import Draft, Task
from camus.source import Document, Scope, definitions, imports, language_for

_HONEST = (
    "*Read from the syntax tree alone: this says how the code is built, not what it is meant for.*"
)
_SCRIPT_BUILT_IN = word_set(
    """
    Array Boolean Date Error JSON Map Math Number Object Promise RegExp Set String Symbol console
    fetch parseFloat parseInt queueMicrotask require setInterval setTimeout structuredClone
    """
)
_LISTED = 60


async def explain(task: Task) -> Draft | None:
    """The structural explanation; None for a question of the user's own."""
    if task.instruction.strip():
        return None
    return Draft(text=await asyncio.to_thread(explanation, task.document, task.scope))


def explanation(document: Document, scope: Scope) -> str:
    """Markdown about one symbol, a class with its members, or a file with its definitions."""
    if scope.kind == "lines":
        return f"{summary(document, scope)}\n\n{_HONEST}"
    parts = [f"## {code(scope.qualified_name or scope.name)}", _opening(document, scope)]
    if scope.kind != "module":
        row = language_for(document.language)
        parts.append(fenced(signature(document, scope), row.fence if row else ""))
    doc = first_paragraph(scope)
    if doc:
        parts.append(f"Its own documentation says: {words(doc)}")
    if scope.kind in {"class", "module"}:
        parts += _members(document, scope)
    else:
        parts += _function(document, scope)
    return "\n\n".join([*parts, _HONEST])


def _opening(document: Document, scope: Scope) -> str:
    row = language_for(document.language)
    title = row.title if row else document.language
    if scope.kind == "module":
        return f"A {title} file of {len(document.lines)} lines."
    kind = "asynchronous " if scope.is_async else ""
    kind += "generator" if scope.yields else scope.kind
    lead = "An" if kind[0] in "aeiou" else "A"
    said = f"{lead} {kind} in {title}: {size(document, scope)}."
    return f"{said} It is yet to be written." if scope.is_stub else said


def _function(document: Document, scope: Scope) -> list[str]:
    facts = python_facts(document, scope) if document.language == "python" else None
    parts = [
        _section("Parameters", _parameters(scope, python=facts is not None)),
        _section("What happens", _course(document, scope)),
        _section("What it uses", _uses(document, scope)),
        _section("What comes out", _results(scope, facts)),
        _section("Worth a look", _remarks(document, scope)),
    ]
    return [part for part in parts if part]


def _section(title: str, text: str) -> str:
    return f"### {title}\n\n{text}" if text else ""


def _parameters(scope: Scope, *, python: bool) -> str:
    stars = {"args": "*" if python else "...", "kwargs": "**"}
    given = scope.parameters
    if python and scope.kind == "method" and given and given[0].name in {"self", "cls"}:
        given = given[1:]
    lines = []
    for each in given:
        said = f"- {code(stars.get(each.kind, '') + each.name)}"
        said += f": {code(each.type)}" if each.type else ""
        said += f", {code(each.default)} unless given" if each.default else ""
        said += ", by keyword only" if each.kind == "keyword" else ""
        lines.append(said)
    return "\n".join(lines)


def _course(document: Document, scope: Scope) -> str:
    if document.language == "python":
        node = node_of(document, scope)
        if node is not None:
            body = node.body[1:] if ast.get_docstring(node, clean=False) is not None else node.body
            return outline(body)
    said = counted(document, scope)
    return f"Its body holds {said}." if said else ""


def _uses(document: Document, scope: Scope) -> str:
    groups: dict[str, list[str]] = {}
    for call in scope.calls:
        groups.setdefault(_origin(document, call), []).append(call)
    order = ("this file", "this project", "imported", "its own object", "built in", "other")
    return "\n".join(f"- {name}: {listed(groups[name], 20)}" for name in order if name in groups)


def _origin(document: Document, call: str) -> str:
    """Where a called name comes from, as far as this file tells."""
    head = call.replace("?", "").split(".")[0]
    if head in {"self", "cls", "this", "super()"}:
        return "its own object"
    for each in imports(document):
        if head == each.alias.split(".")[0]:
            root = each.module.lstrip("./").split(".")[0].split("/")[0]
            own = each.module.startswith(".") or (root and f"/{root}/" in document.uri)
            return "this project" if own else "imported"
    if any(each.name == head for each in definitions(document)):
        return "this file"
    python = document.language == "python"
    known = hasattr(builtins, head) if python else head in _SCRIPT_BUILT_IN
    return "built in" if known else "other"


def _results(scope: Scope, facts: Facts | None) -> str:
    lines = []
    if facts and facts.returns:
        lines.append(f"- returns: {_said(facts.returns)}")
    elif scope.returns_value:
        lines.append(f"- returns {code(scope.return_type) if scope.return_type else 'a value'}")
    if scope.yields:
        said = _said(facts.yields) if facts and facts.yields else ""
        lines.append(f"- yields: {said}" if said else "- yields values one after another")
    if facts:
        lines += [f"- raises {code(each.name)}: {each.known}".rstrip(": ") for each in facts.raises]
    else:
        lines += [f"- raises {code(name)}" for name in scope.raises]
    lines += [f"- {effect(each)}" for each in scope.effects]
    return "\n".join(lines)


def _said(entry: Entry) -> str:
    text = entry.known or sentence(entry.type)
    return f"{text[:1].lower()}{text[1:]}".rstrip(".") if not text.startswith("`") else text


def _remarks(document: Document, scope: Scope) -> str:
    lines = []
    if scope.complexity > 10:
        word = complexity_word(scope.complexity)
        lines.append(f"- {word}: {scope.complexity} paths lead through it; 10 is a usual limit")
    if is_long(document, scope):
        lines.append("- long: it does not fit on a screen")
    if is_deep(scope):
        lines.append(f"- nested {scope.nesting} deep: early returns or a helper would flatten it")
    if len(scope.parameters) > 6:
        lines.append(f"- {len(scope.parameters)} parameters are hard to call right")
    return "\n".join(lines)


def _members(document: Document, scope: Scope) -> list[str]:
    parts = []
    if scope.kind == "class" and document.language == "python":
        attributes = python_facts(document, scope).attributes
        lines = [
            f"- {code(each.name)}" + (f": {code(each.type)}" if each.type else "")
            for each in attributes
        ]
        parts.append(_section("Attributes", "\n".join(lines)))
    if scope.kind == "module":
        modules = dict.fromkeys(each.module for each in imports(document) if each.module)
        parts.append(_section("Imports", listed(list(modules), 30)))
    members = members_of(document, scope)
    lines = [_member(document, each) for each in members[:_LISTED]]
    if len(members) > _LISTED:
        lines.append(f"- and {len(members) - _LISTED} more")
    parts.append(_section("Members" if scope.kind == "class" else "Definitions", "\n".join(lines)))
    return [part for part in parts if part]


def _member(document: Document, scope: Scope) -> str:
    doc = words(first_paragraph(scope), 120)
    said = f"- {code(scope.name)}: {scope.kind}, {size(document, scope)}"
    return f"{said}. {doc}" if doc else said
