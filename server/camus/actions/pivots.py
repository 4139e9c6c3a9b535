"""Turns words of other languages into their English ones; translates no sentence."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from camus.actions.phrases import Phrases

_FILE = Path(__file__).parent / "data" / "pivots.txt"
_MOST = 24
_SHORT = (
    "de la el los las una por para con del que der das ist und ein eine einen nicht le les est une "
    "et dans sur je em um uma esse essa este esta mir ich wie wird kann auf zu bei meu minha como "
    "pour avec sans qui ce cette dem den von zum zur mein unser sind habe su ces cet nos vos ses "
    "leur il elle ils nous vous uns mon mes notre un ao na da dos nao pra isso hay kannst soll "
    "diese diesen dieser dieses nach mach bitte wenn oder aber noch nur sich dass beim werden vom "
    "welche welcher esto estos estas haz dame pon fais peux veux quel quelle faz mais tem sua seu"
)
FOREIGN = frozenset(_SHORT.split())
"""Short words that no English request has, by which the Latin languages are known."""


def english_of(text: str, words: Sequence[str]) -> list[str]:
    """The English words for those of a text in another language, each once; none for English."""
    if text.isascii() and FOREIGN.isdisjoint(words):
        return []
    found = sorted(_table().find(text), key=lambda match: match.position)
    return list(dict.fromkeys(match.label for match in found))[:_MOST]


@cache
def _table() -> Phrases[str]:
    table: Phrases[str] = Phrases()
    for line in _FILE.read_text(encoding="utf-8").splitlines():
        word, colon, others = line.partition(": ")
        if colon and not line.startswith("#"):
            table.add(dict.fromkeys(others.split(",")), word.rstrip("23"), 1.0)
    return table
