"""Loads, unloads and drains models on request, here or in the process that holds them."""

from __future__ import annotations

import asyncio
import os
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol, runtime_checkable

from camus.journal import Shared
from camus.models import orders
from camus.models.errors import ModelError
from camus.models.llama import Llama
from camus.models.memory import alive, born
from camus.models.orders import Attendant, Deed, Order, Orders
from camus.models.profiles import Profile
from camus.models.replicas import Server

LOOK_SECONDS = 2.0
"""So often a process that stays looks for orders."""
ANSWER_SECONDS = 300.0
"""So long a process may take to load a model."""

BEGUN = "begun"
"""What a process answers first, so that it acts once."""


@runtime_checkable
class Loads(Protocol):
    """A backend whose server loads and unloads models on request."""

    async def load(self, model: str, window: int) -> None:
        """Have a model in memory; raises `ModelError`."""
        ...

    async def unload(self, model: str) -> None:
        """Take it out of memory; raises `ModelError`."""
        ...


class Manager:
    """The orders of this machine as one process sees them; belongs to one event loop."""

    def __init__(self, shared: Shared, wall: Callable[[], float] = time.time) -> None:
        """Look at nothing yet."""
        self.drained: frozenset[str] = frozenset()
        self._shared = shared
        self._wall = wall
        self._me = Attendant(os.getpid(), born(os.getpid()))
        self._task: asyncio.Task[None] | None = None
        self._acting: set[asyncio.Task[None]] = set()

    async def refresh(self) -> None:
        """Look which models are drained."""
        self.drained = (await asyncio.to_thread(self._read)).drained

    def attend(self, known: Callable[[str], tuple[Profile, Server] | None]) -> None:
        """Act on orders until `close`; `known` gives a model of ours with its first server."""
        if self._task is None:
            self._task = asyncio.create_task(self._attending(known))

    async def close(self) -> None:
        """Act on nothing more."""
        tasks = [*self._acting, *([self._task] if self._task else [])]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        if self._task is not None:
            self._task = None
            await asyncio.to_thread(self._change, _leaves(self._me))

    async def order(self, profile: Profile, server: Server, do: Deed) -> tuple[str, ...]:
        """Give an order; what came of it, a sentence for each server or process.

        A model file's order is carried out by the processes that stay, another's at its server.
        Raises `ModelError`.
        """
        new = Order(secrets.token_hex(4), profile.name, do, self._wall())
        now = await asyncio.to_thread(self._change, lambda kept: orders.given(kept, new))
        self.drained = now.drained
        backend = server.backend
        if isinstance(backend, Llama):
            who = [f"{each.pid}" for each in now.attendants if alive(each)]
            return await self._answers(new.id, who)
        if do == "drain":
            return (f"{profile.name} gets no new work until `camus model load {profile.name}`",)
        if not isinstance(backend, Loads):
            return (f"{server.url} does not load models on request; it may be asked as before",)
        if do in {"unload", "reload"}:
            await backend.unload(profile.model)
        if do in {"load", "reload"}:
            await backend.load(profile.model, profile.window)
        return (f"{profile.name} is {'unloaded' if do == 'unload' else 'loaded'} at {server.url}",)

    async def _answers(self, id: str, who: list[str]) -> tuple[str, ...]:
        """What the processes that stay answer, waited for."""
        answers: dict[str, str] = {}
        with suppress(TimeoutError):
            async with asyncio.timeout(ANSWER_SECONDS):
                while any(answers.get(each, BEGUN) == BEGUN for each in who):
                    await asyncio.sleep(LOOK_SECONDS / 8)
                    kept = await asyncio.to_thread(self._read)
                    mine = next((each for each in kept.orders if each.id == id), None)
                    answers = mine.answers if mine else answers
                    gone = {f"{each.pid}" for each in kept.attendants if not alive(each)}
                    who = [each for each in who if each not in gone]
        silent = [f"process {each} did not answer" for each in who if each not in answers]
        return (*(f"process {pid}: {said}" for pid, said in answers.items()), *silent)

    async def _attending(self, known: Callable[[str], tuple[Profile, Server] | None]) -> None:
        since = self._wall()
        await asyncio.to_thread(self._change, lambda kept: orders.attended(_living(kept), self._me))
        seen: bytes | None = b""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            data = await asyncio.to_thread(self._shared.read, orders.NAME)
            if data == seen:
                continue
            seen = data
            now = orders.read(data)
            self.drained = now.drained
            for each in orders.open_to(now, f"{self._me.pid}", since, self._wall()):
                await asyncio.to_thread(self._answer, each, BEGUN)
                task = asyncio.create_task(self._act(each, known(each.model)))
                self._acting.add(task)
                task.add_done_callback(self._acting.discard)

    async def _act(self, order: Order, known: tuple[Profile, Server] | None) -> None:
        backend = known[1].backend if known else None
        if known is None or not isinstance(backend, Llama):
            said = "it is not a model file of this process"
        else:
            try:
                said = await _carried_out(order.do, backend, known[0])
            except ModelError as error:
                said = f"{error}; {error.advice}" if error.advice else str(error)
        await asyncio.to_thread(self._answer, order, said)

    def _answer(self, order: Order, said: str) -> None:
        who = f"{self._me.pid}"
        self._change(lambda kept: orders.answered(kept, order.id, who, said))

    def _change(self, change: Callable[[Orders], Orders]) -> Orders:
        def decide(kept: bytes | None) -> tuple[bytes | None, Orders]:
            now = change(orders.read(kept))
            return orders.written(now), now

        return self._shared.change(orders.NAME, decide)

    def _read(self) -> Orders:
        return orders.read(self._shared.read(orders.NAME))


async def _carried_out(do: Deed, backend: Llama, profile: Profile) -> str:
    running = backend.worker is not None
    match do:
        case "load":
            await backend.load(profile.window)
            return "it was loaded already" if running else "loaded"
        case "reload":
            await backend.drained()
            await backend.load(profile.window)
            return "loaded again"
        case "unload":
            await backend.unload()
            return "unloaded" if running else "it was not loaded"
        case "drain":
            await backend.drained()
            return "drained" if running else "it was not loaded, and gets no new work"


def _leaves(me: Attendant) -> Callable[[Orders], Orders]:
    return lambda kept: orders.attended(kept, me, leaves=True)


def _living(kept: Orders) -> Orders:
    return Orders(kept.orders, kept.drained, tuple(filter(alive, kept.attendants)))
