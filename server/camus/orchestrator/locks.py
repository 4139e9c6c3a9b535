"""Which model the user locked for a document or a workspace; one small file in their own state."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from camus.routing import Override
from camus.source import uri_of

_LOOK_SECONDS = 1.0
"""How long what the file said is taken as true."""
_MOST = 500

Scope = Literal["document", "workspace"]


@dataclass(frozen=True, slots=True)
class Lock:
    """A model that answers everything in a document or a workspace until it is unlocked."""

    model: str
    scope: Scope
    place: str
    """The document's URI or the workspace's folder."""


class Locks:
    """The locks of this user; shared by all processes through the file."""

    def __init__(self, file: Path | None, *, clock: Callable[[], float] = time.monotonic) -> None:
        """Use a file, made with the first lock; None keeps them in memory."""
        self._file = file
        self._clock = clock
        self._looked: float | None = None
        self._stamp: tuple[int, int] = (0, 0)
        self._locks: dict[str, Lock] = {}

    def of(self, uri: str, roots: Iterable[Path]) -> Lock | None:
        """The lock that holds for a document: its own, else that of its workspace."""
        self._look()
        if not self._locks:
            return None
        return self._locks.get(uri) or next(
            (self._locks[str(root)] for root in roots if str(root) in self._locks), None
        )

    def every(self) -> tuple[Lock, ...]:
        """All locks, in the order in which they were made."""
        self._look()
        return tuple(self._locks.values())

    def within(self, roots: Iterable[Path]) -> tuple[Lock, ...]:
        """The locks of these workspaces and of the documents in them."""
        self._look()
        if not self._locks:
            return ()
        known = tuple(roots)
        folders = {str(root) for root in known}
        inside = tuple(f"{uri_of(root)}/" for root in known)
        return tuple(
            lock
            for lock in self._locks.values()
            if lock.place in folders or lock.place.startswith(inside)
        )

    def applied(self, wish: Override, uri: str, roots: Iterable[Path]) -> Override:
        """A wish with the locked model, where it names neither a model nor a pipeline."""
        if wish.model or wish.pipeline:
            return wish
        lock = self.of(uri, roots)
        return wish if lock is None else replace(wish, model=lock.model, locked=lock.scope)

    def lock(self, model: str, scope: Scope, place: str) -> Lock:
        """Lock a document (by its URI) or a workspace (by its folder). Raises OSError."""
        self._look(now=True)
        made = Lock(model, scope, place)
        kept = {key: lock for key, lock in self._locks.items() if key != place}
        self._locks = dict([*kept.items()][-_MOST + 1 :]) | {place: made}
        self._write()
        return made

    def unlock(self, places: Iterable[str] | None = None) -> tuple[Lock, ...]:
        """Take locks back, all of them without `places`; which there were. Raises OSError."""
        self._look(now=True)
        gone = set(self._locks) if places is None else set(places)
        taken = tuple(lock for key, lock in self._locks.items() if key in gone)
        if taken:
            self._locks = {key: lock for key, lock in self._locks.items() if key not in gone}
            self._write()
        return taken

    def _look(self, *, now: bool = False) -> None:
        """Read the file again when it changed; a look costs a `stat` once a second at the most."""
        if self._file is None:
            return
        time = self._clock()
        if not now and self._looked is not None and time - self._looked < _LOOK_SECONDS:
            return
        self._looked = time
        stamp = _stamp(self._file)
        if stamp != self._stamp:
            self._stamp, self._locks = stamp, _read(self._file)

    def _write(self) -> None:
        if self._file is None:
            return
        self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        rows = [[lock.model, lock.scope, lock.place] for lock in self._locks.values()]
        temporary = self._file.with_suffix(f".{os.getpid()}")
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(rows, file)
        temporary.replace(self._file)
        self._stamp = _stamp(self._file)


def _stamp(file: Path) -> tuple[int, int]:
    try:
        found = file.stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_ino


def _read(file: Path) -> dict[str, Lock]:
    """The locks in a file; what is not one of ours is passed over."""
    locks: dict[str, Lock] = {}
    with suppress(OSError, ValueError, TypeError):
        for row in json.loads(file.read_text(encoding="utf-8")):
            match row:
                case [str(model), "document" | "workspace" as scope, str(place)] if model:
                    locks[place] = Lock(model, scope, place)
    return locks
