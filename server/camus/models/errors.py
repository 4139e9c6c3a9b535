"""Why a model did not answer; each error says in words what the user can do."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from camus.models.backend import Completion


class ModelError(Exception):
    """Raised when a model gave no usable completion; `advice` says what would help."""

    def __init__(self, message: str, *, advice: str = "") -> None:
        """Keep the sentence for the user and what would help."""
        super().__init__(message)
        self.advice = advice


class Unreachable(ModelError):
    """Raised when there is no connection, or the server went away before the first token.

    `lost` says that there was a connection: somebody listens there.
    """

    def __init__(self, message: str, *, lost: bool = False, advice: str = "") -> None:
        """Keep whether there was a connection."""
        super().__init__(message, advice=advice)
        self.lost = lost


class TimedOut(ModelError):
    """Raised when the first token, a gap or the whole answer took too long."""


class Unauthorised(ModelError):
    """Raised when the key is missing or refused."""


class Missing(ModelError):
    """Raised when the server has no such model."""


class RateLimited(ModelError):
    """Raised when the server asks to wait; `retry_after` in seconds when it said."""

    def __init__(self, message: str, *, retry_after: float | None = None, advice: str = "") -> None:
        """Keep how long the server asks to wait."""
        super().__init__(message, advice=advice)
        self.retry_after = retry_after


class SpentQuota(ModelError):
    """Raised when the user's own quota of a model is used up for today; no server was asked."""


class Overflow(ModelError):
    """Raised when the prompt does not fit, or the server read less than was sent."""


class NoMemory(ModelError):
    """Raised when there is too little memory left for a model; `never`: there can never be enough.

    No try was made.
    """

    def __init__(self, message: str, *, never: bool = False, advice: str = "") -> None:
        """Keep whether it is any use to wait."""
        super().__init__(message, advice=advice)
        self.never = never


class Rejected(ModelError):
    """Raised when the server refuses the request itself (4xx), or one `parameter` of it."""

    def __init__(self, message: str, *, parameter: str = "", advice: str = "") -> None:
        """Keep which parameter the server named."""
        super().__init__(message, advice=advice)
        self.parameter = parameter


class Failed(ModelError):
    """Raised when the server broke: 5xx, or an error inside the stream."""


class Cut(ModelError):
    """Raised when the stream ended without a finish reason."""


class Looped(Cut):
    """Raised when the model repeated itself without end and was stopped.

    `completion` is its answer until then with the repeated part once; None where there is none.
    """

    completion: Completion | None = None


class Malformed(ModelError):
    """Raised when the answer is not of the protocol, or larger than allowed."""
