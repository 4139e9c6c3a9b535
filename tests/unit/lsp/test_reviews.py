"""What a review leaves in the editor, pushed or pulled, as far as each client can show it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from camus.analysis import Finding, Fix
from camus.source import Edit, Span, path_of
from support.editor import Failed, capabilities, range_at
from support.fake_engine import FakeEngine, in_process, outcome_for

TEXT = "import os\n\n\ndef f():\n    return 1\n"
VSCODE = capabilities("vscode")
PULLS = {
    **VSCODE,
    "textDocument": {**VSCODE["textDocument"], "diagnostic": {"dynamicRegistration": True}},
    "workspace": {**VSCODE["workspace"], "diagnostics": {"refreshSupport": True}},
}
UNUSED = Finding(
    "F401",
    "os is unused",
    Span(0, 9),
    aspect="style",
    fix=Fix("remove it", (Edit(Span(0, 10), ""), Edit(Span(30, 31), "2"))),
    url="https://docs.example/F401",
)
OWN = Finding("path-traversal", "a path from outside", Span(30, 31), "error", "security")


async def _reviewed(request: Any, watch: Any) -> Any:
    return outcome_for(request, findings=(UNUSED, OWN))


async def test_a_finding_carries_its_page_its_tag_and_what_its_fix_reaches(own_home: Path) -> None:
    async with in_process(FakeEngine(_reviewed), VSCODE) as editor:
        uri = editor.open("a.py", TEXT)
        result = await editor.command("camus.review", {"uri": uri})
        await editor.told("window/showMessage")
        unused, own = (await editor.told("textDocument/publishDiagnostics"))["diagnostics"]
    assert result["findings"] == 2
    assert unused["codeDescription"] == {"href": "https://docs.example/F401"}
    assert unused["tags"] == [1]
    (related,) = unused["relatedInformation"]
    assert related["location"]["range"]["start"]["line"] == 4
    assert "remove it" in related["message"]
    page = path_of(own["codeDescription"]["href"])
    assert page is not None
    assert page.is_relative_to(own_home)
    assert "security" in page.read_text(encoding="utf-8")
    assert "tags" not in own


async def test_a_plain_client_gets_plain_diagnostics() -> None:
    async with in_process(FakeEngine(_reviewed), capabilities("minimal")) as editor:
        uri = editor.open("a.py", TEXT)
        await editor.command("camus.review", {"uri": uri})
        await editor.told("window/showMessage")
        found = (await editor.told("textDocument/publishDiagnostics"))["diagnostics"]
    assert [each.keys() for each in found] == [
        {"range", "message", "severity", "code", "source"}
    ] * 2


@pytest.mark.parametrize(
    ("aspects", "rules"),
    [
        (["security"], ["path-traversal"]),
        (["style", "security"], ["F401", "path-traversal"]),
        (["performance"], []),
    ],
)
async def test_only_the_chosen_aspects_are_shown(aspects: list[str], rules: list[str]) -> None:
    async with in_process(FakeEngine(_reviewed), VSCODE) as editor:
        uri = editor.open("a.py", TEXT)
        given = {"uri": uri, "range": range_at("0:0-4:0"), "aspects": aspects}
        assert (await editor.command("camus.review", given))["findings"] == len(rules)
        await editor.told("window/showMessage")
        found = (await editor.told("textDocument/publishDiagnostics"))["diagnostics"]
        assert [each["code"] for each in found] == rules
        with pytest.raises(Failed, match="-32602"):
            await editor.command("camus.review", {**given, "aspects": ["beauty"]})


async def test_a_client_that_pulls_is_told_to_ask_and_gets_them_until_the_code_changes() -> None:
    answers = {"workspace/diagnostic/refresh": None}
    async with in_process(FakeEngine(_reviewed), answers=answers) as editor:
        told = await editor.initialize(PULLS)
        assert told["capabilities"]["diagnosticProvider"]["identifier"] == "camus"
        uri = editor.open("a.py", TEXT)
        asking = {"textDocument": {"uri": uri}}
        assert (await editor.request("textDocument/diagnostic", asking))["items"] == []
        await editor.command("camus.review", {"uri": uri})
        await editor.told("window/showMessage")
        await editor.was_asked("workspace/diagnostic/refresh")
        report = await editor.request("textDocument/diagnostic", asking)
        assert (report["kind"], len(report["items"])) == ("full", 2)
        editor.change(uri, text=TEXT + "\n")
        assert (await editor.request("textDocument/diagnostic", asking))["items"] == []


async def test_a_client_that_is_pushed_to_is_not_told_to_pull() -> None:
    async with in_process(FakeEngine(_reviewed)) as editor:
        told = await editor.initialize(VSCODE)
        assert "diagnosticProvider" not in told["capabilities"]
