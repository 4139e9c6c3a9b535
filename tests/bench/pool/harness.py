"""Runs one scenario with one client in this process and prints what it saw as JSON.

Standard library only: the client of LiteLLM runs in an environment of its own.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

WARM = 20


class Client(Protocol):
    """What a scenario asks."""

    async def ask(self, text: str) -> tuple[float, str]:
        """Seconds to the first text, and the whole answer, streamed; raises when there is none."""
        ...

    async def close(self) -> None:
        """End."""
        ...


Make = Callable[[dict[str, Any]], Awaitable[Client]]


def main(make: Make) -> None:
    """Run the scenario named in the JSON of the first argument."""
    spec = json.loads(sys.argv[1])
    print(json.dumps(asyncio.run(_run(make, spec))), flush=True)


async def _run(make: Make, spec: dict[str, Any]) -> dict[str, Any]:
    client = await make(spec)
    try:
        return await _SCENARIOS[spec["scenario"]](client, spec)
    finally:
        await client.close()


async def _first(client: Client, _spec: dict[str, Any]) -> dict[str, Any]:
    await client.ask("first")
    return {"at": time.time()}


async def _calls(client: Client, spec: dict[str, Any]) -> dict[str, Any]:
    """One after another: processor time and waiting for each."""
    for _ in range(WARM):
        await client.ask("warm")
    cpu, waits, firsts = time.process_time(), [], []
    for _ in range(spec["requests"]):
        start = time.perf_counter()
        first, _text = await client.ask("call")
        firsts.append(first)
        waits.append(time.perf_counter() - start)
    cpu = time.process_time() - cpu
    return {"cpu": cpu / spec["requests"], "waits": waits, "firsts": firsts}


async def _load(client: Client, spec: dict[str, Any]) -> dict[str, Any]:
    """So many at once until all are done."""
    for _ in range(WARM):
        await client.ask("warm")
    left, waits, failed = [spec["requests"]], [], [0]

    async def user() -> None:
        while left[0] > 0:
            left[0] -= 1
            start = time.perf_counter()
            try:
                await client.ask("load")
            except Exception:  # noqa: BLE001 - whatever a client raises is a failed request
                failed[0] += 1
            waits.append(time.perf_counter() - start)

    start, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(user() for _ in range(spec["concurrency"])))
    seconds = time.perf_counter() - start
    return {
        "waits": waits,
        "failed": failed[0],
        "seconds": seconds,
        "cpu": (time.process_time() - cpu) / max(len(waits), 1),
    }


async def _outage(client: Client, spec: dict[str, Any]) -> dict[str, Any]:
    """Ask for some seconds while the servers come and go; each request's start, wait and error."""
    for _ in range(WARM):
        await client.ask("warm")
    print("begun", flush=True)
    end = time.monotonic() + spec["seconds"]
    seen: list[tuple[float, float, str]] = []

    async def user() -> None:
        while time.monotonic() < end:
            start, error = time.monotonic(), ""
            try:
                async with asyncio.timeout(60):
                    await client.ask("outage")
            except Exception as failure:  # noqa: BLE001 - as above
                error = type(failure).__name__
            seen.append((start, time.monotonic() - start, error))
            await asyncio.sleep(0.02)

    await asyncio.gather(*(user() for _ in range(spec["concurrency"])))
    return {"seen": seen}


_SCENARIOS: dict[str, Callable[[Client, dict[str, Any]], Awaitable[dict[str, Any]]]] = {
    "first": _first,
    "calls": _calls,
    "load": _load,
    "outage": _outage,
}
