"""Single flight: equal work under way is joined, and ends when its last waiter leaves."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

_T = TypeVar("_T")


@dataclass(slots=True, eq=False)
class _Flight(Generic[_T]):
    task: asyncio.Task[_T]
    waiters: int = 0


class Flights(Generic[_T]):
    """The work under way, by key; changed synchronously on the loop."""

    def __init__(self) -> None:
        """Nothing is under way."""
        self._flights: dict[str, _Flight[_T]] = {}

    def __len__(self) -> int:
        """How many pieces of work are under way."""
        return len(self._flights)

    async def join(self, key: str, start: Callable[[], Coroutine[Any, Any, _T]]) -> _T:
        """The result of the work of this key, started now unless it is under way.

        A cancelled waiter leaves the others alone; the last one to leave cancels the work and
        waits until it has ended, so that its connection is closed when this returns.
        """
        flight = self._flights.get(key)
        if flight is None:
            flight = self._flights[key] = _Flight(asyncio.ensure_future(start()))
        flight.waiters += 1
        try:
            return await asyncio.shield(flight.task)
        finally:
            flight.waiters -= 1
            if flight.waiters == 0:
                self._flights.pop(key, None)
                await _ended(flight.task)


async def _ended(task: asyncio.Task[Any]) -> None:
    if not task.done():
        task.cancel()
        await asyncio.wait([task])
    if not task.cancelled():
        task.exception()  # retrieved, so that asyncio does not complain of a lost one
