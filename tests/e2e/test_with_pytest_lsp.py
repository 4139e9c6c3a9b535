"""The real `camus serve` driven by pytest-lsp, with its profiles of VS Code and Neovim.

pytest-lsp checks each message against what the client declared and warns, which fails a test
here. A server serves the whole module; when it has left, nothing may be unread and its stderr must
be empty.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Union

import pytest
import pytest_asyncio
from lsprotocol import converters, types
from pygls.exceptions import JsonRpcException
from pygls.protocol import default_converter
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities
from pytest_lsp.client import register_lsp_features

from support.editor import apply, capabilities
from support.scene import (
    AREA,
    BETTER,
    EXPLANATION,
    MODEL,
    REFACTOR,
    TEXT,
    closed_after,
    configure,
    fenced,
    ollama_at,
)
from support.servers import Asked, Ollama, Reply, Told

pytestmark = pytest.mark.asyncio(loop_scope="module")

SERVER = Path(__file__).parents[2] / "server"
PROFILES = {
    "vscode": "visual-studio-code@v1.65.2",
    "neovim": "neovim@v0.11.0",
}
"""The names pytest-lsp has for them; it has none for a minimal client, which is recorded here."""
SERVE = """
import os, sys
os.dup2(os.open(sys.argv.pop(), os.O_WRONLY | os.O_CREAT, 0o600), 2)
from camus.cli import main
main()
"""
SLOW = TEXT.replace("area", "slow")
CONVERTER = converters.get_converter()


@dataclass
class Driven:
    """A client of pytest-lsp and what its server asked it to apply."""

    client: LanguageClient
    root: Path
    model: Ollama
    applied: list[types.WorkspaceEdit] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)

    def open(self, name: str, text: str) -> str:
        uri = (self.root / name).as_uri()
        self.texts[uri] = text
        document = types.TextDocumentItem(uri, "python", 1, text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(document))
        return uri

    async def action(self, uri: str, line: int, kind: str) -> types.CodeAction:
        here = types.Position(line, 4)
        params = types.CodeActionParams(
            types.TextDocumentIdentifier(uri), types.Range(here, here), types.CodeActionContext([])
        )
        offered = await self.client.text_document_code_action_async(params)
        return next(a for a in offered or [] if isinstance(a, types.CodeAction) and a.kind == kind)

    async def hover(self, uri: str, line: int) -> str:
        params = types.HoverParams(types.TextDocumentIdentifier(uri), types.Position(line, 4))
        found = await self.client.text_document_hover_async(params)
        assert found is not None
        assert isinstance(found.contents, types.MarkupContent)
        return found.contents.value

    def after(self, edit: types.WorkspaceEdit, uri: str) -> str:
        """The text of a document when an edit, of whichever form, is applied to it."""
        plain = CONVERTER.unstructure(edit)
        if "documentChanges" in plain:
            (change,) = plain["documentChanges"]
            assert change["textDocument"] == {"uri": uri, "version": 1}
            return apply(self.texts[uri], change["edits"])
        return apply(self.texts[uri], plain["changes"][uri])


def _client() -> LanguageClient:
    """pytest-lsp's client, but one that reads an action with a command as an action.

    lsprotocol 2025.0.0 takes whatever has a `command` for a `Command`, and loses the rest.
    """

    def converter() -> Any:
        made = default_converter()

        def either(told: dict[str, Any], _type: object) -> types.Command | types.CodeAction:
            plain = isinstance(told.get("command"), str)
            found: types.Command | types.CodeAction = made.structure(
                told, types.Command if plain else types.CodeAction
            )
            return found

        made.register_structure_hook(Union[types.Command, types.CodeAction], either)  # noqa: UP007 - the very type that lsprotocol registers
        return made

    client = LanguageClient(converter_factory=converter)
    register_lsp_features(client)
    return client


def _capabilities(client: str) -> types.ClientCapabilities:
    if client in PROFILES:
        return client_capabilities(PROFILES[client])
    return CONVERTER.structure(capabilities(client), types.ClientCapabilities)


@pytest.fixture(scope="module")
def model() -> Iterator[Ollama]:
    def reply(asked: Asked) -> Reply | str:
        if "def slow" in asked.text:
            return Reply(fenced("x = 1\n" * 500), pause=0.05)
        return fenced(BETTER) if "def area" in asked.text else EXPLANATION

    with Ollama(reply, models=[Told(MODEL)]) as server:
        yield server


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=[*PROFILES, "minimal"])
async def driven(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, model: Ollama
) -> AsyncIterator[Driven]:
    folder = tmp_path_factory.mktemp(request.param)
    home, root, complaints = folder / "home", folder / "root", folder / "stderr"
    root.mkdir()
    configure(home, ollama_at(model))
    env = {**os.environ, "CAMUS_HOME": str(home), "PYTHONPATH": str(SERVER)}
    command = [sys.executable, "-X", "utf8", "-c", SERVE, "serve", str(complaints)]
    started = await ClientServerConfig(command, client_factory=_client, server_env=env).start()
    assert isinstance(started, LanguageClient)
    driven = Driven(started, root, model)

    @started.feature(types.WORKSPACE_APPLY_EDIT)
    def taken(params: types.ApplyWorkspaceEditParams) -> types.ApplyWorkspaceEditResult:
        driven.applied.append(params.edit)
        return types.ApplyWorkspaceEditResult(applied=True)

    folders = [types.WorkspaceFolder(root.as_uri(), "root")]
    can = _capabilities(request.param)
    await started.initialize_session(
        types.InitializeParams(capabilities=can, workspace_folders=folders)
    )
    yield driven
    await started.shutdown_session()
    await started.stop()
    unread = (started.messages, started.shown_documents, started.diagnostics, driven.applied)
    assert not any(unread), unread
    assert all(_ended(reports) for reports in started.progress_reports.values())
    assert complaints.read_text(encoding="utf-8") == ""
    assert started.error is None


def _ended(reports: list[Any]) -> bool:
    return not reports or isinstance(reports[-1], types.WorkDoneProgressEnd)


async def test_a_chosen_action_ends_in_its_edit(driven: Driven) -> None:
    uri = driven.open("area.py", TEXT)
    action = await driven.action(uri, 3, REFACTOR)
    assert action.edit is None
    if action.command:
        name, given = action.command.command, action.command.arguments
        await driven.client.workspace_execute_command_async(types.ExecuteCommandParams(name, given))
        edit = driven.applied.pop()
    else:
        resolved = await driven.client.code_action_resolve_async(action)
        assert MODEL in resolved.title
        assert resolved.edit is not None
        edit = resolved.edit
    assert driven.after(edit, uri) == TEXT.replace(AREA, BETTER)


async def test_an_explanation_is_shown_and_fills_the_hover(driven: Driven) -> None:
    uri = driven.open("other.py", TEXT)
    before = await driven.hover(uri, 9)
    assert "other" in before
    assert EXPLANATION not in before
    action = await driven.action(uri, 9, "source.camus.explain")
    assert action.command is not None
    params = types.ExecuteCommandParams(action.command.command, action.command.arguments)
    result = await driven.client.workspace_execute_command_async(params)
    assert result["text"] == EXPLANATION
    assert EXPLANATION.removeprefix("`other`") in await driven.hover(uri, 9)
    window = driven.client.capabilities.window if driven.client.capabilities else None
    if window and window.show_document:
        (shown,) = driven.client.shown_documents
        driven.client.shown_documents.clear()
        assert not shown.uri.startswith(driven.root.as_uri())
    else:
        assert "gives the number one" in driven.client.messages.pop().message


async def test_cancelling_in_mid_stream_closes_the_model_s_connection(driven: Driven) -> None:
    uri = driven.open("slow.py", SLOW)
    action = await driven.action(uri, 3, REFACTOR)
    method, params = "codeAction/resolve", action
    if action.command:
        method = "workspace/executeCommand"
        params = types.ExecuteCommandParams(action.command.command, action.command.arguments)
    asked = len(driven.model.chats)
    # Only this form gives the id of the request away; see pytest-lsp's coroutines, which are lazy.
    answer = driven.client.protocol.send_request(method, params, msg_id="cancelled")
    await asyncio.to_thread(driven.model.wait_requests, asked + 1, 5.0, path="/api/chat")
    cancelled = time.monotonic()
    driven.client.cancel_request(types.CancelParams(id="cancelled"))
    with pytest.raises(JsonRpcException) as error:
        await asyncio.wrap_future(answer)
    assert error.value.code == types.LSPErrorCodes.RequestCancelled
    assert await closed_after(driven.model, cancelled) - cancelled < 0.2
