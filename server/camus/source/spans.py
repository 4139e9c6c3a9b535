"""A span of characters and a replacement of one; knows nothing of lines, bytes or documents."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range `[start, end)` in characters (Unicode code points) of one text."""

    start: int
    end: int

    def __post_init__(self) -> None:
        """Refuse a span that runs backwards or starts before the text."""
        if not 0 <= self.start <= self.end:
            raise ValueError(f"not a span: [{self.start}, {self.end})")

    def __len__(self) -> int:
        """The number of characters covered."""
        return self.end - self.start

    def __bool__(self) -> bool:
        """Always true: an empty span is a place, not an absence."""
        return True

    def contains(self, other: Span) -> bool:
        """Whether `other` lies inside this span, touching ends allowed."""
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: Span) -> bool:
        """Whether the two share a character, or an empty one lies strictly inside the other."""
        return self.start < other.end and other.start < self.end

    def shift(self, by: int) -> Span:
        """The same span moved by a number of characters."""
        return Span(self.start + by, self.end + by)


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the characters of `span` by `text`; an insertion has an empty span."""

    span: Span
    text: str
