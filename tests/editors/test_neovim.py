"""Real Neovims, headless, against the real `camus serve` on its built-in rules.

Which are driven: `nvim` on the PATH, and those that `setup.sh` unpacked into the folder named by
CAMUS_EDITORS. `drive.lua` acts as a user does and tells what came of it.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from support.real_editors import version

DRIVE = Path(__file__).with_name("drive.lua")
FUNCTION = "def area(width: int, height: int = 2) -> int:\n"

Story = Callable[[str], dict[str, Any]]


@pytest.fixture
def story(neovim: str, tmp_path: Path, project: Any) -> Story:
    """Has a Neovim do something with the file, and returns what it tells."""
    out = tmp_path / "out.json"

    def act(name: str) -> dict[str, Any]:
        command = [neovim, "--headless", "-u", "NONE", "-i", "NONE", "-n", "-S", str(DRIVE)]
        env = {**project.env, "CAMUS_OUT": str(out), "CAMUS_STORY": name}
        subprocess.run(
            command, env=env, cwd=project.root, timeout=170, capture_output=True, check=True
        )
        told: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
        assert "error" not in told, told["error"]
        assert told["stopped"], "the server did not leave"
        logs = [path.read_text(encoding="utf-8") for path in tmp_path.glob("**/lsp.log")]
        assert not [line for log in logs for line in log.splitlines() if "stderr" in line]
        assert project.file.read_text(encoding="utf-8") == project.text
        return told

    return act


def test_document_is_offered_resolved_applied_and_undone_in_one_step(
    story: Story, project: Any
) -> None:
    told = story("document")
    kinds = {title.split()[0] for title in told["titles"]}
    assert {"Refactor", "Document", "Explain", "Review"} <= kinds
    assert "Fix" not in kinds
    assert told["before"] == project.text
    head, body = told["after"].split(FUNCTION)
    assert head == ""
    assert body.startswith('    """')
    assert body.endswith(project.text.removeprefix(FUNCTION))
    assert "width" in body.split('"""')[1]
    compile(told["after"], "a.py", "exec")
    assert told["undone"] == project.text


def test_a_finding_of_the_review_is_fixed(story: Story, project: Any) -> None:
    told = story("fix")
    assert "F541" in told["rules"]
    assert any(title.startswith("Fix") for title in told["titles"])
    assert told["after"] == project.text.replace('f"simple"', '"simple"')
    assert told["undone"] == project.text


def test_a_diagnostic_of_another_server_is_fixed(story: Story, project: Any) -> None:
    told = story("foreign")
    assert told["after"] == project.text.replace('f"plain"', '"plain"')
    assert told["undone"] == project.text


def test_the_hover_shows_the_structure(story: Story) -> None:
    hover = story("hover")["hover"]
    assert "def area(width: int, height: int = 2) -> int" in hover


def test_an_explanation_is_shown(story: Story, neovim: str, project: Any) -> None:
    told = story("explain")
    assert "area" in told["text"]
    if version(neovim).startswith("0.7."):  # cannot show a document: a message instead
        assert "page" not in told
    else:
        assert told["page"].endswith(".md")
        assert not told["page"].startswith(str(project.root))


def test_an_edit_for_code_that_was_changed_is_refused(story: Story) -> None:
    told = story("stale")
    assert told["after"] == told["before"]
    assert any("-32801" in message for message in told["told"]), told["told"]


def test_an_edit_for_code_that_moved_moves_with_it(story: Story, project: Any) -> None:
    told = story("moved")
    above = "# 日本語 😀\n\n"
    assert told["before"] == above + project.text
    assert told["after"].startswith(f'{above}{FUNCTION}    """')
    assert told["after"].endswith(project.text.removeprefix(FUNCTION))
    assert told["undone"] == told["before"]
