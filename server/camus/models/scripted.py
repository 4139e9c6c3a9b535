"""A simulated backend whose answers are a function of the prompt; for tests and examples."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Callable, Iterable

from camus.models.backend import Limits, Piece, Sampling, Served, Usage
from camus.models.errors import ModelError
from camus.privacy import Cleared, Prompt

Reply = str | ModelError


class Scripted:
    """A simulated backend: `reply(model, prompt)` is the answer, or the error to raise.

    `calls` keeps every prompt it was sent, `closed_streams` counts streams ended before their
    time, `delay` is the pause in seconds before each piece.
    """

    def __init__(
        self,
        reply: Callable[[str, Prompt], Reply],
        *,
        models: Iterable[Served] = (),
        delay: float = 0.0,
        finish: str = "stop",
    ) -> None:
        """Answer with `reply`, offering `models`."""
        self._reply = reply
        self._models = tuple(models)
        self._delay = delay
        self._finish = finish
        self.calls: list[tuple[str, Prompt]] = []
        self.closed_streams = 0

    async def catalogue(self) -> tuple[Served, ...]:
        """The models it was made with."""
        return self._models

    async def stream(
        self, model: str, prompt: Cleared, sampling: Sampling, window: int, limits: Limits
    ) -> AsyncGenerator[Piece, None]:
        """Yield the scripted answer word by word."""
        self.calls.append((model, prompt.prompt))
        answer = self._reply(model, prompt.prompt)
        if isinstance(answer, ModelError):
            raise answer
        finished = False
        try:
            for word in re.findall(r"\S+\s*|\s+", answer):
                await asyncio.sleep(self._delay)
                yield Piece(word)
            finished = True
            yield Piece("", "length" if self._finish == "length" else "stop", Usage(1, 1))
        finally:
            self.closed_streams += not finished

    async def close(self) -> None:
        """Nothing to close."""
