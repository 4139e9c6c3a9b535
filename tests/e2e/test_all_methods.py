"""Every method of the protocol, in either direction, with random valid parameters."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types as lsp

from support.messages import Messages
from support.pipes import Pipes

ENDS = {"initialize", "shutdown", "exit"}
METHODS = sorted(set(lsp.METHOD_TO_TYPES) - ENDS)
EACH = 5
ALLOWED = {-32601, -32602, -32600, -32801, -32803, -32800}
"""What may be said of a valid message to this server: all but an internal error."""


def _is_request(method: str) -> bool:
    return lsp.METHOD_TO_TYPES[method][1] is not None


def _listened(pipes: Pipes, wanted: set[Any]) -> Counter[Any]:
    """Read until every id is answered and then the ping; how often each was."""
    place = {"textDocument": {"uri": "untitled:none"}, "position": {"line": 0, "character": 0}}
    answered: Counter[Any] = Counter()
    while wanted - answered.keys():
        _next(pipes, answered)
    pipes.send({"id": "ping", "method": "textDocument/hover", "params": place})
    while "ping" not in answered:
        _next(pipes, answered)
    return answered


def _next(pipes: Pipes, answered: Counter[Any]) -> None:
    message = pipes.next()
    if "method" not in message:
        answered[message["id"]] += 1
        if "error" in message:
            assert message["error"]["code"] in ALLOWED, message


@pytest.mark.parametrize("seed", [1, 2])
def test_all_methods_with_random_parameters_leave_the_session_alive(
    seed: int, tmp_path: Path
) -> None:
    assert len(METHODS) + len(ENDS) == 95
    env = {"CAMUS_HOME": str(tmp_path), "OLLAMA_HOST": "http://127.0.0.1:9"}
    messages = Messages(seed)
    with Pipes(env) as pipes:
        pipes.initialize()
        pipes.open("file:///w/a.py", "def f(x):\n    return eval(x)\n")
        requests = set()
        for turn in range(EACH):
            for method in METHODS:
                message = {"method": method, "params": messages.params(method)}
                if _is_request(method):
                    message["id"] = f"{method} {turn}"
                    requests.add(message["id"])
                pipes.send(message)
        answered = _listened(pipes, requests)
        assert answered == Counter([*requests, "ping"])
        pipes.send({"id": "end", "method": "shutdown"})
        assert pipes.answer("end") == {"result": None}
        pipes.send({"method": "exit"})
        assert pipes.exit_code() == 0
        assert pipes.complaints == ""


@pytest.mark.parametrize("seed", range(4))
def test_any_valid_greeting_is_answered(seed: int, tmp_path: Path) -> None:
    env = {"CAMUS_HOME": str(tmp_path), "OLLAMA_HOST": "http://127.0.0.1:9"}
    params = {**Messages(seed).params("initialize"), "processId": None}
    with Pipes(env) as pipes:
        assert "capabilities" in pipes.initialize(**params)["result"]
        assert pipes.alive()
