"""What the syntax tree alone says of a symbol, in Markdown; for hovers and as an explanation."""

from __future__ import annotations

import inspect

from camus.actions.markdown import code, fenced, listed, words
from camus.source import Document, Scope, definitions, language_for

_LONG = 60
_DEEP = 4


def summary(document: Document, scope: Scope) -> str:
    """Signature, what it calls, complexity, raises and side effects; inventing nothing."""
    if scope.kind in {"module", "lines"}:
        return _of_file(document, scope)
    row = language_for(document.language)
    parts = [fenced(signature(document, scope), row.fence if row else "")]
    doc = first_paragraph(scope)
    if doc:
        parts.append(words(doc))
    facts = [f"{_what(scope)}, {size(document, scope)}"]
    if scope.kind == "class":
        members = [each.name for each in members_of(document, scope)]
        facts += [f"members {listed(members)}"] if members else []
    else:
        facts += _behaviour(scope)
    parts.append("\n".join(f"- {fact}" for fact in facts))
    return "\n\n".join(parts)


def signature(document: Document, scope: Scope) -> str:
    """The header with its decorators as written, without the base indentation."""
    header = document.slice(scope.header).rstrip().removesuffix(":").removesuffix("{").rstrip()
    text = "\n".join([*(f"@{each}" for each in scope.decorators), scope.indent + header])
    lines = [line.removeprefix(scope.indent) for line in text.splitlines()]
    return "\n".join(lines[:20])


def first_paragraph(scope: Scope) -> str:
    """The first paragraph of a definition's own documentation."""
    return inspect.cleandoc(scope.doc_text).split("\n\n")[0].strip()


def size(document: Document, scope: Scope) -> str:
    """Length, complexity and nesting in words."""
    lines = document.lines
    count = lines.line_of(max(scope.span.start, scope.span.end - 1)) - lines.line_of(
        scope.span.start
    )
    said = f"{count + 1} line{'s' if count else ''}"
    if scope.kind == "class":
        return said
    said += f", complexity {scope.complexity} ({complexity_word(scope.complexity)})"
    if scope.nesting > 1:
        said += f", nested {scope.nesting} deep"
    return said


def complexity_word(number: int) -> str:
    """McCabe's number in a word; over 10 is what he advised against (McCabe 1976)."""
    for limit, word in ((5, "simple"), (10, "moderate"), (20, "complex")):
        if number <= limit:
            return word
    return "very complex"


def is_long(document: Document, scope: Scope) -> bool:
    """Whether a definition is longer than a screen."""
    lines = document.lines
    return lines.line_of(scope.span.end) - lines.line_of(scope.span.start) >= _LONG


def is_deep(scope: Scope) -> bool:
    """Whether a definition is nested deeper than is easy to follow."""
    return scope.nesting >= _DEEP


def members_of(document: Document, scope: Scope) -> list[Scope]:
    """The definitions directly inside a class, or at the top of a file."""
    prefix = f"{scope.qualified_name}." if scope.qualified_name else ""
    return [
        each
        for each in definitions(document)
        if scope.span.contains(each.span)
        and each.qualified_name == f"{prefix}{each.name}"
        and each.span != scope.span
    ]


def _what(scope: Scope) -> str:
    words_ = ["asynchronous"] if scope.is_async else []
    words_.append("generator" if scope.yields else scope.kind)
    if scope.is_stub:
        words_.append("yet to be written")
    return " ".join(words_)


def _behaviour(scope: Scope) -> list[str]:
    facts = []
    if scope.calls:
        facts.append(f"calls {listed(scope.calls, 8)}")
    if scope.return_type:
        facts.append(f"returns {code(scope.return_type)}")
    elif scope.returns_value:
        facts.append("returns a value")
    if scope.raises:
        facts.append(f"raises {listed(scope.raises, 8)}")
    if scope.effects:
        facts.append(f"side effects: {', '.join(effect(each) for each in scope.effects[:8])}")
    return facts


def effect(text: str) -> str:
    """A side effect with its code as code: writes `self.x`."""
    verb, _, rest = text.partition(" ")
    return f"{words(verb)} {code(rest)}" if rest and any(c in rest for c in "._()") else words(text)


def _of_file(document: Document, scope: Scope) -> str:
    lines = len(document.lines)
    if scope.kind == "lines":
        return f"{size(document, scope)} of {words(document.language)} text"
    names = [each.name for each in members_of(document, scope)]
    said = f"{lines} lines, {len(definitions(document))} definitions"
    return f"{said}: {listed(names)}" if names else said
