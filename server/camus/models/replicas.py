"""The servers that run one model, which to ask first, and which not to wait for again."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from camus.config import BackendKind
from camus.models.backend import Backend
from camus.models.errors import ModelError
from camus.models.profiles import Told

REMEMBERED = 3.0
"""Seconds for which a server that could not be reached is not asked again."""


class Server:
    """One server and what is known of it; its backend is made when it is first needed.

    `told` is its last answer about its models, `down_until` a time of the loop's clock before
    which it is not asked, for the reason `why`.
    """

    def __init__(self, kind: BackendKind, url: str, make: Callable[[], Backend]) -> None:
        """A server not asked yet."""
        self.kind = kind
        self.url = url
        self.told: Told = None
        self.in_flight = 0
        self.down_until = 0.0
        self.why: ModelError | None = None
        self._make = make
        self._backend: Backend | None = None

    @property
    def backend(self) -> Backend:
        """The connection to it."""
        if self._backend is None:
            self._backend = self._make()
        return self._backend

    def failed(self, error: ModelError, now: float) -> None:
        """It could not be reached: the next requests do not wait for it."""
        self.why = error
        self.down_until = now + REMEMBERED

    def answered(self) -> None:
        """It can be reached."""
        self.why = None
        self.down_until = 0.0

    async def close(self) -> None:
        """Close its connections, if it ever had any."""
        if self._backend is not None:
            await self._backend.close()


def pick(servers: Sequence[Server], now: float) -> tuple[Server, ...]:
    """The replicas to try, in order: those not down, the least busy first, then as configured."""
    up = [server for server in servers if server.down_until <= now]
    return tuple(sorted(up, key=lambda server: server.in_flight))
