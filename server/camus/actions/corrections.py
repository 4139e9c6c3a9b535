"""What the kinds that a user named teach: a few weights beside those that ship; pure.

Each correction is a few steps of the same regression, on its own buckets alone and within bounds,
so that a hundred of them cannot turn the model over.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from camus.actions.features import Features
from camus.actions.learned import KINDS, Overlay, buckets, logits, probabilities, shipped
from camus.config import TaskKind
from camus.journal import Corrected

_ROUNDS = 4
_RATE = 0.6
_BOUND = 2.5
"""The most that corrections may add to one weight; both in units of the temperature."""


def correction(found: Features, kind: TaskKind, *, id: str, at: float) -> Corrected:
    """The event that a user named a request's kind; `at` in Unix seconds. Holds no text."""
    return Corrected(
        id=id,
        at=at,
        kind=str(kind),
        buckets=tuple(sorted({bucket for bucket, _ in buckets(found)})),
    )


@lru_cache(maxsize=8)
def taught(corrections: tuple[Corrected, ...]) -> Overlay:
    """What corrections add to the weights, the same for the same corrections."""
    known = [each for each in corrections if each.kind in TaskKind.__members__ and each.buckets]
    rows: dict[int, list[float]] = {}
    for _ in range(_ROUNDS):
        for each in known:
            kind = TaskKind[each.kind]
            if kind in KINDS:
                _step(rows, each.buckets, KINDS.index(kind))
    return {bucket: tuple(row) for bucket, row in rows.items()}


def _step(rows: dict[int, list[float]], found: Sequence[int], label: int) -> None:
    weights = shipped()
    # The values are not kept: each of a request's buckets counts alike, as its groups do together.
    value = 2 / len(found) ** 0.5
    seen = tuple((bucket, value) for bucket in found)
    gradient = list(probabilities(logits(seen, weights, rows), weights.temperature))
    gradient[label] -= 1.0
    rate, bound = _RATE * weights.temperature, _BOUND * weights.temperature
    for bucket in found:
        row = rows.get(bucket) or [0.0] * len(KINDS)
        moved = (w - rate * value * g for w, g in zip(row, gradient, strict=True))
        rows[bucket] = [max(-bound, min(bound, each)) for each in moved]
