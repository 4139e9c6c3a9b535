"""The project's source files: where they are and which names each defines; parses on demand."""

from __future__ import annotations

import os
import re
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from camus.source import Document, language_for, language_of, path_of, uri_of

MAX_BYTES = 512_000
"""Larger files are generated or data."""
MAX_ENTRIES = 60_000
"""So many folder entries are looked at before the walk gives up."""
_KEPT_PARSED = 200
_SKIPPED = frozenset(
    {"node_modules", "__pycache__", "venv", "env", "site-packages", "dist", "build", "target"}
    | {"vendor", "third_party", "coverage", "htmlcov"}
)
_DEFINED = re.compile(
    r"\b(?:def|class|function\*?|interface|type|enum|const|let|var|namespace|struct|trait|fn|func)"
    r"\s+([^\W\d][\w$]*)"
)


@dataclass(frozen=True, slots=True)
class File:
    """One file as it was last read; `stamp` tells whether it is still the same."""

    path: Path
    uri: str
    language: str
    stamp: tuple[int, int]
    names: frozenset[str]
    """What seems to be defined in it, by its keywords; may be too much, rarely too little."""


class Files:
    """The files below the roots; reads nothing outside them, through links or otherwise."""

    def __init__(
        self, roots: tuple[Path, ...], *, ignored: Callable[[str], bool], max_files: int
    ) -> None:
        """Know no file yet."""
        self.roots = tuple(Path(os.path.realpath(root)) for root in roots)
        self._ignored = ignored
        self._max_files = max_files
        self._known: dict[Path, File] = {}
        self._parsed: OrderedDict[tuple[str, tuple[int, int]], Document] = OrderedDict()

    def refresh(self) -> None:
        """Look at the folders and read what is new or changed."""
        known: dict[Path, File] = {}
        for path, stamp in self._walk():
            before = self._known.get(path)
            if before is not None and before.stamp == stamp:
                known[path] = before
            elif (file := _read(path, stamp)) is not None:
                known[path] = file
            if len(known) >= self._max_files:
                break
        self._known = known

    def all(self, opened: Mapping[str, Document]) -> dict[Path, File]:
        """The files by path, open documents standing in for theirs."""
        files = dict(self._known)
        for uri, document in opened.items():
            path = path_of(uri)
            if path is None or not self._inside(path) or self._ignored(uri):
                continue
            real = Path(os.path.realpath(path))
            files[real] = File(real, uri, document.language, (-1, -1), _names(document.text))
        return files

    def document(self, file: File, opened: Mapping[str, Document]) -> Document | None:
        """The text of a file, parsed before or now; None when it went away."""
        if file.stamp == (-1, -1):
            return opened.get(file.uri)
        key = (file.uri, file.stamp)
        if key not in self._parsed:
            text = _text(file.path)
            if text is None:
                return None
            self._parsed[key] = Document(file.uri, text, file.language)
            while len(self._parsed) > _KEPT_PARSED:
                self._parsed.popitem(last=False)
        self._parsed.move_to_end(key)
        return self._parsed[key]

    def _walk(self) -> Iterator[tuple[Path, tuple[int, int]]]:
        """Source files with their time and size, those near a root first; links are left out."""
        folders = deque(self.roots)
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
                elif (stamp := self._stamp(entry)) is not None:
                    yield Path(entry.path), stamp

    def _stamp(self, entry: os.DirEntry[str]) -> tuple[int, int] | None:
        """The time and size of a file that is to be indexed."""
        row = language_for(language_of(entry.name))
        if row is None or row.grammar is None:
            return None
        try:
            facts = entry.stat(follow_symlinks=False)
        except OSError:
            return None
        if not entry.is_file(follow_symlinks=False) or facts.st_size > MAX_BYTES:
            return None
        if self._ignored(uri_of(Path(entry.path))):
            return None
        return facts.st_mtime_ns, facts.st_size

    def _inside(self, path: Path) -> bool:
        real = Path(os.path.realpath(path))
        return any(real.is_relative_to(root) for root in self.roots)


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    """What a folder holds, by name; nothing when it cannot be read."""
    try:
        with os.scandir(folder) as found:
            return sorted(found, key=lambda entry: entry.name)
    except OSError:
        return []


def _read(path: Path, stamp: tuple[int, int]) -> File | None:
    text = _text(path)
    if text is None:
        return None
    return File(path, uri_of(path), language_of(path.name), stamp, _names(text))


def _text(path: Path) -> str | None:
    """The text of a file; None for one that is unreadable, too large by now or not UTF-8."""
    try:
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        with os.fdopen(os.open(path, flags), "rb") as file:
            data = file.read(MAX_BYTES + 1)
        return data.decode("utf-8") if len(data) <= MAX_BYTES else None
    except (OSError, UnicodeDecodeError):
        return None


def _names(text: str) -> frozenset[str]:
    return frozenset(_DEFINED.findall(text))
