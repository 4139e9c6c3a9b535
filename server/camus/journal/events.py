"""What can have happened; ids, names from closed sets, sizes, seconds, never code or paths."""

from __future__ import annotations

import math
import re
from typing import Literal, TypeVar, get_args

from msgspec import Struct
from msgspec.structs import asdict, replace

Verdict = Literal["accepted", "rejected", "undone", "good", "bad"]


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


Event = Attempted | Finished | Feedback | Noted | Corrected

E = TypeVar("E", bound=Attempted | Finished | Feedback | Noted | Corrected)

MOST_BUCKETS = 600

WITHHELD = "withheld"
"""Stands in a log for a value that was not of its field's closed form."""

_WORD = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.:+#-]{0,79}")
_MODEL = re.compile(r"[^\W_][\w.:@+-]*(?:/[\w.:@+-]+){0,4}")
_DRIVE = re.compile(r"[A-Za-z]:/")


def cleaned(event: E) -> E:
    """The event with everything out of it that is not of its field's form.

    A name that holds blanks, line breaks or a path becomes `withheld`, a number that is none
    becomes 0 or None: code and paths cannot enter the log by a slip of a caller.
    """
    changes: dict[str, object] = {}
    for name, value in asdict(event).items():
        fit = _fitting(name, value)
        if fit is not value:
            changes[name] = fit
    return replace(event, **changes) if changes else event


def _fitting(name: str, value: object) -> object:
    if isinstance(value, bool) or value is None:
        return value
    if name == "model":
        return _model(value)
    if name == "verdict":
        return value if value in get_args(Verdict) else "bad"
    if isinstance(value, str):
        return value if not value or _WORD.fullmatch(value) else WITHHELD
    if name == "buckets":
        return _numbers(value)
    if isinstance(value, int):
        return value if 0 <= value < 2**53 else 0
    if isinstance(value, float):
        return value if math.isfinite(value) and value >= 0 else (None if name == "score" else 0.0)
    return WITHHELD


def _numbers(value: object) -> tuple[int, ...]:
    """Small whole numbers by size; in which order they came is nobody's business."""
    if not isinstance(value, tuple):
        return ()
    return tuple(sorted({n for n in value if isinstance(n, int) and 0 <= n < 2**20})[:MOST_BUCKETS])


def _model(value: object) -> str:
    """A model's name; it may hold slashes (`hf.co/team/model:Q4`) but be no file's path."""
    if not isinstance(value, str) or len(value) > 120:
        return WITHHELD
    if not value or (_MODEL.fullmatch(value) and not _DRIVE.match(value)):
        return value
    return WITHHELD
