"""Lint, format and types are part of the one test command."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def _run(*command: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_linter_is_content() -> None:
    _run("ruff", "check", "--no-cache", "server", "tests")


def test_the_formatter_would_change_nothing() -> None:
    _run("ruff", "format", "--no-cache", "--check", "server", "tests")


@pytest.mark.slow  # a cold run of the type checker over the whole package
def test_the_types_hold() -> None:
    _run("mypy")
