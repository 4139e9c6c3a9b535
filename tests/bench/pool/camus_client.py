"""Camus's own pool as a client of the harness."""

from __future__ import annotations

import time
from typing import Any

from bench.pool.harness import Client, main
from camus.config import BackendKind, Balancing, Config, Model, Server
from camus.models import Limits, Models, Sampling
from camus.privacy import THIS_MACHINE, Cleared, Message, Prompt, Rules, clear


class Camus:
    """One model with replicas, as a configuration names it; everything else by default."""

    def __init__(self, urls: list[str], balancing: str) -> None:
        first, *more = urls
        model = Model(
            name="m",
            type=BackendKind.OPENAI,
            model="m",
            url=first,
            replicas=tuple(more),
            balancing=Balancing(balancing),
        )
        config = Config(models={"m": model}, server=Server(discover=False))
        self._models = Models(config, env={})

    async def ready(self) -> None:
        await self._models.refresh()

    async def ask(self, text: str) -> tuple[float, str]:
        prompt = clear(Prompt((Message("user", text),)), THIS_MACHINE, Rules())
        assert isinstance(prompt, Cleared)
        start = time.perf_counter()
        got = await self._models.generate("m", prompt, Sampling(max_tokens=64), Limits())
        return min(got.first_token_seconds, time.perf_counter() - start), got.text

    async def close(self) -> None:
        await self._models.close()


async def make(spec: dict[str, Any]) -> Client:
    """The client over the servers of a scenario."""
    made = Camus(spec["urls"], spec.get("balancing", "response_time"))
    await made.ready()
    return made


if __name__ == "__main__":
    main(make)
