"""Tells a client that asked for it which model answers, from where, and how much is under way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from typing import Literal

from camus.lsp.client import Client
from camus.lsp.naming import friendly, place, speciality
from camus.models import Profile, in_words
from camus.routing import RULES, Override

Place = Literal["local", "remote", "rules"]

METHOD = "camus/status"


@dataclass(frozen=True, slots=True)
class State:
    """The parameters of the notification, under the names that they have there."""

    model: str | None = None
    """Who answers now or answered last; the locked one once it is locked."""
    friendly: str | None = None
    specialist: str | None = None
    place: Place | None = None
    pipeline: str | None = None
    lock: str | None = None
    """The model that the user selected for everything in this session."""
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

    @contextmanager
    def working(self) -> Iterator[None]:
        """Count a request; its end is told even if nothing else is new."""
        self._change(replace(self._now, busy=self._now.busy + 1, after=None))
        try:
            yield
        finally:
            self._told = None
            self._change(replace(self._now, busy=self._now.busy - 1))

    def selected(self, override: Override, default: str, locked: Profile | None) -> None:
        """What holds for the session; `default` is the configured pipeline, empty for none."""
        now = replace(
            self._now,
            pipeline=override.pipeline or default or None,
            lock=override.model or None,
        )
        self._change(_of(locked, override.model, now) if override.model else now)

    def asking(self, name: str, profile: Profile | None, before: str = "") -> None:
        """This model (or `rules`) is at it; `before` was asked first, in the same request."""
        handed = friendly(before) if before and RULES not in {before, name} else None
        self._change(replace(_of(profile, name, self._now), after=handed))

    def _change(self, now: State) -> None:
        self._now = now
        if now != self._told and self._client.can.status:
            self._told = now
            self._client.notify(METHOD, asdict(now))


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
