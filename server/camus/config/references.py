"""Names that nothing answers to, and features whose fallback must be said; pure."""

from __future__ import annotations

from collections.abc import Iterator

from camus.config.judging import PostProcessing
from camus.config.nodes import Node, Scalar
from camus.config.problems import Problem, nearest
from camus.config.providers import GENERIC, provider_named
from camus.config.shipped import SHIPPED_PIPELINES
from camus.config.tree import Defaults
from camus.config.words import BUILT_IN_COMPOSITES, TaskKind, canonical


def notes(root: Node) -> tuple[Problem, ...]:
    """Warnings about a merged configuration."""
    return (
        *_names(root),
        *_steps(root),
        *_contradictions(root),
        *_weaker(root),
        *_services(root),
    )


def _names(root: Node) -> Iterator[Problem]:
    models = {*root.at("models").entries, *root.at("composites").entries, *BUILT_IN_COMPOSITES}
    pipelines = {*root.at("pipelines").entries, *SHIPPED_PIPELINES}
    for pipeline in root.at("pipelines").entries.values():
        for step in pipeline.at("steps").items:
            yield from _known(step.at("backend"), models, "model")
            if step.at("schema").value and step.at("grammar").value:
                message = "`schema` is given as well; the grammar is not used"
                yield step.at("grammar").problem(message, "", "warning")
    for composite in root.at("composites").entries.values():
        for base in composite.at("bases").items:
            yield from _known(base, models, "model")
    yield from _known(root.at("defaults", "pipeline"), pipelines, "pipeline")
    kinds = {str(rule.at("kind").value) for rule in root.at("classification", "rules").items}
    for rule in root.at("multi_model", "intelligent_selection", "rules").items:
        for backend in rule.at("preferred_backends").items:
            yield from _known(backend, models, "model")
        yield from _known(rule.at("pipeline"), pipelines, "pipeline")
        yield from _known(rule.at("task"), kinds | set(TaskKind), "task kind")


def _steps(root: Node) -> Iterator[Problem]:
    """Steps of post-processing that are neither built in nor among the user's commands."""
    known = {*PostProcessing().steps, *root.at("post_processing", "commands").entries}
    lists = [root.at("post_processing", "steps")]
    lists += [each.at("post_processing_steps") for each in root.at("composites").entries.values()]
    for listed in lists:
        for step in listed.items:
            if isinstance(step.value, str) and step.value not in known:
                close = nearest(step.value, known)
                hint = f"; did you mean `{close}`?" if close else ""
                yield step.problem(f"no step `{step.value}` is known{hint}", close, "warning")


def _services(root: Node) -> Iterator[Problem]:
    """What a model asks of its service and the service has no switch for."""
    for name, model in root.at("models").entries.items():
        provider = provider_named(str(model.at("provider").value or "")) or GENERIC
        searching, thinking = model.at("search"), model.at("reasoning")
        if searching.value is True and not provider.searches:
            told = provider.name or "its server"
            message = f"`{name}`: {told} cannot be told to search the web; this is not used"
            yield searching.problem(message, "", "warning")
        if isinstance(thinking.value, str) and thinking.value and not provider.reasoning:
            message = f"`{name}`: {provider.name} has no switch for reasoning; this is not used"
            yield thinking.problem(message, "", "warning")


def _known(node: Node, names: set[str], what: str) -> Iterator[Problem]:
    if not isinstance(node.value, str) or not node.value or node.value in names:
        return
    if what == "task kind" and canonical(TaskKind, node.value):
        return
    close = nearest(node.value, names)
    hint = f"; did you mean `{close}`?" if close else ""
    later = " (a server may still offer it)" if what == "model" and not close else ""
    yield node.problem(f"no {what} `{node.value}` is configured{later}{hint}", close, "warning")


_SAID: tuple[tuple[str, Scalar, str], ...] = (
    (
        "privacy.allow_external",
        True,
        "lets nothing out by itself; run `camus consent grant DEST` for each place",
    ),
)
"""Settings, a value that does less than it seems to, and what it does."""


def _weaker(root: Node) -> Iterator[Problem]:
    for path, value, message in _SAID:
        node = root.at(*path.split("."))
        if node.value == value and node.value is not None:
            yield node.problem(message, "", "warning")


def _contradictions(root: Node) -> Iterator[Problem]:
    for name, pipeline in root.at("pipelines").entries.items():
        steps, weights = pipeline.at("steps").items, pipeline.at("weights")
        if not steps:
            yield pipeline.problem(f"the pipeline `{name}` has no steps", "", "warning")
        elif weights.items and len(weights.items) != len(steps):
            message = f"{len(weights.items)} weights for {len(steps)} steps; all count the same"
            yield weights.problem(message, "", "warning")
    floor, threshold = (
        root.at("defaults", "quality_floor"),
        root.at("defaults", "quality_threshold"),
    )
    low = floor.value if isinstance(floor.value, float) else Defaults().quality_floor
    high = threshold.value if isinstance(threshold.value, float) else Defaults().quality_threshold
    if low > high:
        place = floor if isinstance(floor.value, float) else threshold
        message = f"the floor {low} is above the threshold {high}; nothing is offered unasked"
        yield place.problem(message, "", "warning")
    for rule in root.at("classification", "rules").items:
        kind = rule.at("kind")
        if "like" not in rule.entries and str(kind.value) not in set(TaskKind):
            message = "a kind of your own needs `like`; it is treated as GENERAL"
            yield kind.problem(message, "like", "warning")
