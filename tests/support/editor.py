"""A small editor for tests: speaks raw LSP to a server in this process or in one of its own.

It answers the server's requests from a table, keeps every notification until a test reads it, and
`close` fails a test that leaves one unread, or a server that wrote to stderr.

    async with process(capabilities("vscode"), root=tmp_path) as editor:
        uri = editor.open("a.py", "import os\\n")
        actions = await editor.code_actions(uri, "0:0")
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

CLIENTS = Path(__file__).parents[1] / "e2e" / "clients"
ANSWER_SECONDS = 10.0


def capabilities(client: str) -> dict[str, Any]:
    """The recorded capabilities of a client: `vscode`, `neovim-0.11`, `neovim-0.12`, `minimal`."""
    told: dict[str, Any] = json.loads((CLIENTS / f"{client}.json").read_text(encoding="utf-8"))
    return told["capabilities"]


class Failed(Exception):
    """The server answered a request with an error."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(f"{error['code']} {error['message']}")
        self.code: int = error["code"]
        self.message: str = error["message"]
        self.data = error.get("data")


class Editor:
    """One client. `answers` maps a method to what the editor answers, or to a function of the
    parameters that returns it; raising `Failed` answers with an error.
    """

    def __init__(self, send: Callable[[bytes], None], root: Path | None = None) -> None:
        self._send = send
        self._ids = itertools.count(1)
        self._waiting: dict[int | str, asyncio.Future[Any]] = {}
        self._news = asyncio.Condition()
        self.root = root
        self.unread: list[dict[str, Any]] = []
        self.asked: list[dict[str, Any]] = []
        self.unanswered: list[str] = []
        self.texts: dict[str, str] = {}
        self.versions: dict[str, int] = {}
        self.answers: dict[str, Any] = {
            "client/registerCapability": None,
            "window/workDoneProgress/create": None,
            "workspace/configuration": lambda params: [None for _ in params["items"]],
        }
        self.quiet = {"window/logMessage", "$/progress", "$/cancelRequest"}
        """Notifications that need not be read."""
        self.seen: list[dict[str, Any]] = []
        """Every message from the server, in order."""
        self._tasks: set[asyncio.Task[None]] = set()

    # -- the wire

    def take(self, body: bytes) -> None:
        """One message from the server."""
        message = json.loads(body)
        self.seen.append(message)
        task = asyncio.ensure_future(self._handle(message))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _handle(self, message: dict[str, Any]) -> None:
        if "method" not in message:
            waiting = self._waiting.pop(message["id"], None)
            assert waiting is not None, f"an answer nobody asked for: {message}"
            if waiting.cancelled():
                return
            if "error" in message:
                waiting.set_exception(Failed(message["error"]))
            else:
                waiting.set_result(message["result"])
        elif "id" in message:
            self.asked.append(message)
            await self._answer(message)
        elif message["method"] not in self.quiet:
            self.unread.append(message)
        async with self._news:
            self._news.notify_all()

    async def _answer(self, message: dict[str, Any]) -> None:
        method = message["method"]
        if method not in self.answers:
            self.unanswered.append(method)
            self._write({"id": message["id"], "error": {"code": -32601, "message": method}})
            return
        answer = self.answers[method]
        try:
            result = answer(message["params"]) if callable(answer) else answer
            if asyncio.iscoroutine(result):
                result = await result
        except Failed as error:
            self._write({"id": message["id"], "error": {"code": error.code, "message": "no"}})
        else:
            self._write({"id": message["id"], "result": result})

    def _write(self, message: dict[str, Any]) -> None:
        self._send(json.dumps({"jsonrpc": "2.0", **message}).encode())

    def raw(self, body: bytes) -> None:
        """Send whatever bytes as one message's body."""
        self._send(body)

    # -- asking

    def start(self, method: str, params: object = None, id: int | str | None = None) -> Any:
        """Send a request; the future has `.id`."""
        number = next(self._ids) if id is None else id
        future = asyncio.get_running_loop().create_future()
        self._waiting[number] = future
        self._write({"id": number, "method": method, "params": params})
        return number, future

    async def request(self, method: str, params: object = None) -> Any:
        """Send a request and wait for its result."""
        _number, future = self.start(method, params)
        return await asyncio.wait_for(future, ANSWER_SECONDS)

    def cancel(self, id: int | str) -> None:
        self.notify("$/cancelRequest", {"id": id})

    def notify(self, method: str, params: object = None) -> None:
        self._write({"method": method, "params": params})

    async def told(self, method: str, seconds: float = ANSWER_SECONDS) -> Any:
        """The parameters of the next unread notification of a method."""

        def found() -> dict[str, Any] | None:
            return next((m for m in self.unread if m["method"] == method), None)

        async with self._news:
            async with asyncio.timeout(seconds):
                await self._news.wait_for(found)
            message = found()
            assert message is not None
            self.unread.remove(message)
            return message["params"]

    async def was_asked(self, method: str, seconds: float = ANSWER_SECONDS) -> Any:
        """The parameters of the first request of a method that the server made."""

        def found() -> dict[str, Any] | None:
            return next((m for m in self.asked if m["method"] == method), None)

        async with self._news:
            async with asyncio.timeout(seconds):
                await self._news.wait_for(found)
        message = found()
        assert message is not None
        return message.get("params")

    # -- a session

    async def initialize(self, can: dict[str, Any], **more: Any) -> Any:
        """Shake hands."""
        folders = [{"uri": self.root.as_uri(), "name": self.root.name}] if self.root else None
        params = {
            "processId": os.getpid(),
            "rootUri": self.root.as_uri() if self.root else None,
            "workspaceFolders": folders,
            "capabilities": can,
            **more,
        }
        result = await self.request("initialize", params)
        self.notify("initialized", {})
        return result

    def uri(self, name: str) -> str:
        return (self.root / name).as_uri() if self.root else f"untitled:{name}"

    def open(self, name: str, text: str, language: str = "python", version: int = 1) -> str:
        """Open a document below the root, without writing it to disk."""
        uri = self.uri(name)
        self.texts[uri], self.versions[uri] = text, version
        item = {"uri": uri, "languageId": language, "version": version, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": item})
        return uri

    def change(self, uri: str, *changes: dict[str, Any], text: str = "") -> None:
        """Send changes; `text` is what they make of the document."""
        self.versions[uri] += 1
        if not changes:
            changes = ({"text": text},)
        self.texts[uri] = text
        document = {"uri": uri, "version": self.versions[uri]}
        self.notify(
            "textDocument/didChange", {"textDocument": document, "contentChanges": list(changes)}
        )

    async def code_actions(
        self, uri: str, place: str, diagnostics: Any = (), **context: Any
    ) -> list[dict[str, Any]]:
        """What is offered at a place such as `3:0` or `3:0-4:2`."""
        params = {
            "textDocument": {"uri": uri},
            "range": range_at(place),
            "context": {"diagnostics": list(diagnostics), **context},
        }
        result: list[dict[str, Any]] = await self.request("textDocument/codeAction", params)
        return result

    async def resolve(self, action: dict[str, Any]) -> dict[str, Any]:
        result: dict[str, Any] = await self.request("codeAction/resolve", action)
        return result

    async def command(self, name: str, *arguments: Any, **more: Any) -> Any:
        params = {"command": name, "arguments": list(arguments), **more}
        return await self.request("workspace/executeCommand", params)

    def applied(self, edit: dict[str, Any], encoding: str = "utf-16") -> str:
        """The text of the only document of a workspace edit after it, versions checked."""
        if "documentChanges" in edit:
            (change,) = edit["documentChanges"]
            uri = change["textDocument"]["uri"]
            assert change["textDocument"]["version"] == self.versions[uri]
            edits = change["edits"]
        else:
            ((uri, edits),) = edit["changes"].items()
        return apply(self.texts[uri], edits, encoding)

    async def leave(self) -> None:
        """Shut the server down as an editor does."""
        await self.request("shutdown")
        self.notify("exit")

    def check(self) -> None:
        """Fail when something was left unread or could not be answered."""
        assert not self.unread, self.unread
        assert not self.unanswered, self.unanswered
        assert not self._waiting, "requests without an answer"


def range_at(place: str) -> dict[str, Any]:
    """`1:2` or `1:2-3:4` as a range."""
    first, _, second = place.partition("-")

    def position(text: str) -> dict[str, int]:
        line, character = text.split(":")
        return {"line": int(line), "character": int(character)}

    return {"start": position(first), "end": position(second or first)}


def apply(text: str, edits: list[dict[str, Any]], encoding: str = "utf-16") -> str:
    """Apply text edits as an editor does, from scratch: no code of the server's is used."""
    units = {"utf-8": "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-32-le"}[encoding]
    width = {"utf-8": 1, "utf-16": 2, "utf-32": 4}[encoding]
    lines = text.replace("\r\n", "\n\0").replace("\r", "\n").split("\n")
    starts = list(itertools.accumulate((len(line) + 1 for line in lines), initial=0))
    lines = [line.removeprefix("\0") for line in lines]

    def offset(position: dict[str, int]) -> int:
        line, character = position["line"], position["character"]
        assert line < len(lines), "an edit beyond the last line"
        encoded = lines[line].encode(units)
        assert character * width <= len(encoded), "an edit beyond the end of its line"
        crlf = text[starts[line] - 1 : starts[line] + 1] == "\r\n"
        return starts[line] + crlf + len(encoded[: character * width].decode(units))

    spans = [(offset(e["range"]["start"]), offset(e["range"]["end"]), e["newText"]) for e in edits]
    spans.sort()
    assert all(a[1] <= b[0] for a, b in itertools.pairwise(spans)), "edits overlap"
    for start, end, new in reversed(spans):
        text = text[:start] + new + text[end:]
    return text


@asynccontextmanager
async def process(
    can: dict[str, Any] | None = None,
    *,
    root: Path | None = None,
    env: dict[str, str] | None = None,
    answers: dict[str, Any] | None = None,
    **more: Any,
) -> AsyncIterator[Editor]:
    """A server in a process of its own; initialised when `can` is given, and left properly."""
    code = "import sys; from camus.lsp import serve; sys.exit(serve())"
    started = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-X", "utf8", "-c", code),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, **(env or {})},
    )
    stdin, stdout, stderr = started.stdin, started.stdout, started.stderr
    assert stdin is not None
    assert stdout is not None
    assert stderr is not None

    def send(body: bytes) -> None:
        stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))

    editor = Editor(send, root)
    editor.answers.update(answers or {})
    editor.process = started  # type: ignore[attr-defined]  # for the tests of the process's end
    reading = asyncio.create_task(_read(stdout, editor))
    complaints = asyncio.create_task(stderr.read())
    try:
        if can is not None:
            await editor.initialize(can, **more)
        yield editor
        if started.returncode is None and can is not None:
            await editor.leave()
            assert await asyncio.wait_for(started.wait(), ANSWER_SECONDS) == 0
            await asyncio.wait_for(reading, ANSWER_SECONDS)
        editor.check()
    finally:
        if started.returncode is None:
            started.kill()
            await started.wait()
        reading.cancel()
        written = await complaints
    assert not written, written.decode()


async def _read(stream: asyncio.StreamReader, editor: Editor) -> None:
    while header := await stream.readline():
        length = int(header.split(b":")[1])
        while (await stream.readline()).strip():
            pass
        editor.take(await stream.readexactly(length))
