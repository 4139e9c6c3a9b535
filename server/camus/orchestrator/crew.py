"""Work done at the same time, taken as it arrives; whoever leaves early ends what is left."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

_T = TypeVar("_T")


class Crew(Generic[_T]):
    """Pieces of work under way, each known by its number.

    Leaving the block cancels what is not done and waits until it has ended, so that connections
    are closed by then. An error of one ends all.
    """

    def __init__(
        self, works: Iterable[Callable[[], Coroutine[Any, Any, _T]]], *, at_once: int
    ) -> None:
        """Prepare the work; at most `at_once` pieces are under way at a time."""
        self._works = tuple(works)
        self._room = asyncio.Semaphore(max(1, at_once))
        self._tasks: dict[asyncio.Task[_T], int] = {}

    async def __aenter__(self) -> Self:
        """Begin."""
        for number, work in enumerate(self._works):
            self._tasks[asyncio.ensure_future(self._one(work))] = number
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End what is left."""
        del kind, error, trace
        left = [task for task in self._tasks if not task.done()]
        for task in left:
            task.cancel()
        if left:
            await asyncio.wait(left)
        for task in self._tasks:
            if task.done() and not task.cancelled():
                task.exception()  # retrieved, so that asyncio does not complain of a lost one

    @property
    def left(self) -> tuple[int, ...]:
        """The numbers of what was not taken yet."""
        return tuple(self._tasks.values())

    @property
    def unfinished(self) -> tuple[int, ...]:
        """The numbers of what is still being done."""
        return tuple(number for task, number in self._tasks.items() if not task.done())

    async def next(self, seconds: float | None = None) -> tuple[int, _T] | None:
        """The next piece that is done; None when none is left, or none was done in time."""
        if not self._tasks:
            return None
        done, _ = await asyncio.wait(
            self._tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED
        )
        if not done:
            return None
        first = min(done, key=self._tasks.__getitem__)
        return self._tasks.pop(first), first.result()

    async def _one(self, work: Callable[[], Coroutine[Any, Any, _T]]) -> _T:
        async with self._room:
            return await work()
