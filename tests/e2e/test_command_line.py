"""The real `camus` process against real servers on loopback: fallback, faults, interruption."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.engines import fenced
from support.servers import Fault, Ollama, OpenAI, Reply, Told, closed_port

STUB = '''def area(width: int, height: int) -> int:
    """The area."""
    raise NotImplementedError
'''
GOOD = STUB.replace("raise NotImplementedError", "return width * height")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "pyproject.toml").touch()
    (folder / "shapes.py").write_text(STUB)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("OLLAMA_HOST", f"http://127.0.0.1:{closed_port()}")
    return folder


def configure(home: Path, *entries: str) -> None:
    (home / "config").mkdir(parents=True, exist_ok=True)
    text = "models:\n" + "".join(f"  {entry}\n" for entry in entries)
    (home / "config" / "config.yml").write_text(
        text + "timeouts: {first_token: 1, idle: 1, total: 3}\n"
    )


def entry(name: str, kind: str, url: str, id: str, size: str) -> str:
    return f"{name}: {{type: {kind}, url: '{url}', model: '{id}', size: {size}}}"


def implement(*more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "camus", "implement", "shapes.py:1", "--json", "--yes", *more],
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )


@pytest.fixture
def heeded() -> Iterator[None]:
    """Let processes heed an interruption even where the tests run in the background of a shell."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


FAULTS = {
    "refused": None,
    "500": Fault("status", status=500),
    "429": Fault("status", status=429, retry_after="60"),
    "401": Fault("status", status=401),
    "cut": Fault("cut"),
    "error in mid-stream": Fault("error"),
    "stalled": Fault("stall"),
    "silent": Fault("silent"),
    "garbage": Fault("garbage"),
    "dripping": Reply(fenced(GOOD), pause=0.9),
    "no code": "I would rather not.",
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("first", ["ollama", "openai"])
def test_when_the_small_model_fails_the_large_one_answers_and_it_is_said(
    project: Path, own_home: Path, first: str, fault: str
) -> None:
    small_server = (Ollama if first == "ollama" else OpenAI)(
        FAULTS[fault] or "unused", models=[Told("small:1b")]
    )
    large_server = (OpenAI if first == "ollama" else Ollama)(fenced(GOOD), models=[Told("big:32b")])
    second = "openai" if first == "ollama" else "ollama"
    with small_server as small, large_server as large:
        url = small.url if fault != "refused" else f"http://127.0.0.1:{closed_port()}"
        configure(
            own_home,
            entry("small", first, url, "small:1b", "fast"),
            entry("large", second, large.url, "big:32b", "large"),
        )
        done = implement()
    assert done.returncode == 0, done.stderr
    value = json.loads(done.stdout)
    assert value["model"] == "large"
    assert (project / "shapes.py").read_text() == GOOD
    if fault != "refused":
        assert value["steps"][0]["model"] == "small"
    rows = _journal(own_home)
    assert value["id"] in rows
    assert "width" not in rows
    assert str(project) not in rows


def _journal(home: Path) -> str:
    with sqlite3.connect(home / "state" / "journal.sqlite3") as database:
        tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        rows = [
            str(row)
            for (table,) in tables
            for row in database.execute(f"SELECT * FROM {table}").fetchall()
        ]
    database.close()
    return "\n".join(rows)


def test_interrupting_closes_the_models_connection_and_writes_nothing(
    project: Path, own_home: Path, heeded: None
) -> None:
    with Ollama(Reply(fenced(GOOD), pause=0.5), models=[Told("small:1b")]) as server:
        configure(own_home, entry("small", "ollama", server.url, "small:1b", "fast"))
        process = subprocess.Popen(
            [sys.executable, "-m", "camus", "implement", "shapes.py:1", "--yes"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        _until(lambda: bool(server.chats))
        process.send_signal(signal.SIGINT)
        at = time.monotonic()
        closed = server.wait_closed()
        _, stderr = process.communicate(timeout=10)
    assert process.returncode == 130
    assert closed - at < 0.2
    assert "nothing was written" in stderr
    assert "Traceback" not in stderr
    assert (project / "shapes.py").read_text() == STUB


def _until(holds: object) -> None:
    assert callable(holds)
    end = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_running_ollama_is_found_without_any_configuration(
    project: Path, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Ollama(fenced(GOOD), models=[Told("qwen2.5-coder:7b")]) as server:
        monkeypatch.setenv("OLLAMA_HOST", server.url)
        done = implement()
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["model"] == "qwen2.5-coder:7b"
    assert not (own_home / "config").exists()


def test_output_to_a_closed_pipe_is_no_traceback(project: Path, own_home: Path) -> None:
    done = subprocess.run(
        f"{sys.executable} -m camus explain shapes.py:1 | head -1",
        shell=True,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ,
    )
    assert "Traceback" not in done.stderr
