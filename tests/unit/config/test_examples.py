"""Every key of every example of the plans is served, which a test shows, or warned of.

`SERVED` names for each key the test that shows what it does; what is not there must be named in a
problem of its own or of the section it stands in, with what happens instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from camus.config import imported, migrate
from camus.config.nodes import Node
from camus.config.read import read

from .conftest import Place

TESTS = Path(__file__).parents[1]
PLANS = Path(__file__).parent / "plans"
EXAMPLES = sorted(path for path in PLANS.iterdir() if path.suffix in {".yml", ".toml", ".json"})
LISTED = set(re.findall(r"^\| `([^`]+)` \|", (PLANS / "README.md").read_text(), re.MULTILINE))

_V1 = "cli/test_pipelines.py::test_the_plans_pipeline_runs_as_the_plan_says"
_SPECIAL = "routing/test_plan.py::test_specialists_come_first_on_their_rung_and_the_weak_last"
_CHAIN = "config/test_profiles.py::test_a_role_is_asked_first_and_its_fallbacks_after_it"
_TARGETS = "config/test_profiles.py::test_a_target_orders_the_models_and_cuts_none_off"
_BETWEEN = "config/test_profiles.py::test_a_price_and_a_speed_decide_between_equals"
_SIZES = "config/test_plans.py::test_the_registry_example_reads_sizes_in_words"
_STEPS = "orchestrator/test_pipelines.py::test_a_thinking_steps_words_reach_the_next_step"
_RULE_MODEL = "routing/test_plan.py::test_a_rule_of_the_configuration_puts_its_models_first"
_RULE_PIPE = "routing/test_plan.py::test_a_rule_of_the_configuration_picks_the_pipeline_of_a_kind"
_JUDGED = "routing/test_plan.py::test_an_enabled_configuration_judges_between_the_steps"
_CONSENT = "routing/test_plan.py::test_a_remote_model_with_consent_is_asked_when_named"
_THRESHOLD = "routing/test_plan.py::test_thresholds_come_from_the_configuration"
_SCAN = "config/test_profiles.py::test_the_secret_scan_cannot_be_switched_off"
_KEYWORDS = "config/test_profiles.py::test_keywords_speak_for_their_kind"
_UNSURE = "routing/test_plan.py::test_an_unsure_kind_asks_a_larger_model"
_ORDER = "routing/test_plan.py::test_without_selection_the_models_are_asked_in_the_order_listed"
_STREAMS = "models/test_streams.py::test_a_server_that_does_not_stream_answers_whole"
_CROSSED = "orchestrator/test_deeper.py::test_a_second_model_can_lower_a_score"
_REGISTRY = "config/test_profiles.py::test_the_plans_profile_is_read_whole"

_SELECTION = r"multi_model\.strategies\.intelligent_selection"

SERVED: dict[str, str] = {
    r"backends\[\]\.(name|type|url|model)": _V1,
    r"backends\[\]\.capabilities\[\]": _SPECIAL,
    r"models\.\w+\.(type|model)": _V1,
    r"models\.\w+\.capabilities\[\]": _SPECIAL,
    r"models\.\w+\.(max_tokens|memory_usage)": _SIZES,
    r"(models\.\w+|backends\[\])\.path": "models/",
    r"pipelines\.[\w-]+\[\]": _V1,
    r"pipelines\.[\w-]+\.(strategy|steps\[\]\.(backend|task))": _STEPS,
    r"pipelines\.[\w-]+\.(backends\[\]|voting|weights\[\])": "orchestrator/",
    r"defaults\.pipeline": "routing/test_plan.py::test_modify_takes_the_default_pipeline_of_v1",
    r"defaults\.strategy": "config/test_plans.py::test_the_full_example_is_read_whole",
    r"defaults\.quality_threshold": _THRESHOLD,
    r"multi_model\.enabled": _JUDGED,
    r"multi_model\.intelligent_selection": _ORDER,
    r"multi_model\.(quality_validation|quality\.validation_enabled)": _JUDGED,
    r"multi_model\.quality\.minimum_confidence": _UNSURE,
    r"multi_model\.quality\.cross_validation": _CROSSED,
    rf"{_SELECTION}\.(type|rules\[\]\.task)": _RULE_MODEL,
    rf"{_SELECTION}\.rules\[\]\.preferred_backends\[\]": _RULE_MODEL,
    rf"{_SELECTION}\.rules\[\]\.pipeline": _RULE_PIPE,
    rf"{_SELECTION}\.rules\[\]\.strategy": "orchestrator/",
    r"defaults\.(general|code|math|quick|deep|creative)": _CHAIN,
    r"fallbacks\.\w+\[\]": _CHAIN,
    r"routing\.\w+_keywords\[\]": _KEYWORDS,
    r"timeouts\.(quick|standard|deep)_ms": _TARGETS,
    r"privacy\.(default_location|allow_external)": _CONSENT,
    r"privacy\.secret_scan_before_external": _SCAN,
    r"models\[\]\.(id|backend|max_context|memory_bytes|supports_tools)": _REGISTRY,
    r"models\[\]\.(strengths|weaknesses)\[\]": _SPECIAL,
    r"models\[\]\.avg_ttft_ms": _TARGETS,
    r"models\[\]\.(avg_tokens_per_sec|cost_tier)": _BETWEEN,
    r"models\[\]\.supports_streaming": _STREAMS,
}
"""For each key, as a pattern, the beginning of the name of the test that shows what it does.

One that only names a folder is served there when no problem names it: the tests of that room.
"""


def _keys(node: Node) -> Iterator[Node]:
    inner = (*node.entries.values(), *node.items)
    if not inner:
        yield node
    for item in inner:
        yield from _keys(item)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_every_key_of_an_example_is_served_or_named(example: Path, place: Place) -> None:
    place.write(example.read_bytes(), f"config{example.suffix}")
    problems = place.load().problems
    assert all(problem.severity == "warning" for problem in problems), problems
    warned = {problem.key: problem for problem in problems}
    for node in _keys(read(example.read_bytes(), example.name)):
        key = re.sub(r"\[\d+\]", "[]", node.path)
        place_of = node.path.rpartition(".")[0]
        if node.path in warned:
            assert warned[node.path].line == node.line
            continue
        named = next((test for test in [_served(key)] if test), "")
        near = [known for known in warned if known.rpartition(".")[0] == place_of]
        assert named or near, f"{example.name}:{node.line}: {node.path}"


@pytest.mark.parametrize("test", sorted(set(SERVED.values())))
def test_the_tests_that_show_what_keys_do_are_there(test: str) -> None:
    file, _, name = test.partition("::")
    if not name:
        assert (TESTS / file).is_dir()
        return
    assert f"def {name}" in (TESTS / file).read_text(encoding="utf-8")


def _served(key: str) -> str:
    return next((test for pattern, test in SERVED.items() if re.fullmatch(pattern, key)), "")


def test_the_examples_are_the_ones_that_are_listed() -> None:
    assert {path.name for path in EXAMPLES} == LISTED
    assert len(EXAMPLES) == 6


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_an_example_can_be_migrated_and_imported_without_another_meaning(
    example: Path, place: Place
) -> None:
    data = example.read_bytes()
    path = place.write(data, f"config{example.suffix}")
    before = place.load()
    made = imported(data, str(path))
    path.unlink()
    place.write(made.text)
    after = place.load()
    assert after.config.models == before.config.models
    assert after.config.composites == before.config.composites
    assert after.config.multi_model == before.config.multi_model
    assert after.config.timeouts == before.config.timeouts
    moved = migrate(data, str(path))
    assert moved.problems == () or example.suffix == ".toml"
