"""Who holds how much memory for models: one table that all Camus processes share; pure.

A claim dies with its process: whoever looks next leaves it out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import msgspec

NAME = "memory"
"""The fact's name in the shared store."""


class Claim(msgspec.Struct, frozen=True):
    """So many bytes for a model, held by a process that was born at `born`; `cards`: on cards."""

    pid: int
    born: str
    model: str
    bytes: int
    cards: int = 0


Alive = Callable[[Claim], bool]


@dataclass(frozen=True, slots=True)
class Taken:
    """What others hold is more than the budget leaves; `by` names their models."""

    short: int
    by: tuple[str, ...]


def read(kept: bytes | None, alive: Alive) -> tuple[Claim, ...]:
    """The claims that count; a table of another version counts for nothing."""
    if not kept:
        return ()
    try:
        claims = _DECODE(kept)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ()
    return tuple(each for each in claims if alive(each))


def written(claims: tuple[Claim, ...]) -> bytes | None:
    """The table as it is kept; nothing when nobody claims."""
    return _ENCODE(claims) if claims else None


def claimed(
    claims: tuple[Claim, ...], new: Claim, budget: int | None, on_cards: int | None = None
) -> tuple[tuple[Claim, ...], Taken | None]:
    """The table with a new claim, which replaces the same process's for that model, or why not.

    `budget` and `on_cards` are all there is of both kinds of memory; None: not bounded.
    """
    rest = released(claims, new)
    over = sum(each.bytes for each in rest) + new.bytes - budget if budget is not None else 0
    if over <= 0 and on_cards is not None and new.cards:
        over = sum(each.cards for each in rest) + new.cards - on_cards
    if over > 0:
        return claims, Taken(over, tuple(each.model for each in rest))
    return (*rest, new), None


def released(claims: tuple[Claim, ...], old: Claim) -> tuple[Claim, ...]:
    """The table without a process's claim for a model."""
    own = (old.pid, old.born, old.model)
    return tuple(each for each in claims if (each.pid, each.born, each.model) != own)


_ENCODE = msgspec.json.Encoder().encode
_DECODE = msgspec.json.Decoder(tuple[Claim, ...]).decode
