"""The server beside a bare pygls server, and ruff's and pylsp's where installed, for orientation.

Start to the answer of initialize; code actions right after a change of one character; idle memory.
"""

from __future__ import annotations

import json
import shutil
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Literal

from bench import table
from bench.wire import BARE, CAMUS, Wire

Place = Literal["in a function", "at module level", "a selection at module level"]
PLACES: tuple[Place, ...] = ("in a function", "at module level", "a selection at module level")
FUNCTION = '''def area_{0}(width, height):
    """The area."""
    result = width * height
    if result < 0:
        raise ValueError("negative")
    return result


'''
CONSTANTS = "LIMIT = 10\nTOTAL = LIMIT * 2\n"


def source(lines: int) -> str:
    """So many lines of small functions, then two statements of the module."""
    return "".join(FUNCTION.format(number) for number in range(lines // 8)) + CONSTANTS


def starts(rounds: int, env: dict[str, str]) -> None:
    """Start to the answer of initialize."""
    servers = {"camus": CAMUS, "bare pygls": BARE, **_others()}
    seen: dict[str, list[float]] = {name: [] for name in servers}
    for _ in range(rounds):
        for name, command in servers.items():
            with Wire(command, env) as wire:
                seen[name].append(wire.initialize())
    table.times("Start to initialize-response", seen)
    middle = {name: table.percentile(values, 0.5) for name, values in seen.items()}
    table.verdict("Camus by bare pygls, medians", middle["camus"] / middle["bare pygls"], 1.25, "x")


def code_actions(lines: int, place: Place, rounds: int, env: dict[str, str], folder: Path) -> None:
    """Code actions right after a change of one character, the same list from a bare server."""
    text = source(lines)
    uri = (folder / "a.py").as_uri()
    params = {
        "textDocument": {"uri": uri},
        "range": _range(place, lines),
        "context": {"diagnostics": [], "triggerKind": 1},
    }
    answer = folder / "answer.json"
    with ExitStack() as running:
        camus = running.enter_context(Wire(CAMUS, env))
        camus.initialize(folder)
        camus.open(uri, text)
        listed = camus.request("textDocument/codeAction", params)
        answer.write_text(json.dumps(listed), encoding="utf-8")
        bare = running.enter_context(Wire(BARE, {**env, "BARE_ANSWER": str(answer)}))
        servers = {"camus": camus, "bare pygls": bare}
        for name, command in _others().items():
            servers[name] = running.enter_context(Wire(command, env))
        for wire in list(servers.values())[1:]:
            wire.initialize(folder)
            wire.open(uri, text)
            wire.request("textDocument/codeAction", params)
        seen: dict[str, list[float]] = {name: [] for name in servers}
        for number in range(rounds):
            for name, wire in servers.items():
                seen[name].append(_after_change(wire, uri, number, params))
    entries = f"{len(listed)} entries"
    table.times(f"codeAction after a keystroke, {lines:,} lines, {place} ({entries})", seen)
    late = {name: table.percentile(values, 0.95) * 1e3 for name, values in seen.items()}
    table.verdict("p95", late["camus"], 10, "ms")
    table.verdict("p95 above bare pygls", late["camus"] - late["bare pygls"], 5, "ms")


def memory(env: dict[str, str], folder: Path) -> None:
    """Resident memory some seconds after the first code action."""
    print("\n**Idle memory, 1,000 lines open**\n\n| | resident MB |\n|---|--:|")
    resident = {}
    for name, command in {"camus": CAMUS, "bare pygls": BARE}.items():
        with Wire(command, env) as wire:
            wire.initialize(folder)
            uri = (folder / "a.py").as_uri()
            wire.open(uri, source(1000))
            place = {"start": {"line": 0, "character": 6}, "end": {"line": 0, "character": 6}}
            wire.request(
                "textDocument/codeAction",
                {"textDocument": {"uri": uri}, "range": place, "context": {"diagnostics": []}},
            )
            time.sleep(2)
            resident[name] = wire.memory()
            print(f"| {name} | {resident[name]:.1f} |")
    table.verdict("Camus", resident["camus"], 80, "MB")


def _others() -> dict[str, list[str]]:
    """Other servers that are installed."""
    known = {"ruff server": ["ruff", "server"], "pylsp": ["pylsp"]}
    return {name: command for name, command in known.items() if shutil.which(command[0])}


def _range(place: Place, lines: int) -> dict[str, Any]:
    last = lines // 8 * 8
    match place:
        case "in a function":
            middle = lines // 2 // 8 * 8
            return _span((middle, 6), (middle, 6))
        case "at module level":
            return _span((last, 2), (last, 2))
        case "a selection at module level":
            return _span((last - 16, 0), (last + 2, 0))


def _span(start: tuple[int, int], end: tuple[int, int]) -> dict[str, Any]:
    places = [dict(zip(("line", "character"), each, strict=True)) for each in (start, end)]
    return {"start": places[0], "end": places[1]}


def _after_change(wire: Wire, uri: str, number: int, params: dict[str, Any]) -> float:
    change = {"range": _span((2, 4), (2, 5)), "text": "rs"[number % 2]}
    document = {"uri": uri, "version": number + 2}
    began = time.perf_counter()
    wire.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [change]})
    wire.request("textDocument/codeAction", params)
    return time.perf_counter() - began
