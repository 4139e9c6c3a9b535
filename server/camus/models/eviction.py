"""Which loaded models make room for another; pure.

GreedyDual-Size (Cao and Irani 1997): a model is worth the seconds that loading it again would take
for each byte it holds, on top of the worth of what was evicted last, so that what was used lately
outlives what was not. A busy model is never evicted.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Literal


@dataclass(frozen=True, slots=True)
class Resident:
    """A loaded model: its bytes, the seconds that loading it took, its worth when last used."""

    name: str
    bytes: int
    reload_seconds: float
    worth: float = 0.0
    busy: bool = False


@dataclass(frozen=True, slots=True)
class Room:
    """There is room once these are gone, the least worth first; `inflation` is for `used`."""

    evict: tuple[str, ...]
    inflation: float


@dataclass(frozen=True, slots=True)
class NoRoom:
    """There is none: `never`, whatever is unloaded, or not while others are `held` or busy."""

    why: Literal["never", "held"]
    short: int
    """Bytes that are missing."""


def used(resident: Resident, inflation: float) -> Resident:
    """The resident as worth as it is when it has just been used."""
    return replace(resident, worth=inflation + resident.reload_seconds / max(resident.bytes, 1))


def room_for(
    needed: int,
    residents: Collection[Resident],
    *,
    free: int,
    capacity: int,
    inflation: float = 0.0,
) -> Room | NoRoom:
    """What must go so that `needed` bytes fit into what is `free`; `capacity` is all there ever is.

    Ties go to the larger one, so that fewer have to go.
    """
    if needed > capacity:
        return NoRoom("never", needed - capacity)
    evict: list[str] = []
    for each in sorted(residents, key=lambda one: (one.worth, -one.bytes, one.name)):
        if needed <= free:
            break
        if not each.busy:
            evict.append(each.name)
            free += each.bytes
            inflation = max(inflation, each.worth)
    if needed > free:
        return NoRoom("held", needed - free)
    return Room(tuple(evict), inflation)
