"""The plan: which choices, in which order, and why; what was left out, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from camus.actions import Task
from camus.config import Config, StrategyName
from camus.journal import Stats
from camus.models import Profile

RULES = "rules"
"""The name under which the deterministic answers stand in a plan."""


@dataclass(frozen=True, slots=True)
class Override:
    """What the user asked for with this request or selected for the session; empty: nothing."""

    model: str = ""
    pipeline: str = ""
    strategy: StrategyName | None = None
    max_steps: int = 0


@dataclass(frozen=True, slots=True)
class Policy:
    """What a plan must keep to: the configuration, the consents given, the user's wish."""

    config: Config
    consents: frozenset[str] = frozenset()
    override: Override = Override()


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to try: `rules` or a model's name, and why it stands there."""

    model: str
    reason: str
    step: str = ""
    """In a sequential plan, what this step does; empty: the request itself."""
    parameters: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Rejected:
    """A model that is out, and the hard reason."""

    model: str
    reason: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The choices in order. In `single` each is the fallback of the one before; in `sequential`
    each gets the one before's output. `exact` is v1: run as listed, judge only the syntax.
    """

    strategy: StrategyName
    choices: tuple[Choice, ...]
    rejected: tuple[Rejected, ...] = ()
    reasons: tuple[str, ...] = ()
    pipeline: str = ""
    exact: bool = False
    threshold: float = 0.8
    floor: float = 0.3


def plan(task: Task, profiles: Sequence[Profile], stats: Stats, policy: Policy) -> Plan:
    """The plan for a task; an empty `choices` means that nothing here can do it, see `rejected`.

    An unknown model or pipeline in the override gives a plan without choices whose reasons name
    the known ones.
    """
    raise NotImplementedError
