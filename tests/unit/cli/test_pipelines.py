"""`camus modify` with the plan's own v1 configuration against a real server on loopback."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from support.engines import fenced
from support.servers import Asked, Fault, Ollama, Told

Run = Callable[..., Result]

V1 = """\
# Camus Configuration v1.0 (Original Plan)
backends:
  - name: deepseek-coder-local
    type: ollama
    url: {url}
    model: deepseek-coder:6.7b
  - name: llama3-local
    type: ollama
    url: {url}
    model: llama3:8b

pipelines:
  default:
    - llama3-local
  refine-pro:
    - llama3-local
    - deepseek-coder-local

defaults:
  pipeline: default
"""
BEFORE = "int main() { return 0; }\n"
FIRST = "// entry point\nint main() { return 0; }\n"
SECOND = "// the entry point\nint main() { return 0; }\n"
MODELS = [Told("llama3:8b"), Told("deepseek-coder:6.7b")]


def script(asked: Asked) -> str:
    return fenced(FIRST if asked.model == "llama3:8b" else SECOND, "cpp")


@pytest.fixture
def project(workspace: Path, own_home: Path) -> Path:
    """The plan's own project; its servers are the user's, as their ports are chosen by chance."""
    (workspace / "src").mkdir()
    (workspace / "src" / "main.cpp").write_text(BEFORE)
    (own_home / "config").mkdir(parents=True)
    return workspace


def configure(own_home: Path, server: Ollama) -> None:
    (own_home / "config" / "config.yml").write_text(V1.format(url=server.url))


def test_the_plans_pipeline_runs_as_the_plan_says(project: Path, own_home: Path, run: Run) -> None:
    with Ollama(script, models=MODELS) as server:
        configure(own_home, server)
        done = run(
            *("modify", "add comments", "--file", "src/main.cpp"),
            *("--pipeline", "refine-pro", "--yes"),
        )
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines()[:2] == [
        "[INFO] Pipeline Step 1/2: Using model 'llama3-local'...",
        "[INFO] Pipeline Step 2/2: Using model 'deepseek-coder-local'...",
    ]
    assert [asked.model for asked in server.chats] == ["llama3:8b", "deepseek-coder:6.7b"]
    assert BEFORE.strip() in server.chats[0].text
    assert "// entry point" in server.chats[1].text
    assert "add comments" in server.chats[1].text
    assert (project / "src" / "main.cpp").read_text() == SECOND
    assert "+// the entry point" in done.stdout
    assert "-// entry point" not in done.stdout


def test_a_migrated_configuration_asks_exactly_the_same(
    project: Path, own_home: Path, run: Run
) -> None:
    modify = ("modify", "add comments", "--file", "src/main.cpp", "--dry-run")
    seen, outputs = [], []
    with Ollama(script, models=MODELS) as server:
        configure(own_home, server)
        for step in ("", "--yes", "--undo", "--yes"):
            if step:
                assert run("config", "migrate", "--user", step).exit_code == 0
            before = len(server.chats)
            outputs.append(
                [run(*modify, *more).stdout for more in ((), ("--pipeline", "refine-pro"))]
            )
            seen.append([chat.body for chat in server.chats[before:]])
    assert len(seen[0]) == 3
    assert seen[0] == seen[1] == seen[2] == seen[3]
    assert [[line for line in each[1].splitlines() if "[INFO]" in line] for each in outputs] == [
        [
            "[INFO] Pipeline Step 1/2: Using model 'llama3-local'...",
            "[INFO] Pipeline Step 2/2: Using model 'deepseek-coder-local'...",
        ]
    ] * 4
    assert "models:" in (own_home / "config" / "config.yml").read_text()


def test_without_the_flag_the_default_pipeline_runs(
    project: Path, own_home: Path, run: Run
) -> None:
    with Ollama(script, models=MODELS) as server:
        configure(own_home, server)
        done = run("modify", "add comments", "--file", "src/main.cpp", "--yes")
    assert done.exit_code == 0, done.output
    assert "[INFO] Pipeline Step 1/1: Using model 'llama3-local'..." in done.stdout.splitlines()
    assert [asked.model for asked in server.chats] == ["llama3:8b"]
    assert (project / "src" / "main.cpp").read_text() == FIRST


def test_a_failing_step_writes_nothing_and_names_the_model(
    project: Path, own_home: Path, run: Run
) -> None:
    with Ollama(Fault("status", status=500), models=MODELS) as server:
        configure(own_home, server)
        done = run("modify", "add comments", "--file", "src/main.cpp", "--yes")
    assert done.exit_code == 4
    assert "llama3-local" in done.stderr
    assert (project / "src" / "main.cpp").read_text() == BEFORE


def test_help_shows_the_pipeline_option(run: Run) -> None:
    done = run("modify", "--help")
    assert "--pipeline" in done.output
    assert "Use named pipeline from config." in done.output
