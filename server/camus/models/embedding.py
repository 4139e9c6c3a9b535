"""Texts to vectors, in batches, by the same pool that generates; keeps no vector."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from camus.models.backend import Completion, Limits, Usage
from camus.models.errors import Malformed, Rejected
from camus.models.pool import Pool
from camus.models.profiles import Profile
from camus.models.replicas import Server
from camus.models.wanted import Race, Wanted
from camus.privacy import Cleared, Message

MOST_TEXTS = 64
MOST_CHARACTERS = 24_000
"""A batch is at most so large; a single text may be larger."""
Vector = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Vectors:
    """What a backend made of a batch, a vector a text, in order."""

    vectors: tuple[Vector, ...]
    prompt_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class Embedded:
    """A vector for each text, in order, all of one length; `tokens` as far as servers counted."""

    vectors: tuple[Vector, ...]
    model: str
    tokens: int = 0
    seconds: float = 0.0


@runtime_checkable
class Embeds(Protocol):
    """A backend that makes vectors."""

    async def embed(self, model: str, texts: Cleared, limits: Limits) -> Vectors:
        """A vector for the content of each message; raises `ModelError`."""
        ...


async def embedded(
    profile: Profile, texts: Cleared, limits: Limits, *, wanted: Wanted, pool: Pool
) -> Embedded:
    """The vectors of all messages of a cleared prompt; raises `ModelError`."""
    now = asyncio.get_running_loop().time
    began, tokens = now(), 0
    vectors: list[Vector] = []
    for start, end in batches(texts.prompt.messages):
        part = texts.part(start, end)
        found = await _batch(profile, part, limits, wanted=wanted, pool=pool)
        vectors += found.vectors
        tokens += found.prompt_tokens or 0
    return Embedded(tuple(vectors), profile.name, tokens, now() - began)


def batches(messages: Sequence[Message]) -> Iterator[tuple[int, int]]:
    """From where to where the texts of each batch stand, as many at once as a batch holds."""
    start = size = 0
    for at, message in enumerate(messages):
        length = len(message.content)
        if at > start and (at - start == MOST_TEXTS or size + length > MOST_CHARACTERS):
            yield start, at
            start, size = at, 0
        size += length
    if start < len(messages):
        yield start, len(messages)


def checked(vectors: Sequence[Sequence[float]], texts: int, shown: str) -> tuple[Vector, ...]:
    """The vectors if they are as many as the texts, of one length, and of real numbers."""
    made = tuple(tuple(map(float, vector)) for vector in vectors)
    sizes = {len(vector) for vector in made}
    if len(made) != texts or len(sizes) > 1 or 0 in sizes:
        raise Malformed(f"{shown} did not send one vector for each text")
    if not all(math.isfinite(number) for vector in made for number in vector):
        raise Malformed(f"{shown} sent a vector with what is no number")
    return made


async def _batch(
    profile: Profile, texts: Cleared, limits: Limits, *, wanted: Wanted, pool: Pool
) -> Vectors:
    found: dict[Server, Vectors] = {}
    now = asyncio.get_running_loop().time

    async def ask(server: Server, race: Race) -> Completion:
        backend = server.backend
        if not isinstance(backend, Embeds):
            raise Rejected(f"{server.url} makes no embeddings", advice="choose another model")
        began = now()
        found[server] = vectors = await backend.embed(profile.model, texts, limits)
        race.leads(server)
        usage = Usage(vectors.prompt_tokens, 0)
        took = now() - began
        return Completion("", "stop", profile.name, usage, took, took, server.url)

    completion = await pool.answer(wanted, ask)
    return next(each for server, each in found.items() if server.url == completion.replica)
