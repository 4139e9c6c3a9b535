"""Who is asked, who waits, and what happens when a server fails; the owner of servers' states.

Every change of a server's state goes through `_took` and `_ended`, which wait for nothing.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field
from typing import Any

from camus.config import BackendKind
from camus.models import health, loads
from camus.models.backend import Completion
from camus.models.balancing import Candidate, order
from camus.models.budgets import Budget
from camus.models.errors import (
    Cut,
    Failed,
    Malformed,
    ModelError,
    RateLimited,
    TimedOut,
    Unreachable,
)
from camus.models.line import Line
from camus.models.probes import Probes
from camus.models.replicas import Attempt, Server
from camus.models.retrying import pause_before
from camus.models.wanted import Ask, Race, Tries, Wanted

RETRY_SHARE, RETRY_BURST = 0.2, 10.0
HEDGE_SHARE, HEDGE_BURST = 0.05, 3.0
LONGEST_PAUSE = 5.0
"""Seconds that a request waits for a server that asked to be left alone."""

_ELSEWHERE = (Unreachable, Failed, TimedOut, Cut, Malformed, RateLimited)
"""Errors after which another replica may do better."""


@dataclass(slots=True, eq=False)
class _Waiter:
    """A request in line; `served` gets the server that it was given."""

    wanted: Wanted
    tried: Tries
    served: asyncio.Future[Server] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


class Pool:
    """All servers of one configuration; belongs to one event loop."""

    def __init__(
        self,
        probe: Callable[[Server], Awaitable[bool]],
        chance: Callable[[], float] = random.random,
    ) -> None:
        """`probe` asks a server that is out of use whether it is well again."""
        self._chance = chance
        self._line: Line[_Waiter] = Line()
        self._picks = 0
        self._retries = Budget(RETRY_SHARE, RETRY_BURST)
        self._hedges = Budget(HEDGE_SHARE, HEDGE_BURST)
        self._probes = Probes(probe, self._serve)
        self._lingering: set[asyncio.TimerHandle] = set()

    @property
    def waiting(self) -> int:
        """How many requests wait for a server."""
        return len(self._line)

    async def answer(self, wanted: Wanted, ask: Ask) -> Completion:
        """The first good answer of a replica; raises the last `ModelError` when there is none.

        A replica that failed is followed by another, and once all did, they are asked again after
        a pause; each further question comes out of the budget of retries.
        """
        tried = Tries()
        self._retries.earn()
        self._hedges.earn()
        while (server := await self._next(wanted, tried)) is not None:
            race = Race(again=tried.rounds > 0)
            tried.servers.append(server)
            try:
                return await self._raced(server, wanted, tried, race, ask)
            except _ELSEWHERE as error:
                tried.last = error
                if race.leader and not wanted.restartable:
                    break
        raise tried.last or _remembered(wanted.servers)

    async def _next(self, wanted: Wanted, tried: Tries) -> Server | None:
        """The server to ask now, taken for this request; None when that was the end."""
        if tried.last is not None:
            left = self._usable(wanted, tried) or self._pause(wanted, tried) is not None
            if not left and not await self._rested(wanted, tried, tried.last):
                return None
            if not self._retries.spend():
                return None
        return await self._admitted(wanted, tried)

    async def _rested(self, wanted: Wanted, tried: Tries, last: ModelError) -> bool:
        """Begin another round after a pause; False when that is no use, or there is no time.

        A worker that failed is started again, which takes longer than a request can wait.
        """
        if wanted.servers[0].kind is BackendKind.LLAMA_CPP:
            return False
        pause = pause_before(tried.rounds, last, self._chance())
        if pause is None or _now() + pause >= wanted.deadline:
            return False
        await asyncio.sleep(pause)
        tried.rounds += 1
        tried.servers.clear()
        return True

    def reached(self, server: Server) -> None:
        """It answered a question: one that could not be reached is in use again."""
        if isinstance(server.health.why, Unreachable):
            server.health = health.Health()
            self._serve()

    def advertised(self, server: Server, slots: int) -> None:
        """It tells how many answers it computes at once: more than that only wait over there."""
        if slots != server.slots:
            server.slots = slots
            server.load = loads.bounded(server.load, slots)
            self._serve()

    def lost(self, server: Server, error: Unreachable) -> None:
        """It could not be reached for a question."""
        server.health = health.failed(server.health, error, _now())

    @staticmethod
    def now() -> float:
        """The clock that the servers' states are kept by."""
        return asyncio.get_running_loop().time()

    async def close(self) -> None:
        """Stop probing; whoever waits is answered by cancellation of its own."""
        for handle in self._lingering:
            handle.cancel()
        await self._probes.close()

    async def _admitted(self, wanted: Wanted, tried: Tries) -> Server | None:
        """A server that has room for this request now, taken for it; None when none is left."""
        while True:
            server = self._free(wanted, tried)
            if server is not None:
                self._took(server, wanted.work)
                return server
            usable = self._usable(wanted, tried)
            if usable:
                return await self._in_line(_Waiter(wanted, tried), usable)
            pause = self._pause(wanted, tried)
            if pause is None:
                return None
            await asyncio.sleep(pause)

    def _usable(self, wanted: Wanted, tried: Tries) -> list[Server]:
        """The replicas that may be asked; all that are out of use when every one is (panic).

        A model with one server has no panic mode: the next model is the better answer, but for a
        request that is under way already.
        """
        now = _now()
        left = [server for server in wanted.servers if server not in tried.servers]
        usable = [server for server in left if server.health.access(now) != "shut"]
        panics = len(wanted.servers) > 1 or tried.rounds
        if usable or not panics or not all(each.health.ejected for each in wanted.servers):
            return usable
        return [server for server in left if not server.health.on_trial]

    def _free(self, wanted: Wanted, tried: Tries) -> Server | None:
        """The best of the replicas that have room."""
        free = [each for each in self._usable(wanted, tried) if each.load.has_room]
        if len(free) < 2:
            return free[0] if free else None
        candidates = [Candidate(each.url, each.load) for each in free]
        return free[order(wanted.balancing, candidates, wanted.work, wanted.prefix)[0]]

    def _pause(self, wanted: Wanted, tried: Tries) -> float | None:
        """Seconds until a replica that asked to be left alone may be asked; None: too long."""
        now = _now()
        waits = [
            each.health.usable_at(now) - now
            for each in wanted.servers
            if each not in tried.servers and each.health.wait_until > now
        ]
        pause = min(waits, default=LONGEST_PAUSE + 1)
        return pause if pause <= LONGEST_PAUSE and now + pause < wanted.deadline else None

    async def _in_line(self, waiter: _Waiter, usable: list[Server]) -> Server:
        self._line.join(waiter, waiter.wanted.turn, waiter.wanted.work)
        try:
            async with asyncio.timeout_at(waiter.wanted.deadline):
                # Shielded, for it may be given a server in the very moment in which it gives up.
                return await asyncio.shield(waiter.served)
        except (TimeoutError, asyncio.CancelledError) as error:
            self._line.leave(waiter)
            if waiter.served.done():
                self._gave_back(waiter.served.result(), waiter.wanted.work, unused=True)
            if isinstance(error, TimeoutError):
                raise TimedOut(f"{usable[0].url} was busy with other requests") from error
            raise

    def _serve(self) -> None:
        """Give the free places to those whose turn it is."""
        while waiter := self._line.next(lambda each: bool(self._free(each.wanted, each.tried))):
            if server := self._free(waiter.wanted, waiter.tried):
                self._took(server, waiter.wanted.work)
                waiter.served.set_result(server)

    async def _raced(
        self, server: Server, wanted: Wanted, tried: Tries, race: Race, ask: Ask
    ) -> Completion:
        """The answer of a server, or of a second one that is asked when the first is late."""
        if len(wanted.servers) < 2:
            return await self._one(server, wanted, race, ask)
        running = {asyncio.create_task(self._one(server, wanted, race, ask)): server}
        late: float | None = server.load.late_after
        try:
            while True:
                signs: set[asyncio.Future[Any]] = {*running, race.began}
                await asyncio.wait(signs, timeout=late, return_when=asyncio.FIRST_COMPLETED)
                ended = next((task for task in running if task.done()), None)
                if race.leader is not None:
                    return await self._won(running, race.leader, server)
                if ended is not None:
                    if ended.exception() is None or len(running) == 1:
                        return ended.result()
                    del running[ended]
                elif late is not None:
                    self._hedge(running, wanted, tried, race, ask)
                late = None
        finally:
            await _ended_all(running)

    def _hedge(
        self,
        running: dict[asyncio.Task[Completion], Server],
        wanted: Wanted,
        tried: Tries,
        race: Race,
        ask: Ask,
    ) -> None:
        """Ask a second replica too, when one is free and not too many were asked twice."""
        other = self._free(wanted, tried)
        if other is not None and self._hedges.spend():
            self._took(other, wanted.work)
            tried.servers.append(other)
            running[asyncio.create_task(self._one(other, wanted, race, ask))] = other

    async def _won(
        self, running: dict[asyncio.Task[Completion], Server], leader: Server, first: Server
    ) -> Completion:
        """The leader's answer, the others ended at once; being overtaken counts as late."""
        for task, server in running.items():
            if server is not leader and not task.done():
                task.cancel()
                if server is first:
                    self._blame(server, TimedOut(f"{server.url} gave no first token in time"))
        return await next(task for task, server in running.items() if server is leader)

    async def _one(self, server: Server, wanted: Wanted, race: Race, ask: Ask) -> Completion:
        """One attempt at a server that was taken for it; gives it back in any case."""
        task = asyncio.current_task()
        # Kept here too: the server forgets an attempt that has begun, also one just called back.
        attempt = Attempt(lambda: race.leader is server)
        if task and len(wanted.servers) > 1:  # else there is nowhere to send it
            server.unstarted[task] = attempt
            race.began.add_done_callback(lambda _: server.unstarted.pop(task, None))
        started = _now()
        outcome: Completion | ModelError | None = None
        try:
            outcome = await ask(server, race)
        except ModelError as error:
            outcome = error
            raise
        except asyncio.CancelledError:
            if (why := attempt.called_back) is not None:
                raise Unreachable(str(why), advice=why.advice) from why
            raise
        else:
            return outcome
        finally:
            if task:
                server.unstarted.pop(task, None)
            self._ended(server, wanted, outcome, _now() - started, race=race)

    def _took(self, server: Server, work: float) -> None:
        """A request goes to this server."""
        self._picks += 1
        server.load = loads.taken(server.load, work, self._picks)
        server.health = health.began(server.health)
        server.asked_at = _now()

    def _ended(
        self,
        server: Server,
        wanted: Wanted,
        outcome: Completion | ModelError | None,
        seconds: float,
        *,
        race: Race,
    ) -> None:
        """A request's end at this server: its answer, its error, or None when it was cancelled."""
        match outcome:
            case Completion():
                server.health = health.succeeded(server.health)
                server.load = loads.answered(
                    server.load,
                    work=_done(outcome, wanted.work),
                    seconds=seconds,
                    first=outcome.first_token_seconds,
                    now=_now(),
                )
            case None:
                server.health = health.abandoned(server.health)
                rest = server.load.first - seconds
                # A worker of our own has said that it stopped, or was ended.
                own = server.kind is BackendKind.LLAMA_CPP
                if rest > 0 and not own and race.leader is not server:
                    self._linger(server, wanted.work, rest)
                    return
            case _:
                self._blame(server, outcome, again=race.again)
        self._gave_back(server, wanted.work)

    def _blame(self, server: Server, error: ModelError, *, again: bool = False) -> None:
        """Count an error; a server that is put out of use gives back what it has not begun."""
        server.health = health.failed(server.health, error, _now(), again=again)
        if isinstance(error, Failed | TimedOut | RateLimited):
            server.load = loads.overloaded(server.load)
        if server.health.ejected:
            server.call_back(error)
            self._probes.watch(server)

    def _linger(self, server: Server, work: float, seconds: float) -> None:
        """Count a cancelled request's place as taken while its server still reads the prompt."""

        def give_back() -> None:
            self._lingering.discard(handle)
            self._gave_back(server, work)

        handle = asyncio.get_running_loop().call_later(seconds, give_back)
        self._lingering.add(handle)

    def _gave_back(self, server: Server, work: float, *, unused: bool = False) -> None:
        """A place is free again; `unused` when nothing was asked there."""
        if unused:
            server.health = health.abandoned(server.health)
        server.load = loads.released(server.load, work)
        self._serve()


async def _ended_all(running: Collection[asyncio.Task[Completion]]) -> None:
    """Cancel what still runs and wait for its end, so that no connection outlives a request."""
    left = [task for task in running if not task.done()]
    for task in left:
        task.cancel()
    if left:
        await asyncio.wait(left)
    for task in running:
        if task.done() and not task.cancelled():
            task.exception()  # looked at, so that asyncio does not complain of it


def _done(outcome: Completion, predicted: float) -> float:
    """The work that was really done, where the server counted."""
    usage = outcome.usage
    if usage.completion_tokens is None:
        return predicted
    return loads.predicted_work(usage.prompt_tokens or 0, usage.completion_tokens)


def _remembered(servers: Collection[Server]) -> ModelError:
    """The error for servers none of which may be asked now."""
    why = next((each.health.why for each in servers if each.health.why), None)
    if isinstance(why, RateLimited):
        wait = max(0.0, min(each.health.usable_at(_now()) for each in servers) - _now())
        return RateLimited(str(why), retry_after=wait, advice=why.advice)
    if why is not None:
        return Unreachable(str(why), advice=why.advice)
    return Unreachable("No server of this model can be asked")


def _now() -> float:
    return asyncio.get_running_loop().time()
