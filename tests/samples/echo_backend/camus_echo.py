"""A backend that says what it was asked: the smallest that another package can bring."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

from camus.models import Backend, Limits, Piece, Sampling, Served, Setup, Usage
from camus.privacy import Cleared


class Echo:
    """Answers with the last message, a word at a time, in capitals with `options: {loud: yes}`."""

    def __init__(self, setup: Setup) -> None:
        """Keep what the configuration says of the model."""
        self._setup = setup

    async def catalogue(self) -> tuple[Served, ...]:
        """The one model there is."""
        return (Served(self._setup.model, window=4096),)

    async def stream(
        self, model: str, prompt: Cleared, sampling: Sampling, window: int, limits: Limits
    ) -> AsyncGenerator[Piece, None]:
        """Yield the words of the last message, and a last piece with the finish."""
        del model, window, limits
        text = prompt.prompt.messages[-1].content
        key = await self._setup.key()
        if key:
            text = f"{text} ({len(key)} letters of key)"
        if self._setup.options.get("fail") == "yes":
            raise ValueError(f"a secret of the prompt: {text}")
        if self._setup.options.get("hang") == "yes":
            await asyncio.sleep(3600)
        words = text.upper().split() if self._setup.options.get("loud") == "yes" else text.split()
        for word in words[: sampling.max_tokens]:
            yield Piece(f"{word} ")
        yield Piece(finish="stop", usage=Usage(len(words), len(words)))

    async def close(self) -> None:
        """Nothing is open."""


def make(setup: Setup) -> Backend:
    """What the entry point names: a backend for one model."""
    return Echo(setup)


def make_broken(setup: Setup) -> Backend:
    """A factory that does not work."""
    raise RuntimeError(f"no licence for {setup.name}")
