"""How a command ends: the exit codes, and the one exception that carries one with a message."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """The exit codes of every command."""

    DONE = 0
    FINDINGS = 1
    USAGE = 2
    NOTHING = 3
    NO_MODEL = 4
    REFUSED = 5
    NOT_CONFIRMED = 6
    INTERRUPTED = 130


BY_STATE = {
    "done": Exit.DONE,
    "nothing": Exit.NOTHING,
    "no_model": Exit.NO_MODEL,
    "refused": Exit.REFUSED,
    "unknown_model": Exit.USAGE,
    "unknown_pipeline": Exit.USAGE,
}
"""The exit code of an `Outcome`'s state."""


class Failure(Exception):
    """Raised to end a command with a message for the user and an exit code."""

    def __init__(self, message: str, code: Exit = Exit.USAGE) -> None:
        """Keep the exit code beside the message."""
        super().__init__(message)
        self.code = code
