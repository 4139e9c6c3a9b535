"""Finds many weighted words, stems and phrases in one pass over a text; knows no meaning."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Generic, TypeVar

_TOKEN = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")
_UNSPACED = re.compile(r"[\u2e80-\u9fff\uac00-\ud7ff\uf900-\ufaff]")
_LONGEST = 4
"""Most words of a phrase."""
_SHORTEST_STEM = 3
_MOST_KNOWN = 8192

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
    ends: dict[str, list[int]] = field(default_factory=dict)
    """How long the stems with these first three letters are, the longest first."""
    unspaced: dict[str, list[tuple[_L, float]]] = field(default_factory=dict)
    starts: dict[str, list[str]] = field(default_factory=dict)
    """The unspaced phrases by their first character."""
    known: dict[str, tuple[str, list[tuple[_L, float]], int]] = field(default_factory=dict)
    """Words looked up before: what they stand for, and how long a phrase may begin with them."""

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
            if phrase and table is self.unspaced and phrase not in table:
                self.starts.setdefault(phrase[0], []).append(phrase)
            if table is self.stems and phrase not in table and len(phrase) >= _SHORTEST_STEM:
                ends = self.ends.setdefault(phrase[:_SHORTEST_STEM], [])
                if len(phrase) not in ends:
                    ends.append(len(phrase))
                    ends.sort(reverse=True)
            if phrase:
                table.setdefault(phrase, []).append((label, weight))
            if phrase and table is self.whole:
                first, _, rest = phrase.partition(" ")
                count = len(rest.split()) + 1
                self.longest[first] = max(count, self.longest.get(first, 1))

    def find(self, text: str) -> Iterator[Match[_L]]:
        """The phrases in a text, each once, longer ones instead of those they begin with."""
        folded, tokens = _tokens(text)
        seen: set[str] = set()
        at, count = 0, len(tokens)
        known = self.known
        while at < count:
            token = tokens[at]
            phrase, entries, most = known.get(token) or self._remember(token)
            length = 1
            if most > 1:
                phrase, entries, length = self._longer(tokens, at) or (phrase, entries, 1)
            if entries and phrase not in seen:
                seen.add(phrase)
                for label, weight in entries:
                    yield Match(label, weight, phrase, at)
            at += length
        if self.unspaced and _UNSPACED.search(folded):
            for character in dict.fromkeys(folded):
                for phrase in self.starts.get(character, ()):
                    place = folded.find(phrase)
                    if place >= 0:
                        for label, weight in self.unspaced[phrase]:
                            yield Match(label, weight, phrase, place)

    def _longer(
        self, tokens: Sequence[str], at: int
    ) -> tuple[str, list[tuple[_L, float]], int] | None:
        """The longest phrase of several words here."""
        most = min(self.longest[tokens[at]], _LONGEST, len(tokens) - at)
        for length in range(most, 1, -1):
            phrase = " ".join(tokens[at : at + length])
            if phrase in self.whole:
                return phrase, self.whole[phrase], length
        return None

    def _remember(self, token: str) -> tuple[str, list[tuple[_L, float]], int]:
        """What one word stands for, whole or by its stem; words come again, so it is kept."""
        longest = self.longest.get(token, 1)
        found = (token, self.whole.get(token, []), longest)
        if not found[1]:
            for end in self.ends.get(token[:_SHORTEST_STEM], ()):
                if token[:end] in self.stems and len(token) >= end:
                    found = (f"{token[:end]}*", self.stems[token[:end]], longest)
                    break
        if len(self.known) >= _MOST_KNOWN:
            self.known.clear()
        self.known[token] = found
        return found


@lru_cache(maxsize=4)
def _tokens(text: str) -> tuple[str, tuple[str, ...]]:
    """A text folded, and its words; several tables look at the same text in turn."""
    folded = text.casefold().replace("’", "'")
    return folded, tuple(_TOKEN.findall(folded))


def words_of(text: str) -> list[str]:
    """The words of a text, folded."""
    return list(_tokens(text)[1])
