"""The TOML profile of plan 002 does what it says: roles, fallbacks, keywords, targets."""

from __future__ import annotations

from pathlib import Path

import pytest

from camus.config import Complexity, Config, Loaded, TaskKind, imported
from camus.journal import Stats
from camus.routing import RULES, Policy, plan
from support.tasks import profile, task

from .conftest import Place

PLANS = Path(__file__).parent / "plans"
DEFAULTS = (PLANS / "default-models.toml").read_text(encoding="utf-8")
PROFILE = (PLANS / "model-profile.toml").read_text(encoding="utf-8")
MODELS = ("llama3.1:8b", "deepseek-coder:6.7b", "qwen2-math:7b", "phi3:mini", "mistral:7b")


@pytest.fixture
def loaded(place: Place) -> Loaded:
    place.write(DEFAULTS, "models.toml")
    return place.load()


def test_the_plans_defaults_load_without_a_word(loaded: Loaded) -> None:
    assert loaded.problems == ()
    assert set(loaded.config.models) == set(MODELS)
    assert not loaded.config.multi_model.enabled, "v1 pipelines beside it run as they did"


ROUTES = [
    (TaskKind.CODE_GENERATION, Complexity.MEDIUM, ["deepseek-coder:6.7b", "llama3.1:8b"]),
    (TaskKind.CODE_GENERATION, Complexity.SIMPLE, ["deepseek-coder:6.7b", "llama3.1:8b"]),
    (TaskKind.MATHEMATICAL, Complexity.SIMPLE, ["qwen2-math:7b", "llama3.1:8b"]),
    (TaskKind.CREATIVE, Complexity.MEDIUM, ["mistral:7b", "llama3.1:8b"]),
    (TaskKind.SIMPLE_QUERY, Complexity.SIMPLE, ["phi3:mini", "llama3.1:8b"]),
    (TaskKind.GENERAL, Complexity.COMPLEX, ["llama3.1:8b"]),
    (TaskKind.GENERAL, Complexity.MEDIUM, ["llama3.1:8b"]),
]


@pytest.mark.parametrize(("kind", "complexity", "first"), ROUTES, ids=str)
def test_a_role_is_asked_first_and_its_fallbacks_after_it(
    kind: TaskKind, complexity: Complexity, first: list[str], loaded: Loaded
) -> None:
    ready = [profile(name) for name in MODELS]
    made = plan(
        task("ask", kind=kind, complexity=complexity), ready, Stats(), Policy(loaded.config)
    )
    assert [choice.model for choice in made.choices[: len(first)]] == first
    assert "in the configuration" in made.choices[0].reason
    assert {choice.model for choice in made.choices} == set(MODELS)


def test_a_default_that_is_not_there_falls_back(loaded: Loaded) -> None:
    ready = [profile("phi3:mini", size="fast"), profile("llama3.1:8b")]
    made = plan(
        task("implement", kind=TaskKind.CODE_GENERATION), ready, Stats(), Policy(loaded.config)
    )
    assert [choice.model for choice in made.choices] == ["llama3.1:8b", "phi3:mini"]


def test_the_rules_still_answer_before_any_role(loaded: Loaded) -> None:
    made = plan(task("refactor"), [profile(MODELS[1])], Stats(), Policy(loaded.config))
    assert made.choices[0].model == RULES


def test_the_plans_defaults_need_no_trust(place: Place, loaded: Loaded) -> None:
    untrusted = place.load(trusted=False)
    assert untrusted.problems == ()
    assert untrusted.config == loaded.config


def test_of_timeouts_only_the_targets_need_no_trust(place: Place) -> None:
    place.write("[timeouts]\nquick_ms = 100\ntotal = 1.0\n", "models.toml")
    loaded = place.load(trusted=False)
    assert [problem.key for problem in loaded.problems] == ["timeouts.total"]
    assert loaded.config.timeouts.quick_ms == 100
    assert loaded.config.timeouts.total == Config().timeouts.total


def test_keywords_speak_for_their_kind(loaded: Loaded) -> None:
    from camus.actions import classify

    found = classify("integral", rules=loaded.config.classification)
    assert found.kind is TaskKind.MATHEMATICAL
    assert any("your rule" in why for why in found.evidence)


TARGETS = """
[timeouts]
quick_ms = 100
standard_ms = 2000
deep_ms = 30000
[[models]]
id = "late"
avg_ttft_ms = 150
[[models]]
id = "early"
avg_ttft_ms = 90
"""


def test_a_target_orders_the_models_and_cuts_none_off(place: Place) -> None:
    place.write(TARGETS, "models.toml")
    config = place.load().config
    ready = [profile("late", size="fast"), profile("early", size="fast")]
    policy = Policy(config)
    quick = plan(task("ask", complexity=Complexity.SIMPLE), ready, Stats(), policy)
    assert [choice.model for choice in quick.choices] == ["early", "late"]
    assert "its first token usually takes 150 ms, 100 are wanted" in quick.choices[1].reason
    slow = plan(task("ask", complexity=Complexity.MEDIUM), ready, Stats(), policy)
    assert [choice.model for choice in slow.choices] == ["late", "early"]
    before = Config().timeouts
    assert (config.timeouts.first_token, config.timeouts.total) == (
        before.first_token,
        before.total,
    )


def test_a_price_and_a_speed_decide_between_equals(place: Place) -> None:
    place.write(
        """
[[models]]
id = "dear"
cost_tier = "high"
[[models]]
id = "slow"
avg_tokens_per_sec = 5.0
[[models]]
id = "quick"
avg_tokens_per_sec = 40.0
""",
        "models.toml",
    )
    ready = [profile("dear"), profile("slow"), profile("quick")]
    made = plan(task("ask"), ready, Stats(), Policy(place.load().config))
    assert [choice.model for choice in made.choices] == ["quick", "slow", "dear"]


def test_the_plans_profile_is_read_whole(place: Place) -> None:
    place.write(PROFILE, "models.toml")
    loaded = place.load()
    assert loaded.problems == ()
    (model,) = loaded.config.models.values()
    assert (model.name, model.type, model.max_tokens) == ("deepseek-coder:6.7b", "ollama", 16384)
    assert model.strengths == (TaskKind.CODE_GENERATION, TaskKind.TOOL_USE)
    assert model.weaknesses == (TaskKind.CREATIVE,)
    assert (model.avg_ttft_ms, model.avg_tokens_per_sec, model.memory_bytes) == (
        150,
        40.0,
        6 * 10**9,
    )
    assert (model.supports_streaming, model.supports_tools, model.cost_tier) == (True, True, "free")


@pytest.mark.parametrize(
    "text", [DEFAULTS, PROFILE, TARGETS], ids=["defaults", "profile", "targets"]
)
def test_an_imported_profile_means_the_same(text: str, place: Place) -> None:
    path = place.write(text, "models.toml")
    before = place.load().config
    made = imported(text.encode(), str(path))
    assert made.problems == ()
    path.unlink()
    place.write(made.text, "models.yml")
    after = place.load()
    assert after.problems == ()
    assert after.config == before


def test_a_profile_goes_with_models_of_the_users_own(place: Place) -> None:
    place.write_user("models: {coder: {model: 'qwen2.5-coder:7b', size: large}}")
    place.write('[defaults]\ncode = "coder"\n', "models.toml")
    loaded = place.load(trusted=False)
    assert loaded.problems == ()
    assert loaded.config.models["coder"].model == "qwen2.5-coder:7b"
    assert loaded.config.models["coder"].size == "large"
    assert loaded.config.composites["code"].bases == ("coder",)


def test_the_secret_scan_cannot_be_switched_off(place: Place) -> None:
    place.write_user("[privacy]\nsecret_scan_before_external = false\n", "models.toml")
    (problem,) = place.load().problems
    assert problem.severity == "warning"
    assert problem.line == 2
    assert "always" in problem.message


def test_a_fallback_of_a_model_stands_behind_it(place: Place) -> None:
    place.write('[fallbacks]\n"a:7b" = ["b:7b"]\n', "models.toml")
    loaded = place.load()
    assert loaded.problems == ()
    assert loaded.config.composites["a:7b"].bases == ("a:7b", "b:7b")


ODD = [
    ('[routing]\ncode_words = ["x"]\n', 2, "routing.code_words", "unknown key"),
    ("[defaults]\ncode = 3\n", 2, "defaults.code", "the name of a model"),
    ('fallbacks = "x"\n', 1, "fallbacks", "expected a list of roles"),
    (
        'composites = {code = ["a"]}\nmodels = {a = {}}\ndefaults = {code = "a"}\n',
        3,
        "defaults.code",
        "not used",
    ),
]


@pytest.mark.parametrize(("text", "line", "key", "says"), ODD, ids=lambda value: str(value)[:20])
def test_what_has_no_meaning_is_named(
    text: str, line: int, key: str, says: str, place: Place
) -> None:
    place.write(text, "models.toml")
    (problem,) = place.load().problems
    assert (problem.line, problem.key) == (line, key)
    assert says in problem.message
