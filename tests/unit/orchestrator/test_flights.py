"""Equal work is done once, and ends with its last waiter."""

from __future__ import annotations

import asyncio

import pytest

from camus.orchestrator.flights import Flights


class Work:
    def __init__(self) -> None:
        self.started = self.cancelled = 0
        self.go = asyncio.Event()

    async def run(self) -> str:
        self.started += 1
        try:
            await self.go.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        return "done"


async def test_equal_work_is_started_once_and_shared() -> None:
    flights: Flights[str] = Flights()
    work = Work()
    waiters = [asyncio.create_task(flights.join("k", work.run)) for _ in range(5)]
    await asyncio.sleep(0)
    work.go.set()
    assert await asyncio.gather(*waiters) == ["done"] * 5
    assert (work.started, len(flights)) == (1, 0)


async def test_a_waiter_that_leaves_does_not_take_the_others_along() -> None:
    flights: Flights[str] = Flights()
    work = Work()
    first, second = (asyncio.create_task(flights.join("k", work.run)) for _ in range(2))
    await asyncio.sleep(0.01)
    first.cancel()
    await asyncio.wait([first])
    work.go.set()
    assert await second == "done"
    assert work.cancelled == 0


async def test_the_last_waiter_to_leave_ends_the_work_before_it_returns() -> None:
    flights: Flights[str] = Flights()
    work = Work()
    waiters = [asyncio.create_task(flights.join("k", work.run)) for _ in range(2)]
    await asyncio.sleep(0.01)
    for waiter in waiters:
        waiter.cancel()
    await asyncio.wait(waiters)
    assert (work.cancelled, len(flights)) == (1, 0)


async def test_work_that_was_given_up_is_not_joined_by_a_newcomer() -> None:
    flights: Flights[str] = Flights()
    old, new = Work(), Work()
    leaver = asyncio.create_task(flights.join("k", old.run))
    await asyncio.sleep(0.01)
    leaver.cancel()
    await asyncio.sleep(0)  # the leaver is on its way out
    new.go.set()
    assert await flights.join("k", new.run) == "done"
    await asyncio.wait([leaver])


async def test_an_error_reaches_every_waiter_and_is_not_kept() -> None:
    flights: Flights[str] = Flights()

    async def fail() -> str:
        await asyncio.sleep(0)
        raise ValueError("broken")

    results = await asyncio.gather(
        *(flights.join("k", fail) for _ in range(3)), return_exceptions=True
    )
    assert [str(result) for result in results] == ["broken"] * 3
    with pytest.raises(ValueError, match="broken"):
        await flights.join("k", fail)
