"""A classified request over a target, and an unjudged answer to it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from camus.actions.catalogue import Action
from camus.analysis import Finding
from camus.config import Capability, Complexity, TaskKind
from camus.source import Document, Edit, Scope, Span


class Domain(StrEnum):
    """The field a request is about; from MEDICAL on a wrong answer does harm."""

    CODE = "code"
    MATHS = "maths"
    WRITING = "writing"
    GENERAL = "general"
    MEDICAL = "medical"
    LEGAL = "legal"
    FINANCIAL = "financial"
    SAFETY = "safety"


class Latency(StrEnum):
    """How soon the first word is expected: 100, 500 or 2,000 ms, or however long it takes."""

    INSTANT = "instant"
    FAST = "fast"
    STANDARD = "standard"
    DELIBERATE = "deliberate"


_UNSURE = 0.6


@dataclass(frozen=True, slots=True)
class Classified:
    """What kind of work a request is, how sure that is, and the evidence in words.

    `confidence` is the probability that the kind is right. `ranked` are all kinds with theirs,
    the likeliest first; empty when nobody ranked them.
    """

    kind: TaskKind
    complexity: Complexity
    confidence: float
    evidence: tuple[str, ...] = ()
    named: str = ""
    """The user's own kind from the configuration, when one matched."""
    ranked: tuple[tuple[TaskKind, float], ...] = ()
    domain: Domain = Domain.GENERAL
    stakes: Domain | None = None
    """The field in which a wrong answer does harm, when the request touches one."""
    latency: Latency = Latency.STANDARD
    capabilities: tuple[Capability, ...] = ()
    """What a model for this had better be able to do."""
    tokens: int = 0
    """An estimate of question, code and answer together."""

    @property
    def unsure(self) -> bool:
        """Whether the kind is little better than a guess, so that more than one model be asked."""
        return self.confidence < _UNSURE

    @property
    def warning(self) -> str:
        """What to tell beside an answer in a field where a wrong one does harm; or empty."""
        return WARNINGS.get(self.stakes, "") if self.stakes is not None else ""


WARNINGS: dict[Domain, str] = {
    Domain.MEDICAL: "this is no medical advice: ask a doctor or a pharmacist",
    Domain.LEGAL: "this is no legal advice: laws differ, ask a lawyer before you act",
    Domain.FINANCIAL: "this is no financial advice: check it with somebody who answers for it",
    Domain.SAFETY: "in an emergency call your local emergency number; do not rely on this answer",
}


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
    cursor: int | None = None
    """Where something is to be filled in, when that is all that is asked; in characters."""

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
