"""`camus.reviewWorkspace` through the real process: found, ignored, stopped and taken back."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from support.editor import Editor, Failed, capabilities, process

BAD = "import os\n\n\ndef f(x):\n    return eval(x)\n"
GOOD = "def g(x):\n    return x\n"
VSCODE = capabilities("vscode")
PULLS = {
    **VSCODE,
    "textDocument": {**VSCODE["textDocument"], "diagnostic": {"dynamicRegistration": True}},
    "workspace": {**VSCODE["workspace"], "diagnostics": {"refreshSupport": True}},
}
PUBLISHED = "textDocument/publishDiagnostics"


@pytest.fixture
def project(workspace: Path) -> Path:
    files = {
        "a.py": BAD,
        "pkg/b.py": BAD,
        "pkg/good.py": GOOD,
        "secret/c.py": BAD,
        "node_modules/d.js": "eval(x)\n",
        "broken.py": "\xff\xfe",
        ".camusignore": "secret/\n",
    }
    for name, text in files.items():
        path = workspace / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="latin-1")
    return workspace


async def _review(editor: Editor, **given: Any) -> tuple[Any, dict[str, list[Any]]]:
    """The answer, and what was published with it, by file name."""
    result = await editor.command("camus.reviewWorkspace", given)
    message = (await editor.told("window/showMessage"))["message"]
    assert message.startswith("Review of the workspace: ")
    return result, _taken(editor)


def _taken(editor: Editor) -> dict[str, list[Any]]:
    told = [message for message in editor.unread if message["method"] == PUBLISHED]
    for message in told:
        editor.unread.remove(message)
    return {m["params"]["uri"].rpartition("/")[2]: m["params"]["diagnostics"] for m in told}


async def test_every_file_is_looked_at_but_what_is_ignored(
    project: Path, env: dict[str, str]
) -> None:
    async with process(VSCODE, root=project, env=env) as editor:
        result, published = await _review(editor)
    assert set(published) == {"a.py", "b.py"}
    codes = {each["code"] for each in published["b.py"]}
    assert "F401" in codes
    assert len(codes) > 1
    assert {each["source"] for each in published["b.py"]} == {"camus"}
    assert (result["files"], result["affected"], result["unread"]) == (4, 2, 1)
    assert (
        result["findings"] == sum(map(len, published.values())) == sum(result["aspects"].values())
    )
    assert result["more"] is False


async def test_only_the_chosen_aspects_and_so_many_files_are_looked_at(
    project: Path, env: dict[str, str]
) -> None:
    async with process(VSCODE, root=project, env=env) as editor:
        result, published = await _review(editor, aspects=["security"])
        assert set(result["aspects"]) == {"security"}
        assert "F401" not in {each["code"] for each in published["a.py"]}
        result, published = await _review(editor, files=1)
        assert (result["files"], result["more"]) == (1, True)
        assert published["b.py"] == [], "what an earlier review showed is taken back"
        for wrong in ({"aspects": ["beauty"]}, {"files": 0}, {"files": "all"}):
            with pytest.raises(Failed, match="-32602"):
                await editor.command("camus.reviewWorkspace", wrong)


async def test_findings_go_when_the_code_changes_in_the_editor_or_beside_it(
    project: Path, env: dict[str, str]
) -> None:
    async with process(VSCODE, root=project, env=env) as editor:
        await _review(editor)
        uri = editor.open("a.py", BAD)
        editor.change(uri, text=BAD + "\n")
        gone = await editor.told(PUBLISHED)
        assert (gone["uri"], gone["diagnostics"]) == (uri, [])
        other = project / "pkg" / "b.py"
        other.write_text(GOOD, encoding="utf-8")
        gone = await editor.told(PUBLISHED)
        assert (gone["uri"], gone["diagnostics"]) == (other.as_uri(), [])


async def test_findings_of_a_file_stay_while_it_is_opened_and_closed_unchanged(
    project: Path, env: dict[str, str]
) -> None:
    async with process(VSCODE, root=project, env=env) as editor:
        await _review(editor)
        uri = editor.open("a.py", BAD)
        editor.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
        await editor.command("camus.models")
        assert _taken(editor) == {}
        editor.open("a.py", "unsaved = 1\n")
        gone = await editor.told(PUBLISHED)
        assert gone["diagnostics"] == []


async def test_an_open_document_is_looked_at_as_the_editor_has_it(
    project: Path, env: dict[str, str]
) -> None:
    async with process(VSCODE, root=project, env=env) as editor:
        editor.open("a.py", GOOD, version=7)
        _result, published = await _review(editor)
        assert set(published) == {"b.py"}


async def test_a_client_that_pulls_gets_them_once(project: Path, env: dict[str, str]) -> None:
    answers = {"workspace/diagnostic/refresh": None}
    async with process(PULLS, root=project, env=env, answers=answers) as editor:
        _result, published = await _review(editor)
        uri = editor.open("a.py", BAD)
        assert (await editor.told(PUBLISHED))["diagnostics"] == []
        report = await editor.request("textDocument/diagnostic", {"textDocument": {"uri": uri}})
        assert report["items"] == published["a.py"]
        editor.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
        assert (await editor.told(PUBLISHED))["diagnostics"] == published["a.py"]


async def test_it_tells_how_far_it_is_and_can_be_stopped(
    workspace: Path, env: dict[str, str]
) -> None:
    for number in range(60):
        (workspace / f"m{number:02}.py").write_text(BAD, encoding="utf-8")
    async with process(VSCODE, root=workspace, env=env) as editor:
        params = {"command": "camus.reviewWorkspace", "arguments": [], "workDoneToken": "w"}
        number, future = editor.start("workspace/executeCommand", params)
        await editor.told(PUBLISHED)
        second = await editor.command("camus.reviewWorkspace")
        assert second == {"state": "busy"}
        await editor.told("window/showMessage")
        editor.cancel(number)
        with pytest.raises(Failed, match="-32800"):
            await asyncio.wait_for(future, 10)
        said = [m["params"]["value"] for m in editor.seen if m.get("method") == "$/progress"]
        assert said[0]["kind"] == "begin"
        assert said[-1]["kind"] == "end"
        assert any(value.get("message", "").startswith("1/60 m0") for value in said)
        done = len(_taken(editor)) + 1
        await asyncio.sleep(0.5)
        assert not _taken(editor), "nothing is shown after it was stopped"
        assert done < 60


async def test_a_file_that_a_link_names_is_not_read(
    project: Path, env: dict[str, str], tmp_path: Path
) -> None:
    outside = tmp_path / "outside.py"
    outside.write_text(BAD, encoding="utf-8")
    (project / "link.py").symlink_to(outside)
    (project / "up").symlink_to(tmp_path)
    async with process(VSCODE, root=project, env=env) as editor:
        _result, published = await _review(editor)
    assert set(published) == {"a.py", "b.py"}
