"""What happens around the answers: configuration, folders, hover, logs, the end."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types as lsp

from camus.config import Config, ConfigError, Loaded, Problem, Server
from camus.lsp.features import roots_of
from camus.lsp.protocol import describe
from support.editor import Failed, capabilities, range_at
from support.fake_engine import FakeEngine, in_process

TEXT = "def f():\n    return 1\n"
VSCODE = capabilities("vscode")
NEOVIM = capabilities("neovim-0.11")
MINIMAL = capabilities("minimal")
HOVER = {"position": {"line": 1, "character": 2}}


async def _until(condition: Any) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.005)


# -- configuration


async def test_the_editor_s_settings_are_asked_for_before_the_engine_is_built() -> None:
    answers = {"workspace/configuration": [{"defaults": {"pipeline": "p"}}]}
    async with in_process(FakeEngine(), VSCODE, answers=answers) as editor:
        await editor.code_actions(editor.open("a.py", TEXT), "0:0")
        asked = await editor.was_asked("workspace/configuration")
        assert asked["items"] == [{"section": "camus"}]
        assert editor.made == [((), {"defaults": {"pipeline": "p"}})]  # type: ignore[attr-defined]


async def test_initialization_options_count_where_the_editor_cannot_be_asked() -> None:
    options = {"camus": {"server": {"discover": False}}}
    async with in_process(FakeEngine(), MINIMAL, initializationOptions=options) as editor:
        await editor.code_actions(editor.open("a.py", TEXT), "0:0")
        assert editor.made == [((), {"server": {"discover": False}})]  # type: ignore[attr-defined]


async def test_an_editor_that_never_answers_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("camus.lsp.session.CONFIGURATION_SECONDS", 0.01)

    async def never(_params: object) -> None:
        await asyncio.sleep(60)

    answers = {"workspace/configuration": never}
    options = {"server": {"discover": False}}
    async with in_process(
        FakeEngine(), VSCODE, answers=answers, initializationOptions=options
    ) as editor:
        await editor.code_actions(editor.open("a.py", TEXT), "0:0")
        assert editor.made == [((), options)]  # type: ignore[attr-defined]
        for task in editor._tasks:
            task.cancel()


async def test_changed_settings_reach_the_engine() -> None:
    engine = FakeEngine()
    async with in_process(engine, MINIMAL) as editor:
        settings = {"camus": {"actions": {"disabled": ["review"]}}}
        editor.notify("workspace/didChangeConfiguration", {"settings": settings})
        await _until(lambda: engine.reloads)
    assert engine.reloads == [{"actions": {"disabled": ["review"]}}]


async def test_a_changed_file_is_read_again_and_its_faults_are_named(tmp_path: Path) -> None:
    engine = FakeEngine()
    problems = (
        Problem("error", "unknown key", file="config.yml", line=3, key="modles", nearest="models"),
        Problem("error", "second"),
        Problem("warning", "third"),
    )
    async with in_process(engine, VSCODE, root=tmp_path) as editor:
        await editor.code_actions(editor.open("a.py", TEXT), "0:0")
        engine.loaded = Loaded(engine.config, problems)
        editor.notify(
            "workspace/didChangeWatchedFiles",
            {"changes": [{"uri": editor.uri(".camus/config.yml"), "type": 2}]},
        )
        message = (await editor.told("window/showMessage"))["message"]
    assert message == (
        "Camus configuration: config.yml:3: modles: unknown key (and 1 more in the log)"
    )
    logged = [m["params"] for m in editor.seen if m.get("method") == "window/logMessage"]
    assert {"type": 2, "message": "third"} in logged


async def test_the_client_watches_what_it_can(tmp_path: Path) -> None:
    async with in_process(FakeEngine(), VSCODE, root=tmp_path) as editor:
        registered: list[Any] = []
        await _until(lambda: len(editor.asked) >= 3)
        for message in editor.asked:
            if message["method"] == "client/registerCapability":
                registered += message["params"]["registrations"]
    assert [registration["method"] for registration in registered] == [
        "workspace/didChangeConfiguration",
        "workspace/didChangeWatchedFiles",
    ]
    watchers = registered[1]["registerOptions"]["watchers"]
    assert "**/.camus/*.{yml,yaml,json,toml}" in [w["globPattern"] for w in watchers]
    assert any(isinstance(w["globPattern"], dict) for w in watchers)


async def test_what_the_client_cannot_watch_we_watch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own_home: Path
) -> None:
    watched: list[tuple[Path, ...]] = []

    async def changes(folders: tuple[Path, ...]) -> Any:
        watched.append(folders)
        yield frozenset()
        await asyncio.sleep(60)

    monkeypatch.setattr("camus.config.changes", changes)
    engine = FakeEngine()
    async with in_process(engine, MINIMAL, root=tmp_path):
        await _until(lambda: engine.reloads)
    assert watched == [(own_home / "config", tmp_path)]


async def test_without_any_configuration_to_go_on_with_requests_say_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_arguments: object) -> Any:
        raise ConfigError("the folder cannot be read")

    async with in_process(FakeEngine()) as editor:
        editor.server._make = broken  # type: ignore[attr-defined]
        await editor.initialize(MINIMAL)
        message = await editor.told("window/showMessage")
        assert "the folder cannot be read" in message["message"]
        uri = editor.open("a.py", TEXT)
        with pytest.raises(Failed) as refused:
            await editor.code_actions(uri, "0:0")
        assert refused.value.code == -32803


# -- folders


async def test_other_folders_get_an_engine_of_their_own_and_the_old_one_ends(
    tmp_path: Path,
) -> None:
    engine = FakeEngine()
    first, second = tmp_path / "a", tmp_path / "b"
    async with in_process(engine, VSCODE, root=first) as editor:
        uri = editor.open("a.py", TEXT)
        await editor.code_actions(uri, "0:0")
        event = {
            "added": [{"uri": second.as_uri(), "name": "b"}],
            "removed": [{"uri": first.as_uri(), "name": "a"}],
        }
        editor.notify("workspace/didChangeWorkspaceFolders", {"event": event})
        await _until(lambda: engine.closed)
        assert await editor.code_actions(uri, "0:0")
        assert [roots for roots, _settings in editor.made] == [  # type: ignore[attr-defined]
            (first,),
            (second,),
        ]


@pytest.mark.parametrize(
    ("opened", "roots"),
    [
        ({"workspace_folders": [lsp.WorkspaceFolder("file:///a", "a")]}, ("/a",)),
        (
            {
                "workspace_folders": [
                    lsp.WorkspaceFolder("file:///a", "a"),
                    lsp.WorkspaceFolder("file:///b%20c", "b"),
                    lsp.WorkspaceFolder("vscode-remote://x/d", "d"),
                    lsp.WorkspaceFolder("file:///a", "again"),
                ],
                "root_uri": "file:///x",
            },
            ("/a", "/b c"),
        ),
        ({"root_uri": "file:///r", "root_path": "/p"}, ("/r",)),
        ({"root_path": "/p"}, ("/p",)),
        ({}, ()),
    ],
)
def test_the_folders_of_a_client(opened: dict[str, Any], roots: tuple[str, ...]) -> None:
    params = lsp.InitializeParams(lsp.ClientCapabilities(), **opened)
    assert roots_of(params) == tuple(Path(root) for root in roots)


# -- hover


@pytest.mark.parametrize(
    ("can", "kind", "said"),
    [(VSCODE, "markdown", "**summary** at 11 x"), (MINIMAL, "plaintext", "summary at 11 x")],
)
async def test_a_hover_is_the_summary_without_what_loads(
    can: dict[str, Any], kind: str, said: str
) -> None:
    async with in_process(FakeEngine(), can) as editor:
        uri = editor.open("a.py", TEXT)
        hover = await editor.request("textDocument/hover", {"textDocument": {"uri": uri}, **HOVER})
        assert hover["contents"] == {"kind": kind, "value": said}
        nothing = {"textDocument": {"uri": "file:///no.py"}, **HOVER}
        assert await editor.request("textDocument/hover", nothing) is None


async def test_a_hover_over_nothing_is_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = FakeEngine()

    async def nothing(_document: object, _span: object) -> str:
        return ""

    monkeypatch.setattr(engine, "hover", nothing)
    async with in_process(engine, VSCODE) as editor:
        uri = editor.open("a.py", TEXT)
        given = {"textDocument": {"uri": uri}, **HOVER}
        assert await editor.request("textDocument/hover", given) is None


# -- logs and faults


@pytest.mark.parametrize(
    ("level", "said"), [("warning", [2]), ("info", [2, 3]), ("debug", [2, 3, 4]), ("error", [])]
)
async def test_lines_of_every_room_go_to_the_editor_s_log(level: Any, said: list[int]) -> None:
    engine = FakeEngine()
    engine.config = Config(server=Server(log_level=level))
    engine.loaded = Loaded(engine.config)
    async with in_process(engine, MINIMAL) as editor:
        await editor.code_actions(editor.open("a.py", TEXT), "0:0")
        logger = logging.getLogger("camus.journal")
        logger.warning("the disk is full")
        logger.info("a word")
        logger.debug("a detail")
        await asyncio.sleep(0.01)
    logged = [m["params"]["type"] for m in editor.seen if m.get("method") == "window/logMessage"]
    assert logged == said


async def test_a_background_task_that_fails_is_logged_and_nothing_else() -> None:
    async def fail() -> None:
        raise RuntimeError("secret")

    async with in_process(FakeEngine(), MINIMAL) as editor:
        uri = editor.open("a.py", TEXT)
        await editor.code_actions(uri, "0:0")
        editor.server.features.client.spawn(fail())  # type: ignore[attr-defined]
        await asyncio.sleep(0.01)
        assert await editor.code_actions(uri, "0:0")
    assert "RuntimeError" in str(editor.seen)
    assert "secret" not in str(editor.seen)


def test_an_error_is_described_by_its_kind_alone() -> None:
    assert describe(KeyError("code")) == "KeyError"


async def test_a_failing_engine_s_end_is_survived() -> None:
    engine = FakeEngine()
    async with in_process(engine, MINIMAL) as editor:
        await editor.code_actions(editor.open("a.py", TEXT), "0:0")
    assert engine.closed == 1


async def test_the_range_helper_of_these_tests() -> None:
    assert range_at("1:2")["start"] == range_at("1:2")["end"]


async def test_what_is_stopped_before_it_began_ends_without_a_word() -> None:
    async def never() -> None:
        await asyncio.sleep(60)

    async with in_process(FakeEngine(), MINIMAL) as editor:
        await editor.code_actions(editor.open("a.py", TEXT), "0:0")
        client = editor.server.features.client  # type: ignore[attr-defined]
        client.spawn(never())
        await client.close()
        assert not client._background
