"""Which kind of work a request is, by rules with evidence; pure."""

from __future__ import annotations

from collections.abc import Sequence

from camus.actions.catalogue import Action
from camus.actions.tasks import Classified
from camus.analysis import Finding
from camus.config import Classification
from camus.source import Document, Scope


def classify(
    instruction: str,
    *,
    action: Action | None = None,
    document: Document | None = None,
    scope: Scope | None = None,
    diagnostics: Sequence[Finding] = (),
    rules: Classification = Classification(),
) -> Classified:
    """The kind and complexity of a request; reads at most the first and last 1,000 characters."""
    raise NotImplementedError
