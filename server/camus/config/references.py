"""Names that nothing answers to, and features whose fallback must be said; pure."""

from __future__ import annotations

from collections.abc import Iterator

from camus.config.nodes import Node
from camus.config.problems import Problem, nearest
from camus.config.words import BUILT_IN_COMPOSITES, TaskKind, canonical


def notes(root: Node) -> tuple[Problem, ...]:
    """Warnings about a merged configuration."""
    return (*_names(root), *_unserved(root))


def _names(root: Node) -> Iterator[Problem]:
    models = {*root.at("models").entries, *root.at("composites").entries, *BUILT_IN_COMPOSITES}
    pipelines = set(root.at("pipelines").entries)
    for pipeline in root.at("pipelines").entries.values():
        for step in pipeline.at("steps").items:
            yield from _known(step.at("backend"), models, "model")
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


def _known(node: Node, names: set[str], what: str) -> Iterator[Problem]:
    if not isinstance(node.value, str) or not node.value or node.value in names:
        return
    if what == "task kind" and canonical(TaskKind, node.value):
        return
    close = nearest(node.value, names)
    hint = f"; did you mean `{close}`?" if close else ""
    later = " (a server may still offer it)" if what == "model" and not close else ""
    yield node.problem(f"no {what} `{node.value}` is configured{later}{hint}", close, "warning")


def _unserved(root: Node) -> Iterator[Problem]:
    for model in root.at("models").entries.values():
        kind = model.at("type")
        if kind.value == "llama_cpp":
            yield kind.problem(
                "GGUF files are not run in process yet; the model is passed over and the next one "
                "answers. To use it now, serve the file with llama-server and set `type: openai`",
                severity="warning",
            )
    for pipeline in root.at("pipelines").entries.values():
        yield from _strategy(pipeline.at("strategy"))
    yield from _strategy(root.at("defaults", "strategy"))
    selection = root.at("multi_model", "intelligent_selection")
    for rule in selection.at("rules").items:
        yield from _strategy(rule.at("strategy"))
    how = selection.at("type")
    if how.value in {"score", "learning"}:
        yield how.problem(f"`{how.value}` is not served yet; rules choose instead", "", "warning")
    crossed = root.at("multi_model", "cross_validation")
    if crossed.value is True:
        message = "a second model does not check drafts yet; the built-in checks judge them"
        yield crossed.problem(message, "", "warning")


def _strategy(node: Node) -> Iterator[Problem]:
    if node.value in {"ensemble", "parallel"}:
        message = f"`{node.value}` is not served yet; the models are tried one after another"
        yield node.problem(message, "", "warning")
