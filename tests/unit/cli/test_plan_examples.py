"""Every example configuration of the plans runs as it stands and does what it says.

Their addresses are Ollama's own on this machine; the test puts a real server's there, and a
missing GGUF file stays missing, as on any machine that has none there.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from support.engines import fenced
from support.servers import Asked, Ollama, Told

Run = Callable[..., Result]

PLANS = Path(__file__).parents[1] / "config" / "plans"
BEFORE = "def area(width, height):\n    return width * height\n"
SUM = "def area(width, height):\n    total = width * height\n    return total\n"
BETTER = (
    'def area(width, height):\n    """Multiply."""\n    total = width * height\n    return total\n'
)
LLAMA, CODER = "llama3:8b", "deepseek-coder:6.7b"


def script(asked: Asked) -> str:
    """Two models that do their work, the coder a little better."""
    if "VERDICT" in asked.text:
        return "VERDICT: accept\nREASON: none"
    if "LINE: severity" in asked.text:
        return "2: warning: the result has no name"
    if "Do not write the code yet" in asked.text or "each integral" in asked.text:
        return "1. Name the result of the product `total`."
    return fenced(BETTER if asked.model == CODER else SUM)


@pytest.fixture
def server(workspace: Path) -> Iterator[Ollama]:
    (workspace / "a.py").write_text(BEFORE)
    names = (LLAMA, CODER, "llama3.1:8b", "qwen2-math:7b", "phi3:mini", "mistral:7b")
    with Ollama(script, models=[Told(name) for name in names]) as server:
        yield server


@pytest.fixture
def use(server: Ollama, own_home: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Use an example as one's own configuration."""

    def example(name: str) -> None:
        text = (PLANS / name).read_text().replace("http://localhost:11434", server.url)
        folder = own_home / "config"
        folder.mkdir(parents=True)
        file = "models.toml" if name.endswith(".toml") else "config.yml"
        (folder / file).write_text(text)
        monkeypatch.setenv("OLLAMA_HOST", server.url)

    return example


def asked(server: Ollama) -> list[str]:
    return [chat.model for chat in server.chats]


def value_of(done: Result) -> dict[str, Any]:
    assert done.exit_code in {0, 1}, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def modify(run: Run, *more: str) -> dict[str, Any]:
    return value_of(run("modify", "name the result", "-f", "a.py", *more, "--dry-run", "--json"))


def test_the_first_plan(server: Ollama, use: Callable[[str], None], run: Run) -> None:
    use("phase-0-v1.yml")
    assert modify(run)["strategy"] == "sequential"
    assert asked(server) == [LLAMA]
    modify(run, "--pipeline", "refine-pro")
    assert asked(server) == [LLAMA, LLAMA, CODER]


def test_the_enhanced_example_plans_and_then_implements(
    server: Ollama, use: Callable[[str], None], run: Run
) -> None:
    use("phase-0-enhanced.yml")
    value = modify(run, "--pipeline", "enhanced-refine")
    assert (asked(server), value["model"]) == ([LLAMA, CODER], "deepseek-coder-local")
    assert "Name the result of the product" in server.chats[1].text
    assert [each["speaker"] for each in value["said"]] == [
        "planner llama3-local",
        "author deepseek-coder-local",
    ]


def test_the_registry_example_goes_on_without_the_file_that_is_not_there(
    server: Ollama, use: Callable[[str], None], run: Run
) -> None:
    use("task-1.3.yml")
    value = modify(run)
    assert (value["state"], value["model"]) == ("done", "quality_assistant")
    assert set(asked(server)) == {LLAMA}
    listed = {each["name"]: each for each in json.loads(run("model", "list", "--json").stdout)}
    assert listed["fast_coder"]["state"] != "ready"


class TestTheFullExample:
    """Task 5.1."""

    @pytest.fixture(autouse=True)
    def _use(self, use: Callable[[str], None]) -> None:
        use("task-5.1.yml")

    def test_the_default_pipeline_runs_and_a_second_model_validates(
        self, server: Ollama, run: Run
    ) -> None:
        value = modify(run, "--pipeline", "default")
        assert (value["strategy"], value["model"]) == ("sequential", "llama3-local")
        assert asked(server) == [LLAMA, CODER]
        assert "VERDICT" in server.chats[1].text

    def test_the_intelligent_refactoring_has_three_steps(self, server: Ollama, run: Run) -> None:
        value = modify(run, "--pipeline", "intelligent-refactor")
        assert asked(server)[:3] == [LLAMA, CODER, LLAMA]
        assert "Name the result of the product" in server.chats[1].text
        assert value["state"] == "done"

    def test_the_ensemble_weighs_the_votes_of_both(self, server: Ollama, run: Run) -> None:
        swapped = BEFORE.replace("width * height", "height * width")
        server.script = lambda chat: fenced(swapped if chat.model == CODER else SUM)
        value = modify(run, "--pipeline", "ensemble-review")
        assert (value["strategy"], value["model"]) == ("ensemble", "llama3-local")
        agreement = value["agreement"][0]
        assert (agreement["method"], agreement["share"], agreement["of"]) == ("weighted", 0.6, 2)
        assert set(asked(server)) == {LLAMA, CODER}

    def test_analysis_is_an_ensemble_by_its_rule(self, server: Ollama, run: Run) -> None:
        value = value_of(run("review", "a.py", "--json"))
        assert value["strategy"] == "ensemble"
        assert {LLAMA, CODER} <= set(asked(server))
        finding = value["findings"][0]
        assert set(finding["found_by"]) >= {"llama3-local", "deepseek-coder-local"}

    def test_a_kind_has_its_preferred_model_and_another_its_pipeline(
        self, server: Ollama, workspace: Path, run: Run
    ) -> None:
        stub = 'def area(width, height):\n    """Multiply."""\n    raise NotImplementedError\n'
        (workspace / "a.py").write_text(stub)
        value = value_of(run("implement", "a.py:1", "--dry-run", "--json"))
        assert (asked(server)[0], value["model"]) == (CODER, "deepseek-coder-local")
        before = len(server.chats)
        (workspace / "a.py").write_text(BEFORE)
        done = run("modify", "refactor this function", "-f", "a.py", "--dry-run", "--json")
        assert value_of(done)["strategy"] == "sequential"
        assert asked(server)[before : before + 2] == [LLAMA, CODER]

    def test_the_file_that_is_not_there_is_named(self, run: Run) -> None:
        listed = {each["name"]: each for each in json.loads(run("model", "list", "--json").stdout)}
        assert listed["direct-llama-cpp"]["state"] != "ready"


def test_the_profile_asks_each_kinds_own_model_first(
    server: Ollama, use: Callable[[str], None], run: Run
) -> None:
    use("default-models.toml")
    modify(run)
    assert asked(server)[0] == CODER
    run("ask", "Calculate the integral of x squared from 0 to 3.", "--json")
    assert asked(server)[1] == "qwen2-math:7b"


def test_the_models_own_profile_is_used(
    server: Ollama, use: Callable[[str], None], run: Run
) -> None:
    use("model-profile.toml")
    listed = {each["name"]: each for each in json.loads(run("model", "list", "--json").stdout)}
    assert listed[CODER]["state"] == "ready"
    assert modify(run, "--model", CODER)["model"] == CODER


def test_every_example_is_run_here() -> None:
    here = Path(__file__).read_text(encoding="utf-8")
    examples = {path.name for path in PLANS.iterdir() if path.suffix in {".yml", ".toml", ".json"}}
    assert all(f'use("{name}")' in here for name in examples)
