"""Which strategy answers a task, with which models in which roles, and why; asks nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatch

from camus.actions import Task
from camus.config import (
    Capability,
    Complexity,
    Config,
    Pipeline,
    StrategyName,
    TaskKind,
)
from camus.journal import Stats
from camus.models import Profile
from camus.routing.teams import TOGETHER, How, Role
from camus.routing.values import RULES, Choice, Plan

_NEED = {Complexity.SIMPLE: 0, Complexity.MEDIUM: 1, Complexity.COMPLEX: 2}
_JUDGED = 5
"""Attempts from which on a model's own record says whether it suffices."""
_MARGIN = 0.05
_WARMER = 0.7
"""The temperature of a further answer of the same model, which would else be the same."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known when a strategy is chosen: the task, the models there are, the records."""

    task: Task
    config: Config
    stats: Stats
    profiles: Sequence[Profile] = ()


@dataclass(frozen=True, slots=True)
class Mode:
    """What `adaptive` comes to for a task, and why, in words."""

    strategy: StrategyName
    reason: str


def adaptive(known: Known, models: Sequence[Choice], threshold: float) -> Mode:
    """One model, two or three, or the cascade: by complexity, confidence, criticality, budget and
    what the record says suffices.

    Each of these that asks for care adds to the need: nothing is needed beyond one model, one more
    look, or agreement of three. What there is caps it: two models cannot be three, and a model
    that costs money is only asked a second time where a mistake would harm.
    """
    need, why = _need(known, models, threshold)
    names = list(dict.fromkeys(choice.model for choice in models))
    if need <= 0:
        mode = StrategyName.SINGLE_FAST
    elif need == 1:
        mode = StrategyName.CASCADE
    elif need < 4:
        mode = StrategyName.DUAL_VALIDATION
    else:
        mode = StrategyName.TRIPLE_CONSENSUS
    if mode is StrategyName.TRIPLE_CONSENSUS and len(names) < 3:
        mode = StrategyName.DUAL_VALIDATION
        why.append(f"{len(names)} models are no three")
    if mode is StrategyName.DUAL_VALIDATION and len(names) < 2:
        mode = StrategyName.CASCADE
        why.append("there is one model")
    paid = [name for name in names[:3] if _paid(name, known.config)]
    team = mode in {StrategyName.DUAL_VALIDATION, StrategyName.TRIPLE_CONSENSUS}
    if team and paid and not critical(known.task, known.config):
        mode = StrategyName.CASCADE
        why.append(f"{paid[0]} costs money")
    return Mode(mode, f"adaptive: {mode} ({'; '.join(why)})")


def critical(task: Task, config: Config) -> str:
    """Why a mistake here would harm, in words; empty where it would not more than elsewhere."""
    if task.classified.stakes is not None:
        return f"a wrong answer does harm ({task.classified.stakes})"
    if task.classified.kind is TaskKind.SECURITY_REVIEW:
        return "it is about security"
    uri = task.document.uri
    if any(
        fnmatch(uri, f"*{glob.removeprefix('**')}") for glob in config.strategies.critical_paths
    ):
        return "the file is a critical one"
    return ""


def arranged(made: Plan, asked: StrategyName, known: Known, pipeline: Pipeline | None) -> Plan:
    """The plan with its models at work as a strategy wants them.

    `made` lists them one after another, from a ladder or from a `pipeline`. Where there is no
    model it stays as it is.
    """
    models = [choice for choice in made.choices if choice.model != RULES]
    if not models:
        return replace(made, strategy=asked) if asked in TOGETHER else made
    if asked is StrategyName.ADAPTIVE:
        mode = adaptive(known, models, made.threshold)
        made = replace(made, reasons=(*made.reasons, mode.reason))
        asked = mode.strategy
    how, config = _how(known.config, pipeline), known.config
    match asked:
        case StrategyName.ENSEMBLE:
            chosen = _members(models, config, pipeline)
        case StrategyName.PARALLEL if known.task.action.produces == "findings":
            chosen = _reviewers(models, known, pipeline)
        case StrategyName.PARALLEL:
            chosen, how = _members(models, config, pipeline), replace(how, method="best_of_n")
        case StrategyName.DUAL_VALIDATION:
            how = replace(how, method="consensus", rounds=max(how.rounds, 1))
            chosen = _pair(models)
        case StrategyName.TRIPLE_CONSENSUS:
            chosen, how = _three(models), replace(how, method="consensus")
        case StrategyName.SEQUENTIAL if pipeline is None:
            reason = "`sequential` needs a pipeline: models are asked one after another"
            return replace(made, reasons=(*made.reasons, reason))
        case StrategyName.SEQUENTIAL:
            return replace(made, strategy=asked, how=_timed(how, config, 2 * len(models)))
        case _:
            return replace(made, strategy=asked)
    calls = 2 + (2 * how.rounds + 1 if how.method == "consensus" else 0)
    return _together(made, asked, chosen, _timed(how, config, calls))


def _need(known: Known, models: Sequence[Choice], threshold: float) -> tuple[int, list[str]]:
    """How much care a task needs, as a number, and what speaks for it."""
    classified = known.task.classified
    need, why = _NEED[classified.complexity], [f"{classified.complexity}"]
    if classified.unsure:
        need, why = need + 1, [*why, "its kind is not sure"]
    harm = critical(known.task, known.config)
    if harm:
        need, why = need + 2, [*why, harm]
    first = models[0].model
    arm = known.stats.arm(first, classified.kind, known.task.document.language)
    if arm.mean_score is not None and arm.attempts >= _JUDGED:
        if arm.mean_score >= threshold + _MARGIN:
            need -= 1
            why.append(f"{first} sufficed so far ({arm.mean_score:.2f})")
        elif arm.mean_score < threshold:
            need += 1
            why.append(f"{first} did not suffice so far ({arm.mean_score:.2f})")
    return need, why


def _paid(name: str, config: Config) -> bool:
    model = config.models.get(name)
    return model is not None and model.cost_tier not in {None, "free"}


def _how(config: Config, pipeline: Pipeline | None) -> How:
    usual = config.strategies
    own = pipeline or Pipeline(voting=usual.voting)
    return How(
        method=own.voting,
        rounds=usual.rounds if own.rounds is None else own.rounds,
        deadline=own.deadline or usual.deadline or 0.0,
        agreement=usual.agreement,
        at_once=max(1, usual.at_once),
    )


def _timed(how: How, config: Config, calls: int) -> How:
    """With a deadline: so many answers may follow each other, where none is configured."""
    return how if how.deadline else replace(how, deadline=config.timeouts.total * calls)


def _three(models: Sequence[Choice]) -> tuple[Choice, ...]:
    """Three answers, of different models as far as there are."""
    distinct = {choice.model: choice for choice in reversed(models)}
    once = [replace(choice, reason="one of three") for choice in reversed(distinct.values())]
    return _samples(once, 3)


def _together(made: Plan, strategy: StrategyName, choices: Sequence[Choice], how: How) -> Plan:
    """The choices at work together; rules that led keep their place, to be asked when all fail."""
    rules = tuple(choice for choice in made.choices if choice.model == RULES)
    return replace(made, strategy=strategy, choices=(*choices, *rules), how=how, exact=False)


def _members(
    models: Sequence[Choice], config: Config, pipeline: Pipeline | None
) -> tuple[Choice, ...]:
    """Who answers in an ensemble: those listed, or as many as are configured."""
    if pipeline is not None:
        return _samples(models, len(models))
    wanted = config.strategies.members
    return _samples([replace(c, reason=f"one of {wanted} answers") for c in models], wanted)


def _samples(models: Sequence[Choice], wanted: int) -> tuple[Choice, ...]:
    """So many choices: the models in order, then further answers of the same ones."""
    chosen: list[Choice] = []
    times: dict[str, int] = {}
    for number in range(wanted):
        choice = models[number % len(models)]
        again = times[choice.model] = times.get(choice.model, 0) + 1
        chosen.append(choice if again == 1 else _another(choice, again))
    return tuple(chosen)


def _another(choice: Choice, number: int) -> Choice:
    """A further answer of the same model: another seed, and warmer where nothing is set."""
    given = dict(choice.parameters)
    given = {"temperature": _WARMER, **given, "seed": given.get("seed", 0.0) + number}
    reason = f"answer {number} of the same model"
    return replace(choice, parameters=tuple(sorted(given.items())), reason=reason)


def _pair(models: Sequence[Choice]) -> tuple[Choice, ...]:
    """An author, and another model as its critic; the same one where there is no other."""
    author = models[0]
    other = next((choice for choice in models if choice.model != author.model), author)
    author = replace(author, reason="writes the answer")
    return author, replace(other, role=Role.CRITIC, reason=f"criticises {author.model}")


def _reviewers(
    models: Sequence[Choice], known: Known, pipeline: Pipeline | None
) -> tuple[Choice, ...]:
    """One reviewer for each aspect; a pipeline's steps that name one keep it."""
    aspects = known.config.strategies.aspects
    named = [choice for choice in models if pipeline is not None and choice.step in aspects]
    if named:
        return tuple(replace(choice, role=Role.REVIEWER) for choice in named)
    specialist = next((c for c in models if _is_specialist(c.model, known.profiles)), None)
    chosen = []
    for number, aspect in enumerate(aspects):
        choice = models[number % len(models)]
        if aspect == "security" and specialist is not None:
            choice = specialist
        reason = f"looks at {aspect}"
        chosen.append(replace(choice, step=aspect, role=Role.REVIEWER, reason=reason))
    return tuple(chosen)


def _is_specialist(model: str, profiles: Sequence[Profile]) -> bool:
    wanted = Capability.SECURITY_FOCUSED
    return any(each.name == model and wanted in each.capabilities for each in profiles)
