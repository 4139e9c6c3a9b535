"""One request on its way through the pool: what it wants, who leads, whom it asked."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from camus.config import Balancing
from camus.models.backend import Completion
from camus.models.errors import ModelError
from camus.models.line import AT_ONCE, Turn
from camus.models.replicas import Server


@dataclass(frozen=True, slots=True)
class Wanted:
    """One request as the pool sees it; `work` in tokens, `deadline` of the loop's clock.

    `restartable` says that nobody sees the answer before it is whole, so that another replica may
    begin it anew.
    """

    servers: tuple[Server, ...]
    work: float
    deadline: float
    turn: Turn = AT_ONCE
    balancing: Balancing = Balancing.RESPONSE_TIME
    prefix: str = ""
    restartable: bool = True


class Race:
    """Attempts of one request at several servers: the first to give a token goes on alone."""

    def __init__(self, *, again: bool = False) -> None:
        """Nobody leads yet; `again` when the same servers were asked before."""
        self.again = again
        self.leader: Server | None = None
        self.began: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def leads(self, server: Server) -> bool:
        """Whether this server's answer is the one that is taken; the first who asks leads."""
        if self.leader is None:
            self.leader = server
            self.began.set_result(None)
        return self.leader is server


Ask = Callable[[Server, Race], Awaitable[Completion]]


@dataclass(slots=True, eq=False)
class Tries:
    """What one request went through: the servers of this round, the rounds before it."""

    servers: list[Server] = field(default_factory=list)
    rounds: int = 0
    last: ModelError | None = None
