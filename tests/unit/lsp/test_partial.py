"""Answers in words arrive while they are written, for a client that gave a token."""

from __future__ import annotations

from typing import Any

import pytest

from camus.lsp import partial
from support.editor import Editor, capabilities, range_at
from support.fake_engine import FakeEngine, in_process, outcome_for

WHOLE = range_at("0:0-2:0")


async def _explained(request: Any, watch: Any) -> Any:
    return outcome_for(request, text="It returns one.")


def _parts(editor: Editor) -> list[Any]:
    said = [m["params"] for m in editor.seen if m.get("method") == "$/progress"]
    return [each["value"] for each in said if each["token"] == "p1"]


@pytest.mark.parametrize("command", ["camus.explain", "camus.ask"])
async def test_the_text_so_far_is_told_harmlessly(
    command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(partial, "GAP", 0.0)
    engine = FakeEngine(_explained)
    engine.written = ("It", "It ![x](http://x.example)", "```py\nx = 1")
    async with in_process(engine, capabilities("minimal")) as editor:
        uri = editor.open("a.py", "def f():\n    return 1\n")
        given = {"uri": uri, "range": WHOLE, "question": "why?", "partialResultToken": "p1"}
        result = await editor.command(command, given)
        await editor.told("window/showMessage")
        assert [part["text"] for part in _parts(editor)] == ["It", "It x", "```py\nx = 1\n```"]
        assert {part["model"] for part in _parts(editor)} == {"qwen"}
    assert result["text"] == "It returns one."


async def test_a_slow_reader_is_not_told_of_every_word() -> None:
    engine = FakeEngine(_explained)
    engine.written = tuple("x" * number for number in range(1, 1000))
    async with in_process(engine, capabilities("minimal")) as editor:
        uri = editor.open("a.py", "def f():\n    return 1\n")
        given = {"uri": uri, "range": WHOLE, "partialResultToken": "p1"}
        await editor.command("camus.explain", given)
        await editor.told("window/showMessage")
        assert 1 <= len(_parts(editor)) < 100


async def test_without_a_token_nothing_is_told() -> None:
    engine = FakeEngine(_explained)
    engine.written = ("It",)
    async with in_process(engine, capabilities("minimal")) as editor:
        uri = editor.open("a.py", "def f():\n    return 1\n")
        await editor.command("camus.explain", {"uri": uri, "range": WHOLE})
        await editor.told("window/showMessage")
        assert _parts(editor) == []
