"""What a configured pipeline and the configured rules come to with the models there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from camus.actions import Task
from camus.config import Composite, Config, Pipeline, RoutingRule, Step
from camus.models import Profile
from camus.routing.composites import resolve
from camus.routing.limits import Rejected
from camus.routing.teams import Role, role_of


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """One step of a pipeline with the real model that will do it."""

    model: str
    task: str
    reason: str
    parameters: tuple[tuple[str, float], ...] = ()
    retrieval: bool = True
    finishing: tuple[str, ...] | None = None
    weight: float = 1.0
    """What its vote counts in an ensemble."""
    schema: str = ""
    grammar: str = ""


def steps(
    pipeline: Pipeline,
    usable: Sequence[Profile],
    rejected: Sequence[Rejected],
    composites: Mapping[str, Composite],
) -> tuple[tuple[PlannedStep, ...], tuple[Rejected, ...]]:
    """The steps with their models, and the steps' models that cannot be asked, with reasons."""
    planned: list[PlannedStep] = []
    missing: list[Rejected] = []
    reasons = {entry.model: entry.reason for entry in rejected}
    fit = len(pipeline.weights) == len(pipeline.steps)
    weights = pipeline.weights if fit else (1.0,) * len(pipeline.steps)
    for number, (step, weight) in enumerate(zip(pipeline.steps, weights, strict=True), 1):
        found = resolve(step.backend, usable, composites)
        if not found:
            why = reasons.get(step.backend, "no model of this name is configured or running")
            missing.append(Rejected(step.backend, why))
            continue
        model = _of_step(step, found, planned)
        reason = f"step {number} of the pipeline"
        if model.name != step.backend:
            reason += f", as '{step.backend}'"
        parameters = parameters_of(step.backend, composites)
        shown = retrieves(step.backend, composites)
        ended = finishing(step.backend, composites)
        made = PlannedStep(model.name, step.task, reason, parameters, shown, ended, weight)
        planned.append(replace(made, schema=step.schema, grammar=step.grammar))
    return tuple(planned), tuple(missing)


def _of_step(step: Step, found: Sequence[Profile], before: Sequence[PlannedStep]) -> Profile:
    """The model of a step: the first that fills its name; a critic is no author where it can."""
    role = role_of(step.task, after_author=bool(before))
    if role is not Role.CRITIC or found[0].name == step.backend:
        return found[0]
    wrote = {each.model for each in before}
    return next((each for each in found if each.name not in wrote), found[0])


def parameters_of(name: str, composites: Mapping[str, Composite]) -> tuple[tuple[str, float], ...]:
    """The sampling parameters that a composite sets; none for a real model's name."""
    composite = composites.get(name)
    if composite is None:
        return ()
    own = composite.parameters
    values = {
        "temperature": own.temperature,
        "top_p": own.top_p,
        "max_tokens": own.max_tokens,
        "seed": own.seed,
    }
    return tuple((key, float(value)) for key, value in values.items() if value is not None)


def retrieves(name: str, composites: Mapping[str, Composite]) -> bool:
    """Whether a model of this name is shown retrieved pieces of the project."""
    composite = composites.get(name)
    return composite is None or composite.retrieval


def finishing(name: str, composites: Mapping[str, Composite]) -> tuple[str, ...] | None:
    """The steps that a composite finishes drafts by; None: those of the configuration."""
    composite = composites.get(name)
    if composite is None:
        return None
    return (composite.post_processing_steps or None) if composite.post_processing else ()


def preferred(task: Task, config: Config) -> tuple[str, ...]:
    """The names that the configuration's rules prefer for this kind."""
    return tuple(name for rule in rules_for(task, config) for name in rule.preferred_backends)


def rules_for(task: Task, config: Config) -> tuple[RoutingRule, ...]:
    """The configuration's rules for the task's kind, also a kind of the user's own.

    None while the newer features, or the selection by rules, are not switched on.
    """
    selection = config.multi_model.intelligent_selection
    if not (config.multi_model.enabled and selection.enabled):
        return ()
    kinds = {task.classified.kind, task.classified.named or task.classified.kind}
    return tuple(rule for rule in selection.rules if rule.task in kinds)
