"""Waits for the pieces of one stream until a time that moves; one timer for all of them.

`asyncio.timeout_at` around each piece makes and cancels a timer for each, which costs more than
reading the piece does.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable
from typing import Protocol, TypeVar

T = TypeVar("T")


class Moving(Protocol):
    """Something with a time that moves."""

    due: float
    """The loop's time at which waiting ends."""


class Patience:
    """The clock of one stream; `clock.due` may become later or earlier at any time.

    Made and used by one task, inside the running loop.
    """

    def __init__(self, clock: Moving) -> None:
        """Watch nothing yet."""
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("only a task can wait")
        self._loop = asyncio.get_running_loop()
        self._clock = clock
        self._task = task
        self._before = task.cancelling()
        self._timer: asyncio.TimerHandle | None = None
        self._armed = math.inf
        self._waiting = False
        self._late = False

    async def wait(self, piece: Awaitable[T]) -> T:
        """The piece; raises TimeoutError when it does not come in time.

        As in `asyncio.timeout`, a cancellation from outside stays one.
        """
        if self._clock.due < self._armed:
            self._arm()
        self._waiting = True
        try:
            return await piece
        except asyncio.CancelledError:
            if self._late and self._task.uncancel() <= self._before:
                raise TimeoutError from None
            raise
        finally:
            self._waiting = False

    def close(self) -> None:
        """Stop the timer."""
        if self._timer is not None:
            self._timer.cancel()

    def _arm(self) -> None:
        self.close()
        self._armed = self._clock.due
        self._timer = self._loop.call_at(self._armed, self._look)

    def _look(self) -> None:
        """End the wait if its time has come; between two pieces, and before, look again."""
        if self._loop.time() < self._clock.due:
            self._arm()
        elif not self._waiting:
            self._armed = math.inf  # the next wait sets it again
        else:
            self._late = True
            self._task.cancel()
