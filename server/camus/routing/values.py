"""What a plan is made of: wishes and policy, choices and candidates; decides nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from camus.config import Config, StrategyName
from camus.journal import Stats
from camus.routing.limits import Bounds, Rejected
from camus.routing.teams import ALONE, How, Role

RULES = "rules"
"""The name under which the deterministic answers stand in a plan."""

Selection = Literal["rule", "score", "learning", "listed", "named"]
"""How the models of a plan came into their order; `listed`: as configured, `named`: asked for."""


@dataclass(frozen=True, slots=True)
class Override:
    """What the user asked for with this request or selected for the session; empty: nothing."""

    model: str = ""
    pipeline: str = ""
    strategy: StrategyName | None = None
    max_steps: int = 0
    validate: bool = False
    """Judge more than the configuration asks for: each step, the types, and by a second model."""
    locked: str = ""
    """For what `model` is locked, `document` or `workspace`; empty: it was asked for."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What a plan must keep to: the configuration, the consents given, the user's wish."""

    config: Config
    consents: frozenset[str] = frozenset()
    override: Override = Override()
    seed: int = 0
    """The randomness of this plan; the same seed gives the same plan."""
    now: float = 0.0
    """Unix seconds."""

    def bounds(self, stats: Stats) -> Bounds:
        """What a model has to keep to."""
        return Bounds(self.config, stats, self.consents, self.now)


class Part(NamedTuple):
    """One thing that a candidate's score is made of: its value in 0..1 and what that counts.

    A tuple, for a decision makes a hundred of them.
    """

    name: str
    value: float
    weight: float
    said: str = ""
    """The fact behind it in a few words."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A model that was considered and may be asked: its score in 0..1, its parts, and why."""

    model: str
    score: float
    reason: str
    parts: tuple[Part, ...] = ()
    confidence: float = 0.5
    """What was learnt of it at this kind of task, in 0..1; 0.5 while nothing is known."""
    samples: int = 0
    """The number of judged answers that the confidence rests on."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to try: `rules` or a model's name, and why it stands there."""

    model: str
    reason: str
    step: str = ""
    """In a sequential plan, what this step does; empty: the request itself."""
    parameters: tuple[tuple[str, float], ...] = ()
    retrieval: bool = True
    """Whether the model is shown retrieved pieces of the project."""
    finishing: tuple[str, ...] | None = None
    """The steps that finish its drafts; None: those of the configuration."""
    confidence: float = 0.5
    """The learnt confidence in it for this kind of task, in 0..1; a weighted vote counts it."""
    weight: float = 1.0
    """What its vote counts by the configuration, before its confidence."""
    role: Role = Role.AUTHOR
    schema: str = ""
    """The JSON schema that its answer must fit; empty: none."""
    grammar: str = ""
    """The GBNF grammar that its answer must follow, where the engine takes one; empty: none."""
    repairs: bool = True
    """In a cascade, whether its rejected answer is repaired before the next one is asked."""
    fallback: bool = False
    """In a cascade, whether it is only asked when those before it gave nothing to offer."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The choices in order, what was considered, and what was left out.

    In a `cascade` each choice is asked when the checks reject the one before, in `single` when it
    did not answer; in `sequential` each gets the output of the one before; in the others they work
    together, as `how` says. `exact` is v1, and what holds for `modify` until the newer features
    are switched on: run as listed, judge only the syntax. `unknown` is
    `model` or `pipeline` when the user named one that there is not.
    """

    strategy: StrategyName
    choices: tuple[Choice, ...]
    rejected: tuple[Rejected, ...] = ()
    reasons: tuple[str, ...] = ()
    pipeline: str = ""
    exact: bool = False
    threshold: float = 0.8
    floor: float = 0.3
    unknown: str = ""
    selection: Selection = "rule"
    candidates: tuple[Candidate, ...] = ()
    """The models that may be asked, the best first, with what their scores are made of."""
    explores: bool = False
    """Whether another model than the best known is asked, to learn of it."""
    how: How = ALONE
    warnings: tuple[str, ...] = ()
    """What the user is told beside the answer, a sentence each."""
