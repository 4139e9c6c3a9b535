"""What can have happened; ids, names from closed sets, sizes, seconds, never code or paths."""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import Literal, TypeVar, get_args

from msgspec import Struct
from msgspec.structs import replace

Verdict = Literal["accepted", "rejected", "undone", "edited", "good", "bad"]
"""`edited`: accepted, and changed by the user soon after."""

Correction = Literal["wrong", "incomplete", "unsafe", "style", "unwanted", "kind"]
"""What was the matter with an answer: `kind`, that the request was taken for something else."""

Turn = Literal["first", "next", "repair"]
"""How an answer came to be asked for: `next`, after the checks had rejected another model's;
`repair`, after they had rejected one of its own."""


class Attempted(Struct, frozen=True, kw_only=True, tag=True):
    """One model (or `rules`) was asked once; `error` is empty when it answered."""

    id: str
    at: float
    """Unix seconds."""
    model: str
    action: str
    kind: str
    complexity: str
    language: str
    error: str = ""
    """The name of a `ModelError`, `BadReply:reason`, `Denied:reason` or `refused`."""
    score: float | None = None
    seconds: float = 0.0
    first_token_seconds: float | None = None
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: float = 0.0
    """Money, by the model's declared prices."""
    cached: bool = False
    passed: bool | None = None
    """Whether the checks accepted the answer; None where there was none to judge."""
    turn: Turn = "first"


class Finished(Struct, frozen=True, kw_only=True, tag=True):
    """One request came to its end."""

    id: str
    at: float
    action: str
    kind: str
    complexity: str
    language: str
    state: str
    """An `Outcome`'s state, or `cancelled`."""
    model: str = ""
    strategy: str = ""
    score: float | None = None
    seconds: float = 0.0
    attempts: int = 0
    cached: bool = False
    changed_lines: int = 0


class Feedback(Struct, frozen=True, kw_only=True, tag=True):
    """What the user did with an answer; `id` is the request's."""

    id: str
    at: float
    verdict: Verdict


class Noted(Struct, frozen=True, kw_only=True, tag=True):
    """Something else worth counting: a reload, a rotation, a degraded disk."""

    id: str
    at: float
    what: str
    count: int = 1


class Corrected(Struct, frozen=True, kw_only=True, tag=True):
    """The user named the kind of a request; its features as hashes, without their order."""

    id: str
    at: float
    kind: str
    buckets: tuple[int, ...] = ()
    """Hash buckets of the classifier, at most `MOST_BUCKETS`."""


class Mended(Struct, frozen=True, kw_only=True, tag=True):
    """The user showed how an answer should have been; its text is not here."""

    id: str
    at: float
    fault: Correction
    score: float
    """What the correction itself scored."""
    kept: float
    """The share of the answer's new lines that stand in the correction too, in 0..1."""


class Weighed(Struct, frozen=True, kw_only=True):
    """One part of a candidate's score."""

    name: str
    value: float
    weight: float


class Considered(Struct, frozen=True, kw_only=True):
    """A model that was considered: its score and confidence, or the rule that put it out."""

    model: str
    score: float = 0.0
    confidence: float = 0.0
    out: str = ""
    parts: tuple[Weighed, ...] = ()


class Decided(Struct, frozen=True, kw_only=True, tag=True):
    """Which models were considered for a request, and in which order they were to be asked."""

    id: str
    at: float
    action: str
    kind: str
    complexity: str
    language: str
    selection: str
    strategy: str
    explores: bool = False
    order: tuple[str, ...] = ()
    candidates: tuple[Considered, ...] = ()


Event = Attempted | Finished | Feedback | Noted | Corrected | Mended | Decided

E = TypeVar("E", bound=Struct)

MOST_CONSIDERED = 24
"""The most candidates of a decision that are kept."""

MOST_BUCKETS = 600

WITHHELD = "withheld"
"""Stands in a log for a value that was not of its field's closed form."""

_CLOSED: dict[str, tuple[str, ...]] = {"verdict": get_args(Verdict), "fault": get_args(Correction)}

_SPECIAL = frozenset({"model", *_CLOSED})
_LARGEST = 2**53

_WORD = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.:+#-]{0,79}")
_MODEL = re.compile(r"[^\W_][\w.:@+-]*(?:/[\w.:@+-]+){0,4}")
_DRIVE = re.compile(r"[A-Za-z]:/")


def cleaned(event: E) -> E:
    """The event with everything out of it that is not of its field's form.

    A name that holds blanks, line breaks or a path becomes `withheld`, a number that is none
    becomes 0 or None: code and paths cannot enter the log by a slip of a caller.
    """
    changes: dict[str, object] = {}
    for name in event.__struct_fields__:
        value = getattr(event, name)
        if value is None or value == "":
            continue  # many fields are mostly empty
        kind = type(value)
        if kind is float or kind is int:
            if 0 <= value < _LARGEST:
                continue  # as almost every number is
        elif kind is str and name not in _SPECIAL and _word(value) == value:
            continue
        fit = _fitting(name, value)
        if fit != value:
            changes[name] = fit
    return replace(event, **changes) if changes else event


def _fitting(name: str, value: object) -> object:
    if isinstance(value, bool) or value is None:
        return value
    if name == "model":
        return _model(value) if isinstance(value, str) else WITHHELD
    if name in _CLOSED:
        return value if value in _CLOSED[name] else _CLOSED[name][-1]
    if isinstance(value, str):
        return _word(value)
    if isinstance(value, tuple):
        return _several(name, value)
    if isinstance(value, int):
        return value if 0 <= value < _LARGEST else 0
    if isinstance(value, float):
        return value if math.isfinite(value) and value >= 0 else (None if name == "score" else 0.0)
    return WITHHELD


@lru_cache(2048)
def _word(value: str) -> str:
    """A name of some closed set; the same ones come again and again."""
    return value if not value or _WORD.fullmatch(value) else WITHHELD


def _several(name: str, value: tuple[object, ...]) -> tuple[object, ...]:
    if name == "buckets":
        return _numbers(value)
    if name == "order":
        return tuple(_model(str(each)) for each in value[:MOST_CONSIDERED])
    return tuple(cleaned(each) for each in value[:MOST_CONSIDERED] if isinstance(each, Struct))


def _numbers(value: tuple[object, ...]) -> tuple[int, ...]:
    """Small whole numbers by size; in which order they came is nobody's business."""
    return tuple(sorted({n for n in value if isinstance(n, int) and 0 <= n < 2**20})[:MOST_BUCKETS])


@lru_cache(512)
def _model(value: str) -> str:
    """A model's name; it may hold slashes (`hf.co/team/model:Q4`) but be no file's path."""
    if len(value) > 120:
        return WITHHELD
    if not value or (_MODEL.fullmatch(value) and not _DRIVE.match(value)):
        return value
    return WITHHELD
