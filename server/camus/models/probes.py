"""Asks servers that are out of use whether they are well again, for as long as somebody cares."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from camus.models import health
from camus.models.replicas import Server

EAGER, EAGER_FOR = 0.3, 60.0
PATIENT = 0.8
"""Seconds between probes, in the first minute and after it: a server is to be in use again
within a second of its return."""
UNUSED = 600.0
"""Seconds without a request after which nobody waits for a server any more."""


class Probes:
    """One task for each server that is out of use."""

    def __init__(
        self, probe: Callable[[Server], Awaitable[bool]], well: Callable[[], None]
    ) -> None:
        """`probe` says whether a server is well; `well` is called when one is."""
        self._probe = probe
        self._well = well
        self._tasks: dict[Server, asyncio.Task[None]] = {}

    def watch(self, server: Server) -> None:
        """Probe a server until it is in use again; does nothing for one already watched."""
        if server not in self._tasks:
            task = asyncio.create_task(self._until_well(server))
            self._tasks[server] = task
            task.add_done_callback(lambda _: self._tasks.pop(server, None))

    async def close(self) -> None:
        """End all probing."""
        tasks = tuple(self._tasks.values())
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    async def _until_well(self, server: Server) -> None:
        now = asyncio.get_running_loop().time
        began = now()
        while server.health.ejected and now() < server.asked_at + UNUSED:
            await asyncio.sleep(EAGER if now() < began + EAGER_FOR else PATIENT)
            await self._look(server)

    async def _look(self, server: Server) -> None:
        if not server.health.ejected or server.health.seen_well:
            return
        well = await self._probe(server)
        server.health = health.probed(server.health, well=well)
        if well:
            self._well()
