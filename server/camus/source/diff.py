"""Applying edits and finding the few that turn one text into another; knows only text."""

from __future__ import annotations

from collections.abc import Iterable

from camus.source.spans import Edit


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """The text after the edits, all given in its own characters.

    Raises ValueError when two edits overlap or one lies outside the text.
    """
    raise NotImplementedError


def minimal_edits(before: str, after: str) -> tuple[Edit, ...]:
    """The small, ordered, non-overlapping edits that turn `before` into `after`.

    Unchanged lines are never part of an edit; line breaks of either kind are kept as they are.
    """
    raise NotImplementedError


def unified_diff(before: str, after: str, name: str, context: int = 3) -> str:
    """The unified diff of two texts, empty when they are equal."""
    raise NotImplementedError
