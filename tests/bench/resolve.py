"""A resolve with a loopback model beside its parts: the bare HTTP call, and the checks alone.

The checks are what every draft of a model goes through: the steps that finish it, and the judge.

A keystroke comes before each, so that nothing is answered from a cache. The model rewrites most
lines of a function in a file of 2,000 lines. Counted is the processor time of Camus's own process
(all threads, ruff's processes not among them), of the client's thread for the bare call, and of
this process for the checks.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx

from bench import table
from bench.lsp import source
from bench.wire import CAMUS, Wire
from camus import quality
from camus.actions import ACTIONS, Draft, make_task
from camus.analysis import Filters, Tools
from camus.config import Config
from camus.orchestrator.finishing import Workshop, finish
from camus.source import Document, Edit, Span, minimal_edits
from support.servers import Ollama, Told

LINES = 2000
TARGETS = (11, 101)
"""Lines of the function; 101 is the size the goal for the checks speaks of."""
MARK = "# note 000000\n"


def function(lines: int) -> str:
    """A function of about so many lines."""
    steps = "".join(
        f"    total_{n} = values[{n}] * scale + total\n"
        f"    if total_{n} < 0:\n"
        f'        raise ValueError("total {n} is negative")\n'
        for n in range(lines // 3)
    )
    return f"def large(values, scale, total):\n{steps}    return total_0\n"


def measure(target: int, rounds: int, env: dict[str, str], folder: Path) -> None:
    """Print the tables and the verdicts."""
    text = f"{MARK}{function(target)}\n\n{source(LINES - target - 3)}"
    answers = iter(range(1_000_000))

    def reply(_asked: object) -> str:
        new = function(target).replace("values[", f"values[{next(answers)} + ")
        return f"```python\n{new.replace(' < ', ' <= ')}```\n"

    with Ollama(reply, models=[Told("qwen2.5-coder:7b")]) as server:
        _configure(env, server.url)
        walls, spent, memory = _resolves(rounds, env, folder, text)
        bare_walls, bare = asyncio.run(_bare_calls(rounds, server))
    check_walls, checks = asyncio.run(_checks(rounds, folder, text))
    table.times(
        f"Resolve of a {target}-line function in {LINES:,} lines after a keystroke, by the clock",
        {"camus": walls, "bare HTTP call": bare_walls, "the checks alone": check_walls},
    )
    print("\n| processor time | n | min ms | median ms | mean ms |\n|---|--:|--:|--:|--:|")
    for name, values in (("camus", spent), ("bare HTTP call", bare), ("the checks alone", checks)):
        least, middle = min(values) * 1e3, _middle(values)
        print(f"| {name} | {len(values)} | {least:.1f} | {middle:.1f} | {_mean(values):.1f} |")
    own = _middle(spent) - _middle(bare) - _middle(checks)
    table.verdict("Camus's own, besides call and checks, medians", own, 5, "ms")
    table.verdict(
        "The checks, p95 of wall time", table.percentile(check_walls, 0.95) * 1e3, 150, "ms"
    )
    print(f"\nCamus's memory after {rounds + 3} of them: {memory:.1f} MB")


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


def _resolves(
    rounds: int, env: dict[str, str], folder: Path, text: str
) -> tuple[list[float], list[float], float]:
    """Seconds by the clock and of the processor, and megabytes in the end; warm from the third."""
    uri = (folder / "a.py").as_uri()
    walls, spent = [], []
    with Wire(CAMUS, env) as wire:
        wire.initialize(folder)
        wire.open(uri, text)
        for number in range(rounds + 3):
            action = _offered(wire, uri, number)
            began, cpu = time.perf_counter(), wire.cpu()
            resolved = wire.request("codeAction/resolve", action)
            walls.append(time.perf_counter() - began)
            spent.append(wire.cpu() - cpu)
            assert "edit" in resolved, resolved
            assert "rules" not in resolved["title"], resolved["title"]
        memory = wire.memory()
    return walls[3:], spent[3:], memory


def _offered(wire: Wire, uri: str, number: int) -> Any:
    """The refactoring, offered after a keystroke in the file's first line."""
    places = [{"line": 0, "character": at} for at in (7, 13)]
    change = {"range": {"start": places[0], "end": places[1]}, "text": f"{number:06}"}
    document = {"uri": uri, "version": number + 2}
    wire.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [change]})
    place = {"line": 1, "character": 6}
    asked = {
        "textDocument": {"uri": uri},
        "range": {"start": place, "end": place},
        "context": {"diagnostics": [], "only": ["refactor.rewrite.camus"]},
    }
    actions = wire.request("textDocument/codeAction", asked)
    time.sleep(0.02)  # the server comes to rest before its clock is read
    return actions[0]


async def _bare_calls(rounds: int, server: Ollama) -> tuple[list[float], list[float]]:
    """The last request again by httpx alone, its bytes read as they come."""
    body = server.chats[-1].body
    walls, spent = [], []
    async with httpx.AsyncClient(trust_env=False) as client:
        for _ in range(rounds + 3):
            began, cpu = time.perf_counter(), time.thread_time()
            async with client.stream("POST", f"{server.url}/api/chat", json=body) as response:
                async for _ in response.aiter_raw():
                    pass
            walls.append(time.perf_counter() - began)
            spent.append(time.thread_time() - cpu)
    return walls[3:], spent[3:]


async def _checks(rounds: int, folder: Path, text: str) -> tuple[list[float], list[float]]:
    """The same edits judged, warm, after the same keystrokes."""
    tools = Tools()
    workshop, steps = Workshop(tools, Filters()), Config().post_processing.steps
    document = Document((folder / "a.py").as_uri(), text, "python")
    walls, spent = [], []
    for number in range(rounds + 3):
        document = document.edited([Edit(Span(7, 13), f"{number + rounds * 9:06}")])
        at = len(MARK) + 6
        task = make_task(ACTIONS["refactor"], document, Span(at, at))
        new = task.code.replace("values[", f"values[{number} + ").replace(" < ", " <= ")
        edits = minimal_edits(task.code, new)
        start = task.target.start
        draft = Draft(tuple(Edit(each.span.shift(start), each.text) for each in edits))
        began, cpu = time.perf_counter(), time.process_time()
        draft, _ = await finish(task, draft, steps, workshop)
        report = await quality.assess(task, draft, tools, str(folder))
        walls.append(time.perf_counter() - began)
        spent.append(time.process_time() - cpu)
        assert not report.refusals, report.refusals
    await tools.close()
    return walls[3:], spent[3:]
