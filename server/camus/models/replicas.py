"""One server that runs models, and what is known of it; it decides nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from camus.config import BackendKind
from camus.models.backend import Backend, Served
from camus.models.errors import ModelError
from camus.models.health import Health
from camus.models.loads import Load
from camus.models.profiles import Profile, Told, same_model


@dataclass(slots=True)
class Attempt:
    """A request at a server; `began` says whether a first token came.

    `called_back` says why it was ended, when its server was put out of use and not by who asked.
    """

    began: Callable[[], bool]
    called_back: ModelError | None = None


@dataclass(frozen=True, slots=True)
class Replica:
    """A server as others may see it; `limit` is how many requests it gets at once.

    `use` is `yes`, `trial` (one request at a time until it answers), `no`, or `unreachable` where
    it did not even list its models; `why` says what went wrong last.
    """

    url: str
    use: Literal["yes", "trial", "no", "unreachable"]
    why: str = ""
    in_flight: int = 0
    limit: int = 0


class Server:
    """One server; its backend is made when it is first needed.

    `told` is its last answer about its models. `health` and `load` belong to the pool, which
    alone changes them. `asked` is the model asked last, which a probe asks again, at the time
    `asked_at` of the loop's clock. `unstarted` are the attempts that have no first token yet.
    """

    def __init__(self, kind: BackendKind, url: str, make: Callable[[], Backend]) -> None:
        """A server not asked yet."""
        self.kind = kind
        self.url = url
        self.told: Told = None
        self.health = Health()
        self.load = Load()
        self.asked: Profile | None = None
        self.asked_at = 0.0
        self.slots = 0
        """How many answers it computes at once, as it told last; 0 when it does not tell."""
        self.unstarted: dict[asyncio.Task[object], Attempt] = {}
        self._make = make
        self._backend: Backend | None = None

    @property
    def backend(self) -> Backend:
        """The connection to it."""
        if self._backend is None:
            self._backend = self._make()
        return self._backend

    def entry(self, model: str) -> Served | None:
        """What it told of a model when it was last asked."""
        told = self.told if isinstance(self.told, tuple) else ()
        return next((served for served in told if same_model(self.kind, served.id, model)), None)

    def call_back(self, why: ModelError) -> None:
        """End the attempts that nothing came of yet; they go to another replica."""
        for task, attempt in self.unstarted.items():
            if not attempt.began():
                attempt.called_back = why
                task.cancel()

    async def close(self) -> None:
        """Close its connections, if it ever had any."""
        if self._backend is not None:
            await self._backend.close()


def replica_of(server: Server, now: float) -> Replica:
    """What a server is like now."""
    why = server.health.why
    told = server.told
    use: Literal["yes", "trial", "no", "unreachable"]
    if isinstance(told, ModelError):
        use, why = "unreachable", told
    else:
        use = {"open": "yes", "trial": "trial", "shut": "no"}[server.health.access(now)]  # type: ignore[assignment]
    said = "" if why is None else str(why)
    return Replica(server.url, use, said, server.load.in_flight, int(server.load.limit))
