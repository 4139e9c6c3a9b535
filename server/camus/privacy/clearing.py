"""The one gate between a prompt and a model; pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, count
from shlex import quote
from typing import Literal
from urllib.parse import unquote

from camus.config import Fill
from camus.privacy.secrets import PLACEHOLDER, Secret, scan


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
    fill: Fill | None = None
    """Set where two messages are the text above and below a cursor, and no conversation."""


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

    def part(self, start: int, end: int) -> Cleared:
        """Some of its messages: a part may go wherever the whole may."""
        return replace(self, prompt=replace(self.prompt, messages=self.prompt.messages[start:end]))

    def restore(self, text: str) -> str:
        """The text with each placeholder turned back into the secret it stands for.

        Only exact placeholders are turned back; one that a model changed stays as it is.
        """
        if not self.placeholders:
            return text
        return _replace(text, dict(self.placeholders))


def clear(prompt: Prompt, destination: Destination, rules: Rules) -> Cleared | Denied:
    """Let the prompt out to the destination, or say why not.

    Ignored files go nowhere. A place on this machine gets everything else; another one needs
    consent for exactly its name and never gets a secret that `scan` finds.
    """
    ignored = [source for source in prompt.sources if rules.ignored(source)]
    if ignored:
        return Denied("ignored", _about_ignored(ignored), destination)
    if destination.local:
        return Cleared(prompt, destination, key=_KEY)
    if destination.name not in rules.consents:
        return Denied("consent", _about_consent(destination), destination)
    found = [scan(message.content) for message in prompt.messages]
    if not any(found):
        return Cleared(prompt, destination, key=_KEY)
    if rules.secrets == "placeholder":
        cleared = _with_placeholders(prompt, found)
        if cleared:
            return Cleared(cleared[0], destination, cleared[1], key=_KEY)
    return Denied("secret", _about_secrets(prompt, found, destination), destination)


def _with_placeholders(
    prompt: Prompt, found: list[tuple[Secret, ...]]
) -> tuple[Prompt, tuple[tuple[str, str], ...]] | None:
    """The prompt without its secrets, and what stands for what; None when one would remain.

    A value is replaced wherever it stands, also where nothing around it says that it is secret.
    """
    texts = [message.content for message in prompt.messages]
    values = dict.fromkeys(
        text[secret.span.start : secret.span.end]
        for text, secrets in zip(texts, found, strict=True)
        for secret in secrets
    )
    stem = _unused_stem(texts)
    names = {value: f"{stem}_{number}_" for number, value in enumerate(values, 1)}
    safe = [_replace(text, names) for text in texts]
    if any(scan(text) for text in safe):
        return None
    messages = tuple(
        replace(message, content=text) for message, text in zip(prompt.messages, safe, strict=True)
    )
    return replace(prompt, messages=messages), tuple((n, v) for v, n in names.items())


def _replace(text: str, names: Mapping[str, str]) -> str:
    """All keys replaced in one pass, the longest first where several begin at one place."""
    keys = sorted(names, key=len, reverse=True)
    return re.sub("|".join(map(re.escape, keys)), lambda match: names[match.group()], text)


def _unused_stem(texts: Sequence[str]) -> str:
    """The beginning of placeholders that no text holds.

    No proper prefix of a placeholder is also its suffix, so none can arise across a boundary.
    """
    candidates = chain((PLACEHOLDER,), (f"{PLACEHOLDER}_{letter}" for letter in count(1)))
    return next(stem for stem in candidates if not any(f"{stem}_" in text for text in texts))


def _about_ignored(ignored: Sequence[str]) -> str:
    names = ", ".join(_file_name(uri) for uri in ignored[:3])
    return (
        f"{names} is an ignored file, so it is shown to no model; "
        "a line such as `!name` in .camusignore lets it in (never a key file or .git)"
    )


def _about_consent(destination: Destination) -> str:
    return (
        f"sending code to {destination.name} needs your consent: "
        f"camus consent grant {quote(destination.name)}"
    )


def _about_secrets(
    prompt: Prompt, found: list[tuple[Secret, ...]], destination: Destination
) -> str:
    places = [
        f"{secret.kind} in line {message.content.count(chr(10), 0, secret.span.start) + 1} "
        f"of the {message.role} message"
        for message, secrets in zip(prompt.messages, found, strict=True)
        for secret in secrets
    ]
    more = f" and {len(places) - 3} more" if len(places) > 3 else ""
    files = ", ".join(_file_name(uri) for uri in prompt.sources[:3])
    return (
        f"nothing was sent to {destination.name}: the prompt{f' ({files})' if files else ''} holds "
        f"{'; '.join(places[:3])}{more}. `camus privacy scan FILE` shows them; remove them, "
        "use a local model, or set privacy.secrets to placeholder"
    )


def _file_name(uri: str) -> str:
    return unquote(uri.rstrip("/").rsplit("/", 1)[-1])
