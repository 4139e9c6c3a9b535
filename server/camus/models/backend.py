"""The seam between Camus and a kind of server: one method that streams, one that lists."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Literal, Protocol

import msgspec

from camus.privacy import Cleared


@dataclass(frozen=True, slots=True)
class Sampling:
    """How to generate; `max_tokens` is the room kept for the answer.

    `schema` (a JSON schema as JSON) or `grammar` (GBNF, llama.cpp's form) bounds what is said,
    where the backend takes it; it is asked without where it does not.
    """

    temperature: float = 0.2
    top_p: float = 0.95
    max_tokens: int = 1024
    stop: tuple[str, ...] = ()
    seed: int | None = None
    schema: str = ""
    grammar: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """Hard limits of one generation in seconds, and the most characters to take."""

    connect: float = 2.0
    first_token: float = 120.0
    idle: float = 30.0
    total: float = 300.0
    characters: int = 400_000


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as the server counted them; None where it did not."""

    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class Piece(msgspec.Struct, frozen=True):
    """A part of a streamed answer; the last one carries `finish` and the usage.

    `count` is how many pieces of the server's own it is made of. A struct, for there may be one
    for each token.
    """

    text: str = ""
    finish: Literal["", "stop", "length", "enough"] = ""
    usage: Usage = Usage()
    count: int = 1


@dataclass(frozen=True, slots=True)
class Completion:
    """A whole answer.

    `finish` is `length` when it was cut by the token limit, and `circles` when the model repeated
    itself and was stopped, `enough` when who asked needed no more: the text is what it said until
    then.
    """

    text: str
    finish: Literal["stop", "length", "circles", "enough"]
    model: str
    usage: Usage
    seconds: float
    first_token_seconds: float
    replica: str = ""
    pieces: int = 0
    """In how many pieces the server sent the text: more than one where it streams."""


@dataclass(frozen=True, slots=True)
class Served:
    """A model as its server lists it; zero and empty where the server does not say.

    `loaded` says whether it is in memory now; `digest` names this very version of it.
    """

    id: str
    window: int = 0
    memory_bytes: int = 0
    parameters_billions: float = 0.0
    remote_host: str = ""
    licence: str = ""
    embedding: bool = False
    loaded: bool | None = None
    digest: str = ""
    cards_bytes: int = 0
    """What of its memory is on graphics cards now, where its server tells."""
    slots: int = 0
    """How many answers its server computes at once, where it tells."""


class Backend(Protocol):
    """One server. Raises only `ModelError`; cancelling or closing `stream` ends its connection."""

    async def catalogue(self) -> tuple[Served, ...]:
        """The models the server offers now."""
        ...

    def stream(
        self, model: str, prompt: Cleared, sampling: Sampling, window: int, limits: Limits
    ) -> AsyncGenerator[Piece, None]:
        """Generate with the server's own model id; `window` in tokens is what it must read."""
        ...

    async def close(self) -> None:
        """Close every connection."""
        ...
