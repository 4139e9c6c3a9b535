"""A workspace and a command line to run in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from camus.cli.app import camus

Run = Callable[..., Result]


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is a project, and where the command stands; no server is looked for."""
    folder = tmp_path / "project"
    (folder / ".camus").mkdir(parents=True)
    (folder / ".camus" / "config.yml").write_text("version: 2\nserver: {discover: false}\n")
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run `camus` with arguments; `answers` are typed by somebody at a terminal."""

    def call(*arguments: str, answers: str | None = None) -> Result:
        if answers is not None:
            for module in ("camus.cli.editing", "camus.cli.session"):
                monkeypatch.setattr(f"{module}.interactive", lambda: True)
        return CliRunner().invoke(camus, list(arguments), input=answers)

    return call
