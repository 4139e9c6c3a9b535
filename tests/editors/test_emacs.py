"""Real Emacsen in batch mode, with eglot and with lsp-mode, against the real `camus serve`.

The configurations are those that `camus editor` installs; the built-in rules answer.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from support.real_editors import HOW, programs, version

DRIVE = Path(__file__).with_name("drive.el")
NAMES = {"eglot": "emacs", "lsp-mode": "emacs-lsp-mode"}

Story = Callable[[str], dict[str, Any]]


@cache
def _has(program: str, client: str) -> bool:
    asked = ["-q", "--batch", "-l", "package", "-f", "package-initialize", "-l", client]
    quiet = ["--eval", "(setq native-comp-enable-subr-trampolines nil)"]
    call = [program, *quiet, *asked]
    return subprocess.run(call, capture_output=True, check=False).returncode == 0


def _pairs() -> list[Any]:
    """Each Emacs with each client it has."""
    found = {version(program): program for program in programs("emacs", "emacs-*")}
    pairs = [
        pytest.param((program, client), id=f"{number}-{client}")
        for number, program in found.items()
        for client in NAMES
        if _has(program, client)
    ]
    reason = f"no Emacs with eglot or lsp-mode here: {HOW}"
    return pairs or [pytest.param(None, id="none", marks=pytest.mark.skip(reason=reason))]


@pytest.fixture(params=_pairs())
def story(request: pytest.FixtureRequest, project: Any) -> Story:
    """Has an Emacs do something with the file, and returns what it tells."""
    program, client = request.param
    into = project.root.parent / "lisp"
    command = json.loads(project.env["CAMUS_COMMAND"])
    install = [*command[:-1], "editor", NAMES[client], "--install", "--dir", str(into)]
    subprocess.run(install, env=project.env, check=True, capture_output=True, timeout=60)
    (lisp,) = into.glob("*.el")

    def act(name: str) -> dict[str, Any]:
        env = {**project.env, "CAMUS_CLIENT": client, "CAMUS_LISP": str(lisp), "CAMUS_STORY": name}
        ran = subprocess.run(
            [program, "-q", "--batch", "-l", str(DRIVE)],
            env=env,
            cwd=project.root,
            timeout=170,
            capture_output=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr.decode()
        lines = [line for line in ran.stderr.decode().splitlines() if line.startswith('{"emacs"')]
        told: dict[str, Any] = json.loads(lines[-1])
        return told

    return act


def test_document_is_applied_and_undone_in_one_step(story: Story, project: Any) -> None:
    told = story("document")
    offered = {title.split()[0] for title in told["titles"]}
    assert {"Refactor", "Document", "Explain", "Review"} <= offered
    first, rest = project.text.split("\n", maxsplit=1)
    assert told["after"].startswith(f'{first}\n    """')
    assert told["after"].endswith(rest)
    assert told["undone"] == told["before"] == project.text


def test_a_finding_of_the_review_is_fixed(story: Story, project: Any) -> None:
    told = story("fix")
    assert told["after"] == project.text.replace('f"simple"', '"simple"')
    assert told["undone"] == told["before"] == project.text


def test_hover_and_explanation_tell_of_the_symbol(story: Story) -> None:
    told = story("told")
    assert "area(width: int, height: int = 2) -> int" in told["hover"]
    assert "complexity 1" in told["text"]
