"""A client that is nothing but bytes on two pipes: what no library would ever send, this does.

with Pipes() as pipes:
    pipes.initialize()
    pipes.send({"id": 2, "method": "shutdown"})
    assert pipes.answer(2) == {"result": None}
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Self

from support.editor import capabilities

SECONDS = 20.0
SERVE = "import sys; from camus.lsp import serve; sys.exit(serve())"


class Pipes:
    """One server process and its stdin and stdout; every message it sends is kept in order."""

    def __init__(self, env: dict[str, str] | None = None, *, reading: bool = True) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-X", "utf8", "-c", SERVE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            env={**os.environ, **(env or {})},
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        self.stdin, self.stdout, self.stderr = (
            self.process.stdin,
            self.process.stdout,
            self.process.stderr,
        )
        self._got: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self.seen: list[dict[str, Any]] = []
        self.complaints = ""
        self._listening = threading.Thread(target=self._listen, daemon=True)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._listening.start()
        if reading:
            self.read()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.process.kill()
        self.process.wait()
        self._listening.join(SECONDS)
        for stream in (self.stdin, self.stdout, self.stderr):
            stream.close()

    # -- what goes out

    def bytes(self, data: bytes) -> None:
        """Whatever bytes."""
        view = memoryview(data)
        while view:
            view = view[os.write(self.stdin.fileno(), view) :]

    def body(self, body: bytes, header: str = "Content-Length: {}") -> None:
        """One framed message with whatever body."""
        self.bytes(header.format(len(body)).encode("ascii") + b"\r\n\r\n" + body)

    def send(self, message: dict[str, Any], **framing: str) -> None:
        self.body(json.dumps({"jsonrpc": "2.0", **message}).encode(), **framing)

    def initialize(self, **more: Any) -> dict[str, Any]:
        """Shake hands with the id `hello`."""
        params = {"processId": None, "rootUri": None, "capabilities": capabilities("minimal")}
        self.send({"id": "hello", "method": "initialize", "params": {**params, **more}})
        answer = self.answer("hello")
        self.send({"method": "initialized", "params": {}})
        return answer

    def open(self, uri: str, text: str, version: int = 1) -> None:
        item = {"uri": uri, "languageId": "python", "version": version, "text": text}
        self.send({"method": "textDocument/didOpen", "params": {"textDocument": item}})

    # -- what comes back

    def next(self, seconds: float = SECONDS) -> dict[str, Any]:
        """The next message; a request of the server's has been answered."""
        message = self._got.get(timeout=seconds)
        assert message is not None, f"the server ended: {self.complaints}"
        if "method" in message:
            self._meet(message)
        return message

    def answer(self, id: object, seconds: float = SECONDS) -> dict[str, Any]:
        """`{"result": …}` or `{"error": …}` of the next answer, which must be to this id."""
        while True:
            message = self.next(seconds)
            if "method" in message:
                continue
            assert message.pop("jsonrpc") == "2.0"
            assert message.pop("id") == id, message
            assert message.keys() in ({"result"}, {"error"}), message
            return message

    def answered(self, ids: Iterable[object], seconds: float = SECONDS) -> None:
        """Read until each of these requests is answered, and forget what was read."""
        left = set(ids)
        while left:
            message = self.next(seconds)
            if "method" not in message:
                left.remove(message["id"])
        self.seen.clear()

    def code(self, id: object, seconds: float = SECONDS) -> int:
        """The error's code of the next answer, 0 for a result."""
        answer = self.answer(id, seconds)
        number: int = answer["error"]["code"] if "error" in answer else 0
        return number

    def alive(self) -> bool:
        """Whether the next thing the server says is the right answer to a request."""
        place = {"textDocument": {"uri": "untitled:none"}, "position": {"line": 0, "character": 0}}
        self.send({"id": "ping", "method": "textDocument/hover", "params": place})
        return self.answer("ping") == {"result": None}

    def exit_code(self, seconds: float = SECONDS) -> int:
        return self.process.wait(seconds)

    def read(self) -> None:
        """Begin to read what the server writes."""
        self._reader.start()

    def resident(self) -> int:
        """Resident bytes (Linux)."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        return int(status.partition("VmRSS:")[2].split()[0]) * 1024

    def descriptors(self) -> int:
        """Open file descriptors (Linux)."""
        return len(list(Path(f"/proc/{self.process.pid}/fd").iterdir()))

    def threads(self) -> int:
        """Threads (Linux)."""
        return len(list(Path(f"/proc/{self.process.pid}/task").iterdir()))

    def cpu(self) -> float:
        """Processor seconds of the process's own threads so far (Linux)."""
        tasks = Path(f"/proc/{self.process.pid}/task").glob("*/schedstat")
        return sum(int(each.read_text(encoding="ascii").split()[0]) for each in tasks) / 1e9

    def _meet(self, message: dict[str, Any]) -> None:
        """Answer a request of the server's with nothing."""
        if "id" in message:
            items = (message.get("params") or {}).get("items", ())
            self.send({"id": message["id"], "result": [None for _ in items] or None})

    def _listen(self) -> None:
        self.complaints = self.stderr.read().decode(errors="replace")

    def _read(self) -> None:
        while header := self.stdout.readline():
            length = int(header.split(b":")[1])
            assert self.stdout.readline() == b"\r\n"
            body = b""
            while len(body) < length:
                body += self.stdout.read(length - len(body))
            message = json.loads(body, parse_constant=_no_json)
            self.seen.append(message)
            self._got.put(message)
        self._got.put(None)


def _no_json(word: str) -> Any:
    raise ValueError(f"{word} in what the server wrote")
