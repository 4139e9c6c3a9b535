"""Which replica of a model to ask first, by each policy; pure, ties go round by turns."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from camus.config import Balancing
from camus.models.loads import Load

BOUND = 1.25
"""A replica preferred for its prefix may be so much busier than the average (Mirrokni 2016)."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A replica that may be asked now; `share` is how full its resources are, 0 to 1."""

    url: str
    load: Load
    share: float = 0.0


def order(
    policy: Balancing, candidates: Sequence[Candidate], work: float, prefix: str = ""
) -> tuple[int, ...]:
    """The places of the candidates, the best first.

    `work` is the request's size in tokens, `prefix` what its prompt begins with, for affinity.
    """
    match policy:
        case Balancing.ROUND_ROBIN:
            costs = [0.0 for _ in candidates]
        case Balancing.LEAST_LOADED:
            costs = [float(each.load.in_flight) for each in candidates]
        case Balancing.RESOURCE_USAGE:
            costs = [_fullness(each) for each in candidates]
        case Balancing.PREFIX_AFFINITY:
            costs = _by_prefix(candidates, prefix)
        case Balancing.RESPONSE_TIME:
            costs = _by_time(candidates, work)
    places = range(len(candidates))
    return tuple(sorted(places, key=lambda at: (costs[at], candidates[at].load.picked)))


def _fullness(each: Candidate) -> float:
    return max(each.share, each.load.in_flight / max(each.load.limit, 1.0))


def _by_time(candidates: Sequence[Candidate], work: float) -> list[float]:
    """When the request would be done: the pace times all work there with this (peak EWMA).

    A server nobody knows yet passes for as quick as the quickest, so that it is tried.
    """
    known = [each.load.pace for each in candidates if each.load.pace]
    quickest = min(known, default=1.0)
    return [(each.load.pace or quickest) * (each.load.work + work) for each in candidates]


def _by_prefix(candidates: Sequence[Candidate], prefix: str) -> list[float]:
    """Rendezvous hashing (Thaler and Ravishankar 1998) with bounded loads; then the idlest."""
    mean = sum(each.load.in_flight for each in candidates) / max(len(candidates), 1)
    bound = BOUND * (mean + 1)
    costs = []
    for each in candidates:
        digest = hashlib.blake2b(f"{prefix}\0{each.url}".encode(), digest_size=8).digest()
        chance = int.from_bytes(digest, "big") / 2**64
        within = each.load.in_flight + 1 <= bound
        costs.append(chance if within else 1.0 + each.load.in_flight)
    return costs
