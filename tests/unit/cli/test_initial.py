"""`camus config init` for a situation that was named, or that a workspace shows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest
from click.testing import Result

from camus.config import Situation

Run = Callable[..., Result]


@pytest.fixture(autouse=True)
def nothing_answers(monkeypatch: pytest.MonkeyPatch, workspace: Path) -> None:
    monkeypatch.setenv("OLLAMA_HOST", "127.0.0.1:1")
    (workspace / ".camus" / "config.yml").unlink()


@pytest.mark.parametrize("situation", get_args(Situation))
def test_a_named_situation_is_written_and_valid(situation: str, workspace: Path, run: Run) -> None:
    shown = run("config", "init", "--template", situation, "--dry-run")
    assert shown.exit_code == 0
    assert not (workspace / ".camus" / "config.yml").exists()
    assert run("config", "init", "--template", situation).exit_code == 0
    assert (workspace / ".camus" / "config.yml").read_text() == shown.stdout
    run("trust")
    checked = run("config", "validate")
    assert checked.exit_code == 0
    assert "warning" not in checked.output


def test_the_situations_are_listed(run: Run) -> None:
    done = run("config", "init", "--list")
    assert [line.split()[0] for line in done.stdout.splitlines()] == list(get_args(Situation))


def test_a_model_file_in_the_workspace_is_seen(workspace: Path, run: Run) -> None:
    (workspace / "models").mkdir()
    (workspace / "models" / "tiny.gguf").write_bytes(b"GGUF")
    done = run("config", "init")
    assert "a model in a GGUF file" in done.output
    assert "needs an extra" in done.output
    assert "models/tiny.gguf" in (workspace / ".camus" / "config.yml").read_text()


def test_a_server_fills_in_a_teams_file(workspace: Path, run: Run) -> None:
    done = run(
        *("config", "init", "--template", "team"),
        *("--url", "https://llm.example.com/v1", "--model", "big"),
    )
    assert "camus consent grant llm.example.com" in done.output
    text = (workspace / ".camus" / "config.yml").read_text()
    assert '"https://llm.example.com/v1"' in text
    assert '"big"' in text
