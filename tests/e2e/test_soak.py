"""A session that lasts: what the process and its tables hold does not grow with what it was sent.

`python -m bench soak` is the same over 100,000 messages.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bench.soak import soak
from support.editor import Editor, capabilities
from support.fake_engine import FakeEngine, in_process, outcome_for

WORKERS = min(32, (os.cpu_count() or 1) + 4)
"""Threads that asyncio works with."""
LEAST_PAGES = 1_000_000
"""Bytes by which a process's memory may differ without any growth: allocators keep some."""


@pytest.mark.slow  # thousands of messages, and a pause until the process is idle
@pytest.mark.skipif(sys.platform != "linux", reason="/proc tells what a process holds")
def test_three_thousand_messages_leave_the_process_as_it_was(tmp_path: Path) -> None:
    env = {"CAMUS_HOME": str(tmp_path), "OLLAMA_HOST": "http://127.0.0.1:9"}
    done = soak(3000, env)
    # A worker thread opens the cache's two files once; how many threads have worked is chance.
    assert done.after.descriptors - done.before.descriptors <= 2 * WORKERS
    assert done.after.threads - done.before.threads <= WORKERS
    assert done.after.resident - done.before.resident < LEAST_PAGES


async def _explained(request: Any, watch: Any) -> Any:
    return outcome_for(request, text="It returns one.")


async def test_no_table_grows_with_the_messages() -> None:
    engine = FakeEngine(_explained)
    async with in_process(engine, capabilities("vscode")) as editor:
        editor.quiet |= {"window/showMessage", "textDocument/publishDiagnostics"}
        editor.answers["window/showDocument"] = {"success": True}
        await _busy_with(editor, 20)
        before = dict(_tables(editor.server))  # type: ignore[attr-defined]
        for name in ("requests", "offered", "observed", "forgotten", "verdicts"):
            getattr(engine, name).clear()
        await _busy_with(editor, 100)
        after = dict(_tables(editor.server))  # type: ignore[attr-defined]
    assert len(before) > 20
    assert {path: size for path, size in after.items() if size > before.get(path, 0)} == {}


async def _busy_with(editor: Editor, rounds: int) -> None:
    for number in range(rounds):
        uri = editor.open(f"{number}.py", "def f():\n    return 1\n")
        editor.change(uri, text="def f():\n    return 2\n")
        (action, *_more) = await editor.code_actions(uri, "0:0-1:5")
        resolving, _answer = editor.start("codeAction/resolve", action)
        editor.cancel(resolving)
        hover = {"textDocument": {"uri": uri}, "position": {"line": 1, "character": 2}}
        await editor.request("textDocument/hover", hover)
        place = {"uri": uri, "range": action["data"] and _everything()}
        for command in ("camus.explain", "camus.review"):
            await editor.command(command, place, workDoneToken=f"{number} {command}")
        editor.notify("window/workDoneProgress/cancel", {"token": str(number)})
        editor.notify("$/cancelRequest", {"id": number})
        editor.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
        editor.texts.clear()
    await editor.request("textDocument/hover", hover)


def _everything() -> dict[str, Any]:
    return {"start": {"line": 0, "character": 0}, "end": {"line": 2, "character": 0}}


def _tables(thing: object, path: str = "server", seen: set[int] | None = None) -> Iterator[Any]:
    """The length of every container that Camus's or pygls's own objects hold below a thing."""
    seen = set() if seen is None else seen
    if id(thing) in seen:
        return
    seen.add(id(thing))
    if isinstance(thing, dict | list | set | tuple):
        yield path, len(thing)
        inner = thing.values() if isinstance(thing, dict) else thing
        for each in tuple(inner):
            yield from _tables(each, f"{path}[]", seen)
    elif type(thing).__module__.startswith(("camus.lsp", "pygls")):
        names = {*getattr(thing, "__dict__", ()), *getattr(type(thing), "__slots__", ())}
        for name in sorted(names):
            yield from _tables(getattr(thing, name, None), f"{path}.{name}", seen)
