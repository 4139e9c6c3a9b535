"""Inline completion: off by default, after a rest, one at a time, an insertion or nothing."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from camus.config import Config, Loaded, Server
from camus.source import Edit, Span
from support.editor import Editor, capabilities
from support.fake_engine import FakeEngine, in_process, outcome_for

MINIMAL = capabilities("minimal")
TEXT = "def f(x):\n    return \n"
CURSOR = len("def f(x):\n    return ")
CAN = {**MINIMAL, "textDocument": {"inlineCompletion": {"dynamicRegistration": False}}}


@pytest.fixture(autouse=True)
def _no_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("camus.lsp.inline.REST", 0.01)


def _engine(reply: Any, on: bool = True) -> FakeEngine:
    engine = FakeEngine(reply)
    engine.config = Config(server=Server(inline_completion=on))
    engine.loaded = Loaded(engine.config)
    return engine


async def _adds(request: Any, watch: Any) -> Any:
    return outcome_for(request, Edit(Span(CURSOR, CURSOR), "x + 1"))


def _asking(uri: str) -> dict[str, Any]:
    place = {"line": 1, "character": 11}
    return {"textDocument": {"uri": uri}, "position": place, "context": {"triggerKind": 1}}


async def _completed(editor: Editor, uri: str) -> Any:
    return await editor.request("textDocument/inlineCompletion", _asking(uri))


async def test_the_fast_model_s_insertion_is_offered() -> None:
    engine = _engine(_adds)
    async with in_process(engine, CAN) as editor:
        uri = editor.open("a.py", TEXT)
        await editor.code_actions(uri, "0:0")
        assert (await _completed(editor, uri))["items"] == [{"insertText": "x + 1"}]
    (request,) = engine.requests
    assert (request.override.model, request.action) == ("fast", "modify")
    assert "line 2" in request.instruction


async def test_it_is_off_by_default() -> None:
    engine = _engine(_adds, on=False)
    async with in_process(engine, CAN) as editor:
        uri = editor.open("a.py", TEXT)
        await editor.code_actions(uri, "0:0")
        assert await _completed(editor, uri) is None
    assert engine.requests == []


@pytest.mark.parametrize(
    ("edits", "more"),
    [
        ([Edit(Span(0, 3), "fed")], {}),
        ([Edit(Span(CURSOR, CURSOR), "x"), Edit(Span(0, 0), "# y\n")], {}),
        ([Edit(Span(CURSOR, CURSOR), "x")], {"needs_confirmation": True}),
        ([], {"state": "no_model"}),
    ],
)
async def test_what_changes_more_or_is_unsure_is_not_offered(
    edits: list[Edit], more: dict[str, Any]
) -> None:
    async def reply(request: Any, watch: Any) -> Any:
        return outcome_for(request, *edits, **more)

    async with in_process(_engine(reply), CAN) as editor:
        uri = editor.open("a.py", TEXT)
        await editor.code_actions(uri, "0:0")
        assert await _completed(editor, uri) is None


@pytest.mark.parametrize("how", ["keystroke", "newer", "cancel"])
async def test_the_next_keystroke_ends_it_at_the_model(how: str) -> None:
    begun = asyncio.Event()

    async def reply(request: Any, watch: Any) -> Any:
        if begun.is_set():
            return await _adds(request, watch)
        begun.set()
        return await asyncio.sleep(60)

    engine = _engine(reply)
    async with in_process(engine, CAN) as editor:
        uri = editor.open("a.py", TEXT)
        await editor.code_actions(uri, "0:0")
        number, answer = editor.start("textDocument/inlineCompletion", _asking(uri))
        await begun.wait()
        if how == "keystroke":
            editor.change(uri, text=TEXT + "\n")
        elif how == "newer":
            assert (await _completed(editor, uri))["items"]
        else:
            editor.cancel(number)
        await asyncio.wait([answer])
        if how == "cancel":
            assert answer.exception().code == -32800
        else:
            assert answer.result() is None
    assert engine.cancelled == 1


async def test_who_types_on_asks_no_model() -> None:
    engine = _engine(_adds)
    async with in_process(engine, CAN) as editor:
        uri = editor.open("a.py", TEXT)
        await editor.code_actions(uri, "0:0")
        started = [editor.start("textDocument/inlineCompletion", _asking(uri))[1] for _ in range(5)]
        results = await asyncio.gather(*started)
    assert [bool(result) for result in results] == [False] * 4 + [True]
    assert len(engine.requests) == 1
