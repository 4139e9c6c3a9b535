"""One question to one server: for its models, or for an answer; knows no second server."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import replace

from camus.models.backend import Completion, Limits, Piece, Sampling
from camus.models.errors import Cut, Looped, ModelError, Unreachable
from camus.models.profiles import Profile
from camus.models.repetition import ANOTHER, ROUND, Repetition, without_circles
from camus.models.replicas import Server
from camus.models.wanted import Race
from camus.privacy import Cleared, Message, Prompt, Rules, clear

LIST_SECONDS = 5.0
TOKEN_SECONDS = 0.5


async def ask_for_models(server: Server, *, seconds: float = LIST_SECONDS) -> None:
    """Keep in `server.told` what it has, or why it does not say."""
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


async def gives_a_token(server: Server, profile: Profile) -> bool:
    """Whether a server on this machine answers a question of one word, with one token."""
    question = Prompt((Message("user", "Say yes."),))
    cleared = clear(question, profile.place, Rules())
    if not isinstance(cleared, Cleared):
        return False
    limits = Limits(
        connect=TOKEN_SECONDS, first_token=TOKEN_SECONDS, idle=TOKEN_SECONDS, total=TOKEN_SECONDS
    )
    stream = server.backend.stream(
        profile.model, cleared, Sampling(max_tokens=1), profile.window, limits
    )
    try:
        async with aclosing(stream) as pieces:
            async for _ in pieces:
                return True
    except ModelError:
        return False
    return False


Enough = Callable[[], Callable[[str], bool]]
"""Makes what hears the pieces of one answer, and says when nothing more of it is needed."""


class Asking:
    """One generation; whichever server leads the race gives its answer."""

    def __init__(
        self,
        profile: Profile,
        prompt: Cleared,
        sampling: Sampling,
        limits: Limits,
        on_text: Callable[[str], None] | None,
        enough: Enough | None = None,
    ) -> None:
        """What to ask; `on_text` gets each piece as it comes. `limits.total` is for all tries."""
        self._profile = profile
        self._prompt = prompt
        self._sampling = sampling
        self._limits = limits
        self._on_text = on_text
        self._enough = enough
        self._end = time.monotonic() + limits.total

    async def of(self, server: Server, race: Race) -> Completion:
        """The whole answer of one server; raises `ModelError`."""
        profile = self._profile
        heard = _Heard()
        repetition = Repetition(message.content for message in self._prompt.prompt.messages)
        enough = self._enough() if self._enough else None
        last = None
        limits = replace(self._limits, total=max(0.0, self._end - heard.start))
        stream = server.backend.stream(
            profile.model, self._prompt, self._sampling, profile.window, limits
        )
        async with aclosing(stream) as pieces:
            async for piece in pieces:
                if piece.text:
                    if heard.take(piece) and not race.leads(server):
                        raise asyncio.CancelledError  # another server was quicker
                    if self._on_text is not None:
                        self._on_text(piece.text)
                    if repetition.endless(piece.text):
                        error = Looped(f"The model {ROUND}", advice=ANOTHER)
                        error.completion = heard.whole(profile.name, server, Piece())
                        raise error
                    if enough is not None and enough(piece.text):
                        last = Piece(finish="enough")
                        break
                if piece.finish:
                    last = piece
        if last is None or not last.finish:
            raise Cut(f"{profile.name} ended its answer without finishing it", advice="try again")
        return heard.whole(profile.name, server, last)


class _Heard:
    """What came of one answer so far, and when."""

    def __init__(self) -> None:
        self.start = time.monotonic()
        self._first: float | None = None
        self._texts: list[str] = []
        self._pieces = 0

    def take(self, piece: Piece) -> bool:
        """Keep a piece; whether it is the first."""
        self._texts.append(piece.text)
        self._pieces += piece.count
        if self._first is not None:
            return False
        self._first = time.monotonic()
        return True

    def whole(self, model: str, server: Server, last: Piece) -> Completion:
        """All of it; a last piece without a finish is that of an answer that went in circles."""
        text, end = "".join(self._texts), time.monotonic()
        return Completion(
            text=text if last.finish else without_circles(text),
            finish=last.finish or "circles",
            model=model,
            usage=last.usage,
            seconds=end - self.start,
            first_token_seconds=(end if self._first is None else self._first) - self.start,
            replica=server.url,
            pieces=self._pieces,
        )
