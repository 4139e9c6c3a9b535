"""The real process with a real engine and loopback model servers: everything but edits.

Every test ends with no message unread and nothing on stderr; `support.editor.process` sees to it.
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from support.editor import capabilities, process, range_at
from support.scene import (
    AREA,
    BETTER,
    CLIENTS,
    EXPLANATION,
    MODEL,
    PLACE,
    REFACTOR,
    TEXT,
    action_of,
    configure,
    ollama_at,
    untouched,
)
from support.servers import Ollama, Reply, Told

# -- text answers, review, preview


@pytest.mark.parametrize("client", CLIENTS)
async def test_an_explanation_is_shown_and_fills_the_hover(
    client: str, workspace: Path, env: dict[str, str], model: Ollama
) -> None:
    can = capabilities(client)
    answers = {"window/showDocument": {"success": True}}
    place = {"position": {"line": 10, "character": 6}}
    async with process(can, root=workspace, env=env, answers=answers) as editor:
        uri = editor.open("area.py", TEXT)
        hovering = {"textDocument": {"uri": uri}, **place}
        before = (await editor.request("textDocument/hover", hovering))["contents"]["value"]
        assert "other" in before
        assert EXPLANATION not in before
        action = await action_of(editor, uri, "10:6", "source.camus.explain")
        command = action["command"]
        result = await editor.command(command["command"], *command["arguments"])
        assert result["text"] == EXPLANATION
        if "window" in can:
            shown = await editor.was_asked("window/showDocument")
            assert not shown["uri"].startswith(workspace.as_uri())
        else:
            assert "gives the number one" in (await editor.told("window/showMessage"))["message"]
        after = (await editor.request("textDocument/hover", hovering))["contents"]["value"]
        assert after.startswith(before)
        assert EXPLANATION.removeprefix("`other`") in after  # plain words have no ticks
        assert MODEL in after
    assert untouched(workspace)


async def test_an_explanation_streams_without_its_thinking(
    workspace: Path, env: dict[str, str], own_home: Path
) -> None:
    slow = Reply(f"<think>what is it?</think>{EXPLANATION}", pause=0.05)
    with Ollama(lambda _asked: slow, models=[Told(MODEL)]) as server:
        configure(own_home, ollama_at(server))
        async with process(capabilities("minimal"), root=workspace, env=env) as editor:
            uri = editor.open("area.py", TEXT)
            given = {"uri": uri, "range": range_at("10:6"), "partialResultToken": "p"}
            assert (await editor.command("camus.explain", given))["text"] == EXPLANATION
            await editor.told("window/showMessage")
            said = [m["params"]["value"] for m in editor.seen if m.get("method") == "$/progress"]
    assert len(said) > 2
    assert all(EXPLANATION.startswith(part["text"]) for part in said)
    assert said[-1]["text"]
    assert all("what is it" not in part["text"] for part in said)


async def test_a_review_streams_line_by_line_and_ends_as_findings(
    workspace: Path, env: dict[str, str], own_home: Path
) -> None:
    lines = "6: warning: the height may be negative\n7: info: the name says nothing of its unit\n"
    slow = Reply(f"<think>let me see</think>{lines}", pause=0.05)
    with Ollama(lambda _asked: slow, models=[Told(MODEL)]) as server:
        configure(own_home, ollama_at(server))
        async with process(capabilities("minimal"), root=workspace, env=env) as editor:
            uri = editor.open("area.py", TEXT)
            given = {"uri": uri, "range": range_at(PLACE), "partialResultToken": 7}
            assert (await editor.command("camus.review", given))["findings"] == 2
            published = await editor.told("textDocument/publishDiagnostics")
            await editor.told("window/showMessage")
            sent = [m["params"] for m in editor.seen if m.get("method") == "$/progress"]
    assert "negative" in published["diagnostics"][0]["message"]
    assert {part["token"] for part in sent} == {7}
    said = [part["value"] for part in sent]
    assert len(said) > 2
    assert {part["model"] for part in said} == {MODEL}
    assert all("let me see" not in part["text"] for part in said)
    assert "negative" in said[-1]["text"]


async def test_a_review_is_published_and_cleared(workspace: Path, env: dict[str, str]) -> None:
    text = "def f(x):\n    if x == None:\n        return eval(x)\n"
    async with process(capabilities("vscode"), root=workspace, env=env) as editor:
        uri = editor.open("a.py", text)
        given = {"uri": uri, "range": range_at("0:4")}
        result = await editor.command("camus.review", given)
        published = await editor.told("textDocument/publishDiagnostics")
        assert result["findings"] == len(published["diagnostics"]) >= 1
        assert {diagnostic["source"] for diagnostic in published["diagnostics"]} == {"camus"}
        assert "finding" in (await editor.told("window/showMessage"))["message"]
        editor.change(uri, text=text + "\n")
        assert (await editor.told("textDocument/publishDiagnostics"))["diagnostics"] == []


async def test_a_preview_and_its_decision(
    workspace: Path, env: dict[str, str], model: Ollama
) -> None:
    async with process(capabilities("minimal"), root=workspace, env=env) as editor:
        uri = editor.open("area.py", TEXT)
        given = {"uri": uri, "range": range_at(PLACE), "action": "refactor"}
        result = await editor.command("camus.preview", given)
        assert editor.applied(result["edit"]) == TEXT.replace(AREA, BETTER)
        assert result["report"]["score"] > 0.8
        assert result["decision"]["attempts"][-1]["model"] == MODEL
        decision = await editor.command("camus.showDecision")
        assert decision["id"] == result["id"]
        assert MODEL in (await editor.told("window/showMessage"))["message"]
        assert await editor.command("camus.feedback", {"id": result["id"], "verdict": "good"})
        considered = decision["decision"]["candidates"]
        assert {part["name"] for part in considered[0]["parts"]} >= {"quality", "speed"}
        wrong = {"id": result["id"], "verdict": "bad", "kind": "REFACTORING"}
        mended = await editor.command("camus.feedback", {**wrong, "correction": TEXT})
        assert (mended["fault"], mended["refusals"]) == ("unwanted", [])
        assert await editor.command("camus.feedback", {**wrong, "verdict": "undone"})


# -- choosing, trust, configuration, folders


async def test_a_model_is_selected_by_a_question(
    workspace: Path, env: dict[str, str], model: Ollama
) -> None:
    def choose(params: Any) -> Any:
        return next(action for action in params["actions"] if action["title"] == MODEL)

    answers = {"window/showMessageRequest": choose}
    async with process(capabilities("vscode"), root=workspace, env=env, answers=answers) as editor:
        assert await editor.command("camus.selectModel") == MODEL
        uri = editor.open("area.py", TEXT)
        action = await editor.resolve(await action_of(editor, uri, PLACE, REFACTOR))
        assert MODEL in action["title"]


async def test_a_workspace_s_pipeline_is_found_selected_and_run(
    workspace: Path, env: dict[str, str], model: Ollama
) -> None:
    (workspace / ".camus").mkdir()
    tree = {"version": 2, "pipelines": {"refine": {"steps": [{"backend": MODEL}]}}}
    (workspace / ".camus" / "config.yml").write_text(json.dumps(tree), encoding="utf-8")
    answers = {"workspace/applyEdit": {"applied": True}}
    async with process(capabilities("vscode"), root=workspace, env=env, answers=answers) as editor:
        assert await editor.command("camus.selectPipeline", {"name": "refine"}) == "refine"
        uri = editor.open("area.py", TEXT)
        given = {"uri": uri, "range": range_at(PLACE), "instruction": "simplify it"}
        result = await editor.command("camus.runPipeline", given)
        assert result["applied"] is True
        edit = (await editor.was_asked("workspace/applyEdit"))["edit"]
        assert editor.applied(edit) == TEXT.replace(AREA, BETTER)


async def test_trust_is_given_by_a_question(workspace: Path, env: dict[str, str]) -> None:
    (workspace / ".camus").mkdir()
    remote = {"far": {"name": "far", "type": "openai", "url": "https://llm.example.org/v1"}}
    tree = {"version": 2, "models": remote}
    (workspace / ".camus" / "config.yml").write_text(json.dumps(tree), encoding="utf-8")
    answers = {"window/showMessageRequest": {"title": "Trust"}}
    async with process(capabilities("vscode"), root=workspace, env=env, answers=answers) as editor:
        uri = editor.open("a.py", "x = 1\n")
        await editor.code_actions(uri, "0:0")
        logged = json.dumps(editor.seen)
        assert "llm.example.org" in logged or "trust" in logged
        assert await editor.command("camus.trust") is True
        permissions = Path(env["CAMUS_HOME"]) / "config" / "permissions.json"
        assert str(workspace) in permissions.read_text(encoding="utf-8")


@pytest.mark.parametrize("client", ["vscode", "minimal"])
async def test_a_changed_configuration_is_live(
    client: str, workspace: Path, env: dict[str, str], own_home: Path
) -> None:
    async with process(capabilities(client), root=workspace, env=env) as editor:
        uri = editor.open("a.py", TEXT)

        async def offered() -> bool:
            return any("Review" in a["title"] for a in await editor.code_actions(uri, PLACE))

        assert await offered()
        (workspace / ".camus").mkdir()
        file = workspace / ".camus" / "config.yml"
        file.write_text('{"version": 2, "actions": {"disabled": ["review"]}}', encoding="utf-8")
        if client == "vscode":
            change = {"uri": file.as_uri(), "type": 1}
            editor.notify("workspace/didChangeWatchedFiles", {"changes": [change]})
        async with asyncio.timeout(10):
            while await offered():  # noqa: ASYNC110 - the server says nothing when it is done
                await asyncio.sleep(0.05)
        file.write_text("{broken", encoding="utf-8")
        if client == "vscode":
            editor.notify("workspace/didChangeWatchedFiles", {"changes": [change]})
        assert "configuration" in (await editor.told("window/showMessage"))["message"]
        assert not await offered()  # the last good one holds


async def test_settings_of_the_editor_are_live(workspace: Path, env: dict[str, str]) -> None:
    settings: dict[str, Any] = {}
    answers = {"workspace/configuration": lambda _params: [settings]}
    async with process(capabilities("vscode"), root=workspace, env=env, answers=answers) as editor:
        uri = editor.open("a.py", TEXT)
        assert any("Review" in a["title"] for a in await editor.code_actions(uri, PLACE))
        settings["actions"] = {"disabled": ["review"]}
        editor.notify("workspace/didChangeConfiguration", {"settings": None})
        async with asyncio.timeout(10):
            # The server says nothing when it is done.
            while any("Review" in a["title"] for a in await editor.code_actions(uri, PLACE)):  # noqa: ASYNC110
                await asyncio.sleep(0.05)


async def test_several_folders(
    tmp_path: Path, workspace: Path, env: dict[str, str], model: Ollama
) -> None:
    second = tmp_path / "second"
    second.mkdir()
    folders = [{"uri": p.as_uri(), "name": p.name} for p in (workspace, second)]
    async with process(
        capabilities("vscode"), root=workspace, env=env, workspaceFolders=folders
    ) as editor:
        for folder in (workspace, second):
            uri = editor.open(f"../{folder.name}/area.py", TEXT)
            action = await editor.resolve(await action_of(editor, uri, PLACE, REFACTOR))
            assert editor.applied(action["edit"]) == TEXT.replace(AREA, BETTER)
        event = {"added": [], "removed": [folders[0]]}
        editor.notify("workspace/didChangeWorkspaceFolders", {"event": event})
        action = await editor.resolve(await action_of(editor, uri, PLACE, REFACTOR))
        assert editor.applied(action["edit"]) == TEXT.replace(AREA, BETTER)


# -- honest refusals


async def test_no_model_is_said_once_and_changes_nothing(
    workspace: Path, env: dict[str, str]
) -> None:
    text = "def f(x):\n    raise NotImplementedError\n"
    async with process(capabilities("vscode"), root=workspace, env=env) as editor:
        uri = editor.open("a.py", text)
        action = await action_of(editor, uri, "0:4", "refactor.rewrite.camus.implement")
        assert await editor.resolve(action) == action
        message = await editor.told("window/showMessage")
        assert message["type"] == 2
        assert "model" in message["message"]


@pytest.mark.parametrize(
    "reply", ["", "I'm sorry, I cannot help with that.", "```python\ndef area"]
)
async def test_a_bad_reply_is_never_an_edit(
    reply: str, workspace: Path, env: dict[str, str], own_home: Path
) -> None:
    text = "def f(x):\n    raise NotImplementedError\n"
    with Ollama(lambda _asked: reply, models=[Told(MODEL)]) as server:
        configure(own_home, ollama_at(server))
        async with process(capabilities("vscode"), root=workspace, env=env) as editor:
            uri = editor.open("a.py", text)
            action = await action_of(editor, uri, "0:4", "refactor.rewrite.camus.implement")
            assert await editor.resolve(action) == action
            assert (await editor.told("window/showMessage"))["type"] == 2
