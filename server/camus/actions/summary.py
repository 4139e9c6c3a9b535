"""What the syntax tree alone says of a symbol, in Markdown; for hovers and as an explanation."""

from __future__ import annotations

from camus.source import Document, Scope


def summary(document: Document, scope: Scope) -> str:
    """Signature, what it calls, complexity, raises and side effects; inventing nothing."""
    raise NotImplementedError
