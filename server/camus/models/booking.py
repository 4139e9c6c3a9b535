"""Books requests of models that have a quota, where all processes of this machine see it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import msgspec

from camus.config import Model, Quota
from camus.journal import Shared
from camus.models.backend import Completion, Sampling
from camus.models.errors import (
    Missing,
    NoMemory,
    Overflow,
    RateLimited,
    Rejected,
    SpentQuota,
    Unauthorised,
    Unreachable,
)
from camus.models.profiles import Profile, price_of
from camus.models.quotas import (
    Booked,
    Cost,
    Decision,
    Refused,
    Spent,
    Wait,
    at,
    booked,
    cost_of,
    left_of,
    settled,
)
from camus.models.terms import Left
from camus.privacy import Prompt

CHARACTERS_A_TOKEN = 3.0
"""A prompt is rather counted as more tokens than as fewer."""
_TOKENS_A_MESSAGE = 8
_UNUSED = (Unreachable, Unauthorised, Missing, RateLimited, Rejected, Overflow, NoMemory)
"""Errors after which no server has computed anything."""
NO_QUOTA = Quota()


@dataclass(slots=True)
class Receipt:
    """A booked request; `used` is what it came to, its worst case until that is known."""

    worst: Cost
    used: Cost = field(default_factory=Cost)


class Bookings:
    """The quotas of one configuration's models; `left` is what this process knows of today."""

    def __init__(
        self, shared: Shared, models: Iterable[Model], wall: Callable[[], float] = time.time
    ) -> None:
        """Book in a shared store; `wall` gives Unix seconds."""
        self.left: dict[str, Left] = {}
        self._shared = shared
        self._wall = wall
        self._quotas = {each.name: each for each in models if each.quota != NO_QUOTA}

    async def refresh(self) -> None:
        """Look what other processes used."""
        if self._quotas:
            await asyncio.to_thread(self._look)

    @asynccontextmanager
    async def booked(
        self, profile: Profile, prompt: Prompt, sampling: Sampling, deadline: float
    ) -> AsyncIterator[Receipt | None]:
        """Hold a place in the quota for the length of a request; None for a model without one.

        Waits for a minute's limit up to `deadline` of the loop's clock. Raises `SpentQuota` when
        the day's is used up, `RateLimited` when the wait would be too long.
        """
        model = self._quotas.get(profile.name)
        if model is None:
            yield None
            return
        tokens = tokens_at_most(prompt)
        receipt = Receipt(cost_of(price_of(model), tokens, sampling.max_tokens))
        receipt.used = cost_of(price_of(model), tokens, 0)
        await self._book(model, profile, receipt.worst, deadline)
        try:
            yield receipt
        except _UNUSED:
            receipt.used = Cost(0)
            raise
        finally:
            # What is booked is given back even when the request is being cancelled.
            await asyncio.shield(asyncio.to_thread(self._settle, model, profile, receipt))

    def finished(self, receipt: Receipt | None, profile: Profile, completion: Completion) -> None:
        """Note what an answer really took, where its server counted."""
        if receipt is None:
            return
        usage = completion.usage
        if usage.prompt_tokens is None and usage.completion_tokens is None:
            receipt.used = receipt.worst
            return
        price = profile.price
        receipt.used = cost_of(price, usage.prompt_tokens or 0, usage.completion_tokens or 0)

    async def _book(self, model: Model, profile: Profile, worst: Cost, deadline: float) -> None:
        now = asyncio.get_running_loop().time
        while True:
            decision = await asyncio.to_thread(self._try, model, profile, worst)
            match decision:
                case Booked(left):
                    self.left[model.name] = left
                    return
                case Refused(reason, left):
                    self.left[model.name] = left
                    raise SpentQuota(
                        f"{model.name} is used up: {reason}",
                        advice="wait for midnight UTC, raise its `quota`, or choose another model",
                    )
                case Wait(seconds):
                    if now() + seconds >= deadline:
                        raise RateLimited(
                            f"{model.name} has used up its quota of this minute",
                            retry_after=seconds,
                            advice="wait, raise its `quota`, or choose another model",
                        )
                    await asyncio.sleep(seconds)

    def _try(self, model: Model, profile: Profile, worst: Cost) -> Decision:
        def decide(kept: bytes | None) -> tuple[bytes, Decision]:
            spent, decision = booked(_spent(kept), model.quota, worst, self._wall())
            return _ENCODE(spent), decision

        return self._shared.change(_name(profile), decide)

    def _settle(self, model: Model, profile: Profile, receipt: Receipt) -> None:
        def decide(kept: bytes | None) -> tuple[bytes, Left]:
            spent = settled(_spent(kept), model.quota, receipt.worst, receipt.used, self._wall())
            return _ENCODE(spent), left_of(spent, model.quota)

        self.left[model.name] = self._shared.change(_name(profile), decide)

    def _look(self) -> None:
        for name, model in self._quotas.items():
            spent = at(_spent(self._shared.read(f"quota:{name}")), model.quota, self._wall())
            self.left[name] = left_of(spent, model.quota)


def tokens_at_most(prompt: Prompt) -> int:
    """Tokens that a prompt hardly exceeds."""
    return sum(
        int(len(message.content) / CHARACTERS_A_TOKEN) + _TOKENS_A_MESSAGE
        for message in prompt.messages
    )


def _name(profile: Profile) -> str:
    return f"quota:{profile.name}"


def _spent(kept: bytes | None) -> Spent:
    try:
        return _DECODE(kept) if kept else Spent()
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Spent()  # another version's; a day's sums are the most that is lost


_ENCODE = msgspec.json.Encoder().encode
_DECODE = msgspec.json.Decoder(Spent).decode
