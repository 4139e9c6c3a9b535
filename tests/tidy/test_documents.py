"""README, docs, lock file and sources say only what is so, and name nothing of one machine."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
_LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")
_MACHINE = re.compile(r"(?<![\w.])/(work|farm|root)/")
_REGISTRY = re.compile(r"https?://[^\s\"')]*(pypi|pythonhosted|npmjs|registry)[^\s\"')]*")


def test_the_readme_opens_with_exactly_two_commands_each_on_one_line() -> None:
    blocks = re.findall(r"^```sh\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
    assert len(blocks) == 2
    assert all(block.count("\n") == 1 for block in blocks)
    assert "camus demo" in blocks[0]
    assert "pytest" in blocks[1]


def test_ci_runs_the_readmes_second_command_as_it_stands() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    awk = re.search(r"awk '(.*?)' README\.md", script)
    assert awk is not None
    done = subprocess.run(
        ["awk", awk[1], "README.md"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip().endswith("-m pytest -n auto --cov")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    targets = _LINK.findall(page.read_text(encoding="utf-8"))
    assert not [target for target in targets if not (page.parent / target).exists()]


def _tracked() -> list[Path]:
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    done = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in done.stdout.splitlines()]


def test_nothing_written_names_this_machine_or_a_registry() -> None:
    offenders = []
    for path in _tracked():
        if path.name == Path(__file__).name or not path.is_file():
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        if _MACHINE.search(text) or _REGISTRY.search(text):
            offenders.append(str(path.relative_to(ROOT)))
    assert not offenders


def test_every_dependency_is_locked_with_a_hash_and_no_address() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pinned = set(re.findall(r"^([a-z0-9._-]+)==", lock, re.MULTILINE))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [
        *project["project"]["dependencies"],
        *project["project"]["optional-dependencies"]["test"],
        *project["build-system"]["requires"],
    ]
    names = {re.split(r"[<>=\[; ]", line)[0].replace(".", "-").lower() for line in wanted}
    assert names <= pinned
    assert "://" not in lock
    assert lock.count("--hash=sha256:") >= len(pinned)
