"""Which models there are, and the one call that asks one of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from camus.config import BackendKind, Capability, Config, TaskKind
from camus.models.backend import Backend, Completion, Limits, Sampling
from camus.privacy import Cleared, Destination

State = Literal["unknown", "ready", "unreachable", "missing", "unauthorised", "unsupported"]


@dataclass(frozen=True, slots=True)
class Profile:
    """What is known of a model: declared, told by its server, or guessed from its name.

    `window` in tokens. `size` is its rung on the ladder. `found` when discovery found it rather
    than the configuration. `problem` says why it is not ready and what to do.
    """

    name: str
    backend: BackendKind
    model: str
    place: Destination
    window: int
    size: Literal["fast", "medium", "large"]
    capabilities: frozenset[Capability] = frozenset()
    strengths: frozenset[TaskKind] = frozenset()
    weaknesses: frozenset[TaskKind] = frozenset()
    state: State = "unknown"
    found: bool = False
    problem: str = ""
    licence: str = ""
    parameters_billions: float = 0.0
    url: str = ""


class Models:
    """All models of one configuration."""

    def __init__(
        self,
        config: Config,
        *,
        backends: Callable[[BackendKind, str], Backend] | None = None,
        env: dict[str, str] | None = None,
    ) -> None:
        """Prepare the models of a configuration; connects to nothing yet.

        `backends` makes the backend for a kind and a URL; tests pass their fake here. `env`
        replaces the process environment for keys.
        """
        raise NotImplementedError

    async def refresh(self) -> tuple[Profile, ...]:
        """Ask every server what it has (and discover, when configured); the profiles after it."""
        raise NotImplementedError

    def profiles(self) -> tuple[Profile, ...]:
        """Every model known now, ready or not; configured ones first, in order."""
        raise NotImplementedError

    async def generate(
        self,
        name: str,
        prompt: Cleared,
        sampling: Sampling,
        limits: Limits,
        on_text: Callable[[str], None] | None = None,
    ) -> Completion:
        """Ask one model; raises `ModelError`. `on_text` gets each piece as it comes.

        Refuses with `ValueError` a prompt cleared for another place than the model's.
        """
        raise NotImplementedError

    async def close(self) -> None:
        """Close every backend."""
        raise NotImplementedError
