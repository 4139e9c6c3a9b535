"""The log itself: SQLite in WAL mode, one owner; a failing disk degrades to memory, said once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from camus.journal.events import Event
from camus.journal.stats import Stats


class Journal:
    """The append-only log. `append` never blocks on the disk and never raises for it."""

    def __init__(self, file: Path | None, *, keep_days: int = 180) -> None:
        """Open (and migrate forward) the log in `file`, mode 0600; None keeps it in memory."""
        raise NotImplementedError

    problem: str
    """Why the log is only in memory, or empty."""

    def append(self, event: Event) -> None:
        """Add an event; statistics show it at once, the disk soon after."""
        raise NotImplementedError

    def stats(self) -> Stats:
        """What all events add up to."""
        raise NotImplementedError

    def events(self, *, since: float = 0.0, id: str = "") -> Iterator[Event]:
        """The kept events in order, from a Unix time on or of one request."""
        raise NotImplementedError

    def close(self) -> None:
        """Write what is waiting and close the file."""
        raise NotImplementedError
