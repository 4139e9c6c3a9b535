"""No code and no path gets into an event."""

from __future__ import annotations

import math

import msgspec
import pytest

from camus.journal import Attempted, Event, Feedback, Finished, Noted, cleaned


def attempted(**changes: object) -> Attempted:
    event = Attempted(
        id="r1", at=1.0, model="m:7b", action="fix", kind="BUG_FIXING", complexity="simple",
        language="python",
    )  # fmt: skip
    return msgspec.structs.replace(event, **changes)


@pytest.mark.parametrize(
    "model",
    [
        "rules",
        "",
        "qwen2.5-coder:7b",
        "hf.co/team/model-GGUF:Q4_K_M",
        "gpt-4o",
        "@cf/meta/llama-3"[1:],
    ],
)
def test_a_model_s_name_is_kept(model: str) -> None:
    assert cleaned(attempted(model=model)).model == model


@pytest.mark.parametrize(
    "model",
    ["/home/me/model.gguf", "C:\\models\\a.gguf", "C:/models/a.gguf", "~/m.gguf", "../m.gguf",
     "./m.gguf", "def f(): pass", "a\nb", "a b", "m" * 121, "a/b/c/d/e/f", "\u202em", "file:///m"],
)  # fmt: skip
def test_what_may_be_a_path_or_code_is_withheld_as_a_model(model: str) -> None:
    assert cleaned(attempted(model=model)).model == "withheld"


@pytest.mark.parametrize("name", ["action", "kind", "complexity", "language", "error", "id"])
@pytest.mark.parametrize(
    "value", ["x = 1", "/etc/passwd", "a\nb", "import os;", "w" * 81, "'quoted'"]
)
def test_a_word_that_is_none_is_withheld(name: str, value: str) -> None:
    assert getattr(cleaned(attempted(**{name: value})), name) == "withheld"


@pytest.mark.parametrize(
    "word", ["", "Unreachable", "BadReply:no_code", "c++", "c#", "CODE_ANALYSIS"]
)
def test_a_word_of_a_closed_set_is_kept(word: str) -> None:
    event = attempted(error=word, language=word)
    assert cleaned(event) is event


def test_numbers_that_are_none_become_nothing() -> None:
    event = attempted(
        score=math.nan, seconds=math.inf, first_token_seconds=-1.0, prompt_tokens=-5,
        completion_tokens=2**70, at=math.nan,
    )  # fmt: skip
    clean = cleaned(event)
    assert (clean.score, clean.seconds, clean.first_token_seconds) == (None, 0.0, 0.0)
    assert (clean.prompt_tokens, clean.completion_tokens, clean.at) == (0, 0, 0.0)


def test_values_of_another_type_never_get_through() -> None:
    assert cleaned(attempted(model=b"bytes")).model == "withheld"
    assert cleaned(attempted(language=["def f(): pass"])).language == "withheld"
    assert cleaned(Feedback(id="r1", at=1.0, verdict="x = 1")).verdict == "bad"  # type: ignore[arg-type] # on purpose


@pytest.mark.parametrize(
    "event",
    [
        attempted(score=0.5),
        Finished(
            id="r1", at=1.0, action="fix", kind="k", complexity="c", language="l", state="done",
            cached=True,
        ),
        Feedback(id="r1", at=1.0, verdict="accepted"),
        Noted(id="n", at=1.0, what="reload", count=2),
    ],
)  # fmt: skip
def test_every_event_survives_its_row(event: Event) -> None:
    assert cleaned(event) is event
    assert msgspec.json.decode(msgspec.json.encode(event), type=Event) == event
