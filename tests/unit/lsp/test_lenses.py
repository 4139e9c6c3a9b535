"""Code lenses: off until somebody switches them on."""

from __future__ import annotations

from typing import Any

import pytest

from camus.config import Config, Loaded, Server
from support.editor import Editor, capabilities, range_at
from support.fake_engine import FakeEngine, in_process

TEXT = "class A:\n    def f(self):\n        return 1\n"
MINIMAL = capabilities("minimal")


def _can(**lens: Any) -> dict[str, Any]:
    return {**MINIMAL, "textDocument": {**MINIMAL.get("textDocument", {}), "codeLens": lens}}


def _engine(on: bool) -> FakeEngine:
    engine = FakeEngine()
    engine.config = Config(server=Server(code_lens=on))
    engine.loaded = Loaded(engine.config)
    return engine


async def _lenses(editor: Editor, uri: str) -> Any:
    return await editor.request("textDocument/codeLens", {"textDocument": {"uri": uri}})


async def test_a_client_that_registers_is_told_when_they_are_switched_on() -> None:
    async with in_process(_engine(on=True)) as editor:
        told = await editor.initialize(_can(dynamicRegistration=True))
        assert "codeLensProvider" not in told["capabilities"]
        asked = await editor.was_asked("client/registerCapability")
        assert asked["registrations"][0]["method"] == "textDocument/codeLens"
        uri = editor.open("a.py", TEXT)
        found = await _lenses(editor, uri)
    assert [each["command"]["title"] for each in found] == ["Explain", "Review"] * 2
    assert found[2]["range"] == range_at("1:8-1:9")
    assert found[2]["command"]["arguments"] == [{"uri": uri, "range": range_at("1:8-1:9")}]


@pytest.mark.parametrize("can", [_can(dynamicRegistration=True), _can(), MINIMAL])
async def test_they_are_off_by_default(can: dict[str, Any]) -> None:
    async with in_process(_engine(on=False)) as editor:
        told = await editor.initialize(can)
        uri = editor.open("a.py", TEXT)
        await editor.code_actions(uri, "0:0")
        assert await _lenses(editor, uri) == []
        registered = [m["method"] for m in editor.asked]
        assert "client/registerCapability" not in registered
        assert ("codeLensProvider" in told["capabilities"]) is (can == _can())


async def test_switching_them_off_takes_the_registration_back() -> None:
    engine = _engine(on=True)
    answers = {"client/unregisterCapability": None}
    async with in_process(engine, _can(dynamicRegistration=True), answers=answers) as editor:
        await editor.was_asked("client/registerCapability")
        engine.config = Config()
        engine.loaded = Loaded(engine.config)
        editor.notify("workspace/didChangeConfiguration", {"settings": {}})
        gone = await editor.was_asked("client/unregisterCapability")
        assert gone["unregisterations"][0]["method"] == "textDocument/codeLens"
        assert await _lenses(editor, editor.open("a.py", TEXT)) == []
