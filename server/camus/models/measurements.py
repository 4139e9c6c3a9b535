"""Keeps what probes showed, for all Camus processes, by the very version of a model."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable

import msgspec

from camus.journal import Shared
from camus.models.measured import VERSION, Measured, Observed, begun, updated
from camus.models.profiles import Profile

NAME = "measured"
MOST = 200


class Measurements:
    """The probes' results as this process knows them."""

    def __init__(self, shared: Shared, observed: Callable[[str], Observed]) -> None:
        """Know of none yet; `observed` tells what the journal saw of a model of that name."""
        self._shared = shared
        self._observed = observed
        self._known: dict[str, Measured] = {}

    async def refresh(self) -> None:
        """Look what was measured meanwhile."""
        self._known = _read(await asyncio.to_thread(self._shared.read, NAME))

    def of(self, profile: Profile) -> Measured | None:
        """What was measured, and seen since, of exactly this version of a model; None: nothing."""
        found = self._known.get(key_of(profile))
        if found is None or found.version != VERSION:
            return None
        return updated(found, self._observed(profile.name))

    async def keep(self, profile: Profile, measured: Measured) -> None:
        """Keep a result; the oldest are dropped when there are very many."""
        measured = begun(measured, self._observed(profile.name))

        def decide(kept: bytes | None) -> tuple[bytes, dict[str, Measured]]:
            every = {**_read(kept), key_of(profile): measured}
            latest = sorted(every.items(), key=lambda each: each[1].at)[-MOST:]
            return _ENCODE(dict(latest)), dict(latest)

        self._known = await asyncio.to_thread(self._shared.change, NAME, decide)


def key_of(profile: Profile) -> str:
    """What tells this version of a model from another; hashed, so that it names no place."""
    parts = (profile.backend, profile.model, profile.digest)
    place = "" if profile.digest else f"{profile.place.name} {profile.url} {profile.memory_bytes}"
    return hashlib.sha256("\0".join((*parts, place)).encode()).hexdigest()[:24]


def _read(kept: bytes | None) -> dict[str, Measured]:
    try:
        return _DECODE(kept) if kept else {}
    except (msgspec.DecodeError, UnicodeDecodeError):
        return {}


_ENCODE = msgspec.json.Encoder().encode
_DECODE = msgspec.json.Decoder(dict[str, Measured]).decode
