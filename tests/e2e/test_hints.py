"""Inlay hints of the real process: what Camus wrote, whether it still stands, and undo."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from support.editor import Editor, capabilities, process, range_at
from support.scene import MODEL, PLACE, REFACTOR, TEXT, action_of, configure, ollama_at
from support.servers import Ollama


async def _labels(editor: Editor, uri: str) -> list[str]:
    params = {"textDocument": {"uri": uri}, "range": range_at("0:0-99:0")}
    found: list[dict[str, Any]] = await editor.request("textDocument/inlayHint", params)
    return [each["label"] for each in found]


async def test_an_edit_that_was_taken_is_marked_until_it_is_changed_or_undone(
    workspace: Path, env: dict[str, str], own_home: Path, model: Ollama
) -> None:
    server = {"discover": False, "inlay_hints": True}
    configure(own_home, ollama_at(model), server=server)
    answers = {"workspace/inlayHint/refresh": None}
    can = capabilities("vscode")
    can["workspace"]["inlayHint"] = {"refreshSupport": True}
    can["textDocument"]["inlayHint"] = {"dynamicRegistration": True}
    async with process(can, root=workspace, env=env, answers=answers) as editor:
        uri = editor.open("area.py", TEXT)
        assert await _labels(editor, uri) == []
        await editor.was_asked("workspace/inlayHint/refresh")  # they were switched on after it
        action = await editor.resolve(await action_of(editor, uri, PLACE, REFACTOR))
        better = editor.applied(action["edit"])
        editor.asked.clear()
        editor.change(uri, text=better)
        await editor.was_asked("workspace/inlayHint/refresh")
        (said,) = await _labels(editor, uri)
        assert said.startswith("quality ")
        assert said.endswith(MODEL)
        editor.change(uri, text=better.replace("width * height", "width * height * 2"))
        assert await _labels(editor, uri) == ["changed since"]
        editor.change(uri, text=TEXT)
        assert await _labels(editor, uri) == []
