"""Probes models that nobody probed yet, while nobody asks for anything; off until switched on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from camus.analysis import Trials
from camus.models import Completion, Limits, Profile, Sampling
from camus.orchestrator.engine import Orchestrator
from camus.orchestrator.probing import Budget, Probe, embedder, sandboxed
from camus.orchestrator.trials import Ask, asker
from camus.privacy import Denied, Prompt

PAUSE = 60.0
"""Seconds without a request after which it is quiet."""
BUDGET = Budget(seconds=900.0, tokens=100_000)


async def probed_quietly(engine: Orchestrator, *, pause: float = PAUSE) -> None:
    """Probe the models of this machine one after another, for ever; what is found is kept.

    Each version of a model is tried once; a request of the user is waited for before each task.
    """
    trials, tried = Trials(), set[tuple[str, str]]()
    try:
        while True:
            await _quiet(engine, pause)
            wanted = [each for each in await engine.ready() if _is_wanted(each, tried)]
            if not wanted:
                await asyncio.sleep(pause * 10)
                continue
            profile = wanted[0]
            tried.add((profile.name, profile.digest))
            ask, run = _polite(engine, pause), sandboxed(trials)
            seed = int(time.time())
            probe = Probe(profile, ask, run, embedder(engine), budget=BUDGET, seed=seed)
            measured = await probe.measure(lambda _what: None, at=time.time())
            if measured.skills:
                await engine.models.measured(profile.name, measured)
    finally:
        await trials.close()


def _is_wanted(profile: Profile, tried: set[tuple[str, str]]) -> bool:
    """Only what runs here: elsewhere a probe may cost money."""
    new = profile.measured is None and (profile.name, profile.digest) not in tried
    return profile.state == "ready" and profile.place.local and profile.price is None and new


def _polite(engine: Orchestrator, pause: float) -> Ask:
    ask = asker(engine)

    async def after_others(
        name: str,
        prompt: Prompt,
        sampling: Sampling,
        limits: Limits,
        on_text: Callable[[str], None] | None,
    ) -> Completion | Denied:
        await _quiet(engine, pause)
        return await ask(name, prompt, sampling, limits, on_text)

    return after_others


async def _quiet(engine: Orchestrator, pause: float) -> None:
    """Wait until nobody asked for a while."""
    while (left := pause - engine.models.quiet_for) > 0:  # noqa: ASYNC110 - time is waited for
        await asyncio.sleep(left)
