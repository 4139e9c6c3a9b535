"""How often each strategy answered and how well, and how often the cache did; a pure fold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from camus.journal import Event, Finished
from camus.routing import RULES


@dataclass(frozen=True, slots=True)
class StrategyUse:
    """One strategy's requests: how many, how many were answered, scores and seconds on average."""

    strategy: str
    requests: int
    answered: int
    mean_score: float | None
    mean_seconds: float


@dataclass(frozen=True, slots=True)
class Usage:
    """What the journal tells of strategies, and of answers by models that came from the cache."""

    strategies: tuple[StrategyUse, ...] = ()
    answers: int = 0
    cached: int = 0

    @property
    def hit_rate(self) -> float | None:
        """The share of the models' answers that came from the cache; None without answers."""
        return self.cached / self.answers if self.answers else None


def usage(events: Iterable[Event]) -> Usage:
    """The events of finished requests, added up; the strategy asked for most often first."""
    by_strategy: dict[str, list[Finished]] = {}
    answers = cached = 0
    for event in events:
        if not isinstance(event, Finished) or not event.strategy:
            continue
        by_strategy.setdefault(event.strategy, []).append(event)
        if event.state == "done" and event.model != RULES:
            answers += 1
            cached += event.cached
    rows = sorted((_row(name, found) for name, found in by_strategy.items()), key=_most_first)
    return Usage(tuple(rows), answers, cached)


def _row(name: str, found: list[Finished]) -> StrategyUse:
    scores = [event.score for event in found if event.state == "done" and event.score is not None]
    mean = round(sum(scores) / len(scores), 2) if scores else None
    seconds = sum(event.seconds for event in found) / len(found)
    answered = sum(event.state == "done" for event in found)
    return StrategyUse(name, len(found), answered, mean, round(seconds, 2))


def _most_first(row: StrategyUse) -> tuple[int, str]:
    return -row.requests, row.strategy
