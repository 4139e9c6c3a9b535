"""Runs one program to its end with a text on its standard input; knows no tool's meaning."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Output:
    """What a program wrote and how it ended; `problem` says why there is nothing to read."""

    stdout: bytes = b""
    code: int = 0
    problem: str = ""


class Runner:
    """Starts programs, so many at once and each for so many seconds; ends those it must."""

    def __init__(self, *, seconds: float, concurrency: int) -> None:
        """Start nothing yet."""
        self._seconds = seconds
        self._slots = asyncio.Semaphore(concurrency)
        self._running: set[asyncio.subprocess.Process] = set()
        self._closed = False

    async def run(
        self, command: Sequence[str], data: bytes = b"", *, folder: Path | None = None
    ) -> Output:
        """The output of a command; cancelling kills it before the cancellation goes on."""
        async with self._slots:
            if self._closed:
                return Output(problem="the tools are closed")
            try:
                process = await asyncio.create_subprocess_exec(
                    *command,
                    stdin=asyncio.subprocess.PIPE,
                    stdout=asyncio.subprocess.PIPE,
                    stderr=asyncio.subprocess.PIPE,
                    cwd=folder,
                    env=_environment(os.environ),
                )
            except OSError as error:
                return Output(problem=f"does not start: {error.strerror or error}")
            return await self._finish(process, data)

    async def close(self) -> None:
        """Kill what still runs and start nothing more."""
        self._closed = True
        for process in tuple(self._running):
            await _end(process)

    async def _finish(self, process: asyncio.subprocess.Process, data: bytes) -> Output:
        self._running.add(process)
        try:
            async with asyncio.timeout(self._seconds):
                out, err = await process.communicate(data)
        except TimeoutError:
            return Output(problem=f"took longer than {self._seconds:g} s")
        finally:
            self._running.discard(process)
            await _end(process)
        code = process.returncode or 0
        if code < 0:
            return Output(problem=f"ended by signal {-code}")
        # Exit codes are the tool's language: ruff says 2 for a broken configuration.
        problem = _last_line(err) if code > 1 else ""
        return Output(out, code, problem)


def _environment(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment without the variables that would change what ruff prints."""
    return {key: value for key, value in environ.items() if not key.startswith("RUFF_")}


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        try:
            process.kill()
        except ProcessLookupError:
            return
        await process.wait()


def _last_line(stderr: bytes) -> str:
    lines = [line.strip() for line in stderr.decode("utf-8", "replace").splitlines()]
    lines = [line for line in lines if line]
    return lines[-1][:300] if lines else "failed without a word"
