"""Which ruff settings hold for a document: the project's own, or ours; reads files, runs nothing.

A ruff configuration is data: it selects rules and names files, and cannot start anything.
"""

from __future__ import annotations

import asyncio
import math
import os
import re
import time
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from camus.source import Document, path_of

FRESH_SECONDS = 0.5
_KNOWN = 64
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
    """The settings of the nearest configuration from the document's folder up to the project's.

    Looks at the files each time, and reads one again only when it has changed.
    """
    if not project:
        return Settings()
    target = ""
    for folder in _folders(document, project):
        for name in _NAMES:
            file = os.path.join(folder, name)  # noqa: PTH118 - ten times as fast, in a hot loop
            try:
                info = os.stat(file)  # noqa: PTH116 - as above
            except OSError:
                continue
            found = _settings_in(file, info.st_mtime_ns, info.st_size, info.st_ino)
            if found.file is not None:
                return found
            target = target or found.target
    return Settings(target=target)


class Lookup:
    """Settings looked up off the loop; a request, which asks for them ten times, looks once."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Nothing is known yet; `clock` gives seconds that never go back."""
        self._clock = clock
        self._known: dict[tuple[str, str], tuple[float, Settings]] = {}

    async def of(self, document: Document, project: str) -> Settings:
        """The settings of a document, as they are or were half a second ago."""
        key = (document.uri.rpartition("/")[0], project)
        at, settings = self._known.get(key, (-math.inf, Settings()))
        now = self._clock()
        if now - at < FRESH_SECONDS:
            return settings
        settings = await asyncio.to_thread(settings_for, document, project)
        if len(self._known) >= _KNOWN:
            self._known.clear()
        self._known[key] = (now, settings)
        return settings


@lru_cache(maxsize=64)
def _settings_in(file: str, stamp: int, _size: int, _inode: int) -> Settings:
    """What one file says; without `file` it configures no ruff, but may name a Python."""
    path = Path(file)
    table = _read(path)
    if table is None:
        return Settings()
    ruff = table if path.name != "pyproject.toml" else _ruff_table(table)
    if ruff is None:
        return Settings(target=_target(table))
    return Settings(path, stamp, "", _ignored(ruff))


def file_name(document: Document) -> str:
    """The name under which ruff sees the text; its folder decides what a project ignores there."""
    path = path_of(document.uri)
    if path is not None and path.suffix in {".py", ".pyi", ".pyw"}:
        return str(path)
    return "untitled.py"


def _folders(document: Document, project: str) -> Iterator[str]:
    path, top = path_of(document.uri), Path(project)
    if path is not None and path.is_relative_to(top):
        depth = len(path.parts) - len(top.parts) - 1
        yield from (str(folder) for folder in path.parents[:depth])
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
