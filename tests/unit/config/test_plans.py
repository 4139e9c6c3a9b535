"""The example configurations of the plans, verbatim, load and say what they fall back to."""

from __future__ import annotations

from pathlib import Path

from camus.config import BackendKind, Capability, Loaded, Pipeline, RoutingRule, Step, StrategyName

from .conftest import Place

PLANS = Path(__file__).parent / "plans"


def _load(place: Place, name: str) -> Loaded:
    place.write((PLANS / name).read_bytes())
    return place.load()


def test_the_first_plan_is_version_1_and_runs_as_listed(place: Place) -> None:
    loaded = _load(place, "phase-0-v1.yml")
    config = loaded.config
    assert loaded.problems == ()
    assert config.version == 1
    assert not config.multi_model.enabled
    assert list(config.models) == ["deepseek-coder-local", "llama3-local"]
    llama = config.models["llama3-local"]
    assert (llama.type, llama.model) == (BackendKind.OLLAMA, "llama3:8b")
    assert llama.url == "http://localhost:11434"
    steps = (Step(backend="llama3-local"), Step(backend="deepseek-coder-local"))
    assert config.pipelines["refine-pro"] == Pipeline(steps=steps, v1=True)
    assert config.pipelines["default"] == Pipeline(steps=steps[:1], v1=True)
    assert config.defaults.pipeline == "default"


def test_the_enhanced_example_opts_into_what_is_newer(place: Place) -> None:
    loaded = _load(place, "phase-0-enhanced.yml")
    config = loaded.config
    assert loaded.problems == ()
    assert config.version == 2
    assert config.multi_model.enabled
    assert config.multi_model.intelligent_selection.enabled
    assert config.multi_model.quality_validation
    assert config.pipelines["refine-pro"].v1
    assert config.pipelines["enhanced-refine"] == Pipeline(
        strategy=StrategyName.SEQUENTIAL,
        steps=(
            Step(backend="llama3-local", task="analyze_and_plan"),
            Step(backend="deepseek-coder-local", task="implement"),
        ),
    )
    assert config.models["llama3-local"].capabilities == (
        Capability.HIGH_QUALITY,
        Capability.LARGE_CONTEXT,
    )


def test_the_registry_example_reads_sizes_in_words(place: Place) -> None:
    loaded = _load(place, "task-1.3.yml")
    fast, quality = loaded.config.models.values()
    assert (fast.name, fast.type, fast.memory_bytes) == (
        "fast_coder",
        BackendKind.LLAMA_CPP,
        2_000_000_000,
    )
    assert fast.path == "/models/deepseek-coder-1.3b.gguf"
    assert (quality.max_tokens, quality.memory_bytes) == (32768, 8_000_000_000)
    assert loaded.problems == ()


def test_the_full_example_is_read_whole(place: Place) -> None:
    loaded = _load(place, "task-5.1.yml")
    config = loaded.config
    assert loaded.problems == ()
    assert config.version == 2
    assert config.defaults.strategy is StrategyName.SEQUENTIAL
    assert config.defaults.quality_threshold == 0.8
    review = config.pipelines["ensemble-review"]
    assert (review.strategy, review.voting, review.weights) == ("ensemble", "weighted", (0.6, 0.4))
    assert [step.backend for step in review.steps] == ["llama3-local", "deepseek-coder-local"]
    selection = config.multi_model.intelligent_selection
    assert (selection.type, selection.rules) == (
        "rule",
        (
            RoutingRule(task="CODE_GENERATION", preferred_backends=("deepseek-coder-local",)),
            RoutingRule(task="REFACTORING", pipeline="refine-pro"),
            RoutingRule(task="CODE_ANALYSIS", strategy=StrategyName.ENSEMBLE),
        ),
    )
    assert config.multi_model.minimum_confidence == 0.8
    assert config.multi_model.cross_validation
