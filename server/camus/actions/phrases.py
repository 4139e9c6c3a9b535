"""Finds many weighted words, stems and phrases in one pass over a text; knows no meaning."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

_TOKEN = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")
_UNSPACED = re.compile(r"[\u2e80-\u9fff\uac00-\ud7ff\uf900-\ufaff]")
_LONGEST = 4
"""Most words of a phrase."""
_LONGEST_STEM = 20

_L = TypeVar("_L", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Match(Generic[_L]):
    """One phrase found: what it stands for, as it was listed, and after how many words."""

    label: _L
    weight: float
    phrase: str
    position: int


@dataclass(slots=True)
class Phrases(Generic[_L]):
    """A table of phrases, filled once and then only read."""

    whole: dict[str, list[tuple[_L, float]]] = field(default_factory=dict)
    longest: dict[str, int] = field(default_factory=dict)
    """How many words the longest phrase with this first word has."""
    stems: dict[str, list[tuple[_L, float]]] = field(default_factory=dict)
    unspaced: dict[str, list[tuple[_L, float]]] = field(default_factory=dict)

    def add(self, phrases: Iterable[str], label: _L, weight: float) -> None:
        """List phrases under a label; one ending in `*` is a stem."""
        for each in phrases:
            phrase = each.strip().casefold()
            table = self.whole
            if _UNSPACED.search(phrase):
                table, phrase = self.unspaced, phrase.rstrip("*")
            elif phrase.endswith("*"):
                table, phrase = self.stems, phrase.rstrip("*")
            else:
                phrase = " ".join(_TOKEN.findall(phrase.replace("’", "'")))
            if phrase:
                table.setdefault(phrase, []).append((label, weight))
            if phrase and table is self.whole:
                first, _, rest = phrase.partition(" ")
                count = len(rest.split()) + 1
                self.longest[first] = max(count, self.longest.get(first, 1))

    def find(self, text: str) -> Iterator[Match[_L]]:
        """The phrases in a text, each once, longer ones instead of those they begin with."""
        folded = text.casefold().replace("’", "'")
        seen: set[str] = set()
        tokens = _TOKEN.findall(folded)
        at = 0
        while at < len(tokens):
            phrase, entries, length = self._at(tokens, at)
            if phrase not in seen:
                seen.add(phrase)
                for label, weight in entries:
                    yield Match(label, weight, phrase, at)
            at += length
        if self.unspaced and _UNSPACED.search(folded):
            for phrase, entries in self.unspaced.items():
                place = folded.find(phrase)
                if place >= 0:
                    for label, weight in entries:
                        yield Match(label, weight, phrase, place)

    def _at(self, tokens: list[str], at: int) -> tuple[str, list[tuple[_L, float]], int]:
        token = tokens[at]
        most = min(self.longest.get(token, 0), _LONGEST, len(tokens) - at)
        for length in range(most, 0, -1):
            phrase = " ".join(tokens[at : at + length]) if length > 1 else token
            if phrase in self.whole:
                return phrase, self.whole[phrase], length
        for end in range(min(len(token), _LONGEST_STEM), 2, -1):
            if token[:end] in self.stems:
                return f"{token[:end]}*", self.stems[token[:end]], 1
        return "", [], 1


def words_of(text: str) -> list[str]:
    """The words of a text, folded."""
    return _TOKEN.findall(text.casefold())
