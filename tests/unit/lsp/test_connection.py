"""The process itself: its end, its exit code, its silence."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from support.editor import Editor, capabilities, process

MINIMAL = capabilities("minimal")


async def _code(editor: Editor) -> int:
    return await asyncio.wait_for(editor.process.wait(), 10)  # type: ignore[attr-defined]


async def test_shutdown_and_exit_end_with_0() -> None:
    async with process(MINIMAL) as editor:
        await editor.leave()
        assert await _code(editor) == 0


async def test_exit_without_shutdown_ends_with_1() -> None:
    async with process(MINIMAL) as editor:
        editor.notify("exit")
        assert await _code(editor) == 1


async def test_exit_before_initialize_ends_with_1() -> None:
    async with process() as editor:
        editor.notify("exit")
        assert await _code(editor) == 1


async def test_the_end_of_stdin_is_the_end() -> None:
    async with process(MINIMAL) as editor:
        editor.process.stdin.close()  # type: ignore[attr-defined]
        assert await _code(editor) == 1


async def test_a_stream_out_of_step_is_the_end() -> None:
    async with process(MINIMAL) as editor:
        editor.process.stdin.write(b"Content-Length: none\r\n\r\n")  # type: ignore[attr-defined]
        assert await _code(editor) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
async def test_a_signal_ends_it_without_a_word() -> None:
    async with process(MINIMAL) as editor:
        await editor.request("textDocument/hover", _hover())
        editor.process.send_signal(signal.SIGTERM)  # type: ignore[attr-defined]
        assert await _code(editor) == 1


def _hover() -> dict[str, object]:
    return {"textDocument": {"uri": "file:///a.py"}, "position": {"line": 0, "character": 0}}


@pytest.mark.skipif(sys.platform == "win32", reason="a process id cannot be asked after there")
async def test_a_dead_client_is_the_end() -> None:
    client = await asyncio.create_subprocess_exec(
        sys.executable, "-c", "input()", stdin=subprocess.PIPE
    )
    async with process() as editor:
        await editor.initialize(MINIMAL, processId=client.pid)
        await editor.request("textDocument/hover", _hover())
        client.kill()
        await client.wait()
        assert await _code(editor) == 1


async def test_a_client_that_cannot_be_seen_is_left_alone() -> None:
    gone = await asyncio.create_subprocess_exec(sys.executable, "-c", "")
    await gone.wait()
    async with process() as editor:
        await editor.initialize(MINIMAL, processId=gone.pid)
        assert await editor.request("textDocument/hover", _hover()) is None
        await editor.leave()
        assert await _code(editor) == 0


def test_initialize_imports_nothing_that_it_does_not_need(tmp_path: Path) -> None:
    heavy = ("httpcore", "tree_sitter", "diskcache", "ruamel", "watchfiles", "ast_grep_py", "click")
    rooms = ("orchestrator", "models", "config", "source", "actions")
    code = (
        "import sys; import camus.lsp.connection; from camus.lsp.server import Server; Server();"
        f"print(*[n for n in {heavy + tuple('camus.' + room for room in rooms)!r}"
        " if n in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ
    )
    assert done.stdout.strip() == ""
