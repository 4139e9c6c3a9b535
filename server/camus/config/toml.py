"""From the text of a TOML file to nodes with lines; knows no settings."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from camus.config.nodes import Node
from camus.config.read import MAX_DEPTH, MAX_NODES, Unreadable

Path: TypeAlias = "tuple[str | int, ...]"

# The standard library's reader takes a minute for a key of 60,000 parts: such a key is never read.
_SEGMENT = r"""(?:[A-Za-z0-9_-]++|"[^"\n]*+"|'[^'\n]*+')"""
_DEEP_KEY = re.compile(
    rf"(?<![A-Za-z0-9_-]){_SEGMENT}(?:[ \t]*+\.[ \t]*+{_SEGMENT}){{{MAX_DEPTH}}}"
)
_LINE = re.compile(r"line (\d+), column \d+")
_SEARCHED = 1_000_000
"""Characters that the search for lines reads at most; a file made to be slow has fewer lines."""


def toml_nodes(text: str, file: str) -> Node:
    """The tables of a TOML file. Raises `Unreadable`."""
    deep = _DEEP_KEY.search(text)
    if deep:
        raise Unreadable(_too_deep(), file, text.count("\n", 0, deep.start()) + 1)
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = _LINE.search(str(error))
        raise Unreadable(_advice(str(error)), file, int(line[1]) if line else 0) from error
    except RecursionError as error:
        raise Unreadable("nested too deeply", file, 1) from error
    except ValueError as error:
        raise Unreadable("not TOML: a number is too long", file, 1) from error
    return _Builder(file, _lines(text)).node(values, (), 1)


def _advice(error: str) -> str:
    message = _LINE.sub("", error).replace("(at )", "").replace("(at end of document)", "").strip()
    if message.startswith("Cannot overwrite"):
        return "a key is written twice"
    return f"not TOML: {message[:1].lower()}{message[1:]}"


def _too_deep() -> str:
    return f"nested more than {MAX_DEPTH} deep"


@dataclass
class _Builder:
    """Builds nodes from plain values and the lines of their keys."""

    file: str
    lines: dict[Path, int]
    count: int = 0

    def node(self, value: object, path: Path, line: int) -> Node:
        line = self.lines.get(path, line)
        self.count += 1
        if len(path) > MAX_DEPTH:
            raise Unreadable(_too_deep(), self.file, line)
        if self.count > MAX_NODES:
            raise Unreadable(f"holds more than {MAX_NODES} values", self.file, line)
        if isinstance(value, dict):
            entries = {key: self.node(item, (*path, key), line) for key, item in value.items()}
            return Node(entries, self.file, line)
        if isinstance(value, list):
            items = (self.node(item, (*path, at), line) for at, item in enumerate(value))
            return Node(tuple(items), self.file, line)
        if isinstance(value, str | bool | int | float):
            return Node(value, self.file, line)
        text = value.isoformat() if isinstance(value, dt.date | dt.time) else str(value)
        return Node(text, self.file, line)


@dataclass
class _Places:
    """The tables seen so far, to tell which element of an array a header goes on with."""

    lines: dict[Path, int] = field(default_factory=dict)
    arrays: dict[Path, int] = field(default_factory=dict)

    def resolved(self, keys: tuple[str, ...]) -> Path:
        """A header's path with the index of the latest element put in after each array."""
        path: Path = ()
        for key in keys:
            path = (*path, key)
            if path in self.arrays:
                path = (*path, self.arrays[path])
        return path

    def note(self, path: Path, line: int) -> None:
        """Remember where a key and the tables above it were first written."""
        for end in range(1, len(path) + 1):
            self.lines.setdefault(path[:end], line)


def _lines(text: str) -> dict[Path, int]:
    """The line of each key, counted from 1; the text is valid TOML."""
    places = _Places()
    header: Path = ()
    for number, statement in _statements(text):
        first = tomllib.loads(statement)
        keys = _keys(first)
        if statement.lstrip().startswith("[["):
            path = (*places.resolved(keys[:-1]), keys[-1])
            places.arrays[path] = places.arrays.get(path, -1) + 1
            header = (*path, places.arrays[path])
            places.note(header, number)
        elif statement.lstrip().startswith("["):
            header = places.resolved(keys)
            places.note(header, number)
        else:
            places.note((*header, *keys), number)
    return places.lines


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Headers and assignments with their first lines; the search ends where it gets slow."""
    pending, first, budget = "", 0, _SEARCHED
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        if not pending and (not line.strip() or line.lstrip().startswith("#")):
            continue
        pending, first = (f"{pending}\n{line}", first) if pending else (line, number)
        budget -= len(pending)
        if budget < 0:
            return
        try:
            tomllib.loads(pending)
        except tomllib.TOMLDecodeError:
            continue
        yield first, pending
        pending = ""


def _keys(values: dict[str, object]) -> tuple[str, ...]:
    """The dotted key of a single header or assignment; the value itself may be a table."""
    keys: list[str] = []
    inner: object = values
    while isinstance(inner, dict) and len(inner) == 1:
        ((key, inner),) = inner.items()
        keys.append(key)
    return tuple(keys)
