"""Runs one program to its end with a text on its standard input; knows no tool's meaning."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

_OF_GIT = frozenset({"GIT_DIR", "GIT_WORK_TREE", "GIT_PREFIX", "GIT_INDEX_FILE"})
"""What git sets for its hooks."""


@dataclass(frozen=True, slots=True)
class Output:
    """What a program wrote and how it ended; `problem` says why there is nothing to read."""

    stdout: bytes = b""
    code: int = 0
    problem: str = ""
    stderr: bytes = b""


class Runner:
    """Starts programs, so many at once and each for so many seconds; ends those it must.

    Each is waited for in a thread of the runner's own: half the processor time of asyncio's
    transports, and threads that others wait for are not held up.
    """

    def __init__(self, *, seconds: float, concurrency: int) -> None:
        """Start nothing yet."""
        self._seconds = seconds
        self._threads = ThreadPoolExecutor(concurrency, "camus-tool")
        self._environment = _environment(os.environ)
        self._running: set[_Child] = set()
        self._closed = False

    async def run(
        self,
        command: Sequence[str],
        data: bytes = b"",
        *,
        folder: Path | None = None,
        seconds: float | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> Output:
        """The output of a command; cancelling kills it before the cancellation goes on.

        `seconds` and `environment` stand for the runner's own.
        """
        if self._closed:
            return Output(problem="the tools are closed")
        child = _Child(self._environment if environment is None else environment)
        self._running.add(child)
        limit = self._seconds if seconds is None else seconds
        work = self._threads.submit(child.run, tuple(command), data, folder, limit)
        ended = asyncio.wrap_future(work)
        try:
            return await asyncio.shield(ended)
        except asyncio.CancelledError:
            child.kill()
            if not work.cancel():
                await asyncio.wait((ended,))
            raise
        finally:
            self._running.discard(child)

    async def close(self) -> None:
        """Kill what still runs and start nothing more."""
        self._closed = True
        for child in tuple(self._running):
            child.kill()
        await asyncio.to_thread(self._threads.shutdown)


@dataclass(slots=True, eq=False)
class _Child:
    """One process; `run` belongs to a thread, `kill` may come from any other, even before."""

    environment: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = None
    killed: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def run(
        self, command: tuple[str, ...], data: bytes, folder: Path | None, seconds: float
    ) -> Output:
        """Start it, feed it and wait for its end, in the thread that calls."""
        try:
            process = self._start(command, folder)
        except OSError as error:
            return Output(problem=f"does not start: {error.strerror or error}")
        if process is None:
            return Output(problem="the tools are closed")
        with process:
            try:
                out, err = process.communicate(data, seconds)
            except subprocess.TimeoutExpired:
                self.kill()
                return Output(problem=f"took longer than {seconds:g} s")
        if process.returncode < 0:
            return Output(problem=f"ended by signal {-process.returncode}")
        # Exit codes are the tool's language: ruff says 2 for a broken configuration.
        problem = _last_line(err) if process.returncode > 1 else ""
        return Output(out, process.returncode, problem, err)

    def kill(self) -> None:
        """End it now, or never start it."""
        with self.lock:
            self.killed = True
            if self.process is not None:
                _end(self.process)

    def _start(
        self, command: tuple[str, ...], folder: Path | None
    ) -> subprocess.Popen[bytes] | None:
        with self.lock:  # a kill between the question and the start would miss it
            if self.killed:
                return None
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=folder,
                env=self.environment,
                start_new_session=True,  # so that what it started ends with it
            )
            return self.process


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill a process and the group that it leads; one that ended and was waited for is left."""
    if process.poll() is None:
        if hasattr(os, "killpg"):
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
        process.kill()


def _environment(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment without what would change what ruff prints or which repository git reads."""
    return {
        key: value
        for key, value in environ.items()
        if not key.startswith("RUFF_") and key not in _OF_GIT
    }


def _last_line(stderr: bytes) -> str:
    lines = [line.strip() for line in stderr.decode("utf-8", "replace").splitlines()]
    lines = [line for line in lines if line]
    return lines[-1][:300] if lines else "failed without a word"
