"""A resolve with a loopback model beside its parts: the bare HTTP call, and the checks alone.

The checks are what every draft of a model goes through: the steps that finish it, the judge, the
slower looks as far as they look whether to look, and giving back what was computed for it.

A keystroke in the function comes before each, so that nothing is answered from a cache. The model
rewrites most lines of that function, in a file of 2,000 lines. Counted is the processor time of
Camus's own process (all threads, ruff's processes not among them), of the client's thread for the
bare call, of this process for the checks, and of a process with the engine alone for what the
orchestrator and the rooms below it take without the language server.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import httpx

from bench import table
from bench.lsp import source
from bench.wire import CAMUS, Wire
from camus import quality
from camus.actions import ACTIONS, Draft, make_task
from camus.analysis import Filters, Tools, TypeCheckers
from camus.config import Config
from camus.lsp.connection import COLLECTED
from camus.orchestrator.finishing import Workshop, finish
from camus.quality import Deeper
from camus.source import Document, Edit, Span, minimal_edits
from support.loopback import Asked
from support.servers import Ollama, Told

LINES = 2000
TARGETS = (11, 101)
"""Lines of the function; 101 is the size the goal for the checks speaks of."""
HEAD = "def large(values, scale, total):\n"
NOTE = "    # note "
DIGITS = Span(len(HEAD) + len(NOTE), len(HEAD) + len(NOTE) + 6)
"""What the keystrokes change: the number of a note, the first line of the function's body."""
WARM = 3
"""So many rounds are not counted."""
REST = 0.02
"""Seconds for which each of the four rests before its clock is read.

The server has to come to rest after the keystroke, and what comes after a pause costs more than
what goes straight on (a processor that slept, caches that others used): so the others rest too.
"""
CALL, CHECKS, ENGINE = "bare HTTP call", "the checks alone", "the engine alone"


class Taken(NamedTuple):
    """Seconds by the clock and of the processor."""

    wall: float
    processor: float


def function(lines: int, note: str = "000000") -> str:
    """A function of about so many lines."""
    steps = "".join(
        f"    total_{n} = values[{n}] * scale + total\n"
        f"    if total_{n} < 0:\n"
        f'        raise ValueError("total {n} is negative")\n'
        for n in range(lines // 3)
    )
    return f"{HEAD}{NOTE}{note}\n{steps}    return total_0\n"


def text_of(target: int) -> str:
    """A file of 2,000 lines that begins with a function of so many."""
    return f"{function(target)}\n\n{source(LINES - target - 3)}"


def measure(target: int, rounds: int, env: dict[str, str], folder: Path) -> None:
    """Print the tables and the verdicts."""
    answers = iter(range(1_000_000))

    def reply(asked: Asked) -> str:
        note = re.search(rf"{NOTE}(\d+)", str(asked.body))
        assert note is not None
        new = function(target, note[1]).replace("values[", f"values[{next(answers)} + ")
        return f"```python\n{new.replace(' < ', ' <= ')}```\n"

    with Ollama(reply, models=[Told("qwen2.5-coder:7b")]) as server:
        _configure(env, server.url)
        taken, memory = asyncio.run(_rounds(target, rounds, env, folder, server))
    table.times(
        f"Resolve of a {target}-line function in {LINES:,} lines after a keystroke, by the clock",
        {name: [each.wall for each in values] for name, values in taken.items()},
    )
    print("\n| processor time | n | min ms | median ms | mean ms |\n|---|--:|--:|--:|--:|")
    spent = {name: [each.processor for each in values] for name, values in taken.items()}
    for name, values in spent.items():
        least, middle = min(values) * 1e3, _middle(values)
        print(f"| {name} | {len(values)} | {least:.1f} | {middle:.1f} | {_mean(values):.1f} |")
    parts = zip(spent[CALL], spent[CHECKS], strict=True)
    besides = [call + checks for call, checks in parts]
    for name, what in (("camus", "Camus's own"), (ENGINE, "The orchestrator's own")):
        own = [whole - other for whole, other in zip(spent[name], besides, strict=True)]
        table.verdict(f"{what}, besides call and checks, median", _middle(own), 5, "ms")
    checks = [each.wall for each in taken[CHECKS]]
    table.verdict("The checks, p95 of wall time", table.percentile(checks, 0.95) * 1e3, 150, "ms")
    print(f"\nCamus's memory after {rounds + WARM} of them: {memory:.1f} MB")


def _middle(values: Sequence[float]) -> float:
    return table.percentile(values, 0.5) * 1e3


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) * 1e3


def _configure(env: dict[str, str], url: str) -> None:
    model = {"name": "m", "type": "ollama", "model": "qwen2.5-coder:7b", "url": url}
    tree = {"models": {"m": model}, "server": {"discover": False}}
    home = Path(env["CAMUS_HOME"]) / "config"
    home.mkdir(parents=True, exist_ok=True)
    (home / "config.yml").write_text(json.dumps(tree), encoding="utf-8")


async def _rounds(
    target: int, rounds: int, env: dict[str, str], folder: Path, server: Ollama
) -> tuple[dict[str, list[Taken]], float]:
    """What each of the three took, one after another in each round, and megabytes in the end.

    In turns, because a machine that does other things does them to all three alike.
    """
    text = text_of(target)
    taken: dict[str, list[Taken]] = {"camus": [], CALL: [], CHECKS: [], ENGINE: []}
    resolves = _Resolves(env, folder, text)
    engine = _Engine(env, folder, target)
    checks = _Checks(folder, text)
    async with httpx.AsyncClient(trust_env=False) as client:
        for number in range(rounds + WARM):
            taken["camus"].append(resolves.take(number))
            assert len(server.chats) == number * 3 + 1, "nothing comes from a cache"
            taken[CALL].append(await _bare_call(client, server))
            taken[CHECKS].append(await checks.take(number))
            taken[ENGINE].append(engine.take(number + 900_000))
    memory = resolves.close()
    engine.close()
    await checks.close()
    return {name: values[WARM:] for name, values in taken.items()}, memory


class _Resolves:
    """A real server, asked to resolve."""

    def __init__(self, env: dict[str, str], folder: Path, text: str) -> None:
        self._wire = Wire(CAMUS, env)
        self._uri = (folder / "a.py").as_uri()
        self._wire.initialize(folder)
        self._wire.open(self._uri, text)

    def take(self, number: int) -> Taken:
        wire = self._wire
        action = _offered(wire, self._uri, number)
        began, cpu = time.perf_counter(), wire.cpu()
        resolved = wire.request("codeAction/resolve", action)
        taken = Taken(time.perf_counter() - began, wire.cpu() - cpu)
        assert "edit" in resolved, resolved
        assert "rules" not in resolved["title"], resolved["title"]
        return taken

    def close(self) -> float:
        memory = self._wire.memory()
        with self._wire:
            return memory


class _Engine:
    """A process with the engine and no language server around it."""

    def __init__(self, env: dict[str, str], folder: Path, target: int) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.engine_alone", str(folder), str(target)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **env},
        )

    def take(self, number: int) -> Taken:
        """Ask; what it took by its own clocks."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{number}\n")
        self._process.stdin.flush()
        return Taken(*json.loads(self._process.stdout.readline()))

    def close(self) -> None:
        """Let it end."""
        self._process.communicate("", timeout=30)


def _offered(wire: Wire, uri: str, number: int) -> Any:
    """The refactoring, offered after a keystroke in the function."""
    places = [{"line": 1, "character": len(NOTE) + at} for at in (0, 6)]
    change = {"range": {"start": places[0], "end": places[1]}, "text": f"{number:06}"}
    document = {"uri": uri, "version": number + 2}
    wire.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [change]})
    place = {"line": 0, "character": 6}
    asked = {
        "textDocument": {"uri": uri},
        "range": {"start": place, "end": place},
        "context": {"diagnostics": [], "only": ["refactor.rewrite.camus"]},
    }
    actions = wire.request("textDocument/codeAction", asked)
    time.sleep(REST)
    return actions[0]


async def _bare_call(client: httpx.AsyncClient, server: Ollama) -> Taken:
    """The last request again by httpx alone, its bytes read as they come."""
    body = server.chats[-1].body
    await asyncio.sleep(REST)
    began, cpu = time.perf_counter(), time.thread_time()
    async with client.stream("POST", f"{server.url}/api/chat", json=body) as response:
        async for _ in response.aiter_raw():
            pass
    return Taken(time.perf_counter() - began, time.thread_time() - cpu)


class _Checks:
    """The same edits judged, warm, after the same keystrokes."""

    def __init__(self, folder: Path, text: str) -> None:
        gc.set_threshold(*COLLECTED)  # as in the server
        self._tools = Tools()
        self._workshop = Workshop(self._tools, Filters())
        self._types = TypeCheckers(folder / "types")
        self._folder = folder
        self._document = Document((folder / "a.py").as_uri(), text, "python")

    async def take(self, number: int) -> Taken:
        before = self._document
        self._document = before.edited([Edit(DIGITS, f"{number + 500:06}")])
        task = make_task(ACTIONS["refactor"], self._document, Span(6, 6))
        new = task.code.replace("values[", f"values[{number} + ").replace(" < ", " <= ")
        edits = minimal_edits(task.code, new)
        start = task.target.start
        draft = Draft(tuple(Edit(each.span.shift(start), each.text) for each in edits))
        steps = Config().post_processing.steps
        await asyncio.sleep(REST)
        began, cpu = time.perf_counter(), time.process_time()
        draft, _ = await finish(task, draft, steps, self._workshop)
        report = await quality.assess(task, draft, self._tools, str(self._folder))
        report = await quality.deepen(task, draft, report, Deeper(self._types))
        before.forget()  # what the checks of the last draft computed is given back by this one
        taken = Taken(time.perf_counter() - began, time.process_time() - cpu)
        assert not report.refusals, report.refusals
        return taken

    async def close(self) -> None:
        await self._tools.close()
        await self._types.close()
