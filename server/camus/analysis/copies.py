"""Copies a project for a trial run, within bounds, and finds the tests that name a definition."""

from __future__ import annotations

import ast
import os
import re
import shutil
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path

MOST_FILES, MOST_BYTES, LARGEST = 4000, 64 << 20, 2 << 20
_SKIPPED = frozenset(
    (
        *(".git", ".hg", ".svn", ".venv", "venv", "env", "node_modules", "__pycache__", ".tox"),
        *(".nox", ".mypy_cache", ".ruff_cache", ".pytest_cache", "dist", "build", "target"),
    )
)
_TEST = re.compile(r"(?:test_.*|.*_tests?)\.py")
_MOST_TESTS = 12
_MOST_CALLS, _LONGEST = 40, 2000


class TooMuch(Exception):
    """Raised when a project is larger than what is copied for a trial."""


def copied(project: Path, folder: Path) -> Path:
    """The project's files in `folder/project`; links, caches and large files are left out.

    Raises `TooMuch`, and OSError when the disk says no.
    """
    target = folder / "project"
    total = 0
    for number, file in enumerate(_files(project), 1):
        size = file.stat().st_size
        if size > LARGEST:
            continue
        total += size
        if number > MOST_FILES or total > MOST_BYTES:
            most = f"{MOST_FILES} files or {MOST_BYTES >> 20} MB"
            raise TooMuch(f"the project has more than {most}")
        place = target / file.relative_to(project)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, place)
    target.mkdir(parents=True, exist_ok=True)
    return target


def affected_tests(project: Path, path: Path, names: tuple[str, ...]) -> tuple[Path, ...]:
    """The test files that name the module of `path` and one of the names, the closest first.

    Found by words alone: a test that reaches the code by another way is not among them.
    """
    stem = path.parent.name if path.stem == "__init__" else path.stem
    module = re.compile(rf"\b{re.escape(stem)}\b")
    wanted = re.compile(r"\b(?:" + "|".join(map(re.escape, names)) + r")\b") if names else module
    found: list[tuple[int, str, Path]] = []
    for file in _files(project):
        if not _TEST.fullmatch(file.name) or file == path or file.stat().st_size > LARGEST:
            continue
        text = file.read_text(encoding="utf-8", errors="replace")
        count = len(wanted.findall(text))
        if count and module.search(text):
            named = stem in file.stem
            found.append((-count - 1000 * named, str(file), file))
    return tuple(file for _, _, file in sorted(found)[:_MOST_TESTS])


def calls_of(name: str, files: Iterable[Path]) -> tuple[str, ...]:
    """The calls of a function in some files that hand over nothing but literals, as written."""
    found: list[str] = []
    for file in files:
        text = file.read_text(encoding="utf-8", errors="replace")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                tree = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and name in {
                getattr(node.func, "id", ""),
                getattr(node.func, "attr", ""),
            }:
                values = [*node.args, *(each.value for each in node.keywords)]
                if all(map(_is_literal, values)) and len(said := ast.unparse(node)) < _LONGEST:
                    found.append(said)
    return tuple(dict.fromkeys(found))[:_MOST_CALLS]


def _is_literal(node: ast.expr) -> bool:
    fine = ast.Constant | ast.List | ast.Tuple | ast.Dict | ast.Set | ast.UnaryOp
    return all(isinstance(each, fine | ast.expr_context | ast.unaryop) for each in ast.walk(node))


def module_name(project: Path, path: Path) -> tuple[str, Path]:
    """A file's dotted name, and the folder below which it is imported from."""
    parts = [path.stem] if path.stem != "__init__" else []
    folder = path.parent
    while (folder / "__init__.py").is_file() and folder != project:
        parts.insert(0, folder.name)
        folder = folder.parent
    return ".".join(parts) or path.parent.name, folder


def _files(project: Path) -> Iterator[Path]:
    for root, folders, files in os.walk(project):
        folders[:] = sorted(each for each in folders if each not in _SKIPPED)
        for name in sorted(files):
            file = Path(root) / name
            if file.is_file() and not file.is_symlink():
                yield file
