"""Links that run a command: only those a client says it runs, and only our own."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

import pytest
from lsprotocol import types as lsp

from camus.lsp.capabilities import Capabilities, capabilities_of
from camus.lsp.links import symbol_links
from camus.source import Document, Span
from support.editor import capabilities, range_at
from support.fake_engine import FakeEngine, in_process

TEXT = "def f():\n    return 1\n"
BOTH = ["camus.explain", "camus.review"]
HOVER = {"position": {"line": 0, "character": 4}}


async def _hover(**more: Any) -> str:
    engine = FakeEngine()

    async def stranger(_document: object, _span: object) -> str:
        return "[pay](command:camus.review?x) and `f`"

    engine.hover = stranger  # type: ignore[method-assign]
    async with in_process(engine) as editor:
        await editor.initialize(capabilities("vscode") | more.pop("can", {}), **more)
        uri = editor.open("a.py", TEXT)
        found = await editor.request("textDocument/hover", {"textDocument": {"uri": uri}, **HOVER})
    words: str = found["contents"]["value"]
    return words


@pytest.mark.parametrize(
    "more",
    [
        {"initializationOptions": {"camus": {"commandLinks": BOTH}}},
        {"can": {"experimental": {"camusCommandLinks": BOTH}}},
    ],
)
async def test_a_client_made_for_camus_gets_links_below_the_hover(more: dict[str, Any]) -> None:
    words = await _hover(**more)
    strange, links = words.rsplit("\n\n---\n\n", 1)
    assert "](command:" not in strange
    explain, review = links.split(" · ")
    assert explain.startswith("[Explain](command:camus.explain?")
    assert review.startswith("[Review](command:camus.review?")
    (given,) = json.loads(unquote(explain.split("?", 1)[1].removesuffix(")")))
    assert given["uri"].endswith("a.py")
    assert given["range"] == range_at("0:0-1:12")


async def test_no_other_client_gets_one() -> None:
    assert "](command:" not in await _hover()


def test_only_commands_of_the_list_that_are_ours_are_linked() -> None:
    document = Document("file:///a(b).py", TEXT, "python")
    can = Capabilities(command_links=frozenset({"camus.explain", "workbench.action.quit"}))
    links = symbol_links(document, Span(0, 3), can)
    assert links.count("](command:") == 1
    assert links.count(")") == 1


@pytest.mark.parametrize("given", [True, "camus.explain", {"camus.explain": 1}, [1, None], None])
def test_what_is_no_list_of_names_declares_nothing(given: object) -> None:
    options = {"camus": {"commandLinks": given}}
    assert not capabilities_of(lsp.ClientCapabilities(), None, options).command_links
