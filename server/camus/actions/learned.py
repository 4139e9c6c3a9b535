"""The learned model: from a request's features to how likely each kind is; trains nothing.

A linear support vector machine for each kind over hashed features, in plain Python: its weights are
one signed byte for each bucket and kind, its scores divided by a temperature fitted on requests it
had not seen (Guo et al. 2017, "On calibration of modern neural networks"). `tests/training` makes
the file.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from math import exp, sqrt
from pathlib import Path
from struct import Struct

from camus.actions.features import BUCKETS, Features, name_bucket, token_buckets
from camus.config import TaskKind

KINDS: tuple[TaskKind, ...] = tuple(kind for kind in TaskKind if kind is not TaskKind.EMBEDDING)
"""The kinds a person can ask for, in the order of the weights."""

FILE = Path(__file__).parent / "data" / "requests.weights"
_MAGIC = b"camus requests 3\n"

Row = Sequence[float]
_WORDS, _PARTS, _ORDER, _MARKS, _FORMS = 1.3, 2.5, 1.7, 0.6, 0.7
"""How much each group of features counts, where the outline counts 1.

Tried on held-out batches of the training part.
"""

Buckets = tuple[tuple[int, float], ...]
"""Each bucket of a request once, with its value."""


@dataclass(frozen=True, slots=True)
class Weights:
    """What was learnt: a byte for each bucket and kind, and what a byte and the sum stand for."""

    lanes: bytes
    step: float
    """What one of a byte's 127 steps weighs."""
    bias: tuple[float, ...]
    temperature: float

    def row(self, bucket: int) -> Row:
        """The weights of a bucket, in steps."""
        width = len(KINDS)
        return memoryview(self.lanes).cast("b")[bucket * width : (bucket + 1) * width]

    def to_bytes(self) -> bytes:
        """The file's content: a line of JSON and the compressed bytes."""
        head = {"step": self.step, "bias": self.bias, "temperature": self.temperature}
        line = json.dumps(head, sort_keys=True).encode()
        return _MAGIC + line + b"\n" + zlib.compress(self.lanes, 9)


def from_bytes(data: bytes) -> Weights:
    """The weights in a file's content; ValueError when they are not for this version."""
    magic, line, lanes = data.split(b"\n", 2)
    head = json.loads(line)
    weights = Weights(
        zlib.decompress(lanes), head["step"], tuple(head["bias"]), head["temperature"]
    )
    fits = len(weights.lanes) == BUCKETS * len(KINDS) and len(weights.bias) == len(KINDS)
    if magic + b"\n" != _MAGIC or not fits:
        raise ValueError("the weights are of another version")
    return weights


@cache
def shipped() -> Weights:
    """The weights that come with Camus."""
    return from_bytes(FILE.read_bytes())


def buckets(found: Features) -> Buckets:
    """The buckets of a request with their values; each group counts alike however long it is."""
    values: dict[int, float] = {}
    grams: list[int] = []
    each = _WORDS / sqrt(len(found.tokens) or 1)
    for token in found.tokens:
        whole, parts = token_buckets(token)
        values[whole] = values.get(whole, 0.0) + each
        grams.extend(parts)
    groups = (
        (_PARTS, grams),
        *((share, tuple(map(name_bucket, names))) for share, names in _named(found)),
    )
    for share, group in groups:
        each = share / sqrt(len(group) or 1)
        for bucket in group:
            values[bucket] = values.get(bucket, 0.0) + each
    return tuple(values.items())


def _named(found: Features) -> tuple[tuple[float, tuple[str, ...]], ...]:
    return (
        (_ORDER, found.order),
        (_MARKS, found.marks),
        (_FORMS, found.forms),
        (1.0, found.outline),
    )


_TOLD = 50
"""Most words that are looked at for evidence."""

Overlay = Mapping[int, Row]
"""What corrections add to the weights of a few buckets."""


def logits(found: Buckets, weights: Weights, overlay: Overlay | None = None) -> tuple[float, ...]:
    """How much speaks for each kind, before calibration, in the order of `KINDS`."""
    total = list(weights.bias)
    table, width, step = memoryview(weights.lanes).cast("b"), len(KINDS), weights.step
    sums = [0.0] * width
    for bucket, value in found:
        at = bucket * width
        sums = [s + value * w for s, w in zip(sums, table[at : at + width], strict=True)]
    total = [base + step * s for base, s in zip(total, sums, strict=True)]
    if overlay:
        for bucket, value in found:
            row = overlay.get(bucket)
            if row is not None:
                total = [s + value * w for s, w in zip(total, row, strict=True)]
    return tuple(total)


def probabilities(scores: Sequence[float], temperature: float) -> tuple[float, ...]:
    """The softmax of scores at a temperature."""
    top = max(scores)
    powers = [exp((score - top) / temperature) for score in scores]
    total = sum(powers)
    return tuple(power / total for power in powers)


def chances(found: Features, overlay: Overlay | None = None) -> tuple[float, ...]:
    """How likely each kind is by the weights that ship and the corrections, as in `KINDS`.

    The rows of words and names are kept, as they come again.
    """
    weights = shipped()
    words = [_token_rows(token) for token in found.tokens]
    groups = (
        (_WORDS, sum(row for row, _, _ in words), len(words)),
        (_PARTS, sum(row for _, row, _ in words), sum(count for _, _, count in words)),
        *((share, sum(map(_name_row, names)), len(names)) for share, names in _named(found)),
    )
    total = [0.0] * len(KINDS)
    for share, packed, count in groups:
        if count:
            scale = share * weights.step / sqrt(count)
            lanes = _unpacked(packed, count)
            total = [t + scale * lane for t, lane in zip(total, lanes, strict=True)]
    total = [t + base for t, base in zip(total, weights.bias, strict=True)]
    if overlay:
        for bucket, value in buckets(found):
            row = overlay.get(bucket)
            if row is not None:
                total = [s + value * w for s, w in zip(total, row, strict=True)]
    return probabilities(total, weights.temperature)


def telling(found: Features, kind: TaskKind) -> tuple[str, ...]:
    """The words that speak most for a kind, against what they say for the others on average."""
    at, least = KINDS.index(kind), 30.0
    weighed = ((_leaning(token)[at], token) for token in found.tokens[:_TOLD] if len(token) > 2)
    scored = [each for each in weighed if each[0] > least]
    return tuple(token for _, token in sorted(scored, reverse=True))


@lru_cache(maxsize=8192)
def _leaning(token: str) -> tuple[float, ...]:
    """How much a word speaks for each kind, in steps, against what it says for all on average."""
    row, grams, count = _token_rows(token)
    scale = _PARTS / sqrt(count or 1)
    lanes = zip(_unpacked(row, 1), _unpacked(grams, count), strict=True)
    both = [lane * _WORDS + gram * scale for lane, gram in lanes]
    mean = sum(both) / len(both)
    return tuple(each - mean for each in both)


_LANES = Struct(f"<{len(KINDS)}I")
_UP = bytes((at + 128) % 256 for at in range(256))
"""A signed byte moved up by 128, so that it is not negative."""


@cache
def _table() -> bytes:
    return shipped().lanes.translate(_UP)


def _packed(bucket: int) -> int:
    """A bucket's row as one number, four bytes a weight: rows are then added up in one step."""
    wide = len(KINDS)
    spread = bytearray(_LANES.size)
    spread[::4] = _table()[bucket * wide : (bucket + 1) * wide]
    return int.from_bytes(spread, "little")


def _unpacked(packed: int, rows: int) -> list[int]:
    """The weights of so many rows, added up, in steps."""
    up = 128 * rows
    return [lane - up for lane in _LANES.unpack(packed.to_bytes(_LANES.size, "little"))]


@lru_cache(maxsize=8192)
def _token_rows(token: str) -> tuple[int, int, int]:
    """A word's own weights, the sum of its n-grams', and how many n-grams it has."""
    whole, grams = token_buckets(token)
    return _packed(whole), sum(map(_packed, grams)), len(grams)


@lru_cache(maxsize=8192)
def _name_row(name: str) -> int:
    return _packed(name_bucket(name))
