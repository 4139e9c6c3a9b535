"""Whether, and after how long, the servers that failed a request are asked once more; pure."""

from __future__ import annotations

from camus.models.errors import (
    Cut,
    Failed,
    Looped,
    Malformed,
    ModelError,
    RateLimited,
    Unreachable,
)

ROUNDS = 2
"""So often they are asked once more; then it is the next model's turn."""
FIRST_PAUSE = 0.1
"""Seconds before the first round; each later one waits twice as long."""
LONGEST_WAIT = 1.0
"""Seconds that a server may ask to be left alone for its request still to wait for it."""


def pause_before(number: int, error: ModelError, chance: float) -> float | None:
    """Seconds to wait before round `number` (0 is the first); None when there is none.

    `chance` in 0..1. The pause doubles each round, and half of it is left to chance, so that
    requests that failed together do not come again together (exponential backoff with equal
    jitter, Brooker 2015). A refusal would be the same again, a server that was late is late
    already, and one that nobody listens at needs longer than a request can wait.
    """
    if number >= ROUNDS or not _passing(error):
        return None
    return FIRST_PAUSE * 2.0**number * (1 + chance) / 2


def _passing(error: ModelError) -> bool:
    """Whether the same server may do better in a moment."""
    match error:
        case Looped():  # the model's doing
            return False
        case Unreachable():
            return error.lost
        case RateLimited():
            return error.retry_after is not None and error.retry_after <= LONGEST_WAIT
        case _:
            return isinstance(error, Failed | Cut | Malformed)
