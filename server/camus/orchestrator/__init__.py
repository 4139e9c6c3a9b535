"""The one story: offer, perform, feedback, reload; fallback, repair, cache and single flight."""

from camus.orchestrator.asking import OnText
from camus.orchestrator.assemble import Settings, assemble
from camus.orchestrator.engine import Orchestrator
from camus.orchestrator.preview import Preview
from camus.orchestrator.trials import Speed, Trial, asker, timed, tried
from camus.orchestrator.values import (
    Attempt,
    Decision,
    Finish,
    Outcome,
    Request,
    Stage,
    State,
    StepDraft,
)

__all__ = [
    "Attempt",
    "Decision",
    "Finish",
    "OnText",
    "Orchestrator",
    "Outcome",
    "Preview",
    "Request",
    "Settings",
    "Speed",
    "Stage",
    "State",
    "StepDraft",
    "Trial",
    "asker",
    "assemble",
    "timed",
    "tried",
]
