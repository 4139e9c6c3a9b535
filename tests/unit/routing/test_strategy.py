"""Which strategy a task gets, with which models in which roles, and why."""

from __future__ import annotations

from dataclasses import replace

import pytest

from camus.actions import Domain, Task
from camus.config import (
    Capability,
    Complexity,
    Composite,
    Config,
    Defaults,
    Intelligence,
    Model,
    MultiModel,
    Pipeline,
    RoutingRule,
    Step,
    Strategies,
    StrategyName,
    TaskKind,
)
from camus.journal import Arm, Stats
from camus.routing import RULES, Override, Plan, Policy, Role, plan, rules_lead
from support.tasks import profile, task

S, M, L = profile("s", size="fast"), profile("m"), profile("l", size="large")
EMPTY = Stats()


def made(
    wanted: Task,
    *,
    models: tuple[object, ...] = (S, M, L),
    config: Config | None = None,
    stats: Stats = EMPTY,
    **wish: object,
) -> Plan:
    override = Override(**wish)  # type: ignore[arg-type]
    return plan(wanted, models, stats, Policy(config or Config(), override=override))  # type: ignore[arg-type]


def named(found: Plan) -> list[tuple[str, Role]]:
    return [(choice.model, choice.role) for choice in found.choices]


def known(mean: float, attempts: int = 9) -> Stats:
    key = ("m", TaskKind.REFACTORING, "python")
    return Stats(arms={key: Arm(attempts=attempts, mean_score=mean, scored=attempts)})


def critical(wanted: Task) -> Task:
    return replace(wanted, classified=replace(wanted.classified, stakes=Domain.FINANCIAL))


def unsure(wanted: Task) -> Task:
    return replace(wanted, classified=replace(wanted.classified, confidence=0.3))


SIMPLE, MEDIUM, COMPLEX = (task("refactor", complexity=each) for each in Complexity)
ADAPTIVE: list[tuple[str, Task, dict[str, object], StrategyName, str]] = [
    ("simple", SIMPLE, {}, StrategyName.SINGLE_FAST, "simple"),
    ("medium", MEDIUM, {}, StrategyName.CASCADE, "medium"),
    ("complex", COMPLEX, {}, StrategyName.DUAL_VALIDATION, "complex"),
    ("unsure", unsure(MEDIUM), {}, StrategyName.DUAL_VALIDATION, "its kind is not sure"),
    ("harm", critical(COMPLEX), {}, StrategyName.TRIPLE_CONSENSUS, "does harm"),
    (
        "harm in two",
        critical(COMPLEX),
        {"models": (S, M)},
        StrategyName.DUAL_VALIDATION,
        "no three",
    ),
    ("harm in one", critical(COMPLEX), {"models": (M,)}, StrategyName.CASCADE, "one model"),
    ("sufficed", MEDIUM, {"stats": known(0.95)}, StrategyName.SINGLE_FAST, "sufficed"),
    ("failed", MEDIUM, {"stats": known(0.4)}, StrategyName.DUAL_VALIDATION, "did not suffice"),
    ("too few", MEDIUM, {"stats": known(0.4, 2)}, StrategyName.CASCADE, "medium"),
    (
        "it costs",
        COMPLEX,
        {"config": Config(models={"m": Model(name="m", cost_tier="high")})},
        StrategyName.CASCADE,
        "costs money",
    ),
    (
        "it costs and harms",
        critical(COMPLEX),
        {"config": Config(models={"m": Model(name="m", cost_tier="high")})},
        StrategyName.TRIPLE_CONSENSUS,
        "does harm",
    ),
    (
        "a critical path",
        SIMPLE,
        {"config": Config(strategies=Strategies(critical_paths=("**/sample.py",)))},
        StrategyName.DUAL_VALIDATION,
        "critical",
    ),
]


@pytest.mark.parametrize(
    ("wanted", "more", "strategy", "why"),
    [row[1:] for row in ADAPTIVE],
    ids=[r[0] for r in ADAPTIVE],
)
def test_adaptive_is_as_careful_as_the_task_needs(
    wanted: Task, more: dict[str, object], strategy: StrategyName, why: str
) -> None:
    found = made(wanted, strategy=StrategyName.ADAPTIVE, **more)
    assert found.strategy is strategy
    said = [reason for reason in found.reasons if reason.startswith("adaptive: ")]
    assert len(said) == 1
    assert why in said[0]


def test_without_a_wish_models_are_asked_one_after_another() -> None:
    assert made(COMPLEX).strategy is StrategyName.CASCADE
    config = Config(defaults=Defaults(strategy=StrategyName.SEQUENTIAL))
    assert made(COMPLEX, config=config).strategy is StrategyName.CASCADE


def test_an_ensemble_has_as_many_members_as_configured_and_the_rules_last() -> None:
    found = made(MEDIUM, strategy=StrategyName.ENSEMBLE)
    assert [choice.model for choice in found.choices] == ["m", "l", "s", RULES]
    assert not rules_lead(MEDIUM, found)
    five = Config(strategies=Strategies(members=5))
    models = [c.model for c in made(MEDIUM, config=five, strategy=StrategyName.ENSEMBLE).choices]
    assert models == ["m", "l", "s", "m", "l", RULES]


def test_a_locked_model_can_be_an_ensemble_of_itself() -> None:
    found = made(MEDIUM, model="m", strategy=StrategyName.ENSEMBLE)
    assert [choice.model for choice in found.choices] == ["m", "m", "m"]
    seeds = [dict(choice.parameters).get("seed") for choice in found.choices]
    assert seeds == [None, 2.0, 3.0]


def test_two_are_an_author_and_a_critic_that_is_another_model() -> None:
    found = made(MEDIUM, strategy=StrategyName.DUAL_VALIDATION)
    assert named(found)[:2] == [("m", Role.AUTHOR), ("l", Role.CRITIC)]
    assert (found.how.method, found.how.rounds) == ("consensus", 2)


def test_a_parallel_review_has_one_reviewer_for_each_aspect() -> None:
    safe = profile("safe", capabilities={Capability.SECURITY_FOCUSED})
    review = task("review", kind=TaskKind.CODE_ANALYSIS)
    found = made(review, models=(M, L, safe), strategy=StrategyName.PARALLEL)
    looks = {choice.step: choice.model for choice in found.choices if choice.model != RULES}
    assert set(looks) == {"security", "performance", "style", "correctness"}
    assert looks["security"] == "safe"
    assert {choice.role for choice in found.choices[:4]} == {Role.REVIEWER}


def enabled(**pipelines: Pipeline) -> Config:
    return Config(pipelines=pipelines, multi_model=MultiModel(enabled=True))


AB = (Step(backend="s"), Step(backend="m"))


def test_a_pipelines_strategy_weights_and_limits_hold() -> None:
    pipeline = Pipeline(
        strategy=StrategyName.ENSEMBLE,
        steps=AB,
        voting="weighted",
        weights=(0.6, 0.4),
        deadline=9.0,
    )
    found = made(MEDIUM, config=enabled(p=pipeline), pipeline="p")
    assert (found.strategy, found.exact) == (StrategyName.ENSEMBLE, False)
    assert [(c.model, c.weight) for c in found.choices] == [("s", 0.6), ("m", 0.4)]
    assert (found.how.method, found.how.deadline) == ("weighted", 9.0)


def test_a_wish_counts_before_the_pipelines_own_strategy() -> None:
    config = enabled(p=Pipeline(steps=AB))
    assert made(MEDIUM, config=config, pipeline="p").strategy is StrategyName.SEQUENTIAL
    wished = made(MEDIUM, config=config, pipeline="p", strategy=StrategyName.ENSEMBLE)
    assert wished.strategy is StrategyName.ENSEMBLE


def test_an_ensemble_goes_on_without_a_member_and_says_so_and_a_sequence_does_not() -> None:
    steps = (*AB, Step(backend="nobody"))
    team = enabled(p=Pipeline(steps=steps, strategy=StrategyName.ENSEMBLE))
    found = made(MEDIUM, config=team, pipeline="p")
    assert [choice.model for choice in found.choices] == ["s", "m"]
    assert any("without nobody" in warning for warning in found.warnings)
    row = made(MEDIUM, config=enabled(p=Pipeline(steps=steps)), pipeline="p")
    assert row.choices == ()
    assert any(each.model == "nobody" for each in row.rejected)


@pytest.mark.parametrize(
    ("name", "roles"),
    [
        ("analyse-then-generate", [Role.PLANNER, Role.AUTHOR]),
        ("generate-then-validate", [Role.AUTHOR, Role.CRITIC]),
        ("plan-then-implement", [Role.PLANNER, Role.AUTHOR]),
        ("review-then-refine", [Role.AUTHOR, Role.CRITIC, Role.AUTHOR]),
    ],
)
def test_the_four_patterns_ship(name: str, roles: list[Role]) -> None:
    found = made(task("modify"), pipeline=name)
    assert [role for _, role in named(found)] == roles
    assert not found.exact
    if Role.CRITIC in roles:
        writers = {model for model, role in named(found) if role is Role.AUTHOR}
        critics = {model for model, role in named(found) if role is Role.CRITIC}
        assert not writers & critics, "who wrote is not who judges"


def test_who_asks_for_steps_without_a_pipeline_gets_one_that_ships() -> None:
    assert made(task("modify"), strategy=StrategyName.SEQUENTIAL).pipeline == "plan-then-implement"
    asked = made(task("ask"), strategy=StrategyName.SEQUENTIAL)
    assert asked.pipeline == "analyse-then-generate"


def test_a_rule_gives_a_kind_its_strategy() -> None:
    rule = RoutingRule(task="CODE_ANALYSIS", strategy=StrategyName.ENSEMBLE)
    selection = Intelligence(rules=(rule,))
    config = Config(multi_model=MultiModel(enabled=True, intelligent_selection=selection))
    review = task("review", kind=TaskKind.CODE_ANALYSIS)
    assert made(review, config=config).strategy is StrategyName.ENSEMBLE
    assert made(MEDIUM, config=config).strategy is StrategyName.CASCADE


def test_a_composite_in_a_pipeline_is_its_first_ready_base() -> None:
    config = Config(
        pipelines={"p": Pipeline(steps=(Step(backend="mine"),), strategy=StrategyName.ENSEMBLE)},
        composites={"mine": Composite(bases=("gone", "l"))},
    )
    assert [c.model for c in made(MEDIUM, config=config, pipeline="p").choices] == ["l"]
