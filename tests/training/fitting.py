"""Fits a multinomial logistic regression over sparse features, in plain Python so that it repeats.

AdaGrad (Duchi et al. 2011) with one step size a bucket; the order of the examples is drawn from a
seed. Knows nothing of requests.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from math import exp, log, sqrt

Buckets = tuple[tuple[int, float], ...]
Example = tuple[Buckets, int]


class Model:
    """Weights under way; a row for each bucket that was ever touched."""

    def __init__(self, classes: int, *, rate: float = 0.3, decay: float = 2e-4) -> None:
        self.classes = classes
        self.bias = [0.0] * classes
        self.rows: dict[int, list[float]] = {}
        self._squares: dict[int, float] = {}
        self._rate = rate
        self._decay = decay

    def scores(self, found: Buckets) -> list[float]:
        rows = [
            [value * w for w in row]
            for bucket, value in found
            if (row := self.rows.get(bucket)) is not None
        ]
        return [sum(column) for column in zip(self.bias, *rows, strict=True)]

    def fit(self, examples: Sequence[Example], *, rounds: int, seed: int) -> None:
        order = list(range(len(examples)))
        shuffle = random.Random(seed).shuffle
        for number in range(rounds):
            shuffle(order)
            rate = self._rate * (1 - number / (rounds + 1))
            for at in order:
                self._learn(examples[at], rate)

    def _learn(self, example: Example, rate: float) -> None:
        found, label = example
        gradient = softmax(self.scores(found))
        gradient[label] -= 1.0
        size = sum(g * g for g in gradient)
        if size < 1e-6:
            return
        self.bias = [b - rate * 0.02 * g for b, g in zip(self.bias, gradient, strict=True)]
        rows, squares, keep = self.rows, self._squares, 1 - rate * self._decay
        for bucket, value in found:
            total = squares.get(bucket, 0.1) + size * value * value
            squares[bucket] = total
            step = rate * value / sqrt(total)
            row = rows.get(bucket)
            if row is None:
                rows[bucket] = [-step * g for g in gradient]
            else:
                rows[bucket] = [keep * w - step * g for w, g in zip(row, gradient, strict=True)]


def softmax(scores: Sequence[float], temperature: float = 1.0) -> list[float]:
    top = max(scores)
    powers = [exp((score - top) / temperature) for score in scores]
    total = sum(powers)
    return [power / total for power in powers]


def temperature_for(scored: Sequence[tuple[Sequence[float], int]]) -> float:
    """The temperature with the least log loss, to a hundredth (golden section)."""
    low, high = 0.2, 8.0
    ratio = (sqrt(5) - 1) / 2
    while high - low > 0.005:
        one, two = high - ratio * (high - low), low + ratio * (high - low)
        if _loss(scored, one) < _loss(scored, two):
            high = two
        else:
            low = one
    return round((low + high) / 2, 2)


def _loss(scored: Sequence[tuple[Sequence[float], int]], temperature: float) -> float:
    return -sum(log(max(softmax(s, temperature)[label], 1e-12)) for s, label in scored)
