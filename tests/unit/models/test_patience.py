"""Waiting for the pieces of a stream until a time that moves."""

from __future__ import annotations

import asyncio
from contextlib import closing

import pytest

from camus.models.patience import Patience


class Clock:
    """A due time that a test moves, in seconds from now."""

    def __init__(self, seconds: float) -> None:
        self._now = asyncio.get_running_loop().time
        self.due = self._now() + seconds

    def allow(self, seconds: float) -> None:
        self.due = self._now() + seconds


async def test_a_piece_that_comes_in_time_is_given() -> None:
    clock = Clock(5)
    with closing(Patience(clock)) as patience:
        assert await patience.wait(asyncio.sleep(0.01, "piece")) == "piece"


async def test_a_piece_that_does_not_come_in_time_ends_the_wait() -> None:
    clock = Clock(0.05)
    with closing(Patience(clock)) as patience, pytest.raises(TimeoutError):
        await patience.wait(asyncio.sleep(30))


async def test_each_piece_may_give_the_next_one_more_time() -> None:
    clock = Clock(0.2)
    with closing(Patience(clock)) as patience:
        for _ in range(4):
            await patience.wait(asyncio.sleep(0.1))
            clock.allow(0.2)


async def test_a_time_that_came_nearer_holds_at_once() -> None:
    clock = Clock(30)
    with closing(Patience(clock)) as patience:
        await patience.wait(asyncio.sleep(0))
        clock.allow(0.05)
        with pytest.raises(TimeoutError):
            await patience.wait(asyncio.sleep(30))


async def test_time_between_two_pieces_ends_only_the_next_wait() -> None:
    clock = Clock(0.05)
    with closing(Patience(clock)) as patience:
        await patience.wait(asyncio.sleep(0))
        await asyncio.sleep(0.1)  # whoever takes the pieces is slow
        with pytest.raises(TimeoutError):
            await patience.wait(asyncio.sleep(30))


async def test_a_cancellation_from_outside_stays_one() -> None:
    async def waiting() -> None:
        clock = Clock(30)
        with closing(Patience(clock)) as patience:
            await patience.wait(asyncio.sleep(30))

    task = asyncio.ensure_future(waiting())
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_after_a_wait_that_was_late_the_task_is_not_being_cancelled() -> None:
    clock = Clock(0.02)
    task = asyncio.current_task()
    assert task is not None
    with closing(Patience(clock)) as patience, pytest.raises(TimeoutError):
        await patience.wait(asyncio.sleep(30))
    assert task.cancelling() == 0


async def test_an_outer_timeout_is_its_own() -> None:
    async def waiting() -> None:
        clock = Clock(30)
        with closing(Patience(clock)) as patience:
            await patience.wait(asyncio.sleep(30))

    with pytest.raises(TimeoutError):
        await asyncio.wait_for(waiting(), 0.05)
