"""The plan: which choices, in which order, and why; what was left out, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from camus.actions import Task
from camus.config import Config, StrategyName, pipelines_of
from camus.journal import Stats
from camus.models import Profile
from camus.routing import pipelines, strategy, thresholds
from camus.routing.composites import BUILT_IN, resolve
from camus.routing.ladder import Rung
from camus.routing.limits import Rejected, divide
from camus.routing.pipelines import PlannedStep
from camus.routing.scoring import View
from camus.routing.selection import Selected, considered, selected
from camus.routing.strategy import Known
from camus.routing.teams import TOGETHER, Role, role_of
from camus.routing.values import RULES, Choice, Plan, Policy

ANSWERED_BY_RULES = frozenset({"fix", "fix_all", "refactor", "document", "review", "explain"})
LAST_RESORT = frozenset({"explain", "review"})
"""Where a model's answer is worth more than the rules' own: the rules come after the models."""
_IN_STEPS, _IN_WORDS = "plan-then-implement", "analyse-then-generate"
"""The pipelines that ship for who asks for steps and names none."""


def rules_lead(task: Task, made: Plan) -> bool:
    """Whether the rules come first whatever models there are, so that no server need be asked."""
    first = bool(made.choices) and made.choices[0].model == RULES
    return first and task.action.id not in LAST_RESORT and made.strategy not in TOGETHER


def plan(task: Task, profiles: Sequence[Profile], stats: Stats, policy: Policy) -> Plan:
    """The plan for a task; an empty `choices` means that nothing here can do it, see `rejected`.

    An unknown model or pipeline in the override gives a plan without choices whose reasons name
    the known ones.
    """
    name = _pipeline_name(task, policy)
    if name:
        made = _pipeline_plan(name, task, profiles, stats, policy)
    elif policy.override.model:
        made = _locked_plan(policy.override.model, task, profiles, stats, policy)
    else:
        made = _ladder_plan(task, profiles, stats, policy)
    return _measured(made, task, stats, policy.config)


def _believed(made: Plan, task: Task, stats: Stats) -> Plan:
    """The plan with what was learnt of each of its models at this kind of task."""
    known, kind = stats.lessons.confidences, task.classified.kind
    if not any((choice.model, kind) in known for choice in made.choices):
        return made
    choices = (
        replace(choice, confidence=_confidence(choice.model, task, stats))
        for choice in made.choices
    )
    return replace(made, choices=tuple(choices))


def _confidence(model: str, task: Task, stats: Stats) -> float:
    return round(stats.lessons.confidence(model, task.classified.kind).value, 3)


def _measured(made: Plan, task: Task, stats: Stats, config: Config) -> Plan:
    """The plan with the threshold that holds for the task, and why when it is another."""
    if not config.multi_model.quality_validation:
        reason = "`quality_validation` is off: only the gates hold"
        return replace(made, threshold=0.0, floor=0.0, reasons=(*made.reasons, reason))
    if not config.checks.adaptive_thresholds:
        return made
    kind, language = task.classified.kind, task.document.language
    found = thresholds.threshold_for(stats, kind, language, made.threshold)
    if found.value == made.threshold:
        return made
    return replace(made, threshold=found.value, reasons=(*made.reasons, found.reason))


def _pipeline_name(task: Task, policy: Policy) -> str:
    """The pipeline that holds: the one asked for; for `modify` also the configured default.

    Who asks for steps and names no pipeline gets the default one, or one that ships.
    """
    override, config = policy.override, policy.config
    if override.pipeline:
        return override.pipeline
    in_steps = override.strategy is StrategyName.SEQUENTIAL and not override.model
    if in_steps and not config.defaults.pipeline:
        return _IN_STEPS if task.action.produces == "edit" else _IN_WORDS
    if task.action.id != "modify" or override.model or (override.strategy and not in_steps):
        return config.defaults.pipeline if in_steps else ""
    rule = next((rule for rule in pipelines.rules_for(task, config) if rule.pipeline), None)
    if rule is not None:
        return rule.pipeline
    if config.defaults.pipeline:
        return config.defaults.pipeline
    return "default" if config.version == 1 and "default" in config.pipelines else ""


def _pipeline_plan(
    name: str, task: Task, profiles: Sequence[Profile], stats: Stats, policy: Policy
) -> Plan:
    config, override = policy.config, policy.override
    known = pipelines_of(config)
    pipeline = known.get(name)
    if pipeline is None:
        names = ", ".join((*sorted(config.pipelines), *sorted(known.keys() - config.pipelines)))
        return _empty(policy, f"there is no pipeline '{name}'; known: {names}", "pipeline")
    asked = override.strategy or pipeline.strategy
    usable, rejected = divide(task, profiles, policy.bounds(stats), named=True)
    steps, missing = pipelines.steps(pipeline, usable, rejected, config.composites)
    limit = override.max_steps or len(steps)
    in_order = asked is StrategyName.SEQUENTIAL
    later = task.action.id == "modify" and name in config.pipelines and not override.validate
    made = Plan(
        strategy=StrategyName.SEQUENTIAL,
        choices=() if missing and in_order else _steps_as_choices(steps[:limit], task, in_order),
        rejected=(*missing, *(r for r in rejected if r not in missing)),
        reasons=(f"pipeline '{name}' lists {len(pipeline.steps)} step(s)",),
        pipeline=name,
        exact=in_order and later and not config.multi_model.enabled,
        threshold=config.defaults.quality_threshold,
        floor=config.defaults.quality_floor,
        warnings=() if in_order else tuple(f"without {e.model}: {e.reason}" for e in missing),
    )
    made = _believed(_named(made, task, usable, stats, policy), task, stats)
    return strategy.arranged(made, asked, Known(task, config, stats, usable), pipeline)


def _steps_as_choices(
    steps: Sequence[PlannedStep], task: Task, in_order: bool
) -> tuple[Choice, ...]:
    """The steps with what each does; in an order one may think for, or criticise, another."""
    choices: list[Choice] = []
    for step in steps:
        wrote = any(choice.role is Role.AUTHOR for choice in choices)
        role = role_of(step.task, after_author=wrote) if in_order else Role.AUTHOR
        if in_order and task.action.produces != "edit":
            role = Role.AUTHOR if step is steps[-1] else Role.PLANNER
        given = (step.task, step.parameters, step.retrieval, step.finishing)
        made = Choice(step.model, step.reason, *given, weight=step.weight, role=role)
        choices.append(replace(made, schema=step.schema, grammar=step.grammar))
    return tuple(choices)


def _locked_plan(
    name: str, task: Task, profiles: Sequence[Profile], stats: Stats, policy: Policy
) -> Plan:
    """Only the model the user asked for: another one would be a silent change."""
    config = policy.config
    locked = f"locked for this {policy.override.locked}: `camus unlock` takes it back"
    asked = locked if policy.override.locked else "asked for by name"
    if name == RULES:
        return _of(policy, (Choice(RULES, asked),), ())
    usable, rejected = divide(task, profiles, policy.bounds(stats), named=True)
    found = resolve(name, usable, config.composites)
    if found:
        parameters = pipelines.parameters_of(name, config.composites)
        reason = asked if found[0].name == name else f"fills '{name}' here"
        shown = pipelines.retrieves(name, config.composites)
        finishing = pipelines.finishing(name, config.composites)
        choice = Choice(
            found[0].name, reason, parameters=parameters, retrieval=shown, finishing=finishing
        )
        made = _named(_of(policy, (choice,), rejected), task, usable, stats, policy)
        way = policy.override.strategy
        if way is None:
            return made
        return strategy.arranged(made, way, Known(task, config, stats, usable), None)
    if name in BUILT_IN or name in config.composites or any(p.name == name for p in profiles):
        where = f" ({locked})" if policy.override.locked else ""
        return _of(policy, (), rejected, f"nothing here can be '{name}'{where}")
    known = ", ".join(profile.name for profile in profiles) or "no model is known"
    return _empty(policy, f"there is no model '{name}'; known: {known}", "model")


def _ladder_plan(task: Task, profiles: Sequence[Profile], stats: Stats, policy: Policy) -> Plan:
    config, action = policy.config, task.action.id
    found = selected(task, profiles, stats, policy)
    rungs = found.ordered.rungs
    models = tuple(_choice_of(r, config, _confidence(r.model, task, stats)) for r in rungs)
    rules: tuple[Choice, ...] = ()
    if action in ANSWERED_BY_RULES:
        reason = (
            "the rules' own answer, if no model has one"
            if action in LAST_RESORT
            else ("deterministic: answers in milliseconds, without a model")
        )
        rules = (Choice(RULES, reason, confidence=_confidence(RULES, task, stats)),)
    choices = (*models, *rules) if action in LAST_RESORT else (*rules, *models)
    reason = f"{task.classified.kind}, {task.classified.complexity}"
    made = _shown(_of(policy, choices, found.rejected, reason), found)
    asked = _asked(task, policy)
    if asked is StrategyName.CASCADE:
        return made
    return strategy.arranged(made, asked, Known(task, config, stats, found.usable), None)


def _asked(task: Task, policy: Policy) -> StrategyName:
    """The strategy that is wished for, or configured for the kind or for all."""
    config = policy.config
    if policy.override.strategy:
        return policy.override.strategy
    rules = pipelines.rules_for(task, config)
    named = next((rule.strategy for rule in rules if rule.strategy), config.defaults.strategy)
    return StrategyName.CASCADE if named is StrategyName.SEQUENTIAL else named


def _named(made: Plan, task: Task, usable: Sequence[Profile], stats: Stats, policy: Policy) -> Plan:
    """A plan whose models the user named, with what was there beside them."""
    reasons = {choice.model: choice.reason for choice in made.choices}
    view = View(task, policy.config, stats, policy.now)
    return replace(made, selection="named", candidates=considered(view, usable, reasons))


def _shown(made: Plan, found: Selected) -> Plan:
    """The plan with what was considered for it."""
    ordered = found.ordered
    return replace(
        made,
        selection=ordered.selection,
        candidates=ordered.candidates,
        explores=ordered.explores,
        warnings=found.warnings,
    )


def _choice_of(rung: Rung, config: Config, confidence: float) -> Choice:
    """A rung as a choice, with the settings of the composite it fills."""
    parameters = pipelines.parameters_of(rung.role, config.composites)
    shown = pipelines.retrieves(rung.role, config.composites)
    finishing = pipelines.finishing(rung.role, config.composites)
    return Choice(
        rung.model,
        rung.reason,
        parameters=parameters,
        retrieval=shown,
        finishing=finishing,
        repairs=rung.repairs,
        fallback=rung.fallback,
        confidence=confidence,
    )


def _of(
    policy: Policy,
    choices: tuple[Choice, ...],
    rejected: tuple[Rejected, ...],
    *reasons: str,
) -> Plan:
    defaults = policy.config.defaults
    return Plan(
        strategy=StrategyName.CASCADE,
        choices=choices,
        rejected=rejected,
        reasons=reasons,
        threshold=defaults.quality_threshold,
        floor=defaults.quality_floor,
    )


def _empty(policy: Policy, reason: str, unknown: str) -> Plan:
    defaults = policy.config.defaults
    return Plan(
        strategy=StrategyName.CASCADE,
        choices=(),
        reasons=(reason,),
        threshold=defaults.quality_threshold,
        floor=defaults.quality_floor,
        unknown=unknown,
    )
