"""The project's source files: where they are and which names each defines; parses on demand."""

from __future__ import annotations

import os
import re
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from camus.retrieval.walking import text_of, walk
from camus.source import Document, language_of, path_of, uri_of

_KEPT_PARSED = 200
_OPEN = -1, -1
"""The stamp of a file that stands for an open document."""
_NAMES = "names defined"
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
        for found in walk(self.roots, self._ignored):
            path, stamp = found.path, found.stamp
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
            files[real] = File(real, uri, document.language, _OPEN, _names_in(document))
        return files

    def at_hand(self, opened: Mapping[str, Document]) -> bool:
        """Whether the names in open documents were found before."""
        return all(_NAMES in document.memo for document in opened.values())

    def is_parsed(self, file: File, opened: Mapping[str, Document]) -> bool:
        """Whether `document` has a file's tree without reading or parsing."""
        found = opened.get(file.uri) if file.stamp == _OPEN else self._parsed.get(_key(file))
        return found is not None and found.is_parsed

    def document(self, file: File, opened: Mapping[str, Document]) -> Document | None:
        """The text of a file, parsed before or now; None when it went away."""
        if file.stamp == _OPEN:
            return opened.get(file.uri)
        key = _key(file)
        if key not in self._parsed:
            text = text_of(file.path)
            if text is None:
                return None
            self._parsed[key] = Document(file.uri, text, file.language)
            while len(self._parsed) > _KEPT_PARSED:
                self._parsed.popitem(last=False)
        self._parsed.move_to_end(key)
        return self._parsed[key]

    def _inside(self, path: Path) -> bool:
        real = Path(os.path.realpath(path))
        return any(real.is_relative_to(root) for root in self.roots)


def _read(path: Path, stamp: tuple[int, int]) -> File | None:
    text = text_of(path)
    if text is None:
        return None
    return File(path, uri_of(path), language_of(path.name), stamp, _names(text))


def _names_in(document: Document) -> frozenset[str]:
    """The names of an open document, found once for each state of it."""
    known = document.memo.get(_NAMES)
    if not isinstance(known, frozenset):
        known = document.memo[_NAMES] = _names(document.text)
    return known


def _key(file: File) -> tuple[str, tuple[int, int]]:
    return file.uri, file.stamp


def _names(text: str) -> frozenset[str]:
    return frozenset(_DEFINED.findall(text))
