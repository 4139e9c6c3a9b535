"""What was ordered of models from another process: load, unload, reload, drain; pure.

One fact that all Camus processes share. Those that stay (language servers) look at it and act.
"""

from __future__ import annotations

from typing import Literal

import msgspec

NAME = "orders"
"""The fact's name in the shared store."""
KEPT_SECONDS = 600.0
"""So long an order is remembered; nobody acts on an older one."""

Deed = Literal["load", "unload", "reload", "drain"]


class Order(msgspec.Struct, frozen=True):
    """One order, given at a Unix time; `answers` are what processes made of it, by their number."""

    id: str
    model: str
    do: Deed
    at: float
    answers: dict[str, str] = {}


class Attendant(msgspec.Struct, frozen=True):
    """A process that stays and acts on orders; `born` tells it from another of its number."""

    pid: int
    born: str


class Orders(msgspec.Struct, frozen=True, omit_defaults=True):
    """Everything ordered lately, and the models that get no new work until they are loaded."""

    orders: tuple[Order, ...] = ()
    drained: frozenset[str] = frozenset()
    attendants: tuple[Attendant, ...] = ()


def read(kept: bytes | None) -> Orders:
    """The orders as they are kept; those of another version are none."""
    try:
        return _DECODE(kept) if kept else Orders()
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Orders()


def written(orders: Orders) -> bytes | None:
    """How they are kept; nothing when there are none."""
    return _ENCODE(orders) if orders != Orders() else None


def given(orders: Orders, new: Order) -> Orders:
    """With one more order, and what is too old left out."""
    lately = tuple(each for each in orders.orders if new.at - each.at < KEPT_SECONDS)
    drained = orders.drained - {new.model}
    if new.do == "drain" or (new.do == "unload" and new.model in orders.drained):
        drained |= {new.model}
    return Orders((*lately, new), drained, orders.attendants)


def answered(orders: Orders, id: str, who: str, said: str) -> Orders:
    """With what a process made of an order."""
    return Orders(
        tuple(
            msgspec.structs.replace(each, answers={**each.answers, who: said})
            if each.id == id
            else each
            for each in orders.orders
        ),
        orders.drained,
        orders.attendants,
    )


def attended(orders: Orders, who: Attendant, *, leaves: bool = False) -> Orders:
    """With one more process that acts on orders, or without it."""
    rest = tuple(each for each in orders.attendants if each != who)
    return Orders(orders.orders, orders.drained, rest if leaves else (*rest, who))


def open_to(orders: Orders, who: str, since: float, now: float) -> tuple[Order, ...]:
    """The orders that a process has not acted on, given after it began to look and not too old."""
    return tuple(
        each
        for each in orders.orders
        if each.at >= since and now - each.at < KEPT_SECONDS and who not in each.answers
    )


_ENCODE = msgspec.json.Encoder(order="sorted").encode
_DECODE = msgspec.json.Decoder(Orders).decode
