"""One GGUF file run by llama.cpp in a worker process of its own; restarted, unloaded, never shared.

A worker that crashes again and again is started again after growing delays.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from camus.journal import Shared
from camus.models.backend import Limits, Piece, Sampling, Served, Usage
from camus.models.embedding import Vectors, checked
from camus.models.errors import (
    Failed,
    Malformed,
    Missing,
    ModelError,
    Overflow,
    Rejected,
    TimedOut,
    Unreachable,
)
from camus.models.gguf import Header, NotGguf, read_header
from camus.models.memory import Memory
from camus.models.naming import billions
from camus.models.offload import ALL, Needs, Placed
from camus.models.worker import Said, Worker
from camus.privacy import Cleared

FIRST_DELAY, LONGEST_DELAY = 1.0, 60.0
OVERHEAD = 1.1
"""A loaded file takes about so many times its size, without its window."""
PROCESS_BYTES = 120_000_000
"""What the process takes beside its file: Python, llama.cpp, buffers."""
DEFAULT_WINDOW = 4096
LONGEST_LOAD = 300.0
LONGEST_START = 30.0
"""So long a new process may take to import llama.cpp and tell of it."""
INSTALL = "pip install 'camus[llama]'"


@dataclass(frozen=True, slots=True)
class File:
    """A model file: how it is named to users, where it is, and how it is to be run."""

    name: str
    path: Path
    threads: int = 0
    """0: all cores but one."""
    unload_after: float = 600.0
    """Seconds without a request after which its memory is given back."""


class Llama:
    """The backend of one file."""

    def __init__(self, file: File, memory: Memory | None = None) -> None:
        """Start nothing yet; what is loaded is admitted by `memory`."""
        self._file = file
        self._memory = memory or Memory(Shared(None))
        self._turn = asyncio.Lock()
        self._worker: Worker | None = None
        self._window = 0
        self._number = 0
        self._crashes = 0
        self._not_before = 0.0
        self._unload: asyncio.TimerHandle | None = None
        self._ending: set[asyncio.Task[None]] = set()

    @property
    def worker(self) -> Worker | None:
        """The running process, if one runs."""
        worker = self._worker
        return worker if worker is not None and worker.alive else None

    async def catalogue(self) -> tuple[Served, ...]:
        """The file's own model, as its header tells; raises `ModelError` for what is none."""
        if find_spec("llama_cpp") is None:
            raise Unreachable(
                f"{self._file.name} is a model file, and llama.cpp is not installed here",
                advice=f"run `{INSTALL}`",
            )
        header = await asyncio.to_thread(self._header)
        size = billions(header.size_label) or billions(self._file.path.stem)
        return (
            Served(
                self._file.name,
                window=header.window,
                memory_bytes=header.size_bytes,
                parameters_billions=size,
                licence=header.licence,
                embedding=header.embedding,
                loaded=self.worker is not None,
                cards_bytes=self._memory.on_cards(self._file.name),
            ),
        )

    async def stream(
        self, model: str, prompt: Cleared, sampling: Sampling, window: int, limits: Limits
    ) -> AsyncGenerator[Piece, None]:
        """Answer; requests wait for each other. Closing it stops the computing."""
        del model  # a file is one model
        async with self._turn:
            loop = asyncio.get_running_loop()
            end = loop.time() + limits.total
            worker = await self._ready(window, end)
            self._number += 1
            await worker.tell(do="ask", id=self._number, **_asked(prompt, sampling))
            due = loop.time() + limits.first_token
            try:
                async with aclosing(worker.answers(self._number)) as answers:
                    while (said := await self._next(answers, min(due, end), worker)) is not None:
                        due = loop.time() + limits.idle
                        if piece := self._piece(said):
                            yield piece
            except Failed:
                self._crashed()
                raise
            finally:
                if self.worker is None:  # it died or was ended: its memory is free again
                    await asyncio.shield(self._memory.gone(self._file.name))
            self._crashes = 0
            self._memory.touched(self._file.name)
            self._unload_later()

    async def embed(self, model: str, texts: Cleared, limits: Limits) -> Vectors:
        """A vector for each message, by the file's own model."""
        del model
        contents = [message.content for message in texts.prompt.messages]
        async with self._turn:
            header = await asyncio.to_thread(self._header)
            if not header.embedding:
                raise Rejected(f"{self._file.name} makes no embeddings")
            end = asyncio.get_running_loop().time() + limits.total
            worker = await self._ready(header.window or DEFAULT_WINDOW, end)
            self._number += 1
            await worker.tell(do="embed", id=self._number, texts=contents)
            try:
                async with aclosing(worker.answers(self._number)) as answers:
                    said = await self._next(answers, end, worker)
            except Failed:
                self._crashed()
                raise
            if said is None or said.event != "vectors":
                raise _refusal(said or Said("error"), self._file.name)
            self._memory.touched(self._file.name)
            self._unload_later()
        return Vectors(checked(said.vectors, len(contents), self._file.name), said.prompt)

    async def load(self, window: int, seconds: float = LONGEST_LOAD) -> None:
        """Have the file in memory; raises `ModelError`."""
        async with self._turn:
            await self._ready(window, asyncio.get_running_loop().time() + seconds)
            self._unload_later()

    async def unload(self) -> None:
        """Give the memory back; an answer that is being written ends with an error."""
        self._keep()
        worker, self._worker = self._worker, None  # the next request starts another
        if worker is not None:
            await worker.end()
        await self._memory.gone(self._file.name)

    async def drained(self) -> None:
        """Wait for the answers under way, then give the memory back."""
        async with self._turn:
            await self.unload()

    async def close(self) -> None:
        """End the process."""
        await self.unload()
        if self._ending:
            await asyncio.wait(self._ending)

    async def _next(
        self, answers: AsyncGenerator[Said, None], due: float, worker: Worker
    ) -> Said | None:
        try:
            async with asyncio.timeout_at(due):
                return await anext(answers, None)
        except TimeoutError as error:
            await worker.end()
            raise TimedOut(
                f"The worker for {self._file.name} gave no sign of life in time and was ended",
                advice="raise `timeouts.first_token`, or choose a smaller model",
            ) from error

    async def _ready(self, window: int, end: float) -> Worker:
        """The worker with the file loaded for a window; started when there is none."""
        self._keep()
        if self.worker is not None and window <= self._window:
            return self.worker
        if self._worker is not None:
            await self._worker.end()
        now = asyncio.get_running_loop().time()
        if now < self._not_before:
            raise Unreachable(
                f"The worker for {self._file.name} crashed and starts again in "
                f"{self._not_before - now:.0f} s"
            )
        header = await asyncio.to_thread(self._header)
        window = min(window, header.window or window)
        try:
            where = await self._placed(header, window, end)
            worker = self._worker = self.worker or await Worker.start(self._file.name)
            began = _now()
            try:
                await self._load(worker, window, end, header=header, layers=where.layers)
            except Malformed:
                if not where.cards:
                    raise
                # There was less room on the cards than their tool told: without them, then.
                where = await self._beside_cards(self._needs(header, window))
                worker = self._worker = await Worker.start(self._file.name)
                await self._load(worker, window, end, header=header, layers=where.layers)
        except BaseException:
            if self._worker is not None:
                await asyncio.shield(self._worker.end())
            await asyncio.shield(self._memory.gone(self._file.name))
            raise
        await self._memory.loaded(
            self._file.name,
            worker.pid,
            estimate=where.ram,
            seconds=_now() - began,
            busy=self._turn.locked,
            unload=self.unload,
        )
        return worker

    async def _placed(self, header: Header, window: int, end: float) -> Placed:
        """Room for the file, claimed: on graphics cards, where there are any that llama.cpp uses.

        Only then a process is started before there is room for the file: it alone can tell.
        """
        name, needs = self._file.name, self._needs(header, window)
        if known := await self._memory.cards():
            worker = self._worker = await Worker.start(name)
            await worker.tell(do="facts")
            said = await self._heard(worker, min(end, _now() + LONGEST_START))
            if said.event == "error":
                raise _refusal(said, name)
            if said.offloads:
                return await self._memory.place(name, needs, known)
        return await self._beside_cards(needs, ALL)

    def _needs(self, header: Header, window: int) -> Needs:
        weights = int(header.size_bytes * OVERHEAD)
        return Needs(weights, header.token_bytes * window, PROCESS_BYTES, header.layers)

    async def _beside_cards(self, needs: Needs, layers: int = 0) -> Placed:
        """Room in the machine's own memory, claimed; llama.cpp without cards takes any `layers`."""
        needed = needs.movable + needs.process
        await self._memory.admit(self._file.name, needed)
        return Placed(layers, needed)

    async def _load(
        self, worker: Worker, window: int, end: float, *, header: Header, layers: int
    ) -> None:
        threads = self._file.threads or max(1, (os.cpu_count() or 2) - 1)
        path = str(self._file.path)
        asked = {"threads": threads, "layers": layers, "embedding": header.embedding}
        await worker.tell(do="load", path=path, window=window, **asked)
        said = await self._heard(worker, min(end, _now() + LONGEST_LOAD))
        if said.event != "loaded":
            await worker.end()
            raise _refusal(said, self._file.name)
        self._window = said.window

    async def _heard(self, worker: Worker, due: float) -> Said:
        """What a worker says that has no request yet; one that is late or dies is ended."""
        try:
            async with asyncio.timeout_at(due):
                return await worker.hear()
        except TimeoutError as error:
            await worker.end()
            raise TimedOut(f"{self._file.name} was not loaded in time") from error
        except asyncio.CancelledError:
            await asyncio.shield(worker.end())
            raise
        except Failed:
            self._crashed()
            raise

    def _header(self) -> Header:
        path, name = self._file.path, self._file.name
        try:
            return read_header(path)
        except FileNotFoundError as error:
            raise Missing(f"{name}: there is no file {path}", advice="check `path`") from error
        except OSError as error:
            raise Missing(
                f"{name}: {path} cannot be read ({error.strerror})", advice="check `path`"
            ) from error
        except NotGguf as error:
            raise Malformed(
                f"{name}: {path.name} is no usable GGUF file: {error}",
                advice="download it again, and compare its checksum",
            ) from error

    def _piece(self, said: Said) -> Piece | None:
        match said.event:
            case "piece":
                return Piece(said.text)
            case "done":
                cut = said.finish == "length"
                return Piece("", "length" if cut else "stop", Usage(said.prompt, said.completion))
            case _:
                raise _refusal(said, self._file.name)

    def _crashed(self) -> None:
        """Wait longer before each new start; the next request meanwhile goes elsewhere."""
        delay = min(FIRST_DELAY * 2**self._crashes, LONGEST_DELAY)
        self._crashes += 1
        self._not_before = asyncio.get_running_loop().time() + delay

    def _keep(self) -> None:
        if self._unload is not None:
            self._unload.cancel()
            self._unload = None

    def _unload_later(self) -> None:
        def unload() -> None:
            if self._worker is not None and not self._turn.locked():
                task = asyncio.ensure_future(self.unload())
                self._ending.add(task)
                task.add_done_callback(self._ending.discard)

        loop = asyncio.get_running_loop()
        self._unload = loop.call_later(self._file.unload_after, unload)


def _now() -> float:
    return asyncio.get_running_loop().time()


def _asked(prompt: Cleared, sampling: Sampling) -> dict[str, object]:
    return {
        "messages": [
            {"role": each.role, "content": each.content} for each in prompt.prompt.messages
        ],
        "max_tokens": sampling.max_tokens,
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "stop": list(sampling.stop),
        "schema": json.loads(sampling.schema) if sampling.schema else None,
        "grammar": sampling.grammar,
        "seed": sampling.seed,
    }


def _refusal(said: Said, name: str) -> ModelError:
    match said.kind:
        case "overflow":
            return Overflow(
                f"The prompt does not fit {name}: {said.message}",
                advice="select less, or choose a model with a larger window",
            )
        case "missing":
            return Unreachable(f"llama.cpp is not installed: {said.message}", advice=INSTALL)
        case "load":
            return Malformed(f"{name}: {said.message}", advice="download the file again")
        case "template" | "grammar" | "unsupported":
            return Rejected(f"{name}: {said.message}")
    return Failed(f"{name}: {said.message}")
