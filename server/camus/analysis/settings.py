"""Which ruff settings hold for a document: the project's own, or ours; reads files, runs nothing.

A ruff configuration is data: it selects rules and names files, and cannot start anything.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from camus.source import Document, path_of

_NAMES = (".ruff.toml", "ruff.toml", "pyproject.toml")
_LOWER_BOUND = re.compile(r"(?:>=|~=|==|>)\s*3\.(\d+)")
_OLDEST, _NEWEST = 7, 15  # the `--target-version`s that ruff takes


@dataclass(frozen=True, slots=True)
class Settings:
    """The file that configures ruff (None: our defaults), the Python to write for, the rules out.

    `stamp` changes when the file does, so that it can be part of a cache's key.
    """

    file: Path | None = None
    stamp: int = 0
    target: str = ""
    ignored: tuple[str, ...] = ()


def settings_for(document: Document, project: str) -> Settings:
    """The settings of the nearest configuration from the document's folder up to the project's."""
    if not project:
        return Settings()
    target = ""
    for folder in _folders(document, Path(project)):
        for name in _NAMES:
            file = folder / name
            table = _read(file)
            if table is None:
                continue
            ruff = table if name != "pyproject.toml" else _ruff_table(table)
            if ruff is not None:
                return Settings(file, file.stat().st_mtime_ns, "", _ignored(ruff))
            target = target or _target(table)
    return Settings(target=target)


def file_name(document: Document) -> str:
    """The name under which ruff sees the text; its folder decides what a project ignores there."""
    path = path_of(document.uri)
    if path is not None and path.suffix in {".py", ".pyi", ".pyw"}:
        return str(path)
    return "untitled.py"


def _folders(document: Document, project: Path) -> Iterator[Path]:
    path = path_of(document.uri)
    if path is not None and path.is_relative_to(project):
        for folder in path.parents:
            if folder == project:
                break
            yield folder
    yield project


def _read(file: Path) -> dict[str, object] | None:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError:
        return None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        # A broken ruff file is ruff's to complain of; a broken pyproject.toml is nobody's.
        return None if file.name == "pyproject.toml" else {}


def _ruff_table(table: dict[str, object]) -> dict[str, object] | None:
    tool = table.get("tool")
    ruff = tool.get("ruff") if isinstance(tool, dict) else None
    return ruff if isinstance(ruff, dict) else None


def _target(table: dict[str, object]) -> str:
    project = table.get("project")
    requires = project.get("requires-python") if isinstance(project, dict) else None
    match = _LOWER_BOUND.search(requires) if isinstance(requires, str) else None
    if match is None:
        return ""
    return f"py3{min(max(int(match.group(1)), _OLDEST), _NEWEST)}"


def _ignored(ruff: dict[str, object]) -> tuple[str, ...]:
    """The rules that a project leaves out on purpose, from both places ruff reads them."""
    lint = ruff.get("lint")
    tables = (ruff, lint if isinstance(lint, dict) else {})
    lists = (table.get(key) for table in tables for key in ("ignore", "extend-ignore"))
    return tuple(
        rule
        for rules in lists
        if isinstance(rules, list)
        for rule in rules
        if isinstance(rule, str)
    )
