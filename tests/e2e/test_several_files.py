"""Edits of several files through the real process: only files the user names, each judged."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from support.editor import Editor, Failed, apply, capabilities, process
from support.scene import MODEL, configure, ollama_at
from support.servers import Asked, Ollama, Told

MAIN = "def area(width, height):\n    return width * height\n"
MAIN_AFTER = "def area(width, height, depth=1):\n    return width * height * depth\n"
UTILS = "from shape import area\n\n\ndef double(width):\n    return area(width, 2)\n"
UTILS_AFTER = UTILS.replace("area(width, 2)", "area(width, 2, 1)")
NEW = "from shape import area\n\n\ndef check():\n    assert area(1, 2) == 2\n"
VSCODE = capabilities("vscode")


def _block(code: str, path: str = "") -> str:
    return f"```python{' ' + path if path else ''}\n{code}```\n"


class _Model:
    """What the model answers next, and what it was asked."""

    def __init__(self) -> None:
        self.reply = ""
        self.asked: list[str] = []
        self.before: Callable[[], object] = lambda: None

    def __call__(self, asked: Asked) -> str:
        self.asked.append(asked.text)
        self.before()
        return self.reply


@pytest.fixture
def model(own_home: Path, env: dict[str, str]) -> Iterator[_Model]:
    answers = _Model()
    with Ollama(answers, models=[Told(MODEL)]) as server:
        configure(own_home, ollama_at(server))
        yield answers


@pytest.fixture
def project(workspace: Path) -> Path:
    (workspace / "shape.py").write_text(MAIN, encoding="utf-8")
    (workspace / "pkg").mkdir()
    (workspace / "pkg" / "utils.py").write_text(UTILS, encoding="utf-8")
    return workspace


async def _modify(editor: Editor, uri: str, instruction: str) -> Any:
    ends = {"start": {"line": 0, "character": 4}, "end": {"line": 0, "character": 4}}
    given = {"uri": uri, "range": ends, "action": "modify", "instruction": instruction}
    return await editor.command("camus.preview", given)


def _changes(result: Any) -> dict[str, Any]:
    return {
        (each.get("uri") or each["textDocument"]["uri"]).rpartition("/")[2]: each
        for each in result["edit"]["documentChanges"]
    }


async def test_a_named_file_is_shown_to_the_model_and_changed_with_the_first(
    project: Path, env: dict[str, str], model: _Model
) -> None:
    model.reply = _block(MAIN_AFTER) + "And the caller:\n" + _block(UTILS_AFTER, "pkg/utils.py")
    async with process(VSCODE, root=project, env=env) as editor:
        uri = editor.open("shape.py", MAIN)
        result = await _modify(editor, uri, "add a depth, and pass it in utils.py")
    assert "def double(width)" in model.asked[0]
    assert "pkg/utils.py" in model.asked[0]
    assert result["state"] == "done"
    changes = _changes(result)
    assert apply(MAIN, changes["shape.py"]["edits"]) == MAIN_AFTER
    assert changes["shape.py"]["textDocument"]["version"] == 1
    assert apply(UTILS, changes["utils.py"]["edits"]) == UTILS_AFTER
    assert changes["utils.py"]["textDocument"]["version"] is None
    labels = {key: each["label"] for key, each in result["edit"]["changeAnnotations"].items()}
    assert labels["camus-1"].startswith("utils.py · quality ")
    assert {each["annotationId"] for each in changes["utils.py"]["edits"]} == {"camus-1"}
    (file,) = result["files"]
    assert (file["created"], file["score"] > 0.7) == (False, True)
    assert not any("left out" in note for note in result["notes"])
    assert (project / "pkg" / "utils.py").read_text(encoding="utf-8") == UTILS


async def test_what_would_be_sent_shows_the_named_file_too(
    project: Path, env: dict[str, str], model: _Model
) -> None:
    model.reply = _block(MAIN_AFTER)
    async with process(VSCODE, root=project, env=env) as editor:
        uri = editor.open("shape.py", MAIN)
        result = await _modify(editor, uri, "add a depth, and pass it in utils.py")
        ends = {"start": {"line": 0, "character": 4}, "end": {"line": 0, "character": 4}}
        given = {"uri": uri, "range": ends, "action": "modify"}
        words = {"instruction": "add a depth, and pass it in utils.py"}
        shown = await editor.command("camus.prompt", {**given, **words})
    assert result["state"] == "done"
    assert "def double(width)" in shown["messages"][-1]["content"]
    assert all(message["content"] in model.asked[0] for message in shown["messages"])


async def test_an_open_file_is_changed_by_its_version_and_as_it_is_in_the_editor(
    project: Path, env: dict[str, str], model: _Model
) -> None:
    mine = UTILS + "\n\nUNSAVED = 1\n"
    model.reply = _block(MAIN_AFTER) + _block(mine.replace("2)", "2, 1)"), "pkg/utils.py")
    async with process(VSCODE, root=project, env=env) as editor:
        uri = editor.open("shape.py", MAIN)
        editor.open("pkg/utils.py", mine, version=7)
        result = await _modify(editor, uri, "add a depth, and pass it in pkg/utils.py")
    change = _changes(result)["utils.py"]
    assert change["textDocument"]["version"] == 7
    assert apply(mine, change["edits"]) == mine.replace("2)", "2, 1)")


async def test_a_new_file_is_made_where_the_client_declares_it(
    project: Path, env: dict[str, str], model: _Model
) -> None:
    model.reply = _block(MAIN_AFTER) + _block(NEW, "check_shape.py")
    words = "add a depth, and write a check of it into check_shape.py"
    async with process(VSCODE, root=project, env=env) as editor:
        result = await _modify(editor, editor.open("shape.py", MAIN), words)
    _main, create, fill = result["edit"]["documentChanges"]
    assert create["kind"] == "create"
    assert create["uri"] == (project / "check_shape.py").as_uri()
    assert create["options"] == {"overwrite": False, "ignoreIfExists": False}
    assert apply("", fill["edits"]) == NEW
    assert result["files"][0]["created"] is True


async def test_a_new_file_is_told_and_left_out_where_the_client_declares_nothing(
    project: Path, env: dict[str, str], model: _Model
) -> None:
    model.reply = _block(MAIN_AFTER) + _block(NEW, "check_shape.py")
    words = "add a depth, and write a check of it into check_shape.py"
    async with process(capabilities("minimal"), root=project, env=env) as editor:
        result = await _modify(editor, editor.open("shape.py", MAIN), words)
        assert "check_shape.py is not made" in (await editor.told("window/showMessage"))["message"]
    assert [uri.rpartition("/")[2] for uri in result["edit"]["changes"]] == ["shape.py"]


@pytest.mark.parametrize(
    ("instruction", "path", "code"),
    [
        ("add a depth", "pkg/utils.py", UTILS_AFTER),
        ("add a depth as in utils.py", "other.py", NEW),
        ("add a depth and pass it in secret.py", "secret.py", NEW),
        ("add a depth and pass it in ../outside.py", "../outside.py", NEW),
        ("add a depth and pass it in link.py", "link.py", NEW),
        ("add a depth and pass it in conftest.py", "conftest.py", NEW),
        ("add a depth and pass it in .hidden/tool.py", ".hidden/tool.py", NEW),
        ("add a depth and pass it in data.json", "data.json", "{}\n"),
    ],
)
async def test_what_the_user_did_not_name_or_nobody_may_write_stays_as_it_is(
    instruction: str, path: str, code: str, project: Path, env: dict[str, str], model: _Model
) -> None:
    outside = project.parent / "outside.py"
    outside.write_text("x = 1\n", encoding="utf-8")
    (project / "link.py").symlink_to(outside)
    (project / "secret.py").write_text("TOKEN = 'do not show'\n", encoding="utf-8")
    (project / ".camusignore").write_text("secret.py\n", encoding="utf-8")
    model.reply = _block(MAIN_AFTER, "shape.py") + _block(code, path)
    async with process(VSCODE, root=project, env=env) as editor:
        result = await _modify(editor, editor.open("shape.py", MAIN), instruction)
    assert set(_changes(result)) == {"shape.py"}
    assert result["files"] == []
    assert "do not show" not in model.asked[0]
    assert "x = 1" not in model.asked[0]


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("def double(width:\n    return\n", "utils.py"),
        ("from shape import area\n\n\n# ... rest of the code unchanged ...\n", "utils.py"),
        ("def other():\n    return 1\n", "utils.py"),
    ],
)
async def test_a_second_file_that_is_not_good_is_told_and_not_applied(
    code: str, problem: str, project: Path, env: dict[str, str], model: _Model
) -> None:
    model.reply = _block(MAIN_AFTER) + _block(code, "pkg/utils.py")
    async with process(VSCODE, root=project, env=env) as editor:
        uri = editor.open("shape.py", MAIN)
        result = await _modify(editor, uri, "add a depth, and pass it in utils.py")
    assert set(_changes(result)) == {"shape.py"}
    assert any(f"left out {problem}: " in warning for warning in result["warnings"])
    assert result["needsConfirmation"] is True


async def test_a_file_that_is_changed_meanwhile_refuses_the_whole_edit(
    project: Path, env: dict[str, str], model: _Model
) -> None:
    other = project / "pkg" / "utils.py"
    model.before = lambda: other.write_text(UTILS + "# newer\n", encoding="utf-8")
    model.reply = _block(MAIN_AFTER) + _block(UTILS_AFTER, "pkg/utils.py")
    async with process(VSCODE, root=project, env=env) as editor:
        uri = editor.open("shape.py", MAIN)
        with pytest.raises(Failed, match=r"-32801.*utils.py was changed"):
            await _modify(editor, uri, "add a depth, and pass it in utils.py")
