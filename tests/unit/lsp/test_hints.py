"""Inlay hints: off until somebody switches them on; complexity, and what Camus wrote."""

from __future__ import annotations

from typing import Any

import pytest

from camus.config import Config, Loaded, Server
from camus.lsp.hints import hints
from camus.lsp.marks import KEPT, Mark, Marks, mark_in
from camus.source import Document
from support.editor import Editor, capabilities, range_at
from support.fake_engine import FakeEngine, in_process

MINIMAL = capabilities("minimal")
BRANCHES = "".join(f"    if x == {n}:\n        return {n}\n" for n in range(11))
TEXT = f"def simple(x):\n    return x\n\n\ndef knotty(x):  # 😀\n{BRANCHES}    return x\n"
URI = "file:///a.py"


def _document(text: str = TEXT) -> Document:
    return Document(URI, text, "python")


def _shown(document: Document, *marks: Mark, limit: int = 10) -> list[tuple[int, int, str]]:
    made = hints(document, document.span, marks, limit=limit, encoding="utf-16")
    return [(each.position.line, each.position.character, str(each.label)) for each in made]


def test_only_a_complexity_above_the_limit_is_shown_behind_its_first_line() -> None:
    assert _shown(_document()) == [(4, 20, "complexity 12")]
    assert _shown(_document(), limit=12) == []
    assert [words for *_, words in _shown(_document(), limit=0)] == [
        "complexity 1",
        "complexity 12",
    ]


def test_only_what_is_named_in_the_range_is_shown() -> None:
    document = _document()
    above = document.lines.span(0)
    assert hints(document, above, (), limit=0, encoding="utf-8")[0].label == "complexity 1"
    assert len(hints(document, above, (), limit=0, encoding="utf-8")) == 1


def test_a_mark_says_who_wrote_it_until_its_code_is_another() -> None:
    mark = mark_in(_document(), "simple", "quality 0.92 · qwen")
    assert mark is not None
    moved, changed = f"import os\n\n\n{TEXT}", TEXT.replace("return x\n\n", "return -x\n\n")
    assert _shown(_document(moved), mark)[0] == (3, 14, "quality 0.92 · qwen")
    assert _shown(_document(changed), mark)[0] == (0, 14, "changed since")
    assert _shown(_document("x = 1\n"), mark) == []


def test_a_name_that_stands_there_twice_is_not_marked() -> None:
    assert mark_in(_document(TEXT + TEXT), "simple", "rules") is None


def test_of_many_marks_the_newest_are_kept() -> None:
    marks = Marks()
    for number in range(KEPT + 5):
        marks.put("file:///a%3A.py", Mark(f"f{number}", "", ""))
    names = [mark.name for mark in marks.of("file:///a:.py")]
    assert names == [f"f{number}" for number in range(5, KEPT + 5)]
    marks.drop("file:///a:.py", "f9")
    assert len(marks.of("file:///a:.py")) == KEPT - 1
    marks.closed("file:///a:.py")
    assert marks.of("file:///a:.py") == ()


# -- through the server


def _can(**hint: Any) -> dict[str, Any]:
    refresh = {"inlayHint": {"refreshSupport": True}}
    return {**MINIMAL, "textDocument": {"inlayHint": hint}, "workspace": refresh}


def _engine(on: bool) -> FakeEngine:
    engine = FakeEngine()
    engine.config = Config(server=Server(inlay_hints=on))
    engine.loaded = Loaded(engine.config)
    return engine


async def _hints(editor: Editor, uri: str) -> Any:
    params = {"textDocument": {"uri": uri}, "range": range_at("0:0-99:0")}
    return await editor.request("textDocument/inlayHint", params)


async def test_a_client_that_registers_is_told_when_they_are_switched_on() -> None:
    refreshed = {"workspace/inlayHint/refresh": None}
    async with in_process(_engine(on=True), answers=refreshed) as editor:
        told = await editor.initialize(_can(dynamicRegistration=True))
        assert "inlayHintProvider" not in told["capabilities"]
        asked = await editor.was_asked("client/registerCapability")
        assert asked["registrations"][0]["method"] == "textDocument/inlayHint"
        await editor.was_asked("workspace/inlayHint/refresh")
        (found,) = await _hints(editor, editor.open("a.py", TEXT))
    assert found["label"] == "complexity 12"
    assert "McCabe" in found["tooltip"]


@pytest.mark.parametrize("can", [_can(dynamicRegistration=True), _can(), MINIMAL])
async def test_they_are_off_by_default(can: dict[str, Any]) -> None:
    async with in_process(_engine(on=False)) as editor:
        told = await editor.initialize(can)
        assert await _hints(editor, editor.open("a.py", TEXT)) == []
        assert "client/registerCapability" not in [m["method"] for m in editor.asked]
        assert ("inlayHintProvider" in told["capabilities"]) is (can == _can())
