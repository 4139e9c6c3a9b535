"""Inline completion through the real process: filled in by the model's own tokens, or in words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from support.editor import capabilities, process
from support.scene import configure
from support.servers import Asked, Ollama, OpenAI, Told

TEXT = "def double(number: int) -> int:\n    return \n\n\nprint(double(2))\n"
ABOVE, BELOW = TEXT.split("return ", maxsplit=1)[0] + "return ", TEXT.split("return ")[1]
RAW = f"<|fim_prefix|>{ABOVE}<|fim_suffix|>{BELOW}<|fim_middle|>"
CAN = {**capabilities("minimal"), "textDocument": {"inlineCompletion": {}}}
WHOLE = "```python\ndef double(number: int) -> int:\n    return 2 * number\n```\n"


def _reply(asked: Asked) -> str:
    return "2 * number" if "prompt" in asked.body else WHOLE


async def _completed(
    own_home: Path, env: dict[str, str], workspace: Path, entry: dict[str, Any]
) -> Any:
    models = {"quick": {"size": "fast", **entry}}
    configure(own_home, models, server={"discover": False, "inline_completion": True})
    async with process(CAN, root=workspace, env=env) as editor:
        uri = editor.open("a.py", TEXT)
        await editor.command("camus.models")
        place = {"line": 1, "character": 11}
        given = {"textDocument": {"uri": uri}, "position": place, "context": {"triggerKind": 1}}
        return await editor.request("textDocument/inlineCompletion", given)


async def test_ollama_is_sent_the_text_around_the_cursor(
    workspace: Path, env: dict[str, str], own_home: Path
) -> None:
    with Ollama(_reply, models=[Told("qwen2.5-coder:1.5b")]) as server:
        entry = {"model": "qwen2.5-coder:1.5b", "type": "ollama", "url": server.url}
        found = await _completed(own_home, env, workspace, entry)
    assert found["items"] == [{"insertText": "2 * number"}]
    (asked,) = server.chats
    assert asked.path == "/api/generate"
    assert (asked.body["prompt"], asked.body["raw"]) == (RAW, True)
    assert "<|endoftext|>" in asked.body["options"]["stop"]
    assert asked.body["options"]["num_predict"] <= 128


@pytest.mark.parametrize("completes", [True, False])
async def test_a_server_that_takes_no_plain_text_is_asked_in_words(
    completes: bool, workspace: Path, env: dict[str, str], own_home: Path
) -> None:
    with OpenAI(_reply, models=[Told("qwen2.5-coder-1.5b")]) as server:
        server.completes = completes
        entry = {"model": "qwen2.5-coder-1.5b", "type": "openai", "url": server.url}
        found = await _completed(own_home, env, workspace, entry)
    assert found["items"] == [{"insertText": "2 * number"}]
    paths = [asked.path for asked in server.chats]
    assert paths[0] == "/v1/completions"
    assert server.chats[0].body["prompt"] == RAW
    assert paths[1:] == ([] if completes else ["/v1/chat/completions"])


async def test_a_model_that_cannot_fill_in_is_asked_in_words(
    workspace: Path, env: dict[str, str], own_home: Path
) -> None:
    with Ollama(_reply, models=[Told("llama3.2:3b")]) as server:
        entry = {"model": "llama3.2:3b", "type": "ollama", "url": server.url}
        found = await _completed(own_home, env, workspace, entry)
    assert found["items"] == [{"insertText": "2 * number"}]
    assert [asked.path for asked in server.chats] == ["/api/chat"]
