"""The memory that this process's own models take: admitted, claimed where others see it, given up.

The owner of what is loaded here; what has to go is decided in `eviction`.
"""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from camus.journal import Shared
from camus.models import claims
from camus.models.claims import Claim, Taken
from camus.models.errors import NoMemory
from camus.models.eviction import NoRoom, Resident, room_for, used
from camus.models.offload import Needs, Placed, placed
from camus.models.orders import Attendant

if TYPE_CHECKING:
    from camus.analysis import Card

_PROC = Path("/proc")
PRESSURE = 0.05
"""This share of the machine's memory is left to others."""


def available_bytes() -> int | None:
    """Bytes that a new process can take without swapping; None where the system does not say."""
    told = _told("MemAvailable")
    if told is not None:
        return told
    try:
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return None


def total_bytes() -> int | None:
    """Bytes that the machine has; None where the system does not say."""
    told = _told("MemTotal")
    if told is not None:
        return told
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return None


def resident_bytes(pid: int) -> int:
    """Bytes of memory that a process holds now; 0 where the system does not say (not Linux)."""
    try:
        status = (_PROC / str(pid) / "status").read_text()
    except OSError:
        return 0
    found = re.search(r"^VmRSS:\s+(\d+) kB", status, re.MULTILINE)
    return int(found[1]) * 1024 if found else 0


def born(pid: int) -> str:
    """When a process began, as the system counts it; empty where it is gone or nobody tells."""
    try:
        return (_PROC / str(pid) / "stat").read_text().rpartition(") ")[2].split()[19]
    except (OSError, IndexError):
        return ""


def alive(who: Claim | Attendant) -> bool:
    """Whether a process still runs, and is not another of the same number."""
    if _PROC.is_dir() and who.born:
        return born(who.pid) == who.born
    try:
        os.kill(who.pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True  # it is somebody else's, and runs
    return True


@dataclass(frozen=True, slots=True)
class _Loaded:
    resident: Resident
    busy: Callable[[], bool]
    unload: Callable[[], Awaitable[None]]
    cards: int = 0


class Memory:
    """What is loaded in this process, within a budget that all Camus processes share."""

    def __init__(
        self,
        shared: Shared,
        budget: int | None = None,
        *,
        on_cards: int | None = None,
        free: Callable[[], int | None] = available_bytes,
        total: Callable[[], int | None] = total_bytes,
    ) -> None:
        """`budget` in bytes for all processes together; None: whatever the machine has free.

        `on_cards` is the same for graphics memory.
        """
        self._shared = shared
        self._budget = budget
        self._cards_budget = on_cards
        self._most_on_cards: int | None = on_cards
        self._under_way: dict[str, int] = {}
        self._measured: dict[tuple[str, int], int] = {}
        """What a model really took of the machine's memory, by its name and the estimate."""
        self._free = free
        self._total = total
        self._loaded: dict[str, _Loaded] = {}
        self._inflation = 0.0
        self._claimed: set[str] = set()
        self._admitting = asyncio.Lock()

    async def admit(self, name: str, needed: int) -> None:
        """Make room for a model of so many bytes and claim it; raises `NoMemory`."""
        async with self._admitting:  # two loads at once must not count on the same room
            await self._admit(name, Placed(0, needed))

    async def place(self, name: str, needs: Needs, known: tuple[Card, ...]) -> Placed:
        """Make room for a model that may be on these graphics cards too, and claim it.

        Raises `NoMemory`. Idle models of ours leave the cards if all of it then fits there.
        """
        async with self._admitting:
            room = await self._room_on_cards(name, needs.movable, known)
            where = placed(needs, room)
            await self._admit(name, where)
        return where

    async def cards(self) -> tuple[Card, ...]:
        """The graphics cards that a tool tells of, asked anew; none without leave to use any."""
        if self._cards_budget == 0:
            return ()
        from camus.analysis import cards

        return await cards()

    def on_cards(self, name: str) -> int:
        """Bytes that a model of this process holds on graphics cards; 0 when it is not loaded."""
        known = self._loaded.get(name)
        return known.cards if known else 0

    async def loaded(
        self,
        name: str,
        pid: int,
        *,
        estimate: int,
        seconds: float,
        busy: Callable[[], bool],
        unload: Callable[[], Awaitable[None]],
    ) -> None:
        """A model is in memory; it took so many seconds, and holds what its process holds."""
        size = max(estimate, resident_bytes(pid))
        self._measured[name, estimate] = size
        resident = used(Resident(name, size, seconds), self._inflation)
        claimed = self._under_way.pop(name, 0)
        on_cards = (await _on_cards(pid) or claimed) if claimed else 0
        self._loaded[name] = _Loaded(resident, busy, unload, on_cards)
        grown = size > estimate or on_cards > claimed
        if grown and await self._claimed_after_evictions(name, size) is not None:
            await asyncio.to_thread(self._claim, name, size, beyond=True)

    def touched(self, name: str) -> None:
        """A model was used."""
        if (known := self._loaded.get(name)) is not None:
            self._loaded[name] = replace(known, resident=used(known.resident, self._inflation))

    async def gone(self, name: str) -> None:
        """A model is no longer in memory, or was never loaded after all."""
        self._loaded.pop(name, None)
        self._under_way.pop(name, None)
        if name in self._claimed:
            self._claimed.discard(name)
            await asyncio.to_thread(self._release, name)

    def held(self) -> tuple[Claim, ...]:
        """What all Camus processes of this machine hold now; reads the store."""
        return claims.read(self._shared.read(claims.NAME), alive)

    async def _admit(self, name: str, where: Placed) -> None:
        self._claimed.add(name)
        self._under_way[name] = where.cards
        needed = self._measured.get((name, where.ram), where.ram)
        for evicted in self._room(name, needed):
            await self._evict(evicted)
        if (taken := await self._claimed_after_evictions(name, needed)) is not None:
            raise self._held(name, needed, taken)

    async def _room_on_cards(self, name: str, wanted: int, known: tuple[Card, ...]) -> int:
        """Bytes that a model may take on the cards, once idle ones of ours made room for all of it.

        What others of ours are just loading is not in what the tool calls free yet.
        """
        total = sum(each.total for each in known)
        most = min(total, self._cards_budget) if self._cards_budget is not None else total
        self._most_on_cards = most
        claimed = await asyncio.to_thread(self.held)
        held = sum(each.cards for each in claimed if (each.model, each.pid) != (name, os.getpid()))
        spared = sum(each.free - int(each.total * PRESSURE) for each in known)
        room = max(0, min(spared - sum(self._under_way.values()), most - held))
        residents = [
            replace(each.resident, bytes=each.cards, busy=each.busy())
            for each in self._loaded.values()
            if each.cards and each.resident.name != name
        ]
        found = room_for(wanted, residents, free=room, capacity=most, inflation=self._inflation)
        if isinstance(found, NoRoom):
            return room
        for evicted in found.evict:
            await self._evict(evicted)
        return max(room, wanted)

    async def _claimed_after_evictions(self, name: str, needed: int) -> Taken | None:
        """Claim within the budget, idle models of ours unloaded as far as needed; why not else."""
        while (taken := await asyncio.to_thread(self._claim, name, needed)) is not None:
            idle = self._idle(but=name)
            if not idle:
                return taken
            await self._evict(min(idle, key=lambda each: each.worth).name)
        return None

    def _room(self, name: str, needed: int) -> tuple[str, ...]:
        """Which of ours have to go for the machine's sake; the budget comes with the claim."""
        free, total = self._free(), self._total()
        pressure = int((total or 0) * PRESSURE)
        unbounded = 1 << 62
        found = room_for(
            needed,
            [
                replace(each.resident, busy=each.busy())
                for each in self._loaded.values()
                if each.resident.name != name
            ],
            free=unbounded if free is None else free - pressure,
            capacity=min(self._budget or unbounded, total or unbounded),
            inflation=self._inflation,
        )
        if isinstance(found, NoRoom):
            raise self._refused(name, needed, found, free)
        self._inflation = found.inflation
        return found.evict

    def _idle(self, *, but: str) -> list[Resident]:
        return [
            each.resident
            for each in self._loaded.values()
            if not each.busy() and each.resident.name != but
        ]

    async def _evict(self, name: str) -> None:
        known = self._loaded.get(name)
        if known is not None:
            self._inflation = max(self._inflation, known.resident.worth)
            await known.unload()
            await self.gone(name)

    def _claim(self, name: str, needed: int, *, beyond: bool = False) -> Taken | None:
        """Claim in the table of all processes; `beyond` the budget when it is taken already."""
        own = Claim(os.getpid(), born(os.getpid()), name, needed, self._taken_on_cards(name))

        def decide(kept: bytes | None) -> tuple[bytes | None, Taken | None]:
            budget = None if beyond else self._budget
            on_cards = None if beyond else self._most_on_cards
            table, taken = claims.claimed(claims.read(kept, alive), own, budget, on_cards)
            return claims.written(table), taken

        return self._shared.change(claims.NAME, decide)

    def _taken_on_cards(self, name: str) -> int:
        known = self._loaded.get(name)
        return self._under_way.get(name, known.cards if known else 0)

    def _release(self, name: str) -> None:
        own = Claim(os.getpid(), born(os.getpid()), name, 0)

        def decide(kept: bytes | None) -> tuple[bytes | None, None]:
            return claims.written(claims.released(claims.read(kept, alive), own)), None

        self._shared.change(claims.NAME, decide)

    def _refused(self, name: str, needed: int, found: NoRoom, free: int | None) -> NoMemory:
        if found.why == "never":
            most = (
                f"`memory.budget` is {self._budget / 1e9:.1f} GB"
                if self._budget and needed > self._budget
                else f"this machine has {(self._total() or 0) / 1e9:.1f} GB"
            )
            return NoMemory(
                f"{name} needs about {needed / 1e9:.1f} GB and can never fit: {most}",
                advice="choose a smaller or more quantised file",
                never=True,
            )
        return NoMemory(
            f"{name} needs about {needed / 1e9:.1f} GB and {(free or 0) / 1e9:.1f} GB are free",
            advice="close other programs, or choose a smaller or more quantised file",
        )

    def _held(self, name: str, needed: int, taken: Taken) -> NoMemory:
        others = ", ".join(sorted(set(taken.by))) or "other models"
        return NoMemory(
            f"{name} needs about {needed / 1e9:.1f} GB; {others} hold too much of the "
            f"{(self._budget or 0) / 1e9:.1f} GB in `memory.budget`",
            advice="unload one (`camus model unload NAME`), or raise the budget",
        )


async def _on_cards(pid: int) -> int:
    """Bytes that a process holds on graphics cards; 0 where no tool tells."""
    from camus.analysis import on_cards

    return await on_cards(pid)


def _told(field: str) -> int | None:
    try:
        text = (_PROC / "meminfo").read_text()
    except OSError:
        return None  # not Linux
    found = re.search(rf"^{field}:\s+(\d+) kB", text, re.MULTILINE)
    return int(found[1]) * 1024 if found else None
