"""What users keep and undo, as a threshold for a kind and language; pure folds.

The threshold is the one that would have been wrong least often among the answers whose verdict is
known: a kept answer below it was doubted for nothing, an undone one above it got through. It is
drawn towards the configured one while there are few, and never leaves it by more than `REACH`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from camus.journal import LIKED, Stats

REACH = 0.1
"""How far a threshold may move from the configured one."""
ENOUGH = 20
"""Known verdicts from which on a threshold moves, and a rate is shown."""
_STEP = 0.01
_LIKE = 0.05
"""Scores this near count as like a score."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """The threshold of a kind and language, the configured one, and what it rests on."""

    value: float
    base: float
    samples: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Observed:
    """The share of answers scored like one that were kept, and of how many."""

    rate: float
    samples: int


@dataclass(frozen=True, slots=True)
class Known:
    """One kind in one language, as a list shows it."""

    kind: str
    language: str
    kept: int
    undone: int
    threshold: Threshold


def threshold_for(stats: Stats, kind: str, language: str, base: float) -> Threshold:
    """The threshold for a kind in a language; the configured one while too little is known."""
    return _of(_verdicts(stats, kind, language), base, f"{kind} in {language}")


def observed(stats: Stats, score: float, kind: str, language: str) -> Observed | None:
    """How often answers that scored like this were kept: of its kind, else of all; or None."""
    for found in (_verdicts(stats, kind, language), _verdicts(stats)):
        near = [liked for given, liked in found if abs(given - score) <= _LIKE + 1e-9]
        if len(near) >= ENOUGH:
            return Observed(round(sum(near) / len(near), 2), len(near))
    return None


def known(stats: Stats, base: float) -> tuple[Known, ...]:
    """Every kind and language with a verdict, those with most first."""
    keys = {each.key[1:] for each in stats.answers.values() if each.verdict and _scored(each.score)}
    rows = []
    for kind, language in keys:
        found = _verdicts(stats, kind, language)
        kept = sum(liked for _, liked in found)
        threshold = _of(found, base, f"{kind} in {language}")
        rows.append(Known(kind, language, kept, len(found) - kept, threshold))
    return tuple(sorted(rows, key=lambda row: (-row.kept - row.undone, row.kind, row.language)))


def _of(found: list[tuple[float, bool]], base: float, about: str) -> Threshold:
    if len(found) < ENOUGH:
        return Threshold(base, base, len(found))
    steps = round(REACH / _STEP)
    tried = [round(base + step * _STEP, 2) for step in range(-steps, steps + 1)]
    best = min(
        (each for each in tried if 0 <= each <= 1),
        key=lambda each: (_wrong(found, each), abs(each - base)),
    )
    drawn = len(found) / (len(found) + ENOUGH)
    value = round(base + (best - base) * drawn, 2)
    said = f"threshold {value:.2f} instead of {base:.2f} for {about}: {len(found)} verdicts"
    return Threshold(value, base, len(found), said if value != base else "")


def _wrong(found: Iterable[tuple[float, bool]], threshold: float) -> int:
    return sum((score >= threshold) != liked for score, liked in found)


def _verdicts(stats: Stats, kind: str = "", language: str = "") -> list[tuple[float, bool]]:
    """The scores with whether they were kept, of a kind in a language or of all."""
    return [
        (each.score, each.verdict in LIKED)
        for each in stats.answers.values()
        if each.verdict is not None
        and each.score is not None
        and (not kind or each.key[1:] == (kind, language))
    ]


def _scored(score: float | None) -> bool:
    return score is not None
