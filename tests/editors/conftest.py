"""A project with one file, and an environment in which an editor finds `camus serve` alone."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from support.real_editors import parameters, programs
from support.scene import configure

FUNCTION = "def area(width: int, height: int = 2) -> int:\n"
LABEL = 'def label() -> tuple[str, str]:\n    return "日本語 😀", f"plain"\n'
PLAIN = 'def plain() -> str:\n    return f"simple"\n'


@dataclass(frozen=True)
class Project:
    root: Path
    file: Path
    text: str
    env: dict[str, str]


@pytest.fixture
def project(tmp_path: Path, own_home: Path) -> Project:
    """The user's own folders are the test's; no model is configured or looked for."""
    configure(own_home, {})
    root = tmp_path / "project"
    (root / ".git").mkdir(parents=True)
    file, text = root / "a.py", f"{FUNCTION}    return width * height\n\n\n{LABEL}\n\n{PLAIN}"
    file.write_text(text, encoding="utf-8")
    places = {f"XDG_{name}_HOME": str(tmp_path / name) for name in ("CONFIG", "DATA", "STATE")}
    env = {
        **os.environ,
        **places,
        "HOME": str(tmp_path),
        "XDG_CACHE_HOME": str(tmp_path / "CACHE"),
        "CAMUS_HOME": str(own_home),
        "CAMUS_COMMAND": json.dumps([sys.executable, "-X", "utf8", "-m", "camus", "serve"]),
        "CAMUS_FILE": str(file),
        "LC_ALL": "C.UTF-8",
    }
    return Project(root, file, text, env)


@pytest.fixture(params=parameters("Neovim", programs("nvim", "nvim-*")))
def neovim(request: pytest.FixtureRequest) -> str:
    """Each Neovim to be had here."""
    program: str = request.param
    return program
