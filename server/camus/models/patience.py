"""Waits for the pieces of one stream until a time that moves; one timer for all of them.

`asyncio.timeout_at` around each piece makes and cancels a timer for each, which costs more than
reading the piece does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


class Patience:
    """The clock of one stream; `due` tells the loop's time at which waiting ends.

    Used by one task, inside the running loop. `due` may be asked at any time and may answer later
    or earlier than before.
    """

    def __init__(self, due: Callable[[], float]) -> None:
        """Watch nothing yet."""
        self._loop = asyncio.get_running_loop()
        self._due = due
        self._timer: asyncio.TimerHandle | None = None
        self._waiting: asyncio.Task[object] | None = None
        self._late = False

    async def wait(self, piece: Awaitable[T]) -> T:
        """The piece; raises TimeoutError when it does not come in time.

        As in `asyncio.timeout`, a cancellation from outside stays one.
        """
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("only a task can wait")
        before = task.cancelling()
        if self._timer is None or self._due() < self._timer.when():
            self._arm()
        self._waiting = task
        try:
            return await piece
        except asyncio.CancelledError:
            if self._late and task.uncancel() <= before:
                raise TimeoutError from None
            raise
        finally:
            self._waiting = None

    def close(self) -> None:
        """Stop the timer."""
        if self._timer is not None:
            self._timer.cancel()

    def _arm(self) -> None:
        self.close()
        self._timer = self._loop.call_at(self._due(), self._look)

    def _look(self) -> None:
        """End the wait if its time has come; between two pieces, and before, look again."""
        if self._loop.time() < self._due():
            self._arm()
        elif self._waiting is None:
            self._timer = None  # the next wait sets it again
        else:
            self._late = True
            self._waiting.cancel()
