"""`.pre-commit-hooks.yaml`: what pre-commit starts in another repository, and what it gets."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from ruamel.yaml import YAML

Run = Callable[..., Result]
HOOKS = Path(__file__).parents[3] / ".pre-commit-hooks.yaml"
OLD = '''def load(path):
    """Load a file."""
    with open(path, encoding="utf-8") as file:
        return file.read()
'''
HOLE = OLD.replace("file.read()", "eval(file.read())")
pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


def _git(folder: Path, *arguments: str) -> str:
    own = ("-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false")
    done = subprocess.run(
        ("git", *own, *arguments), cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


@pytest.fixture
def hook() -> dict[str, Any]:
    (found,) = YAML(typ="safe").load(HOOKS.read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


@pytest.fixture
def repository(workspace: Path) -> Path:
    """A repository with one committed file that has a hole already, and one that has none."""
    (workspace / "old.py").write_text(HOLE)
    (workspace / "good.py").write_text(OLD)
    _git(workspace, "init", "-q")
    _git(workspace, "add", ".")
    _git(workspace, "commit", "-qm", "one")
    return workspace


def _started(run: Run, hook: dict[str, Any], *files: str) -> Result:
    """As pre-commit starts it: the entry's words, the arguments, then the files, at the root."""
    name, *words = shlex.split(hook["entry"])
    assert name == "camus"
    return run(*words, *hook.get("args", ()), *files)


def test_the_hook_is_installed_from_this_repository(hook: dict[str, Any]) -> None:
    assert (hook["id"], hook["language"]) == ("camus-check", "python")
    project = (HOOKS.parent / "pyproject.toml").read_text(encoding="utf-8")
    assert f"[project.scripts]\n{shlex.split(hook['entry'])[0]} = " in project


def test_a_staged_hole_stops_the_commit(
    repository: Path, run: Run, hook: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    (repository / "good.py").write_text(HOLE)
    _git(repository, "add", "good.py")
    monkeypatch.setenv("GIT_DIR", ".git")  # as git sets it for hooks
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/index")
    done = _started(run, hook, "good.py", "old.py")
    assert done.exit_code == 1, done.output
    assert "good.py:4:16 error S307" in done.output


def test_what_stood_there_before_stops_nobody(
    repository: Path, run: Run, hook: dict[str, Any]
) -> None:
    (repository / "old.py").write_text(HOLE.replace("Load a file", "Load one file"))
    (repository / "new.py").write_text(OLD)
    _git(repository, "add", ".")
    assert _started(run, hook, "old.py", "new.py").exit_code == 0


def test_a_range_of_commits_is_judged_against_its_beginning(
    repository: Path, run: Run, hook: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    began = _git(repository, "rev-parse", "HEAD")
    (repository / "good.py").write_text(HOLE)
    (repository / "new.py").write_text(OLD)
    _git(repository, "add", ".")
    _git(repository, "commit", "-qm", "two")
    assert _started(run, hook, "good.py", "new.py").exit_code == 0
    monkeypatch.setenv("PRE_COMMIT_FROM_REF", began)
    done = _started(run, hook, "good.py", "new.py")
    assert done.exit_code == 1, done.output
    assert f"against {began}" in done.output
    assert _started(run, hook, "new.py").exit_code == 0, "a file of the range is new, no mistake"
