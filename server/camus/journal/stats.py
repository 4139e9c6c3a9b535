"""What the events add up to, for routing and for reports; pure folds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from camus.journal.events import Event


@dataclass(frozen=True, slots=True)
class Arm:
    """What is known of one model at one kind of task in one language."""

    attempts: int = 0
    errors: int = 0
    accepted: int = 0
    rejected: int = 0
    mean_score: float | None = None
    mean_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Stats:
    """An immutable fold of events; `arms` is keyed by (model, kind, language)."""

    arms: dict[tuple[str, str, str], Arm] = field(default_factory=dict)
    requests: int = 0

    def arm(self, model: str, kind: str, language: str) -> Arm:
        """What is known of a model there; an empty arm when nothing is."""
        return self.arms.get((model, kind, language), Arm())


def fold(events: Iterable[Event], stats: Stats = Stats()) -> Stats:
    """Add events to statistics."""
    raise NotImplementedError
