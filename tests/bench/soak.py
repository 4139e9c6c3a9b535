"""Very many messages through one server: what it holds at the end beside what it held before."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from support.pipes import Pipes
from support.scene import MODEL, configure, ollama_at
from support.servers import Ollama, Reply, Told

FUNCTION = 'def area_{0}(width, height):\n    """The area."""\n    return width * height\n\n\n'
TEXT = "".join(FUNCTION.format(number) for number in range(60))
PLACE = {"start": {"line": 2, "character": 4}, "end": {"line": 2, "character": 9}}
STILL = "untitled:still.py"
"""Nobody types in it, so that what is found in it is shown."""
ROUND = 100
"""Messages of one round: most are keystrokes, as in an editor."""
CROWD = 32


@dataclass(frozen=True, slots=True)
class Held:
    """What a process holds: resident bytes, descriptors, threads."""

    resident: int
    descriptors: int
    threads: int


@dataclass(frozen=True, slots=True)
class Soaked:
    """What a soak came to."""

    messages: int
    before: Held
    after: Held
    seconds: float

    @property
    def bytes_a_message(self) -> float:
        """How much the process grew for each message."""
        return (self.after.resident - self.before.resident) / self.messages


def soak(messages: int, env: dict[str, str], *, warm_up: int = 2000, talk: bool = False) -> Soaked:
    """Send so many messages, after others that fill the caches; asserts that each is answered.

    With `talk` each round has a review of its own and an explanation, both streamed.
    """
    with Pipes(env) as pipes:
        pipes.initialize()
        pipes.open("untitled:soak.py", TEXT)
        pipes.open(STILL, TEXT)
        numbers = iter(range(10**9))
        for _ in range(warm_up // ROUND):
            _round(pipes, numbers, talk)
        if talk:
            _crowd(pipes)
        before, began = _held(pipes), time.perf_counter()
        for _ in range(messages // ROUND):
            _round(pipes, numbers, talk)
        seconds = time.perf_counter() - began
        after = _held(pipes)
        pipes.send({"id": "end", "method": "shutdown"})
        assert pipes.code("end") == 0
        pipes.send({"method": "exit"})
        assert pipes.exit_code() == 0
    return Soaked(messages, before, after, seconds)


def main(messages: int) -> None:
    """Print a table."""
    words = Reply(" ".join(f"word{number}" for number in range(60)), pause=0.002)
    with tempfile.TemporaryDirectory() as home, Ollama(words, models=[Told(MODEL)]) as server:
        configure(Path(home), ollama_at(server))
        env = {"CAMUS_HOME": home, "OLLAMA_HOST": "http://127.0.0.1:9"}
        done = soak(messages, env, warm_up=min(messages, 30_000), talk=True)
        asked = len(server.chats)
    print(f"\n**{messages:,} messages in {done.seconds:.0f} s, {asked} answers of a model**\n")
    print("| | before | after |\n|---|--:|--:|")
    print(f"| resident MB | {done.before.resident / 1e6:.1f} | {done.after.resident / 1e6:.1f} |")
    print(f"| descriptors | {done.before.descriptors} | {done.after.descriptors} |")
    print(f"| threads | {done.before.threads} | {done.after.threads} |")
    print(f"\n{done.bytes_a_message:.1f} bytes a message; wanted: at most 50")


def _round(pipes: Pipes, numbers: Iterator[int], talk: bool) -> None:
    """A hundred messages; the answers to its requests are read, so that none piles up."""
    number = next(numbers)
    choose = random.Random(number)
    asked = []
    for each in range(ROUND):
        message = _talk(each, number) if talk and each in {80, 90} else None
        message = message or _message(each, number, choose)
        if "id" in message:
            message["id"] = f"{number} {each}"
            asked.append(message["id"])
        pipes.send(message)
    pipes.answered(asked)


def _crowd(pipes: Pipes) -> None:
    """Many at once, so that every thread there may be is there, with its own connections."""
    for each in range(4):
        asked = []
        for number in range(CROWD):
            message = {**(_talk(90 - number % 2 * 10, -number - 1)), "id": f"crowd {each} {number}"}
            asked.append(message["id"])
            pipes.send(message)
        pipes.answered(asked)


def _talk(each: int, number: int) -> dict[str, Any]:
    """A review, or an explanation, that is streamed and asked anew."""
    command = "camus.review" if each == 80 else "camus.explain"
    place = {"uri": STILL, "range": PLACE, "fresh": True, "partialResultToken": f"{number} {each}"}
    return _request("workspace/executeCommand", {"command": command, "arguments": [place]})


def _message(each: int, number: int, choose: random.Random) -> dict[str, Any]:
    document = {"uri": "untitled:soak.py"}
    if each == 10:
        params: dict[str, Any] = {"textDocument": document, "range": PLACE}
        context = {"diagnostics": [], "triggerKind": 2}
        return _request("textDocument/codeAction", {**params, "context": context})
    if each == 20:
        position = {"line": choose.randrange(200), "character": 6}
        return _request("textDocument/hover", {"textDocument": document, "position": position})
    if each == 30:
        return _request("textDocument/none", {})
    if each == 40:
        return _notice("$/cancelRequest", {"id": f"{number} 20"})
    if each == 50:
        return _notice("window/workDoneProgress/cancel", {"token": f"{number}"})
    if each in {60, 70}:
        item = {"uri": f"untitled:{number}.py", "languageId": "python", "version": 1, "text": TEXT}
        if each == 70:
            return _notice("textDocument/didClose", {"textDocument": item})
        return _notice("textDocument/didOpen", {"textDocument": item})
    # Two keystrokes undo each other, so that the text stays as long as it was.
    place = {"line": 2, "character": 4}
    empty = {"start": place, "end": place}
    typed = {"start": place, "end": {"line": 2, "character": 5}}
    change = {"range": empty, "text": "x"} if each % 2 else {"range": typed, "text": ""}
    version = {**document, "version": number * ROUND + each + 2}
    return _notice("textDocument/didChange", {"textDocument": version, "contentChanges": [change]})


def _request(method: str, params: Any) -> dict[str, Any]:
    return {"id": "", "method": method, "params": params}


def _notice(method: str, params: Any) -> dict[str, Any]:
    return {"method": method, "params": params}


def _held(pipes: Pipes) -> Held:
    """What the process holds, once it is idle; its document is still the one that was typed in."""
    document = {"uri": "untitled:soak.py"}
    hover = {"textDocument": document, "position": {"line": 297, "character": 6}}
    pipes.send(_request("textDocument/hover", hover))
    assert "area_59" in pipes.answer("")["result"]["contents"]["value"]
    time.sleep(1.0)
    return Held(pipes.resident(), pipes.descriptors(), pipes.threads())
