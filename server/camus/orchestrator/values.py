"""What a face asks and what it gets back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from camus.actions import Task
from camus.analysis import Finding
from camus.quality import Report
from camus.routing import Observed, Override, Plan
from camus.source import Document, Edit, Span

State = Literal["done", "nothing", "no_model", "refused", "unknown_model", "unknown_pipeline"]


@dataclass(frozen=True, slots=True)
class Request:
    """One thing a user asks for; `id` is the request's name in log, journal and answer."""

    id: str
    action: str
    document: Document
    span: Span
    instruction: str = ""
    diagnostics: tuple[Finding, ...] = ()
    override: Override = Override()
    whole_target: bool = False
    fresh: bool = False
    """Do not answer from the cache."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a request stands, for progress: `asking` a model, `checking` its draft, ...

    `step` of `steps` counts from 1 in a pipeline and is 0 otherwise.
    """

    name: Literal["planning", "reading", "rules", "asking", "checking", "repairing", "escalating"]
    model: str = ""
    detail: str = ""
    step: int = 0
    steps: int = 0


@dataclass(frozen=True, slots=True)
class Attempt:
    """What one choice came to: answered and judged, or why not.

    `opinion`: it was asked about the draft of another.
    """

    model: str
    reason: str
    state: Literal[
        "accepted",
        "below_threshold",
        "refused",
        "bad_reply",
        "error",
        "denied",
        "declined",
        "opinion",
    ]
    detail: str = ""
    score: float | None = None
    seconds: float = 0.0
    repaired: bool = False


@dataclass(frozen=True, slots=True)
class StepDraft:
    """What a pipeline's step, or a choice that was tried, made of the text; for `--compare`."""

    model: str
    text: str
    """The whole file as this draft would leave it, or the Markdown of a text answer."""
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Finish:
    """What one step of post-processing came to: lines it changed, and in words what it saw."""

    step: str
    lines: int = 0
    said: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """Why the answer came from where it came."""

    plan: Plan
    attempts: tuple[Attempt, ...] = ()
    cached: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """A judged answer, or an honest none: `state` tells which, `message` says it in a sentence."""

    id: str
    action: str
    state: State
    task: Task
    decision: Decision
    model: str = ""
    """`rules`, a model's name, or empty when there is no answer."""
    edits: tuple[Edit, ...] = ()
    text: str = ""
    findings: tuple[Finding, ...] = ()
    report: Report | None = None
    needs_confirmation: bool = False
    message: str = ""
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    steps: tuple[StepDraft, ...] = ()
    seconds: float = 0.0
    finishes: tuple[Finish, ...] = ()
    """What post-processing did to the draft, step by step."""
    observed: Observed | None = None
    """How often answers that scored like this one were kept; None while too few are known."""
    sources: tuple[str, ...] = field(default=())
    """URIs of the retrieved chunks that a model saw."""
