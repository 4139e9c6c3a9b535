"""One worker process from this side: started, fed, listened to, ended; knows no model.

A worker that dies, hangs or says nonsense is an error of one request, never of the server.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncGenerator, Mapping, Sequence
from pathlib import Path
from typing import Literal

import msgspec

from camus.models.errors import Failed, Malformed

SCRIPT = Path(__file__).with_name("llama_worker.py")
COMMAND = (sys.executable, "-P", str(SCRIPT))
"""`-P`: the modules beside the script are Camus's and must not be found by it."""
CANCEL_SECONDS = 0.15
"""So long a worker may take to stop computing before it is ended."""
LAST_WORDS = 1.0
"""So long a worker that closed its pipe may take to end by itself."""
_LARGEST_LINE = 8 << 20
_KEPT = ("PATH", "HOME", "LANG", "LD_LIBRARY_PATH", "SYSTEMROOT", "TEMP", "TMPDIR", "CUDA_PATH")
_PREFIXES = ("CUDA_", "HIP_", "GGML_", "LLAMA_", "VK_", "PYTHONPATH", "VIRTUAL_ENV")


class Said(msgspec.Struct):
    """One line of a worker; `event` says which of the fields count."""

    event: Literal["loaded", "piece", "done", "error", "vectors", "facts"]
    id: int | None = None
    text: str = ""
    finish: str = ""
    prompt: int = 0
    completion: int = 0
    reused: int = 0
    window: int = 0
    seconds: float = 0.0
    chat: bool = False
    vectors: list[list[float]] = []
    offloads: bool = False
    kind: str = ""
    message: str = ""


class Worker:
    """A running process; `alive` until it ends or is ended."""

    def __init__(self, process: asyncio.subprocess.Process, name: str) -> None:
        """Use `start` to make one."""
        self._process = process
        self._name = name
        self._ending = False

    @classmethod
    async def start(cls, name: str, command: Sequence[str] = COMMAND) -> Worker:
        """A new process for the model of this name; raises `Failed` when it does not start."""
        try:
            process = await asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                env=_environment(os.environ),
                limit=_LARGEST_LINE,
            )
        except OSError as error:
            raise Failed(f"The worker for {name} does not start: {error.strerror}") from error
        return cls(process, name)

    @property
    def alive(self) -> bool:
        """Whether the process runs and is not about to be ended."""
        return self._process.returncode is None and not self._ending

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    async def tell(self, **asked: object) -> None:
        """Send one line; one that is not read means a worker that is about to be found dead."""
        pipe = self._process.stdin
        if pipe is not None and not pipe.is_closing():
            pipe.write(msgspec.json.encode(asked) + b"\n")
            try:
                await pipe.drain()
            except (ConnectionError, OSError):
                return

    async def hear(self) -> Said:
        """The next line; raises `Failed` when the process ended, `Malformed` for nonsense."""
        pipe = self._process.stdout
        try:
            line = await pipe.readline() if pipe is not None else b""
        except ValueError as error:
            raise Malformed(f"The worker for {self._name} said more than it may") from error
        if not line:
            raise await self._died()
        try:
            return msgspec.json.decode(line, type=Said)
        except msgspec.DecodeError as error:
            raise Malformed(f"The worker for {self._name} said what nobody understands") from error

    async def answers(self, number: int) -> AsyncGenerator[Said, None]:
        """What it says to one request, up to the end; closing it early cancels the request."""
        ended = False
        try:
            while not ended:
                said = await self.hear()
                ended = said.event in {"done", "error", "vectors"}
                if said.id == number:
                    yield said
        finally:
            if not ended and self.alive:
                await asyncio.shield(self._cancel(number))

    async def end(self) -> None:
        """Kill it and wait; nothing of it remains."""
        self._ending = True  # before its end is known nobody may ask it any more
        if self._process.returncode is None:
            # Not `Process.kill`: it polls first, and what it reaps then has no exit code for us.
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._process.pid, getattr(signal, "SIGKILL", signal.SIGTERM))
        await self._process.wait()

    async def _cancel(self, number: int) -> None:
        """Ask it to stop, and end it when it does not soon."""
        await self.tell(do="cancel", id=number)
        try:
            async with asyncio.timeout(CANCEL_SECONDS):
                while (await self.hear()).event not in {"done", "error", "vectors"}:
                    pass
        except (TimeoutError, Failed, Malformed):
            await self.end()

    async def _died(self) -> Failed:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LAST_WORDS):
                await self._process.wait()  # its own end says more than ours
        await self.end()
        code = self._process.returncode or 0
        how = f"ended with code {code}"
        if code < 0:
            how = f"was ended by {_signal(-code)}"
        return Failed(
            f"The worker for {self._name} {how}",
            advice="it starts again by itself; if it stays so, the file or the build of llama.cpp "
            "does not work on this machine",
        )


def _signal(number: int) -> str:
    try:
        return f"{signal.Signals(number).name} (signal {number})"
    except ValueError:
        return f"signal {number}"


def _environment(environ: Mapping[str, str]) -> dict[str, str]:
    """What llama.cpp and Python need; keys and tokens of the user stay here."""
    return {
        key: value
        for key, value in environ.items()
        if key in _KEPT or key.startswith(_PREFIXES) or key.startswith("LC_")
    }
