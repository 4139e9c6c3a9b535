"""Where a project's source files are, and their texts; follows no link, reads nothing ignored."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from camus.source import language_for, language_of, uri_of

MAX_BYTES = 512_000
"""Larger files are generated or data."""
MAX_ENTRIES = 60_000
"""So many folder entries are looked at before the walk gives up."""
_SKIPPED = frozenset(
    {"node_modules", "__pycache__", "venv", "env", "site-packages", "dist", "build", "target"}
    | {"vendor", "third_party", "coverage", "htmlcov"}
)

Stamp = tuple[int, int]
"""A file's time of change in nanoseconds and its size: it is another when one of them is."""


@dataclass(frozen=True, slots=True)
class Found:
    """A source file."""

    path: Path
    stamp: Stamp


def walk(roots: Sequence[Path], ignored: Callable[[str], bool]) -> Iterator[Found]:
    """The source files below some folders, those near a root first; links are left out."""
    folders = deque(roots)
    seen = 0
    while folders:
        for entry in _entries(folders.popleft()):
            seen += 1
            if seen > MAX_ENTRIES:
                return
            if entry.is_symlink():
                continue
            if entry.is_dir(follow_symlinks=False):
                if not entry.name.startswith(".") and entry.name not in _SKIPPED:
                    folders.append(Path(entry.path))
            elif (stamp := _stamp(entry, ignored)) is not None:
                yield Found(Path(entry.path), stamp)


def text_of(path: Path) -> str | None:
    """The text of a file; None for one that is unreadable, too large by now or not UTF-8."""
    try:
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        with os.fdopen(os.open(path, flags), "rb") as file:
            data = file.read(MAX_BYTES + 1)
        return data.decode("utf-8") if len(data) <= MAX_BYTES else None
    except (OSError, UnicodeDecodeError):
        return None


def stamp_of(path: Path) -> Stamp | None:
    """The stamp of a file now; None when it is gone."""
    try:
        facts = path.stat(follow_symlinks=False)
    except OSError:
        return None
    return facts.st_mtime_ns, facts.st_size


def _stamp(entry: os.DirEntry[str], ignored: Callable[[str], bool]) -> Stamp | None:
    row = language_for(language_of(entry.name))
    if row is None or row.grammar is None:
        return None
    try:
        facts = entry.stat(follow_symlinks=False)
    except OSError:
        return None
    if not entry.is_file(follow_symlinks=False) or facts.st_size > MAX_BYTES:
        return None
    if ignored(uri_of(Path(entry.path))):
        return None
    return facts.st_mtime_ns, facts.st_size


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    """What a folder holds, by name; nothing when it cannot be read."""
    try:
        with os.scandir(folder) as found:
            return sorted(found, key=lambda entry: entry.name)
    except OSError:
        return []
