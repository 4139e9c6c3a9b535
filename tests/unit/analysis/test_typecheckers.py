"""The project's own type checker over a text that is not on disk."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from camus.analysis import TypeCheckers, new_errors
from camus.source import Document

CODE = """def one(a: int) -> int:
    return a


def two() -> str:
    return one(1)
"""


@pytest.fixture
async def checkers(tmp_path: Path) -> AsyncIterator[TypeCheckers]:
    made = TypeCheckers(tmp_path / "cache")
    yield made
    await made.close()


def project(root: Path, **files: str) -> Document:
    folder = root / "pkg"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text("", encoding="utf-8")
    (folder / "a.py").write_text(CODE, encoding="utf-8")
    for name, content in files.items():
        (root / name.replace("_", ".")).write_text(content, encoding="utf-8")
    return Document((folder / "a.py").as_uri(), CODE, "python")


async def test_new_errors_of_mypy_are_those_the_edit_brings(
    checkers: TypeCheckers, tmp_path: Path
) -> None:
    root = tmp_path / "p"
    code = project(root, mypy_ini="[mypy]\nstrict = True\n")
    listing = sorted(root.rglob("*"))
    new = Document(code.uri, CODE.replace("return a", 'return a + ""'), "python")
    before = await checkers.errors(code, str(root))
    after = await checkers.errors(new, str(root))
    assert [each.rule for each in before.findings] == ["mypy:return-value"]
    found = new_errors(before.findings, after.findings)
    assert [(each.rule, new.slice(each.span)) for each in found] == [("mypy:operator", '""')]
    assert (before.ran, sorted(root.rglob("*"))) == (("mypy",), listing)


async def test_an_error_that_only_moved_is_not_new(checkers: TypeCheckers, tmp_path: Path) -> None:
    root = tmp_path / "p"
    code = project(root, pyproject_toml="[tool.mypy]\nstrict = true\n")
    new = Document(code.uri, f"import os\n\n{CODE}", "python")
    before = await checkers.errors(code, str(root))
    after = await checkers.errors(new, str(root))
    assert (after.ran, new_errors(before.findings, after.findings)) == (("mypy",), ())


async def test_a_project_without_a_checker_is_left_alone(
    checkers: TypeCheckers, tmp_path: Path
) -> None:
    code = project(tmp_path / "p", pyproject_toml="[project]\nname = 'x'\n")
    found = await checkers.errors(code, str(tmp_path / "p"))
    assert (found.findings, found.ran, found.absent) == ((), (), ())


async def test_a_checker_that_is_not_installed_is_named(
    checkers: TypeCheckers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    code = project(tmp_path / "p", ty_toml="")
    found = await checkers.errors(code, str(tmp_path / "p"))
    assert [name for name, _ in found.absent] == ["ty"]
    assert "not installed" in found.absent[0][1]


@pytest.mark.parametrize("setting", ["plugins = evil.py", "python_executable = ./evil"])
async def test_settings_that_run_code_need_trust(
    checkers: TypeCheckers, tmp_path: Path, setting: str
) -> None:
    root = tmp_path / "p"
    code = project(root, mypy_ini=f"[mypy]\n{setting}\n")
    mark = tmp_path / "ran"
    (root / "evil.py").write_text(f"open({str(mark)!r}, 'w')\n", encoding="utf-8")
    found = await checkers.errors(code, str(root))
    assert found.ran == ()
    assert "camus trust" in found.absent[0][1]
    assert not mark.exists()


async def test_a_program_inside_the_project_needs_trust(
    checkers: TypeCheckers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "p"
    code = project(root, ty_toml="")
    program = root / ".venv" / "bin" / "ty"
    program.parent.mkdir(parents=True)
    place = f"{root / 'pkg' / 'a.py'}"
    program.write_text(f"#!/bin/sh\necho '{place}:2:12: error[bad-thing] No good'\n", "utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/bin:/usr/bin")
    assert (await checkers.errors(code, str(root))).ran == ()
    found = await checkers.errors(code, str(root), trusted=True)
    assert [(f.rule, f.message, code.slice(f.span)) for f in found.findings] == [
        ("ty:bad-thing", "No good", "a")
    ]


async def test_a_checker_that_takes_too_long_is_named(
    checkers: TypeCheckers, tmp_path: Path
) -> None:
    root = tmp_path / "p"
    code = project(root, mypy_ini="[mypy]\n")
    found = await checkers.errors(code, str(root), seconds=0.05)
    assert found.absent == (("mypy", "took longer than 0.05 s"),)
