"""Whether an edit was taken or undone is seen in the text, and said once."""

from __future__ import annotations

import asyncio

import pytest

from camus.lsp.acceptance import WATCHED_CHANGES
from support.editor import Editor, capabilities
from support.fake_engine import FakeEngine, in_process

TEXT = "def f():\n    return 1\n"
VSCODE = capabilities("vscode")


async def _given(editor: Editor) -> tuple[str, str]:
    uri = editor.open("a.py", TEXT)
    action = await editor.resolve((await editor.code_actions(uri, "0:0-2:0"))[0])
    return uri, editor.applied(action["edit"])


async def _settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)
    await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    ("texts", "verdicts"),
    [
        (["x"], ["accepted"]),
        (["x", TEXT], ["accepted", "undone"]),
        (["x", "x", TEXT, "x", TEXT], ["accepted", "undone"]),
        (["y", "x"], ["accepted"]),
        (["y", TEXT, "z"], []),
        (["x", "xy", TEXT], ["accepted", "undone"]),
        (["x", "y"], ["accepted", "edited"]),
        (["x", "y", "x", "z"], ["accepted", "edited"]),
        (["x", "y", TEXT], ["accepted", "edited", "undone"]),
        (["y"] * WATCHED_CHANGES + ["x"], []),
    ],
)
async def test_what_became_of_an_edit_is_told_to_the_engine(
    texts: list[str], verdicts: list[str]
) -> None:
    engine = FakeEngine()
    async with in_process(engine, VSCODE) as editor:
        uri, after = await _given(editor)
        assert after == "x"
        for text in texts:
            editor.change(uri, text=text)
        await _settled()
    assert [verdict for _id, verdict in engine.verdicts] == verdicts


async def test_a_verdict_by_hand_is_not_said_again_by_the_text() -> None:
    engine = FakeEngine()
    async with in_process(engine, VSCODE) as editor:
        uri, after = await _given(editor)
        (answer,) = engine.kept
        for _ in range(2):
            assert await editor.command("camus.feedback", {"id": answer, "verdict": "accepted"})
        editor.change(uri, text=after)
        await _settled()
        assert engine.verdicts == [(answer, "accepted")]
        editor.change(uri, text=TEXT)
        await _settled()
    assert engine.verdicts == [(answer, "accepted"), (answer, "undone")]


async def test_a_closed_document_is_watched_no_longer() -> None:
    engine = FakeEngine()
    async with in_process(engine, VSCODE) as editor:
        uri, after = await _given(editor)
        editor.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
        editor.open("a.py", after)
        editor.change(uri, text=after)
        await _settled()
    assert engine.verdicts == []
