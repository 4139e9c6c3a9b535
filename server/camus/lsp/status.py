"""Tells a client that asked for it which model answers, from where, and how much is under way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal

from camus.lsp.client import Client
from camus.lsp.naming import friendly, place, speciality
from camus.models import Profile, in_words
from camus.orchestrator import Lock
from camus.routing import RULES, Override
from camus.source import uri_of

Place = Literal["local", "remote", "rules"]

METHOD = "camus/status"


@dataclass(frozen=True, slots=True)
class Locked:
    """A model that answers everything in a conversation (no `uri`), a workspace or a document."""

    model: str
    scope: Literal["conversation", "workspace", "document"]
    uri: str | None


@dataclass(frozen=True, slots=True)
class State:
    """The parameters of the notification, under the names that they have there."""

    model: str | None = None
    """Who answers now or answered last; the locked one once it is locked."""
    friendly: str | None = None
    specialist: str | None = None
    place: Place | None = None
    pipeline: str | None = None
    strategy: str | None = None
    """How the models work together, where the user selected that for this session."""
    lock: str | None = None
    """The model that answers everything: for the conversation, else for the workspace."""
    locks: tuple[Locked, ...] = ()
    """What is locked, widest first."""
    quota: str | None = None
    """What remains today of that model's quota, in words; null when nothing limits it."""
    after: str | None = None
    """Who was asked before `model` in the same request, in plain words."""
    busy: int = 0
    """How many requests are being worked on."""


class Status:
    """The state as the client knows it; sent when it changes and when a request ends."""

    def __init__(self, client: Client) -> None:
        """Send to `client`, if it wants to be told."""
        self._client = client
        self._now = State()
        self._told: State | None = None
        self._locks: tuple[Lock, ...] = ()

    @contextmanager
    def working(self) -> Iterator[None]:
        """Count a request; its end is told even if nothing else is new."""
        if not self._client.can.status:
            yield
            return
        self._change(replace(self._now, busy=self._now.busy + 1, after=None))
        try:
            yield
        finally:
            self._told = None
            self._change(replace(self._now, busy=self._now.busy - 1))

    def selected(
        self, chosen: Override, default: str, locks: Sequence[Lock], known: Mapping[str, Profile]
    ) -> None:
        """What holds now: `chosen` for the conversation, the configured pipeline, and `locks`."""
        self._locks = tuple(locks)
        told = _locked(chosen.model, locks)
        name = next((each.model for each in told if each.scope != "document"), None)
        now = replace(
            self._now,
            pipeline=chosen.pipeline or default or None,
            strategy=str(chosen.strategy) if chosen.strategy else None,
            lock=name,
            locks=told,
        )
        self._change(_of(known.get(name), name, now) if name else now)

    def outdated(self, locks: Sequence[Lock]) -> bool:
        """Whether a client that wants to be told knows of other locks: a command may make them."""
        return self._client.can.status and self._locks != tuple(locks)

    def asking(self, name: str, profile: Profile | None, before: str = "") -> None:
        """This model (or `rules`) is at it; `before` was asked first, in the same request."""
        if not self._client.can.status:
            return  # nobody is told, and it is said at each stage of each request
        handed = friendly(before) if before and RULES not in {before, name} else None
        self._change(replace(_of(profile, name, self._now), after=handed))

    def _change(self, now: State) -> None:
        self._now = now
        if now != self._told and self._client.can.status:
            self._told = now
            self._client.notify(METHOD, asdict(now))


def _locked(selected: str, locks: Sequence[Lock]) -> tuple[Locked, ...]:
    """What is locked: the model selected for the conversation (empty for none), and `locks`."""
    found = [Locked(selected, "conversation", None)] if selected else []
    for scope in ("workspace", "document"):
        found += [Locked(e.model, e.scope, _uri(e)) for e in locks if e.scope == scope]
    return tuple(found)


def _uri(lock: Lock) -> str:
    return lock.place if lock.scope == "document" else uri_of(Path(lock.place))


def _of(profile: Profile | None, name: str, now: State) -> State:
    where: Place | None = (
        "rules" if name == RULES else place(profile) if profile is not None else None
    )
    return replace(
        now,
        model=name,
        friendly=friendly(name),
        specialist=speciality(profile) if profile is not None else None,
        place=where,
        quota=(in_words(profile.quota) or None) if profile and profile.quota else None,
    )
