"""One configuration with the models and the index made from it, alive while a request holds it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

from camus.actions import templates_of
from camus.config import Config, Loaded
from camus.models import Models, Profile
from camus.retrieval import Index

FRESH_SECONDS = 30.0
"""How long the servers' answers about their models are taken as true."""


class Snapshot:
    """A configuration in force; a reload replaces it whole, requests in flight keep theirs."""

    def __init__(
        self, loaded: Loaded, models: Models, index: Index, clock: Callable[[], float]
    ) -> None:
        """Take over the models and the index; `close` gives them back when nobody holds it."""
        self.templates = templates_of(loaded.prompts)
        problems = (*loaded.problems, *self.templates.problems)
        self.loaded = replace(loaded, problems=problems)
        self.config: Config = loaded.config
        self.models = models
        self.index = index
        self._clock = clock
        self._asked: float | None = None
        self._refresh: asyncio.Task[tuple[Profile, ...]] | None = None
        self._holders = 0
        self._retired = False

    @property
    def fresh(self) -> bool:
        """Whether the servers were asked lately."""
        return self._asked is not None and self._clock() - self._asked < FRESH_SECONDS

    async def ready(self) -> tuple[Profile, ...]:
        """The profiles, the servers asked again when that was not done lately; joined by all."""
        if self.fresh:
            return self.models.profiles()
        if self._refresh is None or self._refresh.done():
            self._refresh = asyncio.ensure_future(self.models.refresh())
        profiles = await asyncio.shield(self._refresh)
        self._asked = self._clock()
        return profiles

    @asynccontextmanager
    async def held(self) -> AsyncIterator[Snapshot]:
        """Keep the models open for the length of a request."""
        self._holders += 1
        try:
            yield self
        finally:
            self._holders -= 1
            if self._retired and self._holders == 0:
                await self._close()

    async def retire(self) -> None:
        """Close the models now, or when the last request that holds them ends."""
        self._retired = True
        if self._holders == 0:
            await self._close()

    async def _close(self) -> None:
        if self._refresh is not None and not self._refresh.done():
            self._refresh.cancel()
            await asyncio.wait([self._refresh])
        await self.models.close()
