"""Every command of the table, over a scripted engine."""

from __future__ import annotations

import asyncio
import stat
from pathlib import Path
from typing import Any

import pytest

from camus.analysis import Finding
from camus.config import Config, Loaded, Pipeline, Problem
from camus.lsp.server import COMMANDS
from camus.orchestrator import Attempt
from camus.privacy import Destination
from camus.source import Edit, Span, path_of
from support.editor import Failed, capabilities, range_at
from support.fake_engine import FakeEngine, in_process, outcome_for, profile, replaced

TEXT = "def f():\n    return 1\n"
WHOLE = range_at("0:0-2:0")
VSCODE = capabilities("vscode")
MINIMAL = capabilities("minimal")
REMOTE = Destination("api.example.org", local=False)


async def _explained(request: Any, watch: Any) -> Any:
    return outcome_for(request, text="It returns ![img](http://x.example/?q=1) **one**.")


async def _nothing(request: Any, watch: Any) -> Any:
    return outcome_for(request, state="no_model", message="no model is ready", model="")


async def test_the_table_is_what_the_client_was_told() -> None:
    async with in_process(FakeEngine(), MINIMAL) as editor:
        features = editor.server.features  # type: ignore[attr-defined]
        assert sorted(features.answers._commands._table) == sorted(COMMANDS)


@pytest.mark.parametrize(
    ("command", "arguments"),
    [
        ("camus.none", []),
        ("rm", []),
        ("camus.explain", []),
        ("camus.explain", [{"uri": "file:///a.py"}]),
        ("camus.explain", [{"uri": "file:///a.py", "range": {"start": {"line": -1}}}]),
        ("camus.explain", [{}, {}]),
        ("camus.explain", ["x"]),
        ("camus.explain", [{"hash": "x"}]),
        ("camus.apply", [{"action": "fix"}]),
        ("camus.ask", [{"question": ""}]),
        ("camus.ask", [{}]),
        ("camus.feedback", [{"id": "1", "verdict": "meh"}]),
        ("camus.feedback", [{"id": "1", "verdict": "bad", "kind": "NONSENSE"}]),
        ("camus.feedback", [{"id": "1", "verdict": "bad", "fault": "ugly"}]),
        ("camus.preview", [{"uri": "file:///a.py", "range": WHOLE, "action": 3}]),
        ("camus.selectModel", [{"name": 3}]),
        ("camus.trust", [{"trust": "yes"}]),
    ],
)
async def test_unknown_commands_and_bad_arguments_are_refused(
    command: str, arguments: list[Any]
) -> None:
    engine = FakeEngine()
    async with in_process(engine, MINIMAL) as editor:
        editor.open("a.py", TEXT)
        with pytest.raises(Failed) as refused:
            await editor.command(command, *arguments)
        assert refused.value.code == -32602
    assert not engine.requests


@pytest.mark.parametrize("command", ["camus.explain", "camus.review", "camus.runPipeline"])
async def test_a_document_that_is_not_open_is_refused(command: str) -> None:
    async with in_process(FakeEngine(), MINIMAL) as editor:
        with pytest.raises(Failed, match="not open"):
            await editor.command(command, {"uri": "file:///no.py", "range": WHOLE})


# -- explain and ask


async def test_an_explanation_is_shown_as_a_private_page_outside_the_workspace(
    own_home: Path, tmp_path: Path
) -> None:
    answers = {"window/showDocument": {"success": True}}
    workspace = tmp_path / "w"
    workspace.mkdir()
    async with in_process(
        FakeEngine(_explained), VSCODE, answers=answers, root=workspace
    ) as editor:
        uri = editor.open("a.py", TEXT)
        explain = (await editor.code_actions(uri, "0:0-2:0"))[1]["command"]
        result = await editor.command(explain["command"], *explain["arguments"])
        shown = await editor.was_asked("window/showDocument")
    assert result["text"] == "It returns img **one**."
    assert (result["model"], result["score"]) == ("qwen", 0.92)
    page = path_of(shown["uri"])
    assert page is not None
    assert page.is_relative_to(own_home)
    assert page.read_text(encoding="utf-8") == (
        "It returns img **one**.\n\n---\n\n*quality 0.92 · qwen*\n"
    )
    assert stat.S_IMODE(page.stat().st_mode) == 0o600
    assert list(workspace.iterdir()) == []


@pytest.mark.parametrize("answer", [{"success": False}, "refused"])
async def test_where_no_document_can_be_shown_there_is_a_message(answer: Any) -> None:
    def show(_params: object) -> Any:
        if answer == "refused":
            raise Failed({"code": -32603, "message": "no"})
        return answer

    async with in_process(
        FakeEngine(_explained), VSCODE, answers={"window/showDocument": show}
    ) as editor:
        uri = editor.open("a.py", TEXT)
        await editor.command("camus.explain", {"uri": uri, "range": WHOLE})
        assert "img one." in (await editor.told("window/showMessage"))["message"]


async def test_a_question_needs_no_document() -> None:
    engine = FakeEngine(_explained)
    async with in_process(engine, MINIMAL) as editor:
        result = await editor.command("camus.ask", {"question": "what is a monad?"})
        await editor.told("window/showMessage")
    assert result["state"] == "done"
    (request,) = engine.requests
    assert (request.action, request.instruction) == ("ask", "what is a monad?")
    assert request.document.text == ""


async def test_a_question_about_a_place() -> None:
    engine = FakeEngine(_explained)
    async with in_process(engine, MINIMAL) as editor:
        uri = editor.open("a.py", TEXT)
        question = {"question": "why?", "uri": uri, "range": range_at("1:4-1:10")}
        await editor.command("camus.ask", question)
        await editor.told("window/showMessage")
    assert engine.requests[0].span == Span(13, 19)


async def test_no_answer_says_why() -> None:
    async with in_process(FakeEngine(_nothing), MINIMAL) as editor:
        uri = editor.open("a.py", TEXT)
        result = await editor.command("camus.explain", {"uri": uri, "range": WHOLE})
        assert (result["state"], result["text"]) == ("no_model", "")
        assert "no model is ready" in (await editor.told("window/showMessage"))["message"]


# -- review


async def _reviewed(request: Any, watch: Any) -> Any:
    finding = Finding("S1", "look here", Span(13, 19), severity="error", url="https://x.example")
    return outcome_for(request, findings=(finding,), text="One finding.")


async def test_a_review_is_published_and_cleared_when_the_code_changes() -> None:
    async with in_process(FakeEngine(_reviewed), VSCODE) as editor:
        uri = editor.open("a.py", TEXT)
        result = await editor.command("camus.review", {"uri": uri, "range": WHOLE})
        assert result["findings"] == 1
        published = await editor.told("textDocument/publishDiagnostics")
        assert published["version"] == 1
        (diagnostic,) = published["diagnostics"]
        assert diagnostic == {
            "range": range_at("1:4-1:10"),
            "message": "look here",
            "severity": 1,
            "code": "S1",
            "codeDescription": {"href": "https://x.example"},
            "source": "camus",
            "data": {"aspect": "correctness"},
        }
        summary = (await editor.told("window/showMessage"))["message"]
        assert summary == "Review of f: 1 finding (quality 0.92 · qwen)."
        editor.change(uri, text=TEXT + "\n")
        cleared = await editor.told("textDocument/publishDiagnostics")
        assert (cleared["uri"], cleared["diagnostics"]) == (uri, [])
        editor.change(uri, text=TEXT)
        editor.notify("textDocument/didClose", {"textDocument": {"uri": uri}})


async def test_a_review_of_code_that_changed_meanwhile_is_not_shown() -> None:
    begun, going = asyncio.Event(), asyncio.Event()

    async def reply(request: Any, watch: Any) -> Any:
        begun.set()
        await going.wait()
        return await _reviewed(request, watch)

    async with in_process(FakeEngine(reply), VSCODE) as editor:
        uri = editor.open("a.py", TEXT)
        params = {"command": "camus.review", "arguments": [{"uri": uri, "range": WHOLE}]}
        _number, answer = editor.start("workspace/executeCommand", params)
        await begun.wait()
        editor.change(uri, text="x")
        going.set()
        assert (await answer)["findings"] == 0
        assert "changed" in (await editor.told("window/showMessage"))["message"]


async def test_a_clean_review_says_so() -> None:
    async def reply(request: Any, watch: Any) -> Any:
        return outcome_for(request, state="nothing")

    async with in_process(FakeEngine(reply), VSCODE) as editor:
        uri = editor.open("a.py", TEXT)
        await editor.command("camus.review", {"uri": uri, "range": WHOLE})
        await editor.told("textDocument/publishDiagnostics")
        assert "nothing to report" in (await editor.told("window/showMessage"))["message"]


# -- edits by command


@pytest.mark.parametrize(("applied", "verdict"), [(True, "accepted"), (False, "rejected")])
async def test_an_edit_by_command_is_applied_and_remembered(applied: bool, verdict: str) -> None:
    engine = FakeEngine()
    answers = {"workspace/applyEdit": {"applied": applied}}
    async with in_process(engine, MINIMAL, answers=answers) as editor:
        uri = editor.open("a.py", TEXT)
        command = (await editor.code_actions(uri, "0:0-2:0"))[0]["command"]
        result = await editor.command(command["command"], *command["arguments"])
        sent = await editor.was_asked("workspace/applyEdit")
        assert editor.applied(sent["edit"]) == "x"
        assert sent["label"] == "Refactor · quality 0.92 · qwen"
        assert result["applied"] is applied
        if not applied:
            await editor.told("window/showMessage")
    assert engine.verdicts == [(result["id"], verdict)]


async def test_an_edit_by_command_is_checked_against_the_text_of_now() -> None:
    begun, going = asyncio.Event(), asyncio.Event()

    async def reply(request: Any, watch: Any) -> Any:
        begun.set()
        await going.wait()
        return replaced(request, "x")

    async with in_process(FakeEngine(reply), MINIMAL) as editor:
        uri = editor.open("a.py", TEXT)
        command = (await editor.code_actions(uri, "0:0-2:0"))[0]["command"]
        _number, answer = editor.start(
            "workspace/executeCommand",
            {"command": command["command"], "arguments": command["arguments"]},
        )
        await begun.wait()
        editor.change(uri, text="other\n")
        going.set()
        with pytest.raises(Failed, match="-32801"):
            await answer


def _with_pipelines(engine: FakeEngine, *names: str) -> FakeEngine:
    engine.config = Config(pipelines={name: Pipeline() for name in names})
    engine.loaded = Loaded(engine.config)
    return engine


async def test_a_pipeline_runs_over_the_whole_document_and_is_applied() -> None:
    engine = _with_pipelines(FakeEngine(), "refine-pro")
    answers = {"workspace/applyEdit": {"applied": True}}
    async with in_process(engine, MINIMAL, answers=answers) as editor:
        uri = editor.open("a.py", TEXT)
        result = await editor.command("camus.runPipeline", {"uri": uri, "instruction": "add types"})
    assert result["applied"] is True
    (request,) = engine.requests
    assert (request.action, request.instruction) == ("modify", "add types")
    assert request.override.pipeline == "refine-pro"
    assert request.whole_target


async def test_with_several_pipelines_the_user_chooses() -> None:
    engine = _with_pipelines(FakeEngine(), "a", "b")
    answers = {
        "workspace/applyEdit": {"applied": True},
        "window/showMessageRequest": lambda params: params["actions"][1],
    }
    async with in_process(engine, MINIMAL, answers=answers) as editor:
        uri = editor.open("a.py", TEXT)
        await editor.command("camus.runPipeline", {"uri": uri, "range": WHOLE})
        assert engine.requests[0].override.pipeline == "b"
        editor.answers["window/showMessageRequest"] = None
        assert await editor.command("camus.runPipeline", {"uri": uri}) is None
    assert len(engine.requests) == 1


async def test_without_pipelines_those_that_ship_can_be_chosen() -> None:
    answers = {
        "workspace/applyEdit": {"applied": True},
        "window/showMessageRequest": lambda params: params["actions"][-1],
    }
    engine = FakeEngine()
    async with in_process(engine, MINIMAL, answers=answers) as editor:
        uri = editor.open("a.py", TEXT)
        await editor.command("camus.runPipeline", {"uri": uri, "instruction": "x"})
    assert engine.requests[0].override.pipeline == "review-then-refine"


async def test_a_client_that_says_results_itself_is_not_told_them_twice() -> None:
    told = {"camus": {"results": True}}
    async with in_process(FakeEngine(_reviewed), VSCODE, initializationOptions=told) as editor:
        uri = editor.open("a.py", TEXT)
        result = await editor.command("camus.review", {"uri": uri, "range": WHOLE})
        assert (result["findings"], result["model"]) == (1, "qwen")
        await editor.told("textDocument/publishDiagnostics")
        assert not [each for each in editor.unread if each["method"] == "window/showMessage"]


async def test_a_strategy_is_asked_for_once_or_for_the_session() -> None:
    answers = {"workspace/applyEdit": {"applied": True}}
    engine = FakeEngine()
    async with in_process(engine, MINIMAL, answers=answers) as editor:
        uri = editor.open("a.py", TEXT)
        given = {"uri": uri, "instruction": "x", "strategy": "triple-consensus"}
        await editor.command("camus.runPipeline", given)
        assert await editor.command("camus.selectStrategy", "ensemble") == "ensemble"
        shown = {"uri": uri, "range": WHOLE, "action": "refactor"}
        await editor.command("camus.preview", shown)
        await editor.command("camus.preview", {**shown, "strategy": "parallel"})
        with pytest.raises(Exception, match="no such strategy"):
            await editor.command("camus.preview", {**shown, "strategy": "magic"})
    wishes = [(r.override.pipeline, r.override.strategy) for r in engine.requests]
    assert wishes == [("", "TRIPLE_CONSENSUS"), ("", "ensemble"), ("", "parallel")]


# -- preview, decision, feedback


async def test_a_preview_has_everything_and_applies_nothing() -> None:
    attempt = Attempt("qwen", "small", "accepted", score=0.92, seconds=1.23456)

    async def reply(request: Any, watch: Any) -> Any:
        outcome = outcome_for(request, Edit(Span(20, 21), "2"), notes=("a note",))
        decision = type(outcome.decision)(outcome.decision.plan, (attempt,))
        return outcome_for(request, *outcome.edits, decision=decision, notes=("a note",))

    engine = FakeEngine(reply)
    async with in_process(engine, VSCODE) as editor:
        uri = editor.open("a.py", TEXT)
        diagnostic = {"range": range_at("1:4"), "message": "m", "code": "F1"}
        given = {"uri": uri, "range": WHOLE, "action": "fix", "diagnostics": [diagnostic]}
        result = await editor.command("camus.preview", given)
        assert editor.applied(result["edit"]) == TEXT.replace("1", "2")
        assert result["report"]["score"] == 0.92
        assert result["decision"]["choices"][1] == {
            "model": "qwen",
            "reason": "small and ready",
            "step": "",
            "role": "author",
            "repairs": True,
            "fallback": False,
        }
        assert result["decision"]["attempts"][0]["seconds"] == 1.235
        assert result["notes"] == ["a note"]
        assert engine.requests[0].diagnostics[0].rule == "F1"
        assert await editor.command("camus.feedback", {"id": result["id"], "verdict": "good"})
        assert not await editor.command("camus.feedback", {"id": "no", "verdict": "bad"})
    assert engine.verdicts[0] == (result["id"], "good")


@pytest.mark.parametrize(
    "more",
    [{"action": "none"}, {"action": "fix", "diagnostics": [{"message": 3}]}],
)
async def test_a_preview_of_nothing_known_is_refused(more: dict[str, Any]) -> None:
    async with in_process(FakeEngine(), VSCODE) as editor:
        uri = editor.open("a.py", TEXT)
        with pytest.raises(Failed, match="-32602"):
            await editor.command("camus.preview", {"uri": uri, "range": WHOLE, **more})


async def test_a_preview_without_an_answer_has_no_edit() -> None:
    async with in_process(FakeEngine(_nothing), VSCODE) as editor:
        uri = editor.open("a.py", TEXT)
        given = {"uri": uri, "range": WHOLE, "action": "refactor"}
        result = await editor.command("camus.preview", given)
    assert (result["edit"], result["state"]) == (None, "no_model")


async def test_the_last_decision_can_be_shown() -> None:
    async with in_process(FakeEngine(), MINIMAL) as editor:
        assert await editor.command("camus.showDecision") is None
        await editor.told("window/showMessage")
        uri = editor.open("a.py", TEXT)
        given = {"uri": uri, "range": WHOLE, "action": "refactor"}
        made = await editor.command("camus.preview", given)
        shown = await editor.command("camus.showDecision", {"id": made["id"]})
        assert shown["decision"]["strategy"] == "single"
        page = (await editor.told("window/showMessage"))["message"]
        assert "refactor: done by qwen, quality 0.92" in page
        assert "- qwen: small and ready" in page
        assert "Checked" in page


# -- choosing


async def test_a_model_chosen_holds_for_the_session_until_it_is_given_back() -> None:
    engine = FakeEngine()
    engine.models.known = [profile("a"), profile("b"), profile("c", state="missing")]
    questions: list[Any] = []

    def choose(params: Any) -> Any:
        questions.append([action["title"] for action in params["actions"]])
        return params["actions"][1]

    answers = {"window/showMessageRequest": choose}
    async with in_process(engine, VSCODE, answers=answers) as editor:
        uri = editor.open("a.py", TEXT)
        assert await editor.command("camus.selectModel") == "b"
        assert questions == [["a", "b", "Let Camus choose"]]
        given = {"uri": uri, "range": WHOLE, "action": "refactor"}
        await editor.command("camus.preview", given)
        assert await editor.command("camus.selectModel", {"name": ""}) == ""
        await editor.command("camus.preview", given)
        assert await editor.command("camus.selectModel", {"name": "zz"}) is None
        assert "no zz" in (await editor.told("window/showMessage"))["message"]
        editor.answers["window/showMessageRequest"] = None
        assert await editor.command("camus.selectModel") is None
    assert [request.override.model for request in engine.requests] == ["b", ""]


async def test_without_a_ready_model_the_user_is_told() -> None:
    engine = FakeEngine()
    engine.models.known = []
    async with in_process(engine, VSCODE) as editor:
        assert await editor.command("camus.selectModel") is None
        assert "doctor" in (await editor.told("window/showMessage"))["message"]


async def test_a_pipeline_chosen_holds_for_the_session() -> None:
    engine = _with_pipelines(FakeEngine(), "p", "q")
    async with in_process(engine, VSCODE) as editor:
        assert await editor.command("camus.selectPipeline", {"name": "q"}) == "q"
        uri = editor.open("a.py", TEXT)
        given = {"uri": uri, "range": WHOLE, "action": "refactor"}
        await editor.command("camus.preview", given)
    assert engine.requests[0].override.pipeline == "q"


async def test_a_remote_model_needs_consent_asked_once() -> None:
    engine = FakeEngine()
    engine.models.known = [profile("far", place=REMOTE)]
    titles: list[str] = []

    def refuse(params: Any) -> Any:
        titles.append(params["message"])
        return {"title": "Not now"}

    answers = {"window/showMessageRequest": refuse}
    async with in_process(engine, VSCODE, answers=answers) as editor:
        assert await editor.command("camus.selectModel", {"name": "far"}) is None
        assert await editor.command("camus.selectModel", {"name": "far"}) is None
        assert len(titles) == 1
        assert "api.example.org" in titles[0]
    engine.ledger.granted.add("api.example.org")
    async with in_process(engine, VSCODE) as editor:
        assert await editor.command("camus.selectModel", {"name": "far"}) == "far"


async def test_where_only_consent_is_missing_it_is_asked_for() -> None:
    engine = FakeEngine(_nothing)
    engine.models.known = [profile("far", place=REMOTE)]
    answers = {"window/showMessageRequest": {"title": "Allow"}}
    async with in_process(engine, VSCODE, answers=answers) as editor:
        uri = editor.open("a.py", TEXT)
        await editor.resolve((await editor.code_actions(uri, "0:0-2:0"))[0])
        assert "no model" in (await editor.told("window/showMessage"))["message"]
        assert "where you select a model" in (await editor.told("window/showMessage"))["message"]
    assert engine.ledger.granted == {"api.example.org"}


# -- trust


def _with_workspace_config(engine: FakeEngine, folder: Path, *problems: Problem) -> FakeEngine:
    engine.loaded = Loaded(engine.config, problems, digest="d1", workspace=folder)
    return engine


@pytest.mark.parametrize(
    ("given", "answer", "trusted"),
    [
        ({}, {"title": "Trust"}, True),
        ({}, {"title": "Not now"}, False),
        ({}, None, False),
        ({"trust": True}, None, True),
    ],
)
async def test_trust_is_asked_for_and_bound_to_the_configuration(
    tmp_path: Path, given: dict[str, Any], answer: Any, trusted: bool
) -> None:
    engine = _with_workspace_config(FakeEngine(), tmp_path)
    answers = {"window/showMessageRequest": answer}
    async with in_process(engine, VSCODE, root=tmp_path, answers=answers) as editor:
        assert await editor.command("camus.trust", given) is trusted
    assert engine.ledger.trusts == ({tmp_path: "d1"} if trusted else {})
    assert len(engine.reloads) == 1


async def test_trust_can_be_taken_back(tmp_path: Path) -> None:
    engine = _with_workspace_config(FakeEngine(), tmp_path)
    engine.ledger.trusts[tmp_path] = "d1"
    async with in_process(engine, VSCODE, root=tmp_path) as editor:
        assert await editor.command("camus.trust", {"trust": False}) is False
    assert engine.ledger.trusts == {}


async def test_without_a_configuration_there_is_nothing_to_trust(tmp_path: Path) -> None:
    async with in_process(FakeEngine(), VSCODE, root=tmp_path) as editor:
        assert await editor.command("camus.trust") is False
        assert "nothing to trust" in (await editor.told("window/showMessage"))["message"]


@pytest.mark.parametrize("answer", ["Trust", "Not now"])
async def test_a_configuration_that_waits_for_trust_is_asked_about_once(
    tmp_path: Path, answer: str
) -> None:
    waiting = Problem("warning", "ignored until you trust this workspace: run `camus trust`")
    engine = _with_workspace_config(FakeEngine(), tmp_path, waiting)
    answers = {"window/showMessageRequest": {"title": answer}}
    async with in_process(engine, VSCODE, root=tmp_path, answers=answers) as editor:
        question = await editor.was_asked("window/showMessageRequest")
        assert tmp_path.name in question["message"]
        changed = {"changes": [{"uri": editor.uri(".camus/config.yml"), "type": 2}]}
        editor.notify("workspace/didChangeWatchedFiles", changed)
        await editor.code_actions(editor.open("a.py", TEXT), "0:0-1:0")
        await asyncio.sleep(0.02)
        asked = [m for m in editor.asked if m["method"] == "window/showMessageRequest"]
        assert len(asked) == 1
    assert engine.ledger.trusts == ({tmp_path: "d1"} if answer == "Trust" else {})
