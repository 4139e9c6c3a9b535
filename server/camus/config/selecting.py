"""The settings of how a model is chosen: what counts, and what puts a model out."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from camus.config.fields import Money, Ratio, Weight, Words, says
from camus.config.words import StrategyName


class _Node(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """As the nodes of the tree: frozen, keywords only, no unknown keys."""


LicenceTier = Literal["permissive", "copyleft", "restricted", "proprietary"]


class SelectionWeights(_Node, frozen=True, kw_only=True):
    """What each part of a model's score counts beside the others; unset ones are the preset's."""

    capability: Annotated[Weight | None, says("it can do what the task demands")] = None
    strengths: Annotated[Weight | None, says("the task's kind is among what it does well")] = None
    window: Annotated[Weight | None, says("its window has room beside the task")] = None
    quality: Annotated[Weight | None, says("how its answers of this kind were judged")] = None
    speed: Annotated[Weight | None, says("how long it takes")] = None
    cost: Annotated[Weight | None, says("what a request costs")] = None
    memory: Annotated[Weight | None, says("it is loaded already, or takes little memory")] = None
    health: Annotated[Weight | None, says("how seldom it failed lately")] = None
    licence: Annotated[Weight | None, says("how free its licence is")] = None


class RoutingRule(_Node, frozen=True, kw_only=True):
    """For a task kind: which models, pipeline or strategy to prefer."""

    task: Annotated[str, Meta(min_length=1, description="a task kind, or a kind of your own")]
    preferred_backends: Annotated[Words, says("models, composites or roles, best first")] = ()
    pipeline: Annotated[str, says("a pipeline to run instead")] = ""
    strategy: Annotated[StrategyName | None, says("a strategy for this kind")] = None


class Intelligence(_Node, frozen=True, kw_only=True):
    """How the model is chosen."""

    enabled: Annotated[bool, says("`false`: the models in the order they are listed")] = True
    type: Annotated[
        Literal["rule", "score", "learning"],
        says("by rules, by a weighted score, or by what was learnt"),
    ] = "rule"
    rules: Annotated[
        tuple[RoutingRule, ...], says("preferences by task kind; they come first in each `type`")
    ] = ()
    preset: Annotated[
        Literal["speed", "balanced", "quality"],
        says(
            "what counts most in a score, and how much quality may be given for time: see "
            "`quality_loss`"
        ),
    ] = "balanced"
    quality_loss: Annotated[
        Ratio | None,
        says(
            "the share of answers that may be wrong, as far as can be expected, because a smaller "
            "model is asked first; unset: 0.1 with the preset `speed`, 0.06 with `balanced`, 0.02 "
            "with `quality`, and no more than the time that is won is worth"
        ),
    ] = None
    weights: Annotated[SelectionWeights, says("weights of your own over the preset's")] = (
        SelectionWeights()
    )
    exploration: Annotated[
        Ratio,
        says(
            "for `learning`: the share of requests in which another model than the best known may "
            "be tried; 0: never"
        ),
    ] = 0.3
    switch_guard: Annotated[
        Ratio,
        says(
            "for `learning`: how much better another local model must look before the one that is "
            "loaded is left"
        ),
    ] = 0.05


class Limits(_Node, frozen=True, kw_only=True):
    """What puts a model out, whatever else speaks for it; every plan names the reason."""

    cost_a_request: Annotated[
        Money | None,
        says(
            "most that one request may cost, in the currency of your prices; from your own file "
            "only. Where only dearer models reach `minimum_quality`, quality wins and you are told"
        ),
    ] = None
    cost_a_day: Annotated[
        Money | None,
        says("most that a day (UTC) may cost; from your own file only; nothing wins over this"),
    ] = None
    minimum_quality: Annotated[
        Ratio, says("least mean score of a model at a kind, once five of its answers were judged")
    ] = 0.0
    licence: Annotated[
        LicenceTier | None,
        says("the least free licence that is allowed; a model whose licence is unknown is out"),
    ] = None
