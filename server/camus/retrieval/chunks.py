"""A definition as the few lines that tell a model how to use it."""

from __future__ import annotations

from camus.actions import Chunk
from camus.source import Document, Scope, Span, definitions, language_for

_SIGNATURE = 400
_TYPE = 500
_FIELDS = 12
_CONSTRUCTORS = frozenset({"__init__", "constructor"})


def chunk_of(document: Document, scope: Scope, reason: str) -> Chunk:
    """The signature of a definition with the first line of its documentation.

    A short type without methods is its own signature; a class shows how it is constructed.
    """
    return Chunk(
        text=_text(document, scope),
        source=document.uri,
        span=scope.span,
        title=scope.qualified_name,
        reason=reason,
    )


def _text(document: Document, scope: Scope) -> str:
    members = _members(document, scope) if scope.kind == "class" else []
    if scope.kind == "class" and not members and len(scope.span) <= _TYPE:
        return document.slice(scope.span)
    row = language_for(document.language)
    comment = row.line_comment if row else "#"
    lines = [_header(document, scope)]
    if scope.doc_text:
        lines.append(f"    {comment} {scope.doc_text.splitlines()[0][:160]}")
    constructors = [member for member in members if member.name in _CONSTRUCTORS]
    lines += [f"    {_header(document, member)}" for member in constructors[:1]]
    if scope.kind == "class" and not constructors:
        lines += _fields(document, scope, members)
    return "\n".join(lines)


def _header(document: Document, scope: Scope) -> str:
    return " ".join(document.slice(scope.header).split())[:_SIGNATURE]


def _fields(document: Document, scope: Scope, members: list[Scope]) -> list[str]:
    """The lines of a class before its first method; how a data class is constructed."""
    inner = members[0].span.start if members else scope.body.end
    start = scope.doc.end if scope.doc and scope.body.contains(scope.doc) else scope.body.start
    fields = document.slice(Span(start, max(start, inner)))
    return [f"    {line.strip()}" for line in fields.splitlines() if line.strip()][:_FIELDS]


def _members(document: Document, scope: Scope) -> list[Scope]:
    """The definitions directly within a class."""
    prefix = f"{scope.qualified_name}."
    return [
        each
        for each in definitions(document)
        if each.qualified_name == prefix + each.name and scope.span.contains(each.span)
    ]
