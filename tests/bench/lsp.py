"""The server beside a bare pygls server (and ruff's, for orientation): run with
`PYTHONPATH=server:tests python -m bench.lsp`.

Start to the answer of initialize; code actions right after a change of one character; idle memory;
processor time of a resolve beside the bare HTTP call. Rounds alternate between the servers, so
that a busy machine slows all of them.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.wire import BARE, CAMUS, Wire, milliseconds
from support.servers import Ollama, Told

FUNCTION = '''def area_{0}(width, height):
    """The area."""
    result = width * height
    if result < 0:
        raise ValueError("negative")
    return result


'''
BETTER = '''```python
def area_3(width, height):
    """The area."""
    result = width * height
    if result < 0:
        raise ValueError("below zero")
    return result
```
'''


def source(lines: int) -> str:
    """So many lines of small functions."""
    return "".join(FUNCTION.format(number) for number in range(lines // 8))


def starts(servers: dict[str, list[str]], rounds: int, env: dict[str, str]) -> None:
    """Start to the answer of initialize."""
    seen: dict[str, list[float]] = {name: [] for name in servers}
    for _ in range(rounds):
        for name, command in servers.items():
            with Wire(command, env) as wire:
                seen[name].append(wire.initialize())
    print(f"\nstart to initialize-response ({rounds} rounds)")
    for name, values in seen.items():
        print(f"  {name:14} {milliseconds(values)}")
    for what, pick in (("min", min), ("median", lambda v: sorted(v)[len(v) // 2])):
        print(f"  camus / bare pygls, {what}: {pick(seen['camus']) / pick(seen['bare pygls']):.2f}")


def code_actions(lines: int, rounds: int, env: dict[str, str], folder: Path) -> None:
    """Code actions right after a change of one character."""
    text = source(lines)
    uri = (folder / "a.py").as_uri()
    place = {"start": {"line": lines // 2 // 8 * 8, "character": 6}}
    params = {
        "textDocument": {"uri": uri},
        "range": {**place, "end": place["start"]},
        "context": {"diagnostics": [], "triggerKind": 1},
    }
    answer = folder / "answer.json"
    with Wire(CAMUS, env) as camus:
        camus.initialize(folder)
        camus.open(uri, text)
        answer.write_text(
            json.dumps(camus.request("textDocument/codeAction", params)), encoding="utf-8"
        )
        servers = {"camus": camus, "bare pygls": Wire(BARE, {**env, "BARE_ANSWER": str(answer)})}
        if ruff := shutil.which("ruff"):
            servers["ruff server"] = Wire([ruff, "server"], env)
        for name, wire in servers.items():
            if name != "camus":
                wire.initialize(folder)
                wire.open(uri, text)
                wire.request("textDocument/codeAction", params)
        seen: dict[str, list[float]] = {name: [] for name in servers}
        for number in range(rounds):
            for name, wire in servers.items():
                seen[name].append(_after_change(wire, uri, number, params))
        for name, wire in servers.items():
            if name != "camus":
                wire.__exit__()
    offered = len(json.loads(answer.read_text(encoding="utf-8")))
    print(f"\ncodeAction after a change of one character, {lines} lines ({offered} entries)")
    for name, values in seen.items():
        print(f"  {name:14} {milliseconds(values)}")


def _after_change(wire: Wire, uri: str, number: int, params: dict[str, Any]) -> float:
    at = {"line": 2, "character": 4}
    change = {"range": {"start": at, "end": {**at, "character": 5}}, "text": "rs"[number % 2]}
    document = {"uri": uri, "version": number + 2}
    began = time.perf_counter()
    wire.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [change]})
    wire.request("textDocument/codeAction", params)
    return time.perf_counter() - began


def memory(env: dict[str, str], folder: Path) -> None:
    """Resident memory some seconds after the first code action."""
    print("\nidle memory")
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
            print(f"  {name:14} {wire.memory():6.1f} MB")


def resolves(rounds: int, env: dict[str, str], folder: Path) -> None:
    """Processor time of a resolve with a loopback model, the checks apart."""
    import httpx

    with Ollama(lambda _asked: BETTER, models=[Told("qwen2.5-coder:7b")]) as server:
        model = {"name": "m", "type": "ollama", "model": "qwen2.5-coder:7b", "url": server.url}
        home = Path(env["CAMUS_HOME"])
        (home / "config").mkdir(parents=True, exist_ok=True)
        tree = {"models": {"m": model}, "server": {"discover": False}, "cache": {"enabled": False}}
        (home / "config/config.yml").write_text(json.dumps(tree), encoding="utf-8")
        with Wire(CAMUS, env) as wire:
            wire.initialize(folder)
            uri = (folder / "a.py").as_uri()
            wire.open(uri, source(2000))
            preview = {
                "uri": uri,
                "range": {
                    "start": {"line": 24, "character": 6},
                    "end": {"line": 24, "character": 6},
                },
                "action": "refactor",
                "fresh": True,
            }
            command = {"command": "camus.preview", "arguments": [preview]}
            first = wire.request("workspace/executeCommand", command)
            began, walls = wire.cpu(), []
            for _ in range(rounds):
                at = time.perf_counter()
                wire.request("workspace/executeCommand", command)
                walls.append(time.perf_counter() - at)
            each = (wire.cpu() - began) / rounds
            grown = wire.memory()
        body = server.chats[0].body
        bare = []
        with httpx.Client(trust_env=False) as client:
            began_bare = time.process_time()
            for _ in range(rounds):
                at = time.perf_counter()
                client.post(f"{server.url}/api/chat", json=body).read()
                bare.append(time.perf_counter() - at)
    print(f"\nresolve of a function in 2,000 lines, loopback model ({first['state']})")
    print(f"  camus          {milliseconds(walls)}   CPU {each * 1e3:.1f} ms, ruff's included")
    print(f"  bare HTTP call {milliseconds(bare)}")
    print(f"  camus's memory after {rounds + 1} of them: {grown:.1f} MB")
    print(
        f"  bare HTTP and its server in this process: CPU "
        f"{(time.process_time() - began_bare) / rounds * 1e3:.1f} ms"
    )


def main() -> None:
    """Measure everything, or what is named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="*", default=["start", "actions", "memory", "resolve"])
    parser.add_argument("--rounds", type=int, default=15)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home) / "workspace"
        folder.mkdir()
        env = {"CAMUS_HOME": f"{home}/home", "OLLAMA_HOST": "http://127.0.0.1:9"}
        servers = {"camus": CAMUS, "bare pygls": BARE}
        if ruff := shutil.which("ruff"):
            servers["ruff server"] = [ruff, "server"]
        if pylsp := shutil.which("pylsp"):
            servers["pylsp"] = [pylsp]
        print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
        if "start" in given.what:
            starts(servers, given.rounds, env)
        if "actions" in given.what:
            for lines in (1000, 10_000):
                code_actions(lines, given.rounds * 10, env, folder)
        if "memory" in given.what:
            memory(env, folder)
        if "resolve" in given.what:
            resolves(given.rounds * 2, env, folder)


if __name__ == "__main__":
    main()
