"""A plan as the journal keeps it: names, numbers and rules, no sentence; pure."""

from __future__ import annotations

from collections.abc import Iterator

from camus.actions import Task
from camus.journal import Considered, Decided, Stats, Weighed
from camus.routing import RULES, Candidate, Plan

TAKEN_APART = 5
"""So many candidates of a decision are kept with the parts of their scores."""
MUCH = 0.03
"""A step of a confidence that is worth a line in the log."""


def decided(id: str, task: Task, plan: Plan, at: float) -> Decided:
    """The journal's line for a decision."""
    out = (Considered(model=each.model, out=each.rule or "unknown") for each in plan.rejected)
    return Decided(
        id=id,
        at=at,
        action=task.action.id,
        kind=task.classified.kind,
        complexity=task.classified.complexity,
        language=task.document.language,
        selection=plan.selection,
        strategy=plan.strategy,
        explores=plan.explores,
        order=tuple(choice.model for choice in plan.choices),
        candidates=(*map(_considered, plan.candidates, range(len(plan.candidates))), *out),
    )


def asks_models(plan: Plan) -> bool:
    """Whether there was anything to decide between."""
    return any(choice.model != RULES for choice in plan.choices)


def moved(before: Stats, after: Stats) -> Iterator[str]:
    """The confidences that an event moved by much, and changes that it showed, in words."""
    for key, known in after.lessons.confidences.items():
        was = before.lessons.confidence(*key)
        if known is not was and abs(known.value - was.value) >= MUCH:
            model, kind = key
            yield f"confidence in {model} at {kind}: {was.value:.2f} is now {known.value:.2f}"
    for key, watch in after.lessons.watches.items():
        old = before.lessons.watches.get(key)
        if old is not None and watch.changes != old.changes:
            model, kind = key
            how = "worse" if old.below > old.above else "better"
            yield f"{model} has become {how} at {kind}: what was known of it counts for little now"


def _considered(candidate: Candidate, place: int) -> Considered:
    parts = candidate.parts if place < TAKEN_APART else ()
    return Considered(
        model=candidate.model,
        score=candidate.score,
        confidence=candidate.confidence,
        parts=tuple(
            Weighed(name=part.name, value=part.value, weight=part.weight) for part in parts
        ),
    )
