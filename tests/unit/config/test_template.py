"""A new file loads without a problem and names what was found."""

from __future__ import annotations

import pytest

from camus.config import Config, Situation, template

from .conftest import Place

ODD = ("qwen2.5-coder:7b", "hf.co/x/y-GGUF:Q4_K_M", 'a"b: {c', "# no", "模型", "\U0001f600", "*x")


def test_with_no_model_the_file_says_what_to_do_and_sets_nothing(place: Place) -> None:
    text = template("none")
    place.write(text)
    loaded = place.load()
    assert loaded.problems == ()
    assert loaded.config == Config()
    assert "ollama pull" in text
    assert "llama-server" in text


def test_the_examples_in_its_comments_work_when_uncommented(place: Place) -> None:
    lines = template("none").splitlines()
    at = [number for number, line in enumerate(lines) if line == "# models:"]
    assert len(at) == 2
    for number in at:
        block = [line.removeprefix("# ") for line in lines[number : number + 4]]
        place.write("\n".join(block))
        loaded = place.load()
        assert loaded.problems == ()
        assert list(loaded.config.models) == ["coder"]


def test_models_found_are_named_whatever_their_names(place: Place) -> None:
    place.write(template("ollama", models=ODD))
    loaded = place.load(trusted=False)
    assert loaded.problems == ()
    assert tuple(loaded.config.models) == ODD
    assert all(model.type == "ollama" for model in loaded.config.models.values())


def test_a_server_is_named_with_its_key_variable(place: Place) -> None:
    url = "https://llm.example/v1"
    place.write(template("openai", models=["big"], url=url, api_key_env="LLM_KEY"))
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
    text = template("openai", url="http://127.0.0.1:8080")
    place.write(text)
    assert place.load().problems == ()
    assert '# model: "..."' in text


@pytest.mark.parametrize("situation", ["ollama", "openai"])
def test_nothing_found_after_all_is_the_situation_without_a_model(situation: Situation) -> None:
    assert template(situation) == template("none")
