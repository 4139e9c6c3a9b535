"""Hosted services by name: what two lines of configuration become, and what is sent there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from camus.config import PROVIDERS, BackendKind, Config, Folders, Layers, Loaded, load
from camus.models import Models, Sampling
from camus.models.directory import Declared
from camus.privacy import THIS_MACHINE
from support.prompts import QUICK, cleared, configured, model_at
from support.servers import Ollama, OpenAI


def loaded(tmp_path: Path, text: str, *, workspace: str = "") -> Loaded:
    folder = tmp_path / "config"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.yaml").write_text(text, encoding="utf-8")
    project = tmp_path / "project"
    (project / ".camus").mkdir(parents=True)
    if workspace:
        (project / ".camus" / "config.yaml").write_text(workspace, encoding="utf-8")
    folders = Folders(config=folder, state=tmp_path / "state", cache=tmp_path / "cache")
    return load(Layers(folders=folders, workspace=project))


def only_model(config: Config) -> Any:
    (model,) = config.models.values()
    return model


@pytest.mark.parametrize("name", PROVIDERS)
def test_two_lines_are_enough_and_nothing_goes_there_unasked(tmp_path: Path, name: str) -> None:
    got = loaded(tmp_path, f"models:\n  m: {{provider: {name}, model: some-model}}\n")
    assert not got.problems
    model = only_model(got.config)
    assert (model.type, model.model) == (BackendKind.OPENAI, "some-model")
    assert (model.url, model.api_key_env) == (PROVIDERS[name].url, PROVIDERS[name].key)
    models = Models(got.config, env={})
    profile = next(each for each in models.profiles() if each.name == "m")
    assert not profile.place.local
    assert profile.licence_tier == "proprietary"


def test_a_service_s_name_as_the_type_means_the_service(tmp_path: Path) -> None:
    got = loaded(tmp_path, "models:\n  m: {type: Qwen, model: qwen3-coder-plus}\n")
    assert only_model(got.config).url == PROVIDERS["dashscope"].url


def test_what_is_written_wins_over_what_the_service_fills_in(tmp_path: Path) -> None:
    text = (
        "models:\n  m: {provider: mistral, base_url: 'http://127.0.0.1:8080', api_key_env: MINE}\n"
    )
    model = only_model(loaded(tmp_path, text).config)
    assert (model.url, model.api_key_env) == ("http://127.0.0.1:8080", "MINE")


def test_a_service_nobody_knows_is_named_with_the_nearest(tmp_path: Path) -> None:
    got = loaded(tmp_path, "models:\n  m: {provider: mistrel}\n  other: x\n")
    (problem,) = got.problems
    assert (problem.severity, problem.line) == ("error", 2)
    assert "did you mean `mistral`" in problem.message
    assert set(got.config.models) == {"other"}


def test_a_switch_that_a_service_lacks_is_named(tmp_path: Path) -> None:
    got = loaded(tmp_path, "models:\n  m: {provider: groq, search: true}\n")
    (problem,) = got.problems
    assert "groq cannot be told to search the web" in problem.message


def test_a_workspace_cannot_bring_a_service(tmp_path: Path) -> None:
    own = "models:\n  m: {provider: groq, model: x}\n"
    got = loaded(tmp_path, "server: {discover: false}\n", workspace=own)
    assert not got.config.models
    assert any("trust" in problem.message for problem in got.problems)


BODIES: list[tuple[dict[str, Any], str, dict[str, Any]]] = [
    ({"provider": "dashscope", "search": True}, "/v1/chat/completions", {"enable_search": True}),
    (
        {"provider": "dashscope", "reasoning": "none"},
        "/v1/chat/completions",
        {"enable_thinking": False},
    ),
    (
        {"provider": "deepseek", "reasoning": "high"},
        "/v1/chat/completions",
        {"thinking": {"type": "enabled"}, "reasoning_effort": "high"},
    ),
    (
        {"provider": "openrouter", "search": True, "reasoning": "low"},
        "/v1/chat/completions",
        {"plugins": [{"id": "web"}], "reasoning": {"effort": "low"}},
    ),
    ({"provider": "volcengine", "search": True}, "/v1/bots/chat/completions", {}),
    (
        {"provider": "volcengine", "reasoning": "none"},
        "/v1/chat/completions",
        {"thinking": {"type": "disabled"}},
    ),
    ({"provider": "mistral"}, "/v1/chat/completions", {"random_seed": 7}),
    (
        {"provider": "groq", "reasoning": "medium"},
        "/v1/chat/completions",
        {"reasoning_effort": "medium"},
    ),
    ({"reasoning": "low"}, "/v1/chat/completions", {"reasoning_effort": "low"}),
    ({}, "/v1/chat/completions", {"seed": 7}),
]


@pytest.mark.parametrize(("more", "path", "wanted"), BODIES)
async def test_what_a_service_is_sent(
    more: dict[str, Any], path: str, wanted: dict[str, Any]
) -> None:
    with OpenAI("fine") as server:
        server.generating = ("/v1/chat/completions", "/v1/bots/chat/completions")
        model = model_at(server.url, type=BackendKind.OPENAI, **more)
        models = Models(configured(model), env={})
        (profile,) = await models.refresh()
        assert profile.state == "ready"
        answer = await models.generate("coder", cleared(), Sampling(seed=7), QUICK)
        await models.close()
    (asked,) = server.chats
    assert (answer.text, asked.path) == ("fine", path)
    assert {key: asked.body.get(key) for key in wanted} == wanted
    added = {"enable_search", "plugins", "reasoning", "thinking", "reasoning_effort", "random_seed"}
    assert not (asked.body.keys() & added) - wanted.keys()
    assert ("stream_options" in asked.body) == (more.get("provider") != "mistral")


async def test_a_model_that_its_service_does_not_list_may_be_asked_for() -> None:
    with OpenAI("fine") as server:
        more = {"provider": "volcengine", "model": "ep-20260101-abcde"}
        model = model_at(server.url, type=BackendKind.OPENAI, **more)
        assert not Declared(model).lists
        models = Models(configured(model), env={})
        (profile,) = await models.refresh()
        await models.close()
        assert (profile.state, profile.place) == ("ready", THIS_MACHINE)
        assert not server.requests


@pytest.mark.parametrize(
    ("id", "reasoning", "sent"),
    [
        ("qwen3:8b", None, None),
        ("qwen3:8b", "none", False),
        ("qwen3:8b", "high", True),
        ("gpt-oss:20b", "low", "low"),
    ],
)
async def test_an_ollama_is_told_how_much_to_think(id: str, reasoning: Any, sent: Any) -> None:
    from support.servers import Told

    with Ollama("fine", models=[Told(id)]) as server:
        models = Models(configured(model_at(server.url, model=id, reasoning=reasoning)), env={})
        await models.generate("coder", cleared(), Sampling(), QUICK)
        await models.close()
    assert server.chats[0].body.get("think") == sent
