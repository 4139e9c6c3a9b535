"""What can be wrong with a configuration, and where; reads nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal


class ConfigError(Exception):
    """Raised when there is no configuration to go on with at all."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a configuration, in words that say what to do about it.

    `file` is a path, or the name of a layer without files (`editor settings`); `line` counts from
    1 and is 0 where there are no lines. `key` is spelled as in the file.
    """

    severity: Literal["error", "warning"]
    message: str
    file: str = ""
    line: int = 0
    key: str = ""
    nearest: str = ""

    def __str__(self) -> str:
        """`file:line: key: message`, as a terminal shows it."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        return ": ".join(part for part in (place, self.key, self.message) if part)


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word most like the one given, or empty when none is alike."""
    by_lower = {name.lower(): name for name in known}
    found = get_close_matches(word.lower()[:100], by_lower, n=1, cutoff=0.6)
    return by_lower[found[0]] if found else ""
