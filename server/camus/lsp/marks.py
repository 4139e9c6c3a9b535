"""Remembers which definitions Camus wrote in this session, and whether they were changed since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from camus.source import Document, Scope, definitions

KEPT = 64
"""The newest marks of a document; older ones are forgotten."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What one definition was when an edit of it was taken: its name, and a digest of its code.

    `said` is the score and the model.
    """

    name: str
    code: str
    said: str


@dataclass(frozen=True, slots=True)
class Standing:
    """A mark of a definition that is still there; `fresh` while its code is what was taken."""

    said: str
    fresh: bool


class Marks:
    """The marks of the open documents."""

    def __init__(self) -> None:
        """Nothing was written yet."""
        self._by_uri: dict[str, dict[str, Mark]] = {}

    def put(self, uri: str, mark: Mark) -> None:
        """Remember an edit that was taken."""
        marks = self._by_uri.setdefault(unquote(uri), {})
        marks.pop(mark.name, None)
        marks[mark.name] = mark
        while len(marks) > KEPT:
            del marks[next(iter(marks))]

    def drop(self, uri: str, name: str) -> None:
        """An edit was undone."""
        self._by_uri.get(unquote(uri), {}).pop(name, None)

    def of(self, uri: str) -> tuple[Mark, ...]:
        """The marks of a document."""
        return tuple(self._by_uri.get(unquote(uri), {}).values())

    def closed(self, uri: str) -> None:
        """The document is gone."""
        self._by_uri.pop(unquote(uri), None)


def mark_in(document: Document, name: str, said: str) -> Mark | None:
    """The mark of a definition as it stands in a text; None when it is not there just once."""
    found = [scope for scope in definitions(document) if scope.qualified_name == name]
    return Mark(name, document.fingerprint(found[0].span), said) if len(found) == 1 else None


def standing(document: Document, scope: Scope, marks: Sequence[Mark]) -> Standing | None:
    """How a definition stands to the mark of its name, if there is one."""
    mark = next((each for each in marks if each.name == scope.qualified_name), None)
    if mark is None:
        return None
    return Standing(mark.said, document.fingerprint(scope.span) == mark.code)
