"""Whether one server may be asked, from what happened to it; pure, it reads no clock.

Outlier ejection with growing times, a half-open state that lets exactly one request through, and
waiting as told, as Envoy's outlier detection and Nygard's circuit breaker (Release It!, 2007) do.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from camus.models.errors import (
    Cut,
    Failed,
    Looped,
    Malformed,
    ModelError,
    RateLimited,
    TimedOut,
    Unreachable,
)

STRIKES = 3
"""So many failures in a row put a server out; a refused connection does at once."""
FIRST_EJECTION = 1.0
LONGEST_EJECTION = 30.0
"""Seconds out of use the first time and at most; each time in a row doubles them."""
UNTOLD_WAIT = 1.0
LONGEST_WAIT = 60.0
"""Seconds to wait after a 429 that does not say how long, and at most before trying again."""

Access = Literal["open", "trial", "shut"]


@dataclass(frozen=True, slots=True)
class Health:
    """What is known of one server; all times are of the loop's clock, in seconds."""

    strikes: int = 0
    ejections: int = 0
    until: float = 0.0
    """It is out of use before this time; 0 when it is in use."""
    wait_until: float = 0.0
    """It asked to be left alone before this time."""
    waits: int = 0
    seen_well: bool = False
    """A probe found it well: the trial need not wait for `until`."""
    on_trial: bool = False
    why: ModelError | None = None

    @property
    def ejected(self) -> bool:
        """Whether it is out of use, or back for a trial only."""
        return self.until > 0.0

    def access(self, now: float) -> Access:
        """Whether a request may go there now: freely, as the one trial, or not."""
        if now < self.wait_until:
            return "shut"
        if not self.ejected:
            return "open"
        if self.on_trial:
            return "shut"
        return "trial" if self.seen_well or now >= self.until else "shut"

    def usable_at(self, now: float) -> float:
        """When it may be asked again at the earliest, as far as is known; `now` if it may."""
        return max(now, self.wait_until, 0.0 if self.seen_well else self.until)


def began(health: Health) -> Health:
    """A request went there; on an ejected server it is the trial."""
    return replace(health, on_trial=True) if health.ejected else health


def succeeded(_health: Health) -> Health:
    """It gave an answer."""
    return Health()


def abandoned(health: Health) -> Health:
    """A request was cancelled, which says nothing of the server."""
    return replace(health, on_trial=False)


def failed(health: Health, error: ModelError, now: float, *, again: bool = False) -> Health:
    """It gave an error. Only breakage counts against it; a refusal shows that it is alive.

    `again` says that it failed the same request before, which then counts once: the other models
    of a server are not to suffer for one that it cannot run.
    """
    match error:
        case Unreachable():
            return _ejected(health, error, now)
        case RateLimited():
            return _told_to_wait(error, health, now)
        case Looped():  # the model's doing, not its server's
            return Health()
        case Failed() | TimedOut() | Cut() | Malformed():
            strikes = health.strikes + (not again)
            if health.ejected or strikes >= STRIKES:
                return _ejected(health, error, now)
            return replace(health, strikes=strikes, why=error)
        case _:
            return Health()


def probed(health: Health, *, well: bool) -> Health:
    """A probe of an ejected server came back."""
    return replace(health, seen_well=well) if health.ejected else health


def _ejected(health: Health, error: ModelError, now: float) -> Health:
    seconds = min(FIRST_EJECTION * 2**health.ejections, LONGEST_EJECTION)
    return Health(ejections=health.ejections + 1, until=now + seconds, why=error)


def _told_to_wait(error: RateLimited, health: Health, now: float) -> Health:
    told = error.retry_after
    seconds = UNTOLD_WAIT * 2**health.waits if told is None else told
    return Health(
        wait_until=now + min(max(seconds, 0.0), LONGEST_WAIT), waits=health.waits + 1, why=error
    )
