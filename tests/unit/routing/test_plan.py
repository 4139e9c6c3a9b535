"""Which choices a plan lists, in which order, and what it says of the rest."""

from __future__ import annotations

from dataclasses import replace

import pytest

from camus.config import (
    Capability,
    Complexity,
    Composite,
    Config,
    Defaults,
    Intelligence,
    Model,
    MultiModel,
    Parameters,
    Pipeline,
    RoutingRule,
    Step,
    StrategyName,
    TaskKind,
)
from camus.journal import Arm, Stats
from camus.privacy import Destination
from camus.routing import RULES, Override, Plan, Policy, plan
from support.tasks import profile, task

FAR = Destination("api.example.com", local=False)
SMALL, MIDDLE, LARGE = profile("s", size="fast"), profile("m"), profile("l", size="large")
EMPTY = Stats()


def names(made: Plan) -> list[str]:
    return [choice.model for choice in made.choices]


def policy(config: Config | None = None, **wish: object) -> Policy:
    return Policy(config or Config(), override=Override(**wish))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("action", "complexity", "expected"),
    [
        ("document", Complexity.SIMPLE, [RULES, "s", "m", "l"]),
        ("refactor", Complexity.MEDIUM, [RULES, "m", "l", "s"]),
        ("fix", Complexity.COMPLEX, [RULES, "m", "l", "s"]),
        ("ask", Complexity.COMPLEX, ["l", "m", "s"]),
        ("implement", Complexity.SIMPLE, ["s", "m", "l"]),
        ("ask", Complexity.SIMPLE, ["s", "m", "l"]),
        ("explain", Complexity.MEDIUM, ["m", "l", "s", RULES]),
        ("review", Complexity.MEDIUM, ["m", "l", "s", RULES]),
    ],
)
def test_the_ladder_starts_where_the_task_needs_it(
    action: str, complexity: Complexity, expected: list[str]
) -> None:
    made = plan(task(action, complexity=complexity), [LARGE, SMALL, MIDDLE], EMPTY, policy())
    assert names(made) == expected
    assert all(choice.reason for choice in made.choices)


def test_without_a_model_the_rules_stand_alone() -> None:
    assert names(plan(task("fix"), [], EMPTY, policy())) == [RULES]
    assert names(plan(task("implement"), [], EMPTY, policy())) == []


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (profile("x", place=FAR), "camus consent grant api.example.com"),
        (profile("x", state="unreachable", problem="start it"), "start it"),
        (profile("x", state="unknown"), "not been asked"),
        (profile("x", window=300), "its window is 300"),
        (profile("x", capabilities=[Capability.EMBEDDING]), "embeddings"),
    ],
)
def test_a_model_that_fails_a_hard_constraint_is_out_with_the_reason(
    model: object, words: str
) -> None:
    made = plan(task("implement"), [model], EMPTY, policy())  # type: ignore[list-item]
    assert names(made) == []
    assert words in made.rejected[0].reason


def test_a_remote_model_with_consent_is_still_never_drawn_by_the_ladder() -> None:
    remote = profile("gpt", place=FAR)
    allowed = Policy(Config(), frozenset({FAR.name}))
    made = plan(task("implement"), [remote, SMALL], EMPTY, allowed)
    assert names(made) == ["s"]
    assert "only used where it is named" in made.rejected[0].reason


def test_a_remote_model_with_consent_is_asked_when_named() -> None:
    remote = profile("gpt", place=FAR)
    allowed = Policy(Config(), frozenset({FAR.name}), Override(model="gpt"))
    assert names(plan(task("implement"), [remote, SMALL], EMPTY, allowed)) == ["gpt"]


def test_a_model_asked_for_by_name_has_no_silent_fallback() -> None:
    made = plan(task("document"), [SMALL, MIDDLE], EMPTY, policy(model="m"))
    assert names(made) == ["m"]


def test_rules_can_be_asked_for_by_name() -> None:
    assert names(plan(task("explain"), [SMALL], EMPTY, policy(model="rules"))) == [RULES]


def test_an_unknown_model_names_the_known_ones() -> None:
    made = plan(task("document"), [SMALL, MIDDLE], EMPTY, policy(model="nope"))
    assert (made.unknown, names(made)) == ("model", [])
    assert "s, m" in made.reasons[0]


def test_a_role_that_nothing_fills_is_not_an_unknown_model() -> None:
    made = plan(task("document"), [], EMPTY, policy(model="code"))
    assert (made.unknown, names(made)) == ("", [])
    assert "nothing here can be 'code'" in made.reasons[0]


def test_specialists_come_first_on_their_rung_and_the_weak_last() -> None:
    plain = profile("plain")
    weak = profile("weak", weaknesses=[TaskKind.REFACTORING])
    coder = profile("coder", capabilities=[Capability.CODE_SPECIALIZED])
    made = plan(task("refactor"), [weak, plain, coder], EMPTY, policy())
    assert names(made) == [RULES, "coder", "plain", "weak"]
    assert "a code specialist" in made.choices[1].reason


def test_a_record_counts_once_there_is_enough_of_it() -> None:
    key = (TaskKind.REFACTORING.value, "python")
    much = Stats({("b", *key): Arm(attempts=9, mean_score=0.95)})
    little = Stats({("b", *key): Arm(attempts=2, mean_score=0.95)})
    models = [profile("a"), profile("b")]
    assert names(plan(task("refactor"), models, much, policy())) == [RULES, "b", "a"]
    assert names(plan(task("refactor"), models, little, policy())) == [RULES, "a", "b"]


PIPELINES = {
    "default": Pipeline(steps=(Step(backend="s"),), v1=True),
    "refine-pro": Pipeline(steps=(Step(backend="s"), Step(backend="l")), v1=True),
}
V1 = Config(version=1, pipelines=PIPELINES, models={"s": Model(name="s"), "l": Model(name="l")})


def test_a_v1_pipeline_runs_exactly_as_listed() -> None:
    made = plan(task("modify"), [SMALL, LARGE], EMPTY, policy(V1, pipeline="refine-pro"))
    assert (names(made), made.exact, made.strategy) == (
        ["s", "l"],
        True,
        StrategyName.SEQUENTIAL,
    )


def test_modify_takes_the_default_pipeline_of_v1_without_being_told() -> None:
    assert plan(task("modify"), [SMALL, LARGE], EMPTY, policy(V1)).pipeline == "default"


def test_code_actions_do_not_take_the_default_pipeline() -> None:
    assert plan(task("refactor"), [SMALL, LARGE], EMPTY, policy(V1)).pipeline == ""


def test_an_enabled_configuration_judges_between_the_steps() -> None:
    config = Config(pipelines=PIPELINES, multi_model=MultiModel(enabled=True))
    made = plan(task("modify"), [SMALL, LARGE], EMPTY, policy(config, pipeline="refine-pro"))
    assert not made.exact


def test_until_the_newer_features_are_enabled_every_pipeline_runs_exactly() -> None:
    steps = (Step(backend="s", task="implement"), Step(backend="l"))
    config = Config(pipelines={"new": Pipeline(steps=steps)})
    made = plan(task("modify"), [SMALL, LARGE], EMPTY, policy(config, pipeline="new"))
    assert (names(made), made.exact) == (["s", "l"], True)


def test_a_code_action_through_a_pipeline_is_always_judged() -> None:
    made = plan(task("refactor"), [SMALL, LARGE], EMPTY, policy(V1, pipeline="refine-pro"))
    assert (names(made), made.exact) == (["s", "l"], False)


def test_an_unknown_pipeline_names_the_known_ones() -> None:
    made = plan(task("modify"), [SMALL], EMPTY, policy(V1, pipeline="nope"))
    assert (made.unknown, names(made)) == ("pipeline", [])
    assert "default, refine-pro" in made.reasons[0]


def test_a_pipeline_with_a_model_that_is_gone_does_not_start() -> None:
    made = plan(task("modify"), [SMALL], EMPTY, policy(V1, pipeline="refine-pro"))
    assert names(made) == []
    assert made.rejected[0].model == "l"


def test_max_steps_cuts_a_pipeline() -> None:
    wish = policy(V1, pipeline="refine-pro", max_steps=1)
    assert names(plan(task("modify"), [SMALL, LARGE], EMPTY, wish)) == ["s"]


def _with_rule(rule: RoutingRule, *, enabled: bool = True) -> Config:
    selection = Intelligence(rules=(rule,))
    multi = MultiModel(enabled=enabled, intelligent_selection=selection)
    return Config(pipelines=PIPELINES, multi_model=multi)


def test_a_rule_of_the_configuration_puts_its_models_first() -> None:
    rule = RoutingRule(task=TaskKind.REFACTORING, preferred_backends=("l",))
    made = plan(task("refactor"), [SMALL, LARGE], EMPTY, policy(_with_rule(rule)))
    assert names(made) == [RULES, "l", "s"]
    off = plan(task("refactor"), [SMALL, LARGE], EMPTY, policy(_with_rule(rule, enabled=False)))
    assert "preferred" not in off.choices[1].reason


def test_a_rule_of_the_configuration_picks_the_pipeline_of_a_kind() -> None:
    rule = RoutingRule(task=TaskKind.REFACTORING, pipeline="refine-pro")
    asked = task("modify", kind=TaskKind.REFACTORING)
    made = plan(asked, [SMALL, LARGE], EMPTY, policy(_with_rule(rule)))
    assert made.pipeline == "refine-pro"


def test_an_ensemble_of_one_model_is_several_answers_of_it_and_the_rules_last() -> None:
    made = plan(task("refactor"), [SMALL], EMPTY, policy(strategy=StrategyName.ENSEMBLE))
    assert names(made) == ["s", "s", "s", RULES]
    assert len({choice.parameters for choice in made.choices[:3]}) == 3


def test_thresholds_come_from_the_configuration() -> None:
    config = Config(defaults=Defaults(quality_threshold=0.9, quality_floor=0.1))
    made = plan(task("refactor"), [], EMPTY, policy(config))
    assert (made.threshold, made.floor) == (0.9, 0.1)


def test_a_composite_brings_its_parameters() -> None:
    config = Config(
        composites={"careful": Composite(bases=("l",), parameters=Parameters(temperature=0.0))}
    )
    made = plan(task("implement"), [SMALL, LARGE], EMPTY, policy(config, model="careful"))
    assert (names(made), made.choices[0].parameters) == (["l"], (("temperature", 0.0),))
    assert "fills 'careful'" in made.choices[0].reason


def test_the_same_input_gives_the_same_plan() -> None:
    arguments = (task("refactor"), [LARGE, SMALL, MIDDLE], EMPTY, policy())
    assert plan(*arguments) == plan(*arguments)


@pytest.mark.parametrize(
    ("enabled", "sure", "first"),
    [(True, 0.9, "s"), (True, 0.5, "m"), (False, 0.5, "s")],
)
def test_an_unsure_kind_asks_a_larger_model(enabled: bool, sure: float, first: str) -> None:
    config = Config(multi_model=MultiModel(enabled=enabled, minimum_confidence=0.8))
    asked = task("ask", complexity=Complexity.SIMPLE)
    asked = replace(asked, classified=replace(asked.classified, confidence=sure))
    made = plan(asked, [LARGE, SMALL, MIDDLE], EMPTY, policy(config))
    assert names(made)[0] == first
    assert ("not sure" in made.choices[0].reason) == (first == "m")


def test_without_selection_the_models_are_asked_in_the_order_listed() -> None:
    config = Config(multi_model=MultiModel(intelligent_selection=Intelligence(enabled=False)))
    made = plan(task("ask"), [LARGE, SMALL, MIDDLE], EMPTY, policy(config))
    assert names(made) == ["l", "s", "m"]
    assert "in the order of the configuration" in made.choices[0].reason
