"""`camus demo`: the real server over stdio on a small workspace, with a scripted client."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from camus.cli import render
from camus.cli.demo_client import CAPABILITIES, Client
from camus.cli.exits import Exit, Failure
from camus.cli.session import finish
from camus.source import Edit, Span, apply_edits, unified_diff, uri_of

WORKSPACE = Path(__file__).parent / "demo"


@dataclass(frozen=True, slots=True)
class Scene:
    """One thing to ask of the server: an action at the first place where some text stands."""

    action: str
    file: str
    text: str
    diagnostic: str = ""
    code: str = ""


SCENES: Sequence[Scene] = (
    Scene("fix", "stock.py", "os", "`os` imported but unused", "F401"),
    Scene("refactor", "stock.py", "is_low"),
    Scene("refactor", "cart.js", "total"),
    Scene("document", "stock.py", "find_item"),
    Scene("document", "cart.js", "total"),
    Scene("explain", "stock.py", "find_item"),
    Scene("review", "stock.py", "print_labels"),
)


@click.command()
def demo() -> None:
    """Show each action on a small sample, answered by the real server and the built-in rules."""
    finish(_demo)


async def _demo() -> int:
    with tempfile.TemporaryDirectory(prefix="camus-demo-") as name:
        folder = Path(name) / "workspace"
        shutil.copytree(WORKSPACE, folder)
        os.environ["CAMUS_HOME"] = str(Path(name) / "home")  # the demo leaves nothing behind
        client = await Client.start(str(folder))
        reading = asyncio.create_task(client.run())
        try:
            done = await _play(client, folder)
            await client.stop()
        finally:
            reading.cancel()
            await asyncio.wait([reading])
    click.secho(f"\n{done} of {len(SCENES)} answered by the built-in rules; no model was asked.")
    click.echo("Next: camus doctor, then camus document FILE:LINE on a file of yours.")
    return Exit.DONE if done == len(SCENES) else Exit.NO_MODEL


async def _play(client: Client, folder: Path) -> int:
    await client.request(
        "initialize",
        {
            "processId": os.getpid(),
            "rootUri": uri_of(folder),
            "workspaceFolders": [{"uri": uri_of(folder), "name": "demo"}],
            "capabilities": CAPABILITIES,
        },
    )
    client.notify("initialized", {})
    for file in sorted({scene.file for scene in SCENES}):
        _open(client, folder / file)
    done = 0
    for scene in SCENES:
        done += await _show(client, folder, scene)
    return done


def _open(client: Client, path: Path) -> None:
    language = {".py": "python", ".js": "javascript"}[path.suffix]
    item = {"uri": uri_of(path), "languageId": language, "version": 1, "text": path.read_text()}
    client.notify("textDocument/didOpen", {"textDocument": item})


async def _show(client: Client, folder: Path, scene: Scene) -> bool:
    path = folder / scene.file
    text = path.read_text()
    params = _request(path, text, scene)
    actions = await client.request("textDocument/codeAction", params)
    action = next((a for a in actions if _is(a, scene.action)), None)
    click.secho(f"\n── {scene.action} · {scene.file} · {scene.text} ".ljust(72, "─"), bold=True)
    if action is None:
        click.echo("the server offers no such action here")
        return False
    if "command" in action and "edit" not in action and "data" not in action:
        return await _show_command(client, action)
    resolved = await client.request("codeAction/resolve", action)
    if "edit" not in resolved:
        click.echo("; ".join(client.messages[-1:]) or "no answer")
        return False
    _show_edit(resolved, text, scene.file)
    return True


def _request(path: Path, text: str, scene: Scene) -> dict[str, Any]:
    before = text[: text.index(scene.text)]
    line, column = before.count("\n"), len(before) - (before.rfind("\n") + 1)
    place = {
        "start": {"line": line, "character": column},
        "end": {"line": line, "character": column + (len(scene.text) if scene.diagnostic else 0)},
    }
    diagnostics: list[dict[str, Any]] = []
    if scene.diagnostic:
        diagnostics = [
            {"range": place, "message": scene.diagnostic, "code": scene.code, "source": "Ruff"}
        ]
    return {
        "textDocument": {"uri": uri_of(path)},
        "range": place,
        "context": {"diagnostics": diagnostics, "triggerKind": 1},
    }


def _is(action: dict[str, Any], wanted: str) -> bool:
    data = action.get("data") or {}
    command = action.get("command") or {}
    return data.get("action") == wanted or command.get("command") == f"camus.{wanted}"


async def _show_command(client: Client, action: dict[str, Any]) -> bool:
    """Explain and Review: the server shows a document or sends diagnostics."""
    command = action["command"]
    client.diagnostics.clear()
    client.messages.clear()
    await client.request(
        "workspace/executeCommand",
        {"command": command["command"], "arguments": command.get("arguments", [])},
    )
    if client.shown:
        page = await asyncio.to_thread(Path(client.shown.pop()).read_text, "utf-8")
        click.echo(render.harmless(page))
        return True
    for diagnostic in client.diagnostics:
        line = diagnostic["range"]["start"]["line"] + 1
        words = render.harmless(diagnostic["message"])
        click.echo(f"line {line}: {diagnostic.get('code', '')} {words}")
    for message in client.messages:
        click.echo(render.harmless(message))
    return bool(client.diagnostics or client.messages)


def _show_edit(action: dict[str, Any], text: str, name: str) -> None:
    edit = action["edit"]
    (change,) = edit["documentChanges"]
    edits = [Edit(_span(text, entry["range"]), entry["newText"]) for entry in change["edits"]]
    for line in render.diff_lines(unified_diff(text, apply_edits(text, edits), name)):
        click.echo(line)
    for annotation in edit.get("changeAnnotations", {}).values():
        click.secho(annotation["label"], fg="green", bold=True)
        click.echo(f"  {annotation.get('description', '')}")


def _span(text: str, place: dict[str, Any]) -> Span:
    """A range in UTF-32 positions as a span; the sample breaks its lines with LF alone."""
    lines = text.split("\n")

    def offset(position: dict[str, int]) -> int:
        before = sum(len(line) + 1 for line in lines[: position["line"]])
        return before + position["character"]

    if place["end"]["line"] > len(lines):
        raise Failure("the server's edit lies outside the file", Exit.REFUSED)
    return Span(offset(place["start"]), offset(place["end"]))
