"""The pipelines that ship: the four patterns of several steps; knows no model by name."""

from __future__ import annotations

from collections.abc import Mapping

from camus.config.tree import Config, Pipeline, Step


def _pattern(*steps: tuple[str, str]) -> Pipeline:
    return Pipeline(steps=tuple(Step(backend=backend, task=task) for backend, task in steps))


SHIPPED_PIPELINES: Mapping[str, Pipeline] = {
    "analyse-then-generate": _pattern(
        ("analysis", "analyse what the code does and what must change"),
        ("code", "generate the changed code"),
    ),
    "generate-then-validate": _pattern(("code", "generate the code"), ("analysis", "validate")),
    "plan-then-implement": _pattern(("analysis", "plan the change"), ("code", "implement")),
    "review-then-refine": _pattern(
        ("code", "implement"), ("analysis", "review"), ("code", "refine what the review names")
    ),
}
"""By name; one of the same name in a configuration replaces it."""


def pipelines_of(config: Config) -> Mapping[str, Pipeline]:
    """The pipelines that can be named: the configured ones, and those that ship."""
    return {**SHIPPED_PIPELINES, **config.pipelines}
