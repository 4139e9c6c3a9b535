"""What a face asks and what it gets back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from camus.actions import Task
from camus.analysis import Finding
from camus.config import Voting
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
    several: bool = False
    """Whether the face takes edits of other files too, which the instruction names."""
    cursor: int | None = None
    """Where something is to be filled in, when that is all that is asked; in characters."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a request stands, for progress: `asking` a model, `checking` its draft, ...

    `step` of `steps` counts from 1 in a pipeline and is 0 otherwise; `comparing` counts the
    answers that are there, of those that were asked for.
    """

    name: Literal[
        "planning",
        "reading",
        "rules",
        "asking",
        "checking",
        "repairing",
        "escalating",
        "comparing",
    ]
    model: str = ""
    detail: str = ""
    step: int = 0
    steps: int = 0


AttemptState = Literal[
    "accepted",
    "below_threshold",
    "refused",
    "bad_reply",
    "error",
    "denied",
    "declined",
    "opinion",
    "rolled_back",
    "late",
    "spared",
]


@dataclass(frozen=True, slots=True)
class Attempt:
    """What one choice came to: answered and judged, or why not.

    `opinion`: it was asked about the draft of another; `rolled_back`: its step made things worse;
    `late`: it had not answered when the strategy's time was up; `spared`: it was stopped when it
    could change nothing any more.
    """

    model: str
    reason: str
    state: AttemptState
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
class Agreement:
    """How several came to one answer: the method, the winner's share of the votes, who agreed.

    `of` are those who were asked, whether they answered or not.
    """

    method: Voting | Literal["merged"]
    share: float
    agreeing: tuple[str, ...] = ()
    of: int = 0

    @property
    def words(self) -> str:
        """`best of 3`, `2 of 3 agree`, `4 of 4 reviewers answered`."""
        if self.method == "best_of_n":
            return f"best of {self.of}"
        how = "reviewers answered" if self.method == "merged" else "agree"
        return f"{len(self.agreeing)} of {self.of} {how}"


@dataclass(frozen=True, slots=True)
class Support:
    """Who found a problem, of how many that looked for it, and what they disagree about."""

    found_by: tuple[str, ...]
    of: int
    share: float = 1.0
    disagreement: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that a model of a strategy said, in a form that can be shown."""

    speaker: str
    to: str
    kind: Literal["words", "draft", "critique"]
    text: str = ""
    score: float | None = None
    round: int = 0


@dataclass(frozen=True, slots=True)
class Beside:
    """Judged edits of another file than the request's; `created` when there is no such file yet.

    With a `problem` nothing of it may be applied.
    """

    document: Document
    edits: tuple[Edit, ...] = ()
    report: Report | None = None
    created: bool = False
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """Why the answer came from where it came."""

    plan: Plan
    attempts: tuple[Attempt, ...] = ()
    cached: bool = False
    agreement: Agreement | None = None
    """Where several were asked together; None otherwise."""
    said: tuple[Said, ...] = ()
    """What they said to each other, in order."""


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
    support: tuple[Support, ...] = ()
    """For each finding who found it, in the same order; empty where one looked alone."""
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
    beside: tuple[Beside, ...] = ()
    """Edits of other files that the user named; to be applied with these or not at all."""
    sources: tuple[str, ...] = field(default=())
    """URIs of the retrieved chunks that a model saw."""
