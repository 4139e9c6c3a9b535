"""A small scripted LSP client over stdio: enough of an editor to show what a real one would."""

from __future__ import annotations

import asyncio
import itertools
import json
import sys
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from camus.cli.exits import Exit, Failure

SECONDS = 60
CAPABILITIES: Mapping[str, Any] = {
    "general": {"positionEncodings": ["utf-32"]},
    "window": {"showDocument": {"support": True}, "workDoneProgress": True},
    "workspace": {
        "applyEdit": True,
        "workspaceEdit": {
            "documentChanges": True,
            "changeAnnotationSupport": {"groupsOnLabel": True},
        },
    },
    "textDocument": {
        "codeAction": {
            "codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix", "refactor"]}},
            "resolveSupport": {"properties": ["edit", "command"]},
            "dataSupport": True,
        },
        "hover": {"contentFormat": ["markdown"]},
        "publishDiagnostics": {},
    },
}


class Client:
    """One server process and the conversation with it."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        """Talk to a started server; `run` must be going while requests wait."""
        self._process = process
        self._ids = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self.shown: list[str] = []
        """Paths of the files the server asked to show."""
        self.messages: list[str] = []
        self.diagnostics: list[dict[str, Any]] = []

    @classmethod
    async def start(cls, folder: str) -> Client:
        """Start `camus serve` in a folder."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "camus", "serve"),
            cwd=folder,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        return cls(process)

    async def request(self, method: str, params: Any) -> Any:
        """The result of a request; raises `Failure` with the server's error."""
        number = next(self._ids)
        future = asyncio.get_running_loop().create_future()
        self._waiting[number] = future
        self._send({"id": number, "method": method, "params": params})
        async with asyncio.timeout(SECONDS):
            return await future

    def notify(self, method: str, params: Any) -> None:
        """Send a notification."""
        self._send({"method": method, "params": params})

    async def run(self) -> None:
        """Read what the server sends until it ends."""
        while (message := await self._read()) is not None:
            if "method" in message:
                self._receive(message)
            else:
                self._settle(message)
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(Failure("the server ended", Exit.NO_MODEL))

    async def stop(self) -> None:
        """Shut the server down and wait for its end."""
        await self.request("shutdown", None)
        self.notify("exit", None)
        async with asyncio.timeout(SECONDS):
            await self._process.wait()

    def _send(self, message: Mapping[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        if self._process.stdin is not None:
            self._process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)

    async def _read(self) -> dict[str, Any] | None:
        stdout = self._process.stdout
        length = 0
        while stdout is not None and (line := (await stdout.readline()).strip()):
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        if not length or stdout is None:
            return None
        message: dict[str, Any] = json.loads(await stdout.readexactly(length))
        return message

    def _settle(self, message: dict[str, Any]) -> None:
        future = self._waiting.pop(message["id"], None)
        if future is None or future.done():
            return
        if "error" in message:
            future.set_exception(Failure(str(message["error"]["message"]), Exit.NO_MODEL))
        else:
            future.set_result(message.get("result"))

    def _receive(self, message: dict[str, Any]) -> None:
        params = message.get("params") or {}
        handlers: Mapping[str, Callable[[], Any]] = {
            "window/showDocument": lambda: self._show(params),
            "window/showMessage": lambda: self.messages.append(params["message"]),
            "textDocument/publishDiagnostics": lambda: self.diagnostics.extend(
                params["diagnostics"]
            ),
            "workspace/applyEdit": lambda: {"applied": True},
            "workspace/configuration": lambda: [None for _ in params["items"]],
        }
        answer = handlers.get(message["method"], lambda: None)()
        if "id" in message:
            self._send({"id": message["id"], "result": answer})

    def _show(self, params: dict[str, Any]) -> dict[str, bool]:
        self.shown.append(unquote(urlsplit(params["uri"]).path))
        return {"success": True}
