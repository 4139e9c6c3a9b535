"""Commands that tell something, and what they exit with."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from click.testing import Result

Run = Callable[..., Result]
CODE = '''import subprocess


def show(name, *, loud=False):
    """Print a name."""
    if loud:
        name = name.upper()
    subprocess.run("echo " + name, shell=True)
'''


def test_explain_tells_what_the_tree_shows(workspace: Path, run: Run) -> None:
    (workspace / "a.py").write_text(CODE)
    done = run("explain", "a.py:4")
    assert done.exit_code == 0, done.output
    assert "show" in done.output
    assert "subprocess.run" in done.output
    assert "quality " in done.output


def test_review_lists_findings_by_place_and_exits_with_one(workspace: Path, run: Run) -> None:
    (workspace / "a.py").write_text(CODE)
    done = run("review", "a.py")
    assert done.exit_code == 1, done.output
    assert "a.py:8:" in done.output
    assert "S602" in done.output


def test_a_review_without_findings_exits_with_zero(workspace: Path, run: Run) -> None:
    (workspace / "a.py").write_text('"""A module."""\n\nSIDES = 4\n')
    done = run("review", "a.py")
    assert done.exit_code == 0, done.output


def test_review_as_json_has_its_findings(workspace: Path, run: Run) -> None:
    (workspace / "a.py").write_text(CODE)
    value = json.loads(run("review", "a.py", "--json").stdout)
    assert "S602" in {finding["rule"] for finding in value["findings"]}


def test_a_question_needs_a_model_and_says_so(workspace: Path, run: Run) -> None:
    done = run("ask", "what is a monad?")
    assert done.exit_code == 4
    assert "needs a model" in done.output


def test_control_characters_of_a_file_are_shown_not_obeyed(workspace: Path, run: Run) -> None:
    (workspace / "a.py").write_text('import os\n\nRED = "\x1b[31m\u202e"\n')
    done = run("fix", "a.py:1", "--dry-run")
    assert "\x1b[31m" not in done.output
    assert "\u202e" not in done.output
    assert "\\x1b" in done.output
