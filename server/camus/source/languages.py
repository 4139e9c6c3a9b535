"""The table of languages: one row each, so that adding a language is adding a row."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Language:
    """What Camus must know of a language; the rest of the code asks this row, never the name."""

    id: str
    title: str
    extensions: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    line_comment: str = "#"
    block_comment: tuple[str, str] | None = None
    fence: str = ""


def language_for(name: str) -> Language | None:
    """The row of a language id, an editor's alias (`typescriptreact`) or a fence's info word."""
    raise NotImplementedError


def language_of(path: str, first_line: str = "") -> str:
    """The language id for a file name and its first line; `text` when unknown."""
    raise NotImplementedError
