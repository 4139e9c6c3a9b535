"""Offering and resolving, for the kinds of client there are, over a scripted engine."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest

from camus.orchestrator import Stage
from camus.source import Edit, Span
from support.editor import Failed, capabilities
from support.fake_engine import FakeEngine, in_process, outcome_for, profile, replaced

TEXT = "def f():\n    return 1\n"
WHOLE = "0:0-2:0"
VSCODE = capabilities("vscode")
NEOVIM = capabilities("neovim-0.11")
MINIMAL = capabilities("minimal")


async def _reply(request: Any, watch: Any) -> Any:
    at = request.document.text.index("1")
    return outcome_for(request, Edit(Span(at, at + 1), "2"))


def _kinds(actions: list[dict[str, Any]]) -> list[str]:
    return [action["kind"] for action in actions]


# -- offering


async def test_each_entry_has_its_kind_and_all_that_resolving_needs() -> None:
    engine = FakeEngine()
    async with in_process(engine, VSCODE) as editor:
        uri = editor.open("a.py", TEXT)
        actions = await editor.code_actions(uri, WHOLE)
    assert _kinds(actions) == [
        "refactor.rewrite.camus",
        "source.camus.explain",
        "source.camus.review",
    ]
    refactor, explain, _review = actions
    assert refactor["data"]["action"] == "refactor"
    assert (refactor["data"]["uri"], refactor["data"]["version"]) == (uri, 1)
    assert "command" not in refactor
    assert "edit" not in refactor
    assert explain["command"]["command"] == "camus.explain"
    assert explain["command"]["arguments"][0]["action"] == "explain"
    assert not engine.requests


async def test_the_context_reaches_the_engine() -> None:
    engine = FakeEngine()
    diagnostic = {
        "range": {"start": {"line": 1, "character": 4}, "end": {"line": 1, "character": 10}},
        "message": "unused",
        "code": 42,
        "source": "other",
        "severity": 1,
    }
    async with in_process(engine, VSCODE) as editor:
        uri = editor.open("a.py", TEXT)
        actions = await editor.code_actions(
            uri, "0:4", [diagnostic], only=["quickfix"], triggerKind=2
        )
        await editor.code_actions(uri, "0:4", triggerKind=1)
    first, second = engine.offered
    (finding,) = first["diagnostics"]
    assert (finding.rule, finding.message, finding.source) == ("42", "unused", "other")
    assert (finding.severity, finding.span) == ("error", Span(13, 19))
    assert (first["only"], first["automatic"]) == (("quickfix",), True)
    assert (second["only"], second["automatic"]) == ((), False)
    assert actions[0]["diagnostics"] == [diagnostic]
    assert actions[0]["data"]["diagnostics"][0]["rule"] == "42"


async def test_a_document_that_is_not_open_has_no_actions() -> None:
    async with in_process(FakeEngine(), VSCODE) as editor:
        assert await editor.code_actions("file:///elsewhere.py", "0:0") == []


async def test_what_a_model_may_write_is_tagged_where_the_client_knows_tags() -> None:
    engine = FakeEngine()
    async with in_process(engine, VSCODE) as editor:
        uri = editor.open("a.py", TEXT)
        assert all(action["tags"] == [1] for action in await editor.code_actions(uri, WHOLE))
        engine.models.known = [profile("qwen", state="unreachable")]
        assert not any("tags" in action for action in await editor.code_actions(uri, WHOLE))
    async with in_process(FakeEngine(), NEOVIM) as editor:
        uri = editor.open("a.py", TEXT)
        assert not any("tags" in action for action in await editor.code_actions(uri, WHOLE))


async def test_a_client_without_resolve_gets_commands_in_its_actions() -> None:
    async with in_process(FakeEngine(), MINIMAL) as editor:
        uri = editor.open("a.py", TEXT)
        refactor, *_others = await editor.code_actions(uri, WHOLE)
    assert refactor["command"]["command"] == "camus.apply"
    assert refactor["command"]["arguments"][0]["action"] == "refactor"
    assert "data" not in refactor


async def test_a_client_without_literals_gets_bare_commands() -> None:
    can = {"workspace": {"applyEdit": True}}
    async with in_process(FakeEngine(), can) as editor:
        uri = editor.open("a.py", TEXT)
        actions = await editor.code_actions(uri, WHOLE)
    assert [action["command"] for action in actions] == [
        "camus.apply",
        "camus.explain",
        "camus.review",
    ]
    assert not any("kind" in action for action in actions)


async def test_a_client_that_can_apply_nothing_is_offered_no_edits() -> None:
    async with in_process(FakeEngine(), {}) as editor:
        uri = editor.open("a.py", TEXT)
        actions = await editor.code_actions(uri, WHOLE)
    assert [action["command"] for action in actions] == ["camus.explain", "camus.review"]


# -- resolving


async def test_resolving_gives_a_versioned_annotated_edit() -> None:
    async with in_process(FakeEngine(_reply), VSCODE) as editor:
        uri = editor.open("a.py", TEXT)
        action = await editor.resolve((await editor.code_actions(uri, WHOLE))[0])
        assert editor.applied(action["edit"]) == TEXT.replace("1", "2")
    assert action["title"] == "Refactor · quality 0.92 · qwen"
    (annotation,) = action["edit"]["changeAnnotations"].values()
    assert annotation == {
        "label": "quality 0.92 · qwen",
        "needsConfirmation": False,
        "description": "small and ready; checked: syntax, ruff",
    }
    assert action["tags"] == [1]


async def test_a_client_with_no_more_gets_plain_changes() -> None:
    async with in_process(FakeEngine(_reply), NEOVIM) as editor:
        uri = editor.open("a.py", TEXT)
        action = await editor.resolve((await editor.code_actions(uri, WHOLE))[0])
        assert list(action["edit"]) == ["changes"]
        assert editor.applied(action["edit"], "utf-8") == TEXT.replace("1", "2")


async def test_below_the_threshold_the_client_is_asked_to_confirm() -> None:
    async def reply(request: Any, watch: Any) -> Any:
        return replaced(request, "x", needs_confirmation=True)

    async with in_process(FakeEngine(reply), VSCODE) as editor:
        uri = editor.open("a.py", TEXT)
        action = await editor.resolve((await editor.code_actions(uri, WHOLE))[0])
        (annotation,) = action["edit"]["changeAnnotations"].values()
        assert annotation["needsConfirmation"] is True
    async with in_process(FakeEngine(reply), NEOVIM) as editor:
        uri = editor.open("a.py", TEXT)
        await editor.resolve((await editor.code_actions(uri, WHOLE))[0])
        assert "look at it" in (await editor.told("window/showMessage"))["message"]


async def test_what_the_rules_wrote_is_not_tagged() -> None:
    async def reply(request: Any, watch: Any) -> Any:
        return replaced(request, "x", model="rules")

    async with in_process(FakeEngine(reply), VSCODE) as editor:
        uri = editor.open("a.py", TEXT)
        action = await editor.resolve((await editor.code_actions(uri, WHOLE))[0])
    assert "tags" not in action
    assert action["title"].endswith("rules")


@pytest.mark.parametrize(
    "more",
    [{"edit": {"changes": {}}}, {"command": {"title": "t", "command": "c"}}, {"data": None}],
)
async def test_what_is_complete_comes_back_unchanged(more: dict[str, Any]) -> None:
    engine = FakeEngine()
    async with in_process(engine, VSCODE) as editor:
        uri = editor.open("a.py", TEXT)
        action = {**(await editor.code_actions(uri, WHOLE))[0], **more}
        resolved = await editor.resolve(action)
    assert resolved == {key: value for key, value in action.items() if value is not None}
    assert not engine.requests


@pytest.mark.parametrize(
    "data",
    [
        1,
        {},
        {"v": 1, "action": "fix"},
        {
            "v": 1,
            "action": "rm",
            "uri": "file:///a.py",
            "version": 1,
            "span": {"start": 0, "end": 1},
            "hash": "",
            "head": "",
        },
    ],
)
async def test_foreign_data_is_refused(data: object) -> None:
    async with in_process(FakeEngine(), VSCODE) as editor:
        editor.open("a.py", TEXT)
        with pytest.raises(Failed) as refused:
            await editor.resolve({"title": "x", "data": data})
        assert refused.value.code == -32602


async def test_a_target_that_moved_is_found_again() -> None:
    engine = FakeEngine(_reply)
    async with in_process(engine, VSCODE) as editor:
        uri = editor.open("a.py", TEXT)
        action = (await editor.code_actions(uri, WHOLE))[0]
        editor.change(uri, text="import os\n" + TEXT)
        action = await editor.resolve(action)
        assert editor.applied(action["edit"]) == "import os\n" + TEXT.replace("1", "2")
    assert engine.requests[0].span == Span(10, 10 + len(TEXT))


@pytest.mark.parametrize(
    "text", ["", TEXT.replace("1", "3"), TEXT + TEXT], ids=["gone", "changed", "twice"]
)
async def test_a_target_that_is_not_the_same_is_refused_before_any_model_is_asked(
    text: str,
) -> None:
    engine = FakeEngine(_reply)
    async with in_process(engine, VSCODE) as editor:
        uri = editor.open("a.py", TEXT)
        action = (await editor.code_actions(uri, WHOLE))[0]
        editor.change(uri, text=text)
        with pytest.raises(Failed) as refused:
            await editor.resolve(action)
        assert refused.value.code == -32801
    assert not engine.requests


@pytest.mark.parametrize(
    ("after", "result"),
    [
        ("# more\n" + TEXT, "# more\n" + TEXT.replace("1", "2")),
        (TEXT + "x = 3\n", TEXT.replace("1", "2") + "x = 3\n"),
        (TEXT.replace("f", "g"), None),
        (TEXT + TEXT, None),
    ],
)
async def test_the_text_is_looked_at_again_when_the_model_is_done(
    after: str, result: str | None
) -> None:
    begun, going = asyncio.Event(), asyncio.Event()

    async def reply(request: Any, watch: Any) -> Any:
        begun.set()
        await going.wait()
        return await _reply(request, watch)

    async with in_process(FakeEngine(reply), VSCODE) as editor:
        uri = editor.open("a.py", TEXT)
        action = (await editor.code_actions(uri, WHOLE))[0]
        _number, answer = editor.start("codeAction/resolve", action)
        await begun.wait()
        editor.change(uri, text=after)
        going.set()
        if result is None:
            with pytest.raises(Failed, match="-32801"):
                await answer
        else:
            assert editor.applied((await answer)["edit"]) == result


async def test_an_edit_beside_the_target_is_refused_once_the_text_moved() -> None:
    begun, going = asyncio.Event(), asyncio.Event()

    async def reply(request: Any, watch: Any) -> Any:
        begun.set()
        await going.wait()
        return outcome_for(request, Edit(Span(0, 0), "import os\n"))

    async with in_process(FakeEngine(reply), VSCODE) as editor:
        uri = editor.open("a.py", TEXT)
        action = (await editor.code_actions(uri, "1:4-1:10"))[0]
        _number, answer = editor.start("codeAction/resolve", action)
        await begun.wait()
        editor.change(uri, text="# x\n" + TEXT)
        going.set()
        with pytest.raises(Failed, match="-32801"):
            await answer


async def test_a_document_closed_meanwhile_gets_no_edit() -> None:
    async with in_process(FakeEngine(_reply), VSCODE) as editor:
        uri = editor.open("a.py", TEXT)
        action = (await editor.code_actions(uri, WHOLE))[0]
        editor.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
        with pytest.raises(Failed, match="-32801"):
            await editor.resolve(action)


@pytest.mark.parametrize("how", ["closed", "renamed", "deleted"])
async def test_a_document_that_goes_while_the_model_works_gets_no_edit(how: str) -> None:
    begun, going = asyncio.Event(), asyncio.Event()

    async def reply(request: Any, watch: Any) -> Any:
        begun.set()
        await going.wait()
        return await _reply(request, watch)

    async with in_process(FakeEngine(reply), VSCODE) as editor:
        uri = editor.open("a.py", TEXT)
        action = (await editor.code_actions(uri, WHOLE))[0]
        _number, answer = editor.start("codeAction/resolve", action)
        await begun.wait()
        editor.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
        if how == "renamed":
            editor.open("b.py", TEXT)
        elif how == "deleted":
            gone = {"changes": [{"uri": uri, "type": 3}]}
            editor.notify("workspace/didChangeWatchedFiles", gone)
        going.set()
        with pytest.raises(Failed, match="-32801"):
            await answer


async def test_an_undo_back_to_the_same_text_keeps_the_answer_for_the_new_version() -> None:
    begun, going = asyncio.Event(), asyncio.Event()

    async def reply(request: Any, watch: Any) -> Any:
        begun.set()
        await going.wait()
        return await _reply(request, watch)

    async with in_process(FakeEngine(reply), VSCODE) as editor:
        uri = editor.open("a.py", TEXT)
        action = (await editor.code_actions(uri, WHOLE))[0]
        _number, answer = editor.start("codeAction/resolve", action)
        await begun.wait()
        editor.change(uri, text="other\n")
        editor.change(uri, text=TEXT)
        await editor.code_actions(uri, WHOLE)  # both changes have arrived
        going.set()
        edit = (await answer)["edit"]
        assert edit["documentChanges"][0]["textDocument"]["version"] == 3
        editor.applied(edit)


@pytest.mark.parametrize(
    ("client", "state", "disabled"),
    [("vscode", "missing", True), ("vscode", "unknown", False), ("minimal", "missing", False)],
)
async def test_what_no_rule_answers_is_disabled_with_the_reason_while_no_model_is_ready(
    client: str, state: Any, disabled: bool
) -> None:
    engine = FakeEngine()
    engine.offers = ("implement", "refactor")
    engine.models.known = [replace(profile("qwen", state=state), problem="not pulled")]
    async with in_process(engine, capabilities(client)) as editor:
        uri = editor.open("a.py", TEXT)
        implement, refactor = await editor.code_actions(uri, WHOLE)
        assert ("disabled" in implement) is disabled
        assert "disabled" not in refactor
        if disabled:
            assert "qwen: not pulled" in implement["disabled"]["reason"]


@pytest.mark.parametrize("state", ["nothing", "no_model", "refused", "unknown_model"])
async def test_no_answer_leaves_the_action_as_it_was_and_says_why(state: str) -> None:
    async def reply(request: Any, watch: Any) -> Any:
        return outcome_for(request, state=state, message="because of that")

    async with in_process(FakeEngine(reply), VSCODE) as editor:
        uri = editor.open("a.py", TEXT)
        action = (await editor.code_actions(uri, WHOLE))[0]
        assert await editor.resolve(action) == action
        message = await editor.told("window/showMessage")
        assert message["message"] == "Refactor: because of that"
        assert message["type"] == (3 if state == "nothing" else 2)


async def test_an_eager_client_gets_one_generation_and_no_popups() -> None:
    begun, going = asyncio.Event(), asyncio.Event()

    async def reply(request: Any, watch: Any) -> Any:
        begun.set()
        await going.wait()
        return outcome_for(request, state="refused", message="not good enough")

    engine = FakeEngine(reply)
    engine.offers = ("refactor", "document", "implement", "explain")
    async with in_process(engine, VSCODE) as editor:
        uri = editor.open("a.py", TEXT)
        actions = await editor.code_actions(uri, WHOLE)
        answers = [editor.start("codeAction/resolve", action)[1] for action in actions]
        await begun.wait()
        rest = await asyncio.gather(*answers[1:])
        assert rest == actions[1:]
        going.set()
        assert await answers[0] == actions[0]
        assert len(engine.requests) == 1
        assert await editor.resolve(actions[1]) == actions[1]
        assert len(engine.requests) == 2


async def test_a_busy_document_is_named_to_someone_who_is_not_eager(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("camus.lsp.code_actions.EAGER_SECONDS", 0.0)
    begun = asyncio.Event()

    async def reply(request: Any, watch: Any) -> Any:
        begun.set()
        await asyncio.sleep(60)

    async with in_process(FakeEngine(reply), VSCODE) as editor:
        uri = editor.open("a.py", TEXT)
        action = (await editor.code_actions(uri, WHOLE))[0]
        number, first = editor.start("codeAction/resolve", action)
        await begun.wait()
        assert await editor.resolve(action) == action
        assert "busy" in (await editor.told("window/showMessage"))["message"]
        editor.cancel(number)
        with pytest.raises(Failed, match="-32800"):
            await first


# -- progress and cancelling


async def test_progress_shows_stage_and_model_and_can_be_stopped_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("camus.lsp.progress.PATIENCE", 0.0)
    shown = asyncio.Event()

    async def reply(request: Any, watch: Any) -> Any:
        watch(Stage("planning"))
        await shown.wait()
        watch(Stage("asking", "qwen", step=1, steps=2))
        await asyncio.sleep(60)

    engine = FakeEngine(reply)
    async with in_process(engine, VSCODE) as editor:
        editor.quiet.discard("$/progress")
        uri = editor.open("a.py", TEXT)
        action = (await editor.code_actions(uri, WHOLE))[0]
        _number, answer = editor.start("codeAction/resolve", action)
        token = (await editor.was_asked("window/workDoneProgress/create"))["token"]
        begin = await editor.told("$/progress")
        assert begin["token"] == token
        assert begin["value"]["kind"] == "begin"
        assert begin["value"]["title"] == "Refactor"
        assert begin["value"]["cancellable"] is True
        shown.set()
        report = (await editor.told("$/progress"))["value"]
        assert (report["kind"], report["message"]) == ("report", "1/2 asking qwen")
        editor.notify("window/workDoneProgress/cancel", {"token": token})
        with pytest.raises(Failed, match="-32800"):
            await answer
        assert (await editor.told("$/progress"))["value"]["kind"] == "end"
        assert engine.cancelled == 1
        assert not editor.server.features.client.running  # type: ignore[attr-defined]


async def test_what_is_done_at_once_shows_no_progress() -> None:
    async with in_process(FakeEngine(_reply), VSCODE) as editor:
        uri = editor.open("a.py", TEXT)
        await editor.resolve((await editor.code_actions(uri, WHOLE))[0])
        assert "workDoneProgress/create" not in json.dumps(editor.seen)


async def test_a_client_that_refuses_progress_gets_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("camus.lsp.progress.PATIENCE", 0.0)

    async def reply(request: Any, watch: Any) -> Any:
        await asyncio.sleep(0.05)
        watch(Stage("asking", "qwen"))
        return await _reply(request, watch)

    def refuse(_params: object) -> None:
        raise Failed({"code": -32601, "message": "no"})

    answers = {"window/workDoneProgress/create": refuse}
    async with in_process(FakeEngine(reply), VSCODE, answers=answers) as editor:
        editor.quiet.discard("$/progress")
        uri = editor.open("a.py", TEXT)
        assert "edit" in await editor.resolve((await editor.code_actions(uri, WHOLE))[0])


async def test_cancelling_the_request_ends_the_work_and_frees_the_document() -> None:
    begun = asyncio.Event()

    async def reply(request: Any, watch: Any) -> Any:
        if not begun.is_set():
            begun.set()
            await asyncio.sleep(60)
        return await _reply(request, watch)

    engine = FakeEngine(reply)
    async with in_process(engine, VSCODE) as editor:
        uri = editor.open("a.py", TEXT)
        action = (await editor.code_actions(uri, WHOLE))[0]
        number, answer = editor.start("codeAction/resolve", action)
        await begun.wait()
        editor.cancel(number)
        with pytest.raises(Failed, match="-32800"):
            await answer
        assert engine.cancelled == 1
        assert "edit" in await editor.resolve(action)


async def test_retrieval_sees_the_open_documents_before_a_model_is_asked() -> None:
    engine = FakeEngine(_reply)
    async with in_process(engine, VSCODE) as editor:
        uri = editor.open("a.py", TEXT)
        other = editor.open("b.py", "y\n")
        action = (await editor.code_actions(uri, WHOLE))[0]
        assert engine.observed == []
        await editor.resolve(action)
        assert engine.observed == [uri, other]
        editor.notify("textDocument/didClose", {"textDocument": {"uri": other}})
        await editor.resolve(action)
        assert (engine.observed, engine.forgotten) == ([uri, other], [other])
