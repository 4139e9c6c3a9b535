"""A workspace, an environment in which nothing is found by chance, and a model."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.scene import BETTER, EXPLANATION, MODEL, configure, fenced, ollama_at
from support.servers import Asked, Ollama, Told


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "workspace"
    folder.mkdir()
    return folder


@pytest.fixture
def env(own_home: Path) -> dict[str, str]:
    """No server is found but the one that a test names."""
    configure(own_home, {})
    return {"CAMUS_HOME": str(own_home), "OLLAMA_HOST": "http://127.0.0.1:9"}


@pytest.fixture
def model(own_home: Path, env: dict[str, str]) -> Iterator[Ollama]:
    """A model that improves `area` and explains everything else in a sentence."""

    def reply(asked: Asked) -> str:
        return fenced(BETTER) if "def area" in asked.text else EXPLANATION

    with Ollama(reply, models=[Told(MODEL)]) as server:
        configure(own_home, ollama_at(server))
        yield server
