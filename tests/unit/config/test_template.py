"""A new file loads, names what was found, and says honestly what is not there."""

from __future__ import annotations

from typing import get_args

import pytest

from camus.config import SITUATIONS, BackendKind, Config, Known, Situation, template

from .conftest import Place

ODD = ("qwen2.5-coder:7b", "hf.co/x/y-GGUF:Q4_K_M", 'a"b: {c', "# no", "模型", "\U0001f600", "*x")
SITUATION = get_args(Situation)


def _said(place: Place, text: str, *, trusted: bool = True) -> list[tuple[str, str]]:
    place.write(text)
    return [(problem.key, problem.message) for problem in place.load(trusted=trusted).problems]


@pytest.mark.parametrize("situation", SITUATION)
@pytest.mark.parametrize("known", [Known(), Known(models=("m:7b", "n"))], ids=["example", "found"])
def test_a_file_loads_without_a_word_where_it_is_trusted(
    situation: Situation, known: Known, place: Place
) -> None:
    assert _said(place, template(situation, known)) == []


def test_a_gguf_file_says_what_it_needs(place: Place) -> None:
    text = template("gguf", Known(path="/models/a b.gguf"))
    assert _said(place, text) == []
    assert place.load().config.models["local"].path == "/models/a b.gguf"
    assert "camus[llama]" in text


def test_every_situation_is_listed_and_explained_by_comments() -> None:
    assert set(SITUATIONS) == set(SITUATION)
    for situation in SITUATION:
        lines = template(situation).splitlines()
        assert sum(line.strip().startswith("#") for line in lines) >= 5
        assert max(map(len, lines)) <= 100


@pytest.mark.parametrize("situation", ["none", "ollama"])
def test_these_need_no_trust(situation: Situation, place: Place) -> None:
    assert _said(place, template(situation), trusted=False) == []


def test_with_no_model_the_file_says_what_to_do_and_sets_nothing(place: Place) -> None:
    text = template("none")
    assert _said(place, text, trusted=False) == []
    assert place.load().config == Config()
    assert "ollama pull" in text
    assert "llama-server" in text


@pytest.mark.parametrize("situation", ["none"])
def test_the_examples_in_its_comments_work_when_uncommented(
    situation: Situation, place: Place
) -> None:
    lines = template(situation).splitlines()
    at = [number for number, line in enumerate(lines) if line == "# models:"]
    assert len(at) == 2
    for number in at:
        block = [line.removeprefix("# ") for line in lines[number : number + 4]]
        place.write("\n".join(block))
        loaded = place.load()
        assert loaded.problems == ()
        assert len(loaded.config.models) == 1


def test_models_found_are_named_whatever_their_names(place: Place) -> None:
    place.write(template("ollama", Known(models=ODD)))
    loaded = place.load(trusted=False)
    assert loaded.problems == ()
    assert tuple(loaded.config.models) == ODD
    assert all(model.type == "ollama" for model in loaded.config.models.values())


def test_a_server_is_named_with_its_key_variable(place: Place) -> None:
    url = "https://llm.example/v1"
    place.write(template("server", Known(models=["big"], url=url, api_key_env="LLM_KEY")))
    loaded = place.load()
    assert loaded.problems == ()
    (model,) = loaded.config.models.values()
    assert (model.name, model.type, model.url, model.api_key_env) == (
        "big",
        "openai",
        url,
        "LLM_KEY",
    )


def test_a_server_that_lists_no_model_leaves_a_line_to_fill_in(place: Place) -> None:
    text = template("server", Known(url="http://127.0.0.1:8080"))
    assert _said(place, text) == []
    assert '# model: "..."' in text


def test_a_teams_file_shares_a_server_a_role_and_a_pipeline(place: Place) -> None:
    text = template("team", Known(models=("coder-32b",), url="https://llm.example/v1"))
    place.write(text)
    loaded = place.load()
    assert loaded.problems == ()
    config = loaded.config
    model = config.models["team"]
    assert (model.type, model.url, model.model) == (
        BackendKind.OPENAI,
        "https://llm.example/v1",
        "coder-32b",
    )
    assert config.composites["code"].bases == ("team",)
    assert [step.backend for step in config.pipelines["careful"].steps] == ["team", "team"]
    before_trust = _said(place, text, trusted=False)
    assert "camus trust" in before_trust[0][1]
    assert "camus trust" in text
    assert "camus consent grant" in text
