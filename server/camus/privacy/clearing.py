"""The one gate between a prompt and a model; pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """What is to be sent. `sources` are the URIs whose text is in it; `version` its template's."""

    messages: tuple[Message, ...]
    sources: tuple[str, ...] = ()
    version: str = ""
    tags: tuple[str, ...] = ()
    """The markup words of the prompt itself, which an echoing model may repeat."""


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a prompt would go: `name` as a user reads it (`this machine`, `api.openai.com`)."""

    name: str
    local: bool


@dataclass(frozen=True, slots=True)
class Rules:
    """What is allowed: consents by destination name, what to do with secrets, ignored files."""

    consents: frozenset[str] = frozenset()
    secrets: Literal["block", "placeholder"] = "block"
    ignored: Callable[[str], bool] = lambda _uri: False


@dataclass(frozen=True, slots=True)
class Denied:
    """Why a prompt was not let out, in a sentence that says what would change it."""

    reason: Literal["consent", "secret", "ignored"]
    message: str
    destination: Destination


_KEY = object()


@dataclass(frozen=True, slots=True)
class Cleared:
    """A prompt that may go to exactly this destination; only `clear` makes one."""

    prompt: Prompt
    destination: Destination
    placeholders: tuple[tuple[str, str], ...] = ()
    key: object = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Refuse a prompt that did not pass the gate."""
        if self.key is not _KEY:
            raise TypeError("only privacy.clear makes a Cleared")

    def restore(self, text: str) -> str:
        """The text with each placeholder turned back into the secret it stands for."""
        raise NotImplementedError


def clear(prompt: Prompt, destination: Destination, rules: Rules) -> Cleared | Denied:
    """Let the prompt out to the destination, or say why not."""
    raise NotImplementedError
