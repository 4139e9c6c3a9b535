"""`camus serve --tcp`: one client of this machine with the token, and nobody else."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="--tcp is not served there")


Serving = tuple[subprocess.Popen[str], dict[str, Any]]


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[Serving]:
    with _served(tmp_path) as running:
        yield running


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """One that lets nobody in, in none of the tests."""
    with _served(tmp_path_factory.mktemp("home")) as (process, told):
        yield told
        assert process.poll() is None


@contextlib.contextmanager
def _served(home: Path) -> Iterator[Serving]:
    env = {"CAMUS_HOME": str(home), "OLLAMA_HOST": "http://127.0.0.1:9"}
    with subprocess.Popen(
        [sys.executable, "-m", "camus", "serve", "--tcp", "127.0.0.1:0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **env},
    ) as process:
        assert process.stdout is not None
        yield process, json.loads(process.stdout.readline())
        process.kill()


def _connect(told: dict[str, Any]) -> socket.socket:
    return socket.create_connection((told["host"], told["port"]), timeout=10)


def _initialize(token: object, **more: Any) -> bytes:
    params = {
        "capabilities": {},
        "processId": None,
        "initializationOptions": {"camus": {"token": token}},
    }
    return _framed({"id": 1, "method": "initialize", "params": params, **more})


def _framed(message: dict[str, Any]) -> bytes:
    body = json.dumps({"jsonrpc": "2.0", **message}).encode()
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


def _answer(connection: socket.socket) -> dict[str, Any]:
    with connection.makefile("rb") as stream:
        length = int(stream.readline().split(b":")[1])
        stream.readline()
        answer: dict[str, Any] = json.loads(stream.read(length))
        return answer


def _closed(connection: socket.socket) -> bool:
    try:
        return connection.recv(1) == b""
    except ConnectionResetError:
        return True


def test_the_client_with_the_token_is_served_to_the_end(serving: Any) -> None:
    process, told = serving
    with _connect(told) as connection:
        connection.sendall(_initialize(told["token"]))
        assert "capabilities" in _answer(connection)["result"]
        connection.sendall(_framed({"method": "initialized", "params": {}}))
        connection.sendall(_framed({"id": 2, "method": "shutdown"}))
        assert _answer(connection)["result"] is None
        connection.sendall(_framed({"method": "exit"}))
        assert process.wait(20) == 0
    assert process.stderr.read() == ""


@pytest.mark.parametrize("token", ["", "x", None, 7, "é"])
def test_without_the_token_the_connection_is_refused(
    guarded: dict[str, Any], token: object
) -> None:
    with _connect(guarded) as connection:
        connection.sendall(_initialize(token))
        assert _answer(connection)["error"]["code"] == -32600
        assert _closed(connection)


def test_who_was_refused_does_not_stand_in_the_way(serving: Serving) -> None:
    _process, told = serving
    with _connect(told) as idle, _connect(told) as wrong, _connect(told) as right:
        wrong.sendall(_initialize("x"))
        assert "error" in _answer(wrong)
        right.sendall(_initialize(told["token"]))
        assert "result" in _answer(right)
        assert idle.fileno() >= 0


WEB = {
    "a page that posts": b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: http://x.example\r\n",
    "a page that gets": b"GET / HTTP/1.1\r\nHost: localhost\r\n",
    "a preflight": b"OPTIONS / HTTP/1.1\r\nOrigin: null\r\n",
    "a length first, then an origin": b"Content-Type: text/plain\r\nOrigin: http://x.example\r\n",
    "a host behind": b"Content-Length: 2\r\nHost: 127.0.0.1\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
}


@pytest.mark.parametrize("head", WEB.values(), ids=WEB.keys())
def test_what_looks_like_http_is_closed_without_a_word_even_with_the_token(
    guarded: dict[str, Any], head: bytes
) -> None:
    with _connect(guarded) as connection:
        with contextlib.suppress(OSError):  # it may be closed while this is sent
            connection.sendall(head + _initialize(guarded["token"]))
        assert _closed(connection)


def test_another_request_first_is_refused(guarded: dict[str, Any]) -> None:
    told = guarded
    for method in ("shutdown", "workspace/executeCommand"):
        with _connect(told) as connection:
            connection.sendall(_initialize(told["token"], method=method))
            assert _answer(connection)["error"]["code"] == -32600
            assert _closed(connection)


def test_while_one_is_served_nobody_else_is_let_in(serving: Any) -> None:
    _process, told = serving
    with _connect(told) as connection:
        connection.sendall(_initialize(told["token"]))
        assert "result" in _answer(connection)
        with pytest.raises(ConnectionRefusedError):
            _connect(told)


@pytest.mark.parametrize("address", ["0.0.0.0:0", "192.0.2.1:0", "example.org:0", "x", "[::]:0"])
def test_only_loopback_is_listened_on(address: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "camus", "serve", "--tcp", address],
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert done.returncode == 2
    assert "--tcp" in done.stderr
    assert "Traceback" not in done.stderr
