"""What can have happened; ids, names from closed sets, sizes, seconds, never code or paths."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

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


Event = Attempted | Finished | Feedback | Noted
