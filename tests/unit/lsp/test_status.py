"""What a client made for Camus is told, and the lists that its own pickers show."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from camus.config import SHIPPED_PIPELINES, Capability, Config, Loaded, Pipeline, Step
from camus.lsp.naming import called, friendly, speciality
from camus.lsp.progress import in_words
from camus.orchestrator import Stage
from camus.privacy import Destination
from support.editor import Editor, capabilities, range_at
from support.fake_engine import FakeEngine, in_process, outcome_for, profile

TEXT = "def f():\n    return 1\n"
WHOLE = range_at("0:0-2:0")
MINIMAL = capabilities("minimal")
STATUS = {"camus": {"status": True}}
REMOTE = Destination("api.example.org", local=False)
NOTHING = {
    "model": None,
    "friendly": None,
    "specialist": None,
    "place": None,
    "pipeline": None,
    "strategy": None,
    "lock": None,
    "locks": [],
    "quota": None,
    "after": None,
    "busy": 0,
}


def _coder(name: str = "qwen2.5-coder:7b") -> Any:
    return replace(profile(name), capabilities=frozenset({Capability.CODE_SPECIALIZED}))


async def _states(editor: Editor) -> list[dict[str, Any]]:
    await asyncio.sleep(0.02)
    found = [m["params"] for m in editor.unread if m["method"] == "camus/status"]
    editor.unread = [m for m in editor.unread if m["method"] != "camus/status"]
    return found


@pytest.mark.parametrize(
    ("can", "more", "wanted"),
    [
        ({}, STATUS, True),
        ({"experimental": {"camusStatus": True}}, {}, True),
        ({}, {}, False),
        ({}, {"camus": {"status": "yes"}}, False),
        ({"experimental": [1]}, "nonsense", False),
    ],
)
async def test_only_a_client_that_declares_it_is_told(can: Any, more: Any, wanted: bool) -> None:
    async with in_process(FakeEngine(), {**MINIMAL, **can}, initializationOptions=more) as editor:
        uri = editor.open("a.py", TEXT)
        await editor.code_actions(uri, "0:0")
        states = await _states(editor)
        assert states == ([NOTHING] if wanted else [])


async def test_a_declaration_is_no_setting() -> None:
    options = {"camus": {"status": True, "server": {"discover": False}}}
    async with in_process(FakeEngine(), MINIMAL, initializationOptions=options) as editor:
        await editor.told("camus/status")
        assert editor.made == [((), {"server": {"discover": False}})]  # type: ignore[attr-defined]


async def test_a_request_tells_who_is_asked_and_who_answered() -> None:
    async def reply(request: Any, watch: Any) -> Any:
        watch(Stage("rules", "rules"))
        watch(Stage("asking", "qwen2.5-coder:7b", "fast"))
        return outcome_for(request, text="It returns one.", model="qwen2.5-coder:7b")

    engine = FakeEngine(reply)
    engine.models.known = [_coder()]
    async with in_process(engine, MINIMAL, initializationOptions=STATUS) as editor:
        uri = editor.open("a.py", TEXT)
        await editor.code_actions(uri, "0:0")
        await _states(editor)
        await editor.command("camus.explain", {"uri": uri, "range": WHOLE})
        await editor.told("window/showMessage")
        states = await _states(editor)
        coder = {
            **NOTHING,
            "model": "qwen2.5-coder:7b",
            "friendly": "Qwen2.5 Coder 7B",
            "specialist": "code",
            "place": "local",
        }
        rules = {"model": "rules", "friendly": "the built-in rules", "place": "rules"}
        assert states == [
            {**NOTHING, "busy": 1},
            {**NOTHING, **rules, "busy": 1},
            {**coder, "busy": 1},
            coder,
        ]


async def test_who_was_asked_before_is_told_within_one_request_only() -> None:
    async def reply(request: Any, watch: Any) -> Any:
        for name in ("rules", "qwen2.5-coder:7b", "qwen2.5-coder:7b", "far"):
            watch(Stage("asking", name))
        return outcome_for(request, text="It returns one.", model="far")

    engine = FakeEngine(reply)
    engine.models.known = [_coder(), profile("far")]
    async with in_process(engine, MINIMAL, initializationOptions=STATUS) as editor:
        uri = editor.open("a.py", TEXT)
        for _turn in range(2):
            await editor.command("camus.explain", {"uri": uri, "range": WHOLE})
            await editor.told("window/showMessage")
            states = await _states(editor)
            told = [(state["model"], state["after"]) for state in states if state["after"]]
            assert told == [("far", "Qwen2.5 Coder 7B")]
            assert states[-1]["after"] is None


async def test_a_cancelled_request_is_not_busy_any_more() -> None:
    begun = asyncio.Event()

    async def reply(request: Any, watch: Any) -> Any:
        begun.set()
        await asyncio.sleep(60)

    async with in_process(FakeEngine(reply), MINIMAL, initializationOptions=STATUS) as editor:
        uri = editor.open("a.py", TEXT)
        params = {"command": "camus.explain", "arguments": [{"uri": uri, "range": WHOLE}]}
        number, answer = editor.start("workspace/executeCommand", params)
        await begun.wait()
        editor.cancel(number)
        await asyncio.wait([answer])
        assert answer.exception().code == -32800
        assert (await _states(editor))[-1]["busy"] == 0


async def test_a_lock_is_told_and_cleared() -> None:
    engine = FakeEngine()
    engine.models.known = [profile("far", place=REMOTE), _coder()]
    engine.ledger.granted.add(REMOTE.name)
    async with in_process(engine, MINIMAL, initializationOptions=STATUS) as editor:
        assert await editor.command("camus.selectModel", "far") == "far"
        last = (await _states(editor))[-1]
        assert (last["lock"], last["model"], last["place"]) == ("far", "far", "remote")
        assert await editor.command("camus.clearModelLock") is True
        assert (await _states(editor))[-1]["lock"] is None
        assert await editor.command("camus.clearModelLock") is False


async def test_a_selected_strategy_is_told_and_taken_back() -> None:
    async with in_process(FakeEngine(), MINIMAL, initializationOptions=STATUS) as editor:
        assert await editor.command("camus.selectStrategy", "ensemble") == "ensemble"
        assert (await _states(editor))[-1]["strategy"] == "ensemble"
        assert await editor.command("camus.selectStrategy", "") == ""
        assert (await _states(editor))[-1]["strategy"] is None


async def test_a_model_is_locked_for_a_document_or_the_workspace_until_one_command() -> None:
    engine = FakeEngine()
    engine.models.known = [_coder()]
    uri, name = "file:///home/ada/a.py", _coder().name
    async with in_process(engine, MINIMAL) as editor:
        given = {"name": name, "scope": "document", "uri": uri}
        assert await editor.command("camus.selectModel", given) == name
        assert await editor.command("camus.selectModel", {"name": name, "scope": "workspace"})
        assert [lock.scope for lock in engine.locks.every()] == ["document", "workspace"]
        assert await editor.command("camus.selectModel", {**given, "name": ""}) == ""
        assert [lock.scope for lock in engine.locks.every()] == ["workspace"]
        assert await editor.command("camus.clearModelLock") is True
        assert engine.locks.every() == ()
        nowhere = {"name": name, "scope": "document"}
        assert await editor.command("camus.selectModel", nowhere) is None
        assert "no document" in (await editor.told("window/showMessage"))["message"]


async def test_locks_of_the_workspace_and_of_documents_are_told() -> None:
    engine = FakeEngine()
    engine.models.known = [_coder(), profile("other")]
    uri, name = "file:///home/ada/a.py", _coder().name
    document = {"model": "other", "scope": "document", "uri": uri}
    workspace = {"model": name, "scope": "workspace", "uri": "file:///home/ada"}
    async with in_process(engine, MINIMAL, initializationOptions=STATUS) as editor:
        await editor.command(
            "camus.selectModel", {"name": "other", "scope": "document", "uri": uri}
        )
        last = (await _states(editor))[-1]
        assert (last["lock"], last["locks"]) == (None, [document])
        await editor.command("camus.selectModel", {"name": name, "scope": "workspace"})
        last = (await _states(editor))[-1]
        assert (last["lock"], last["model"], last["locks"]) == (name, name, [workspace, document])
        await editor.command("camus.selectModel", "other")
        last = (await _states(editor))[-1]
        assert last["lock"] == "other"
        assert last["locks"][0] == {"model": "other", "scope": "conversation", "uri": None}
        await editor.command("camus.clearModelLock")
        last = (await _states(editor))[-1]
        assert (last["lock"], last["locks"]) == (None, [])


async def test_a_lock_that_a_command_made_is_told_with_the_next_request() -> None:
    async def reply(request: Any, watch: Any) -> Any:
        return outcome_for(request, text="It returns one.", model="far")

    engine = FakeEngine(reply)
    engine.models.known = [profile("far")]
    async with in_process(engine, MINIMAL, initializationOptions=STATUS) as editor:
        uri = editor.open("a.py", TEXT)
        engine.locks.lock("far", "workspace", "/home/ada")
        await editor.command("camus.explain", {"uri": uri, "range": WHOLE})
        await editor.told("window/showMessage")
        assert (await _states(editor))[-1]["lock"] == "far"


async def test_locks_of_other_workspaces_are_nobodys_business() -> None:
    engine = FakeEngine()
    engine.locks.lock("far", "workspace", "/home/eve")
    engine.locks.lock("far", "document", "file:///home/eve/a.py")
    async with in_process(engine, MINIMAL, initializationOptions=STATUS) as editor:
        editor.open("a.py", TEXT)
        assert (await editor.told("camus/status"))["locks"] == []
        assert await editor.command("camus.clearModelLock") is False
        assert len(engine.locks.every()) == 2


async def test_the_models_are_listed_for_a_picker() -> None:
    engine = FakeEngine()
    far = replace(profile("far", place=REMOTE, state="missing"), problem="not pulled")
    engine.models.known = [far, _coder()]
    async with in_process(engine, MINIMAL) as editor:
        await editor.command("camus.selectModel", {"name": "qwen2.5-coder:7b"})
        assert await editor.command("camus.models") == [
            {
                "name": "qwen2.5-coder:7b",
                "friendly": "Qwen2.5 Coder 7B",
                "specialist": "code",
                "place": "local",
                "destination": "this machine",
                "ready": True,
                "problem": "",
                "selected": True,
            },
            {
                "name": "far",
                "friendly": "Far",
                "specialist": None,
                "place": "remote",
                "destination": "api.example.org",
                "ready": False,
                "problem": "not pulled",
                "selected": False,
            },
        ]


async def test_the_pipelines_are_listed_with_the_models_behind_their_steps() -> None:
    engine = FakeEngine()
    engine.models.known = [_coder(), profile("far", place=REMOTE)]
    steps = {
        "here": (Step(backend="code"),),
        "both": (Step(backend="code"), Step(backend="far")),
        "gone": (Step(backend="zz"),),
    }
    pipelines = {name: Pipeline(steps=each) for name, each in steps.items()}
    engine.config = Config(pipelines=pipelines)
    engine.loaded = Loaded(engine.config)
    async with in_process(engine, MINIMAL, initializationOptions=STATUS) as editor:
        assert await editor.command("camus.selectPipeline", "both") == "both"
        assert (await _states(editor))[-1]["pipeline"] == "both"
        here, both, gone, *ships = await editor.command("camus.pipelines")
    coder = "qwen2.5-coder:7b"
    assert here == {
        "name": "here",
        "friendly": "here: Qwen2.5 Coder 7B",
        "place": "local",
        "ready": True,
        "selected": False,
        "steps": [coder],
        "strategy": "sequential",
        "ships": False,
    }
    assert [each["name"] for each in ships if each["ships"]] == list(SHIPPED_PIPELINES)
    assert (both["place"], both["selected"], both["steps"]) == ("remote", True, [coder, "far"])
    assert (gone["ready"], gone["steps"]) == (False, ["zz"])


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("qwen2.5-coder:7b-instruct-q4_K_M", "Qwen2.5 Coder 7B Instruct"),
        ("llama3.2:latest", "Llama3.2"),
        ("hf.co/bartowski/SmolLM2-360M-Instruct-GGUF", "SmolLM2 360M Instruct"),
        ("gpt-oss:20b", "GPT OSS 20B"),
        ("mixtral:8x7b", "Mixtral 8x7B"),
        ("rules", "the built-in rules"),
        ("q8", "q8"),
        ("fast", "Fast"),
    ],
)
def test_a_model_is_called_in_plain_words(name: str, words: str) -> None:
    assert friendly(name).casefold() == words.casefold()


def test_a_specialist_is_named_as_one() -> None:
    assert speciality(profile("plain")) is None
    assert called("q", _coder("q")) == "the code specialist q"
    assert called("q", None) == "q"


def test_a_model_of_another_machine_is_named_with_its_place() -> None:
    assert called("q", profile("q", place=REMOTE)) == "q at api.example.org"
    assert called("q", replace(_coder("q"), place=REMOTE)) == (
        "the code specialist q at api.example.org"
    )


@pytest.mark.parametrize(
    ("stage", "words"),
    [
        (Stage("planning"), "planning"),
        (Stage("rules", "rules"), "trying the built-in rules"),
        (Stage("asking", "q", "fast: ready"), "asking the code specialist q"),
        (Stage("checking", "rules"), "checking the answer of the built-in rules"),
        (Stage("checking"), "checking"),
        (
            Stage("repairing", "q", "two new errors"),
            "asking the code specialist q for one repair: two new errors",
        ),
        (
            Stage("escalating", "q", "two new errors"),
            "escalating to the code specialist q: two new errors",
        ),
    ],
)
def test_progress_tells_stage_and_model_in_words(stage: Stage, words: str) -> None:
    assert in_words(stage, _coder("q") if stage.model == "q" else None) == words
