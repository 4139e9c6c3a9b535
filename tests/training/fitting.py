"""Fits a linear model for each class over sparse features, the same every time.

L2-regularised squared hinge loss by dual coordinate descent (Hsieh et al. 2008, "A dual coordinate
descent method for large-scale linear SVM"), all classes in one pass; the order is drawn from a
seed. A multinomial naive Bayes model is added to it: both are linear, so their sum costs nothing
more, and what was seen once or twice counts for more in it (Wang and Manning 2012, "Baselines and
bigrams", on why the two go well together). So is a softmax regression that sees half of the
features at a time (Srivastava et al. 2014, "Dropout") and learns by AdaGrad (Duchi et al. 2011): it
leans less on any one feature. Every sum is taken row by row, so that no processor adds in another
order. Knows nothing of requests.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log, sqrt
from typing import Any

import numpy as np

Buckets = tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True)
class Example:
    """A request's buckets, the number of its kind, and how much it counts."""

    found: Buckets
    label: int
    weight: float = 1.0


Array = np.ndarray[Any, np.dtype[Any]]
_SEEN = 0.5
"""The share of a request's features that softmax regression sees at a time."""
_RATE = 0.3
"""Its first step; the last is a tenth of it."""


class Model:
    """Weights under way: `weights` is a row for each bucket, the bias in the last one."""

    def __init__(self, classes: int, size: int, *, cost: float = 0.5) -> None:
        self.weights: Array = np.zeros((size + 1, classes))
        self._size = size
        self._cost = cost

    def scores(self, found: Buckets) -> list[float]:
        """What speaks for each class."""
        at, values = self._arrays(found)
        return [float(each) for each in _score(self.weights, at, values)]

    def fit(self, examples: Sequence[Example], *, rounds: int, seed: int) -> None:
        """Go over all examples `rounds` times."""
        classes = self.weights.shape[1]
        rows = [self._arrays(each.found) for each in examples]
        sides: Array = np.full((len(rows), classes), -1.0)
        sides[np.arange(len(rows)), [each.label for each in examples]] = 1.0
        alphas: Array = np.zeros((len(rows), classes))
        softs = [1 / (2 * self._cost * each.weight) for each in examples]
        sizes = [
            soft + sum(value * value for _, value in each.found) + 1
            for soft, each in zip(softs, examples, strict=True)
        ]
        order = list(range(len(rows)))
        shuffle = random.Random(seed).shuffle
        for _ in range(rounds):
            shuffle(order)
            for one in order:
                at, values = rows[one]
                alpha, side = alphas[one], sides[one]
                slope = side * _score(self.weights, at, values) - 1 + softs[one] * alpha
                new = np.maximum(alpha - slope / sizes[one], 0.0)
                moved = (new - alpha) * side
                if np.abs(moved).max() > 1e-9:
                    self.weights[at] += values * moved
                    alphas[one] = new

    def lean(self, examples: Sequence[Example], *, share: float, smoothing: float = 0.05) -> None:
        """Add a share of naive Bayes: how much likelier a class makes each bucket than others do.

        Buckets that no example has keep weights of nothing.
        """
        counts: Array = np.zeros((self._size, self.weights.shape[1]))
        for each in examples:
            at, values = self._arrays(each.found)
            counts[at[:-1], each.label] += values[:-1, 0]
        seen = counts.any(axis=1)
        smoothed = counts[seen] + smoothing
        total: Array = np.add.reduce(smoothed, axis=0)
        likely: Array = np.log(smoothed / total)
        self.weights[:-1][seen] += share * (likely - likely.mean(axis=1, keepdims=True))

    def soften(self, examples: Sequence[Example], *, share: float, rounds: int, seed: int) -> None:
        """Add a share of softmax regression, trained on half of the features at a time."""
        # The legacy generator, as its numbers are promised to stay the same.
        chance = np.random.RandomState(seed)
        rows = [self._arrays(each.found) for each in examples]
        other: Array = np.zeros_like(self.weights)
        moved: Array = np.full_like(self.weights, 1e-4)
        for turn in range(rounds):
            step = _RATE * (1 - 0.9 * turn / rounds)
            for one in chance.permutation(len(rows)):
                at, values = rows[one]
                seen = chance.random_sample(len(at)) < _SEEN
                seen[-1] = True
                at, values = at[seen], values[seen] / _SEEN
                values[-1] = 1.0
                each = examples[one]
                slope = np.array(softmax(_score(other, at, values).tolist()))
                slope[each.label] -= 1.0
                down = values * (slope * each.weight)
                total = moved[at] + down * down
                moved[at] = total
                other[at] -= step * down / np.sqrt(total)
        self.weights += share * other

    def _arrays(self, found: Buckets) -> tuple[Array, Array]:
        at = np.array([*(bucket for bucket, _ in found), self._size], dtype=np.int64)
        return at, np.array([*(value for _, value in found), 1.0])[:, None]


def _score(weights: Array, at: Array, values: Array) -> Array:
    total: Array = np.add.reduce(weights[at] * values, axis=0)
    return total


def softmax(scores: Sequence[float], temperature: float = 1.0) -> list[float]:
    """Probabilities of scores at a temperature."""
    top = max(scores)
    powers = [exp((score - top) / temperature) for score in scores]
    total = sum(powers)
    return [power / total for power in powers]


def temperature_for(scored: Sequence[tuple[Sequence[float], int]]) -> float:
    """The temperature with the least log loss, to a hundredth (golden section)."""
    low, high = 0.05, 8.0
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
