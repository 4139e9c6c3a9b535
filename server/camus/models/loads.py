"""How busy and how quick one server is, and how many requests it should have; pure.

The pace is a peak-sensitive moving average as in Finagle's peak EWMA: bad news counts at once,
good news little by little. The limit of concurrent requests grows by one a round and shrinks by a
share, as TCP's congestion window does (Chiu and Jain 1989; Netflix's concurrency-limits). The
time to a first token and its spread are kept as RFC 6298 keeps round trips.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

DECAY = 10.0
"""Seconds after which an old pace counts for a third."""
START = 4.0
LEAST, MOST = 1.0, 16.0
"""Concurrent requests to one server: at first where it does not say, at least and at most."""
SHRINK = 0.7
UNKNOWN_FIRST = 10.0
"""Seconds within which a first token is due from a server that never gave one."""
SOONEST_DOUBT = 0.75
"""A first token is never called late before so many seconds."""
PROMPT_SHARE = 1 / 8
"""A prompt's token costs about so much of a generated one's time."""


@dataclass(frozen=True, slots=True)
class Load:
    """One server's requests and speed; `work` is in tokens of answer, times in seconds."""

    in_flight: int = 0
    work: float = 0.0
    """Predicted tokens of what is in flight."""
    limit: float = START
    most: float = MOST
    """The limit never grows past this: a worker computes one answer at a time."""
    pace: float = 0.0
    """Seconds a token of work; 0 when nothing is known yet."""
    paced_at: float = 0.0
    first: float = 0.0
    spread: float = 0.0
    picked: int = 0
    """The number of the last request it was picked for, so that ties go round."""

    @property
    def has_room(self) -> bool:
        """Whether one more request is within the limit."""
        return self.in_flight < int(self.limit)

    @property
    def late_after(self) -> float:
        """Seconds after which a first token is late here."""
        if not self.first:
            return UNKNOWN_FIRST
        return max(SOONEST_DOUBT, self.first + 4 * self.spread)


def predicted_work(prompt_tokens: int, answer_tokens: int) -> float:
    """A request's size in tokens of answer."""
    return answer_tokens + prompt_tokens * PROMPT_SHARE


def taken(load: Load, work: float, number: int) -> Load:
    """One more request."""
    return replace(load, in_flight=load.in_flight + 1, work=load.work + work, picked=number)


def bounded(load: Load, slots: int) -> Load:
    """With as many requests at once as the server advertises; 0: it no longer does."""
    if slots <= 0:
        return replace(load, limit=START, most=MOST)
    return replace(load, limit=float(slots), most=float(slots))


def released(load: Load, work: float) -> Load:
    """One less."""
    return replace(load, in_flight=load.in_flight - 1, work=max(0.0, load.work - work))


def answered(load: Load, *, work: float, seconds: float, first: float, now: float) -> Load:
    """An answer of so much work took so long, its first token so long of it."""
    spread = first / 2 if not load.first else 0.75 * load.spread + 0.25 * abs(load.first - first)
    smoothed = first if not load.first else 0.875 * load.first + 0.125 * first
    limit = load.limit
    if load.in_flight >= load.limit / 2:  # a limit that is not used says nothing
        limit = min(load.most, limit + 1 / limit)
    return replace(
        load,
        pace=_paced(load, seconds / max(work, 1.0), now),
        paced_at=now,
        first=smoothed,
        spread=spread,
        limit=limit,
    )


def overloaded(load: Load) -> Load:
    """It broke, was late or asked to wait."""
    return replace(load, limit=max(LEAST, load.limit * SHRINK))


def _paced(load: Load, observed: float, now: float) -> float:
    if observed >= load.pace:
        return observed
    keep = math.exp(-max(0.0, now - load.paced_at) / DECAY)
    return load.pace * keep + observed * (1 - keep)
