"""Real Helixes in a terminal, against the real `camus serve` on its built-in rules.

The configuration is the one that `camus editor helix` prints, with Camus as the only server.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.real_editors import HOW, parameters, programs
from support.terminal import Terminal

pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason=f"no tmux here: {HOW}")


@pytest.fixture(params=parameters("Helix", programs("hx", "hx-*")))
def helix(request: pytest.FixtureRequest, project: Any) -> Iterator[Terminal]:
    """A Helix with the project's file open and its server ready."""
    command = [*json.loads(project.env["CAMUS_COMMAND"])[:-1], "editor", "helix", "--install"]
    subprocess.run(command, env=project.env, check=True, capture_output=True, timeout=60)
    file = Path(project.env["XDG_CONFIG_HOME"]) / "helix" / "languages.toml"
    alone = file.read_text(encoding="utf-8").replace('["ruff", "pylsp", "camus"]', '["camus"]')
    file.write_text(alone, encoding="utf-8")
    call = [request.param, f"{project.file}:1:5"]
    with Terminal(call, env=project.env, cwd=project.root) as terminal:
        terminal.wait_for("NOR")
        menu(terminal)
        terminal.press("Escape")
        yield terminal


def menu(terminal: Terminal) -> str:
    """Open the menu of code actions; the server may still be starting."""
    for _try in range(30):
        terminal.press("Space", "a")
        time.sleep(0.4)
        screen = terminal.screen()
        if "Refactor" in screen or "Document" in screen or "Fix" in screen:
            return screen
        terminal.press("Escape")
    raise AssertionError(f"no code actions:\n{terminal.screen()}")


def choose(terminal: Terminal, words: str) -> None:
    """Choose the entry of the open menu that begins with these words."""
    titles = [line.strip() for line in menu(terminal).splitlines()]
    known = ("Fix", "Refactor", "Document", "Explain", "Review")
    entries = [title for title in titles if any(f"{word} " in title for word in known)]
    place = next(index for index, title in enumerate(entries) if f"{words} " in title)
    terminal.press(*["Down"] * place, "Enter")


def saved(terminal: Terminal, project: Any, before: str) -> str:
    """The file once it is written and no longer as it was."""
    end = time.monotonic() + 45
    while time.monotonic() < end:
        terminal.press("Escape", ":w!", "Enter")
        time.sleep(0.3)
        text: str = project.file.read_text(encoding="utf-8")
        if text != before:
            return text
    raise AssertionError(f"nothing was changed:\n{terminal.screen()}")


def test_document_is_applied_and_undone_in_one_step(helix: Terminal, project: Any) -> None:
    choose(helix, "Document")
    after = saved(helix, project, project.text)
    first, rest = project.text.split("\n", maxsplit=1)
    assert after.startswith(f'{first}\n    """')
    assert after.endswith(rest)
    compile(after, "a.py", "exec")
    helix.press("u")
    assert saved(helix, project, after) == project.text


def test_a_finding_of_the_review_is_fixed(helix: Terminal, project: Any) -> None:
    helix.press("Escape", ":9", "Enter")
    choose(helix, "Review")
    helix.wait_for("Review of plain: 1 finding")
    helix.press("]", "d")
    choose(helix, "Fix")
    after = saved(helix, project, project.text)
    assert after == project.text.replace('f"simple"', '"simple"')


def test_the_hover_shows_the_structure(helix: Terminal) -> None:
    helix.press("Space", "k")
    assert "def area(width: int, height: int = 2) -> int" in helix.wait_for("complexity 1")


def test_an_explanation_is_shown(helix: Terminal) -> None:
    """Helix 25.07 opens the page; 25.01 shows no documents, so a message has its beginning."""
    choose(helix, "Explain")
    screen = helix.wait_for("complexity 1")
    assert "explain-" in screen or "A function in Python" in screen
