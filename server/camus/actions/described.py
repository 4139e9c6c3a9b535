"""A request told by plain fields, as a line of JSON has them, as a document with its scope."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from camus.analysis import Finding
from camus.source import Document, Scope, Span, definitions, enclosing, language_of

_SECURITY = re.compile(r"\bS\d{3}\b|\bB\d{3}\b|security|injection|vulnerab|insecure", re.IGNORECASE)
_LONGEST = 200_000
"""Characters of code that are parsed; more is looked at as text."""


@dataclass(frozen=True, slots=True)
class Described:
    """What of a described request is code: the document, what it is about, its problems."""

    document: Document | None
    scope: Scope | None
    diagnostics: tuple[Finding, ...]


def described(
    code: str = "", *, language: str = "", path: str = "", diagnostics: Sequence[str] = ()
) -> Described:
    """The code of a request with the definition it is about: the only one there, or the whole.

    A diagnostic is its message, with its rule's name or without.
    """
    findings = tuple(
        Finding(
            "", each, Span(0, 0), aspect="security" if _SECURITY.search(each) else "correctness"
        )
        for each in diagnostics
    )
    if not (code.strip() or path or language):
        return Described(None, None, findings)
    document = Document(
        f"file:///{path.lstrip('/')}", code[:_LONGEST], language.casefold() or language_of(path)
    )
    return Described(document, _scope(document) if code.strip() else None, findings)


def _scope(document: Document) -> Scope:
    tops = [each for each in definitions(document) if each.qualified_name == each.name]
    return tops[0] if len(tops) == 1 else enclosing(document, document.span)
