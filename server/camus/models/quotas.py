"""Whether a request fits what a model may be used, by minute and by day; pure, it reads no clock.

Minutes are token buckets (Turner 1986): a bucket holds one minute's worth and fills evenly, and
who finds too little waits until there is enough. Days are sums that begin anew at midnight UTC.
A request books its worst case first and gives back what it did not use.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec

from camus.config import Quota
from camus.models.terms import Left, Price

MINUTE = 60.0


class Spent(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was used of one model: sums of a day, and how empty the buckets are (`owed`)."""

    day: str = ""
    requests: int = 0
    tokens: int = 0
    money: float = 0.0
    at: float = 0.0
    owed_requests: float = 0.0
    owed_tokens: float = 0.0


@dataclass(frozen=True, slots=True)
class Cost:
    """What a request may use at most, or did use."""

    requests: int = 1
    tokens: int = 0
    money: float = 0.0


@dataclass(frozen=True, slots=True)
class Booked:
    """The request may go; `left` of the day after it."""

    left: Left


@dataclass(frozen=True, slots=True)
class Wait:
    """It may go in so many seconds, as far as is known now."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Refused:
    """It may not go today; `reason` says which limit, `left` what remains."""

    reason: str
    left: Left


Decision = Booked | Wait | Refused


def cost_of(price: Price | None, prompt_tokens: int, answer_tokens: int) -> Cost:
    """One request of so many tokens."""
    money = price.of(prompt_tokens, answer_tokens) if price else 0.0
    return Cost(1, prompt_tokens + answer_tokens, money)


def booked(spent: Spent, quota: Quota, cost: Cost, now: float) -> tuple[Spent, Decision]:
    """What is spent after a request of this cost at `now` (Unix seconds), and whether it goes."""
    spent = at(spent, quota, now)
    left = left_of(spent, quota)
    if reason := _over(left, quota, cost):
        return spent, Refused(reason, left)
    wait = max(
        _wait(spent.owed_requests, quota.requests_per_minute, cost.requests),
        _wait(spent.owed_tokens, quota.tokens_per_minute, cost.tokens),
    )
    if wait > 0:
        return spent, Wait(wait)
    after = _added(spent, cost)
    return after, Booked(left_of(after, quota))


def settled(spent: Spent, quota: Quota, before: Cost, used: Cost, now: float) -> Spent:
    """What is spent once a booked request's real use is known; never below nothing."""
    if spent.day != day_of(now):
        return at(spent, quota, now)  # it was booked yesterday, and that day is over
    back = Cost(
        used.requests - before.requests, used.tokens - before.tokens, used.money - before.money
    )
    return _added(at(spent, quota, now), back)


def at(spent: Spent, quota: Quota, now: float) -> Spent:
    """The same a while later: buckets filled up, a new day begun."""
    gone = max(0.0, now - spent.at)
    replace = msgspec.structs.replace
    spent = replace(
        spent,
        at=max(now, spent.at),
        owed_requests=_paid(spent.owed_requests, quota.requests_per_minute, gone),
        owed_tokens=_paid(spent.owed_tokens, quota.tokens_per_minute, gone),
    )
    if spent.day != day_of(now):
        spent = replace(spent, day=day_of(now), requests=0, tokens=0, money=0.0)
    return spent


def left_of(spent: Spent, quota: Quota) -> Left:
    """What remains of the day."""
    requests, tokens, money = quota.requests_per_day, quota.tokens_per_day, quota.money_per_day
    return Left(
        None if requests is None else max(0, requests - spent.requests),
        None if tokens is None else max(0, tokens - spent.tokens),
        None if money is None else max(0.0, money - spent.money),
    )


def day_of(now: float) -> str:
    """The day of a Unix time, in UTC."""
    return datetime.fromtimestamp(now, UTC).date().isoformat()


def _over(left: Left, quota: Quota, cost: Cost) -> str:
    if left.requests is not None and cost.requests > left.requests:
        return f"all {quota.requests_per_day} requests of today are used"
    if left.tokens is not None and cost.tokens > left.tokens:
        return (
            f"{left.tokens} of today's {quota.tokens_per_day} tokens are left and this request may "
            f"take {cost.tokens}"
        )
    if left.money is not None and cost.money > left.money + 1e-9:
        return (
            f"{left.money:.4g} of today's {quota.money_per_day:g} of money is left and this "
            f"request may take {cost.money:.4g}"
        )
    return ""


def _wait(owed: float, limit: int | None, wanted: int) -> float:
    """Seconds until a bucket of `limit` a minute holds enough; a full one is always enough."""
    if limit is None:
        return 0.0
    if limit == 0:
        return MINUTE
    short = min(wanted, limit) - (limit - owed)
    return max(0.0, short * MINUTE / limit)


def _paid(owed: float, limit: int | None, seconds: float) -> float:
    return 0.0 if limit is None else max(0.0, owed - seconds * limit / MINUTE)


def _added(spent: Spent, cost: Cost) -> Spent:
    return msgspec.structs.replace(
        spent,
        requests=max(0, spent.requests + cost.requests),
        tokens=max(0, spent.tokens + cost.tokens),
        money=max(0.0, spent.money + cost.money),
        owed_requests=max(0.0, spent.owed_requests + cost.requests),
        owed_tokens=max(0.0, spent.owed_tokens + cost.tokens),
    )
