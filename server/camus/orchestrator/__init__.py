"""The one story: offer, perform, feedback, reload; fallback, repair, cache and single flight."""

from camus.orchestrator.asking import OnText
from camus.orchestrator.assemble import Settings, assemble
from camus.orchestrator.corrections import Mend, mend
from camus.orchestrator.engine import Orchestrator
from camus.orchestrator.locks import Lock, Locks, Scope
from camus.orchestrator.merging import Combined, attributed, combined, support_words
from camus.orchestrator.preview import Preview
from camus.orchestrator.probing import Budget, Probe, embedder, sandboxed
from camus.orchestrator.quiet import probed_quietly
from camus.orchestrator.sweeping import Field, Swept, files_in, sweep
from camus.orchestrator.trials import Speed, Trial, asker, timed, tried
from camus.orchestrator.usage import StrategyUse, Usage, usage
from camus.orchestrator.values import (
    Agreement,
    Attempt,
    Beside,
    Decision,
    Finish,
    Outcome,
    Request,
    Said,
    Stage,
    State,
    StepDraft,
    Support,
)

__all__ = [
    "Agreement",
    "Attempt",
    "Beside",
    "Budget",
    "Combined",
    "Decision",
    "Field",
    "Finish",
    "Lock",
    "Locks",
    "Mend",
    "OnText",
    "Orchestrator",
    "Outcome",
    "Preview",
    "Probe",
    "Request",
    "Said",
    "Scope",
    "Settings",
    "Speed",
    "Stage",
    "State",
    "StepDraft",
    "StrategyUse",
    "Support",
    "Swept",
    "Trial",
    "Usage",
    "asker",
    "assemble",
    "attributed",
    "combined",
    "embedder",
    "files_in",
    "mend",
    "probed_quietly",
    "sandboxed",
    "support_words",
    "sweep",
    "timed",
    "tried",
    "usage",
]
