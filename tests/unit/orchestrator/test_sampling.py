"""A family's sampling, unless the model or the composite says otherwise; windows by family."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from camus.config import (
    BackendKind,
    ClassTimeouts,
    Complexity,
    Config,
    Model,
    Parameters,
    Timeouts,
)
from camus.models import Profile
from camus.models.profiles import default_window
from camus.orchestrator import Settings, assemble
from camus.orchestrator.asking import limits_for, sampling_for
from camus.routing import Choice
from support.tasks import profile, task


def _profile(served: str) -> Profile:
    return replace(profile("m"), model=served)


def _sampling(
    served: str, own: Parameters | None = None, composite: tuple[tuple[str, float], ...] = ()
) -> tuple[float | None, float | None]:
    config = Config(models={"m": Model(name="m", parameters=own or Parameters())})
    choice = Choice("m", "", parameters=composite)
    made = sampling_for(task(), choice, config, _profile(served))
    return made.temperature, made.top_p


def test_reasoning_models_are_asked_as_their_makers_say() -> None:
    assert _sampling("deepseek-r1:14b") == (0.6, 0.95)
    assert _sampling("qwen3:8b") == (0.6, 0.95)
    assert _sampling("qwen2.5-coder:7b") == _sampling("anything") == (0.2, 0.95)


def test_the_configuration_wins_over_the_family_and_the_composite_over_both() -> None:
    own = Parameters(temperature=0.1)
    assert _sampling("deepseek-r1:14b", own) == (0.1, 0.95)
    assert _sampling("deepseek-r1:14b", own, (("temperature", 0.0),)) == (0.0, 0.95)


WINDOWS = [
    (BackendKind.OPENAI, 0, "llama2:7b", 4096),
    (BackendKind.OPENAI, 0, "qwen2.5-coder:7b", 8192),
    (BackendKind.OPENAI, 32768, "llama2:7b", 32768),
    (BackendKind.OLLAMA, 0, "anything", 4096),
    (BackendKind.OLLAMA, 131072, "llama3.1:8b", 16384),
]


@pytest.mark.parametrize(("kind", "told", "name", "window"), WINDOWS)
def test_a_window_nobody_tells_is_no_longer_than_the_familys(
    kind: BackendKind, told: int, name: str, window: int
) -> None:
    assert default_window(kind, told, "medium", name) == window


async def test_a_reload_brings_changed_templates_and_their_problems(
    own_home: Path, tmp_path: Path
) -> None:
    folder = own_home / "config" / "prompts"
    folder.mkdir(parents=True)
    orchestrator = assemble(Settings(roots=(tmp_path,)))
    try:
        assert orchestrator.templates.own == ()
        (folder / "fix.md").write_text("Mine: {{code}}")
        (folder / "refactor.md").write_text("Mine")
        loaded = await orchestrator.reload()
        assert [each.text for each in orchestrator.templates.own] == ["Mine: {{code}}"]
        assert [problem.file for problem in loaded.problems] == [str(folder / "refactor.md")]
    finally:
        await orchestrator.close()


def test_a_class_of_tasks_may_have_limits_of_its_own() -> None:
    own = {Complexity.SIMPLE: ClassTimeouts(first_token=5.0, total=20.0)}
    config = Config(timeouts=Timeouts(connect=1.0, idle=9.0, by_complexity=own))
    simple, deep = (limits_for(config, each) for each in (Complexity.SIMPLE, Complexity.COMPLEX))
    assert (simple.connect, simple.first_token, simple.idle, simple.total) == (1.0, 5.0, 9.0, 20.0)
    assert (deep.first_token, deep.total) == (120.0, 300.0)
