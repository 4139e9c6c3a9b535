"""What the server does for a client made for Camus: questions in its words, prompts, no trust."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from support.editor import capabilities, process, range_at
from support.scene import BETTER, MODEL, PLACE, TEXT, configure, fenced, ollama_at
from support.servers import Ollama, Told

AWAY = "api.example.org"
ASKS = {"camus": {"questions": True}}


def _preview(uri: str, **more: Any) -> dict[str, Any]:
    return {"uri": uri, "range": range_at(PLACE), "action": "refactor", **more}


async def test_a_restricted_client_gets_rules_and_no_server_is_asked(
    workspace: Path, env: dict[str, str], model: Ollama
) -> None:
    told = {"camus": {"restricted": True}}
    can = capabilities("minimal")
    async with process(can, root=workspace, env=env, initializationOptions=told) as editor:
        uri = editor.open("area.py", TEXT)
        result = await editor.command("camus.preview", _preview(uri, action="document"))
        assert result["model"] in {"rules", ""}
        assert await editor.command("camus.models") == []
    assert not model.requests


async def test_the_prompt_that_is_shown_is_the_one_that_is_sent(
    workspace: Path, env: dict[str, str], model: Ollama
) -> None:
    async with process(capabilities("minimal"), root=workspace, env=env) as editor:
        uri = editor.open("area.py", TEXT)
        shown = await editor.command("camus.prompt", _preview(uri))
        assert not model.chats
        assert (shown["model"], shown["local"], shown["blocked"]) == (MODEL, True, "")
        await editor.command("camus.preview", _preview(uri))
    sent = model.chats[0].body["messages"]
    assert [each["content"] for each in shown["messages"]] == [each["content"] for each in sent]


async def test_consent_is_asked_in_the_clients_words_with_the_text_to_be_sent(
    workspace: Path, env: dict[str, str], own_home: Path
) -> None:
    asked: list[dict[str, Any]] = []

    def answer(params: dict[str, Any]) -> str:
        asked.append(params)
        return "Allow"

    away = Told(MODEL, remote_host=f"https://{AWAY}")
    with Ollama(fenced(BETTER), models=[away]) as server:
        configure(own_home, ollama_at(server))
        can, answers = capabilities("minimal"), {"camus/question": answer}
        more: dict[str, Any] = {"initializationOptions": ASKS, "answers": answers}
        async with process(can, root=workspace, env=env, **more) as editor:
            uri = editor.open("area.py", TEXT)
            shown = await editor.command("camus.prompt", _preview(uri, model=MODEL))
            assert (shown["destination"], shown["local"], shown["blocked"]) == (AWAY, False, "")
            assert "def area" in shown["messages"][-1]["content"]
            assert not server.chats
            assert await editor.command("camus.selectModel", {"name": MODEL}) == MODEL
            result = await editor.command("camus.preview", _preview(uri))
        assert server.chats
    assert [(each["kind"], each["about"], each["model"]) for each in asked] == [
        ("consent", AWAY, MODEL)
    ]
    assert result["model"] == MODEL


async def test_a_question_that_is_closed_is_no_consent(
    workspace: Path, env: dict[str, str], own_home: Path
) -> None:
    with Ollama(fenced(BETTER), models=[Told(MODEL, remote_host=f"https://{AWAY}")]) as server:
        configure(own_home, ollama_at(server))
        can, answers = capabilities("minimal"), {"camus/question": None}
        more: dict[str, Any] = {"initializationOptions": ASKS, "answers": answers}
        async with process(can, root=workspace, env=env, **more) as editor:
            assert await editor.command("camus.selectModel", {"name": MODEL}) is None
    assert not server.chats


async def test_a_finding_carries_its_aspect_for_a_client_that_keeps_it(
    workspace: Path, env: dict[str, str]
) -> None:
    text = "def f(x):\n    return eval(x)\n"
    for client, kept in (("vscode", {"aspect": "security"}), ("minimal", None)):
        async with process(capabilities(client), root=workspace, env=env) as editor:
            uri = editor.open("a.py", text)
            await editor.command("camus.review", {"uri": uri, "aspects": ["security"]})
            published = await editor.told("textDocument/publishDiagnostics")
            assert published["diagnostics"][0].get("data") == kept
            await editor.told("window/showMessage")
