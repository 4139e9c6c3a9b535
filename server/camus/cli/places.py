"""From what a user types, `FILE[:LINE[:COLUMN]]`, to a document and a span; reads the file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from camus.cli.exits import Failure
from camus.source import Document, Span, language_of, uri_of

LARGEST = 20 * 1024 * 1024
"""Bytes; a larger file is not source code that somebody wants rewritten."""
MARKERS = (".camus", ".git", "pyproject.toml", "package.json")
_PLACE = re.compile(r"^(?P<file>.+?)(?::(?P<line>\d+))?(?::(?P<column>\d+))?$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Place:
    """A file as it is on disk and where in it; without a line, `span` is the whole text."""

    path: Path
    data: bytes
    document: Document
    span: Span
    line: int = 0
    """From 1; 0 when none was given."""


def read_place(text: str) -> Place:
    """The place that `FILE[:LINE[:COLUMN]]` names; lines and columns from 1, in characters.

    Raises `Failure` with what to do when the file cannot be worked on or the line is not there.
    """
    path, line, column = _split(text)
    data = _read(path)
    document = _document(path, data)
    if not line:
        return Place(path, data, document, document.span)
    lines = document.lines
    if line > len(lines):
        raise Failure(f"{path}: there is no line {line}; it has {len(lines)}")
    span = lines.span(line - 1)
    content = document.slice(span).rstrip("\r\n")
    if column > len(content) + 1:
        raise Failure(f"{path}:{line}: there is no column {column}; the line has {len(content)}")
    blank = len(content) - len(content.lstrip("\ufeff \t\f"))
    at = span.start + (column - 1 if column else blank)
    return Place(path, data, document, Span(at, at), line)


def root_of(path: Path) -> Path:
    """The workspace folder of a file or folder: the nearest one with a project's marker."""
    start = path if path.is_dir() else path.parent
    for folder in (start, *start.parents):
        if any((folder / marker).exists() for marker in MARKERS):
            return folder
    return start


def _split(text: str) -> tuple[Path, int, int]:
    """A file whose own name ends in `:12` is taken as that file."""
    if text and Path(text).exists():
        return Path(text).absolute(), 0, 0
    match = _PLACE.match(text)
    if match is None:
        raise Failure("no file was named; write FILE, FILE:LINE or FILE:LINE:COLUMN")
    line, column = int(match["line"] or 0), int(match["column"] or 0)
    if match["line"] and not line:
        raise Failure(f"{text}: lines are counted from 1")
    return Path(match["file"]).absolute(), line, column


def _read(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise Failure(f"{path} is a folder; name a file")
        if path.stat().st_size > LARGEST:
            raise Failure(f"{path} is larger than {LARGEST // 1024 // 1024} MB: not worked on")
        return path.read_bytes()
    except FileNotFoundError:
        raise Failure(f"{path}: there is no such file") from None
    except PermissionError:
        raise Failure(f"{path}: no permission to read it") from None
    except OSError as error:
        raise Failure(f"{path}: {error.strerror or error}") from None


def _document(path: Path, data: bytes) -> Document:
    if b"\0" in data[:8192]:
        raise Failure(f"{path} is a binary file")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Failure(
            f"{path} is not UTF-8 (byte {error.start}); convert it first, e.g. with iconv"
        ) from None
    first_line = text[:200].splitlines()[0] if text[:200].strip() else ""
    return Document(uri_of(path), text, language_of(path.name, first_line))
