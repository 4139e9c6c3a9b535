"""What an editor feels: hovers while every model hangs, and the cost of typing."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from bench import table
from bench.lsp import source
from support.pipes import Pipes
from support.scene import MODEL, ollama_at
from support.servers import Fault, Ollama, Told

HANGING = 32
"""More questions at once than any model has slots, and than the process has worker threads."""
KEYS_A_SECOND = 7
VSCODE = json.loads(
    (Path(__file__).parents[1] / "e2e/clients/vscode.json").read_text(encoding="utf-8")
)["capabilities"]


def hovers(rounds: int, env: dict[str, str], lines: int = 1000) -> None:
    """A hover of an idle server, and of one where 32 questions wait for models that hang."""
    with Ollama(Fault("silent"), models=[Told(MODEL)]) as server:
        _configure(env, server)
        with Pipes(env) as pipes:
            pipes.initialize(capabilities=VSCODE)
            pipes.open("untitled:a.py", source(lines))
            seen = {"idle": _hovers(pipes, rounds, lines)}
            for number in range(HANGING):
                place = {"line": 8 * number, "character": 6}
                given = {"uri": "untitled:a.py", "range": {"start": place, "end": place}}
                command = {"command": "camus.explain", "arguments": [given]}
                pipes.send(_request(f"hang {number}", "workspace/executeCommand", command))
            server.wait_requests(1, 20.0, path="/api/chat")
            time.sleep(3)  # until all of them wait
            name = f"{HANGING} questions hang, {len(server.chats)} of them at the model"
            seen[name] = _hovers(pipes, rounds, lines)
    table.times(f"Hover in {lines:,} lines", seen)
    idle, hanging = (table.percentile(values, 0.5) for values in seen.values())
    table.verdict("hanging by idle, medians", hanging / idle, 5, "x")
    late = [table.percentile(values, 0.95) for values in seen.values()]
    table.verdict("hanging by idle, p95", late[1] / late[0], 5, "x")


def typing(seconds: float, env: dict[str, str], lines: int = 10_000) -> None:
    """Seven edits a second in a large file; as VS Code does, with code actions asked after each."""
    print(f"\n**Typing {KEYS_A_SECOND} edits a second in {lines:,} lines for {seconds:.0f} s**\n")
    print("| after each edit | processor, share of one core |\n|---|--:|")
    shares = {}
    for name in ("nothing", "code actions", "code actions and a hover"):
        shares[name] = _typed(name, seconds, env, lines)
        print(f"| {name} | {shares[name]:.1%} |")
    table.verdict("the dearest", max(shares.values()) * 100, 10, "% of one core")


def _typed(asked: str, seconds: float, env: dict[str, str], lines: int) -> float:
    with Pipes(env) as pipes:
        pipes.initialize(capabilities=VSCODE)
        pipes.open("untitled:a.py", source(lines))
        for number in range(10):  # what is imported and parsed once
            _key(pipes, number, lines, asked)
        time.sleep(2)
        before, began = pipes.cpu(), time.perf_counter()
        number = 10
        while (spent := time.perf_counter() - began) < seconds:
            _key(pipes, number, lines, asked)
            number += 1
            time.sleep(max(0.0, (number - 10) / KEYS_A_SECOND - (time.perf_counter() - began)))
        return (pipes.cpu() - before) / spent


def _key(pipes: Pipes, number: int, lines: int, asked: str) -> None:
    """One character more in a name in the middle of the file."""
    line = lines // 2 // 8 * 8 + 2
    at = {"line": line, "character": 4 + number % 60}
    place = {"start": at, "end": at}
    document = {"uri": "untitled:a.py", "version": number + 2}
    change = {"textDocument": document, "contentChanges": [{"range": place, "text": "x"}]}
    pipes.send({"method": "textDocument/didChange", "params": change})
    ids = []
    if asked != "nothing":
        context = {"diagnostics": [], "triggerKind": 2}
        params: dict[str, Any] = {"textDocument": document, "range": place, "context": context}
        ids.append(f"actions {number}")
        pipes.send(_request(ids[-1], "textDocument/codeAction", params))
    if asked.endswith("hover"):
        ids.append(f"hover {number}")
        hover = {"textDocument": document, "position": at}
        pipes.send(_request(ids[-1], "textDocument/hover", hover))
    pipes.answered(ids)


def _hovers(pipes: Pipes, rounds: int, lines: int) -> list[float]:
    seen = []
    for number in range(rounds):
        place = {"line": 8 * (number * 7 % (lines // 8)), "character": 6}
        hover = {"textDocument": {"uri": "untitled:a.py"}, "position": place}
        began = time.perf_counter()
        pipes.send(_request(f"hover {number}", "textDocument/hover", hover))
        pipes.answered([f"hover {number}"])
        seen.append(time.perf_counter() - began)
        time.sleep(0.01)
    return seen


def _configure(env: dict[str, str], server: Ollama) -> None:
    folder = Path(env["CAMUS_HOME"]) / "config"
    folder.mkdir(parents=True, exist_ok=True)
    tree = {"version": 2, "models": ollama_at(server), "server": {"discover": False}}
    (folder / "config.yml").write_text(json.dumps(tree), encoding="utf-8")


def _request(number: str, method: str, params: object) -> dict[str, Any]:
    return {"id": number, "method": method, "params": params}
