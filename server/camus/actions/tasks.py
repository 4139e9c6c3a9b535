"""A classified request over a target, and an unjudged answer to it."""

from __future__ import annotations

from dataclasses import dataclass

from camus.actions.catalogue import Action
from camus.analysis import Finding
from camus.config import Complexity, TaskKind
from camus.source import Document, Edit, Scope, Span


@dataclass(frozen=True, slots=True)
class Classified:
    """What kind of work a request is, how sure that is, and the evidence in words."""

    kind: TaskKind
    complexity: Complexity
    confidence: float
    evidence: tuple[str, ...] = ()
    named: str = ""
    """The user's own kind from the configuration, when one matched."""


@dataclass(frozen=True, slots=True)
class Task:
    """One request, understood: what is asked, of which code, of which kind.

    `target` is the span whose code may change (the symbol, the selection or the whole text) and
    `scope` the definition it lies in or is. `instruction` is the user's own sentence or empty.
    """

    action: Action
    document: Document
    scope: Scope
    target: Span
    classified: Classified
    instruction: str = ""
    diagnostics: tuple[Finding, ...] = ()
    docstring_style: str = "auto"
    project: str = ""
    """The folder whose own linter and formatter settings hold; empty: the defaults."""

    @property
    def code(self) -> str:
        """The target's text."""
        return self.document.slice(self.target)


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of the project shown to a model beside the target, and why."""

    text: str
    source: str
    """URI of the file it comes from."""
    span: Span
    title: str
    reason: str


@dataclass(frozen=True, slots=True)
class Draft:
    """An unjudged answer: edits in the task's document, or Markdown, or findings with a summary."""

    edits: tuple[Edit, ...] = ()
    text: str = ""
    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()
    """What the answer's maker says of it in a sentence each, e.g. `docstring in Google style`."""
