"""One question to one server: for its models, or for an answer; knows no second server."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import aclosing

from camus.models.backend import Completion, Limits, Sampling
from camus.models.errors import Cut, ModelError, Unreachable
from camus.models.profiles import Profile
from camus.models.replicas import Server
from camus.privacy import Cleared

_LIST_SECONDS = 5.0


async def ask_for_models(server: Server, *, seconds: float = _LIST_SECONDS) -> None:
    """Keep in `server.told` what it has, or why it does not say."""
    now = asyncio.get_running_loop().time
    try:
        async with asyncio.timeout(seconds):
            server.told = await server.backend.catalogue()
    except TimeoutError:
        server.told = Unreachable(
            f"{server.url} did not list its models within {seconds:g} s",
            advice="look whether the server hangs",
        )
    except ModelError as error:
        server.told = error
    if isinstance(server.told, Unreachable):
        server.failed(server.told, now())
    else:
        server.answered()


class Asking:
    """One generation; `began` once a part of the answer was passed on."""

    def __init__(
        self,
        profile: Profile,
        prompt: Cleared,
        sampling: Sampling,
        limits: Limits,
        on_text: Callable[[str], None] | None,
    ) -> None:
        """What to ask; `on_text` gets each piece as it comes."""
        self._profile = profile
        self._prompt = prompt
        self._sampling = sampling
        self._limits = limits
        self._on_text = on_text
        self.began = False

    async def of(self, server: Server) -> Completion:
        """The whole answer of one server; raises `ModelError`."""
        server.in_flight += 1
        try:
            return await self._whole(server)
        finally:
            server.in_flight -= 1

    async def _whole(self, server: Server) -> Completion:
        profile = self._profile
        parts: list[str] = []
        last = None
        start = first = time.monotonic()
        stream = server.backend.stream(
            profile.model, self._prompt, self._sampling, profile.window, self._limits
        )
        async with aclosing(stream) as pieces:
            async for piece in pieces:
                if piece.text:
                    first = first if parts else time.monotonic()
                    parts.append(piece.text)
                    self.began = True
                    if self._on_text is not None:
                        self._on_text(piece.text)
                if piece.finish:
                    last = piece
        end = time.monotonic()
        if last is None or not last.finish:
            raise Cut(f"{profile.name} ended its answer without finishing it", advice="try again")
        server.answered()
        return Completion(
            text="".join(parts),
            finish=last.finish,
            model=profile.name,
            usage=last.usage,
            seconds=end - start,
            first_token_seconds=(first if parts else end) - start,
            replica=server.url,
        )
