"""A synchronous LSP client for measuring: nothing between the clock and the pipe."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Self

ROOT = Path(__file__).parents[2]
CAMUS = [sys.executable, "-c", "import sys; from camus.lsp import serve; sys.exit(serve())"]
BARE = [sys.executable, str(Path(__file__).parent / "bare.py")]
CAN = json.loads((ROOT / "tests/e2e/clients/vscode.json").read_text(encoding="utf-8"))


class Wire:
    """One server process."""

    def __init__(self, command: list[str], env: dict[str, str] | None = None) -> None:
        path = f"{ROOT / 'server'}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"
        self.started = time.perf_counter()
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": path, **(env or {})},
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self._in, self._out = self.process.stdin, self.process.stdout
        self._id = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.process.kill()
        self.process.communicate()

    def send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._in.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self._in.flush()

    def notify(self, method: str, params: object) -> None:
        self.send({"method": method, "params": params})

    def request(self, method: str, params: object) -> Any:
        """The result; the server's own requests are answered with null meanwhile."""
        self._id += 1
        self.send({"id": self._id, "method": method, "params": params})
        while True:
            message = self._read()
            if "method" in message:
                if "id" in message:
                    items = message["params"].get("items", ())
                    self.send({"id": message["id"], "result": [None for _ in items] or None})
            elif message["id"] == self._id:
                assert "error" not in message, message
                return message["result"]

    def _read(self) -> dict[str, Any]:
        length = 0
        while (line := self._out.readline().strip()) or not length:
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
            elif not line and self.process.poll() is not None:
                raise EOFError("the server ended")
        message: dict[str, Any] = json.loads(self._out.read(length))
        return message

    def initialize(self, root: Path | None = None) -> float:
        """Shake hands; seconds from the start of the process to the answer."""
        uri = root.as_uri() if root else None
        params = {"processId": None, "rootUri": uri, "capabilities": CAN["capabilities"]}
        self.request("initialize", params)
        seconds = time.perf_counter() - self.started
        self.notify("initialized", {})
        return seconds

    def open(self, uri: str, text: str) -> None:
        item = {"uri": uri, "languageId": "python", "version": 1, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": item})

    def cpu(self) -> float:
        """Seconds of processor time of the process's own threads so far (Linux)."""
        threads = Path(f"/proc/{self.process.pid}/task").glob("*/schedstat")
        return sum(int(each.read_text(encoding="ascii").split()[0]) for each in threads) / 1e9

    def memory(self) -> float:
        """Resident megabytes (Linux)."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024
