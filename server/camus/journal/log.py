"""The log itself: SQLite in WAL mode, one owner; a failing disk degrades to memory, said once."""

from __future__ import annotations

import threading
import time
import weakref
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from camus.journal.events import Event, cleaned
from camus.journal.stats import Stats, Tally
from camus.journal.store import JournalError, connect, prune, read, read_file, shorten, write

if TYPE_CHECKING:
    import sqlite3

_DAY = 86_400.0
_LINGER_SECONDS = 0.25
"""So long the writer waits for more of one request, which is written at once."""
_CLOSE_SECONDS = 5.0
_MOST_KEPT = 10_000
"""The most events held in memory: waiting for a slow disk, or for want of one."""


class Journal:
    """The append-only log. `append` never blocks on the disk and never raises for it.

    A thread of its own opens the file and writes in batches; `problem`, `stats` and `events` wait
    for the opening alone. Several processes may share the file; each one's statistics are the
    file's at its start and its own events since.
    """

    def __init__(
        self,
        file: Path | None,
        *,
        keep_days: int = 180,
        megabytes: int = 64,
        now: Callable[[], float] = time.time,
    ) -> None:
        """Open (and migrate forward) the log in `file`, mode 0600; None keeps it in memory.

        Events older than `keep_days` are deleted, and the oldest ones beyond so many `megabytes`;
        `now` gives Unix seconds.
        """
        self._writer = _Writer(file, now() - keep_days * _DAY, megabytes)
        # At the latest when the interpreter ends, what waits is written.
        self._closing = weakref.finalize(self, self._writer.close)

    @property
    def problem(self) -> str:
        """Why the log is only in memory, or empty."""
        self._writer.opened.wait()
        return self._writer.problem

    def append(self, event: Event) -> None:
        """Add an event; statistics show it at once, the disk soon after."""
        self._writer.add(cleaned(event))

    def stats(self) -> Stats:
        """What all events add up to."""
        self._writer.opened.wait()
        return self._writer.stats()

    def events(self, *, since: float = 0.0, id: str = "") -> Iterator[Event]:
        """The kept events in order, from a Unix time on or of one request."""
        self._writer.flush()
        yield from self._writer.on_disk(since, id)
        for event in self._writer.in_memory():
            if event.at >= since and (not id or event.id == id):
                yield event

    def close(self) -> None:
        """Write what is waiting and close the file; later events stay in memory."""
        self._closing()


class _Writer:
    """The thread's side; it must not know the `Journal`, whose end closes it."""

    def __init__(self, file: Path | None, keep_from: float, megabytes: int) -> None:
        self.opened = threading.Event()
        self.problem = ""
        self._file = file
        self._keep_from = keep_from
        self._megabytes = megabytes
        self._tally = Tally(Stats())
        self._picture: Stats | None = None
        self._early: list[Event] = []
        self._waiting: deque[Event] = deque(maxlen=_MOST_KEPT)
        self._writing: list[Event] = []
        self._ending = file is None
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        if file is None:
            self.opened.set()
        else:
            self._thread = threading.Thread(
                target=self._run, args=(file,), name="camus-journal", daemon=True
            )
            self._thread.start()

    def add(self, event: Event) -> None:
        with self._changed:
            self._waiting.append(event)
            self._picture = None
            if self.opened.is_set():
                self._tally.add(event)
            else:
                self._early.append(event)
            if len(self._waiting) == 1:  # else the thread is awake, or lingers for more
                self._changed.notify_all()

    def stats(self) -> Stats:
        with self._changed:
            if self._picture is None:
                self._picture = self._tally.stats()
            return self._picture

    def flush(self) -> None:
        """Wait until nothing waits for the disk, or the disk is given up."""
        self.opened.wait()
        with self._changed:
            self._changed.wait_for(lambda: self._ending or not (self._waiting or self._writing))

    def on_disk(self, since: float, id: str) -> Iterator[Event]:
        if self._file is not None:
            with suppress(JournalError):
                yield from read_file(self._file, since, id)

    def in_memory(self) -> list[Event]:
        """What will not reach the disk: nothing while it is written, everything else after."""
        with self._changed:
            return [*self._writing, *self._waiting] if self._ending else []

    def close(self) -> None:
        with self._changed:
            self._ending = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join(_CLOSE_SECONDS)

    def _run(self, file: Path) -> None:
        import sqlite3

        connection = None
        try:
            connection = self._open(file)
            while self._write_next(connection):
                pass
        except (JournalError, sqlite3.Error) as error:
            self.problem = f"{error}; what happens now is only kept in memory"
        finally:
            self._end()
            if connection is not None:
                with suppress(sqlite3.Error):
                    connection.close()

    def _open(self, file: Path) -> sqlite3.Connection:
        connection = connect(file)
        tally = Tally(Stats())
        prune(connection, self._keep_from)
        shorten(connection, self._megabytes)
        for event in read(connection):
            tally.add(event)
        self._begin(tally)
        return connection

    def _begin(self, tally: Tally) -> None:
        """Let statistics go on from what the file held, then what came meanwhile."""
        with self._changed:
            for event in self._early:
                tally.add(event)
            self._early.clear()
            self._tally = tally
            self._picture = None
            self.opened.set()

    def _write_next(self, connection: sqlite3.Connection) -> bool:
        """Write what waits in one transaction; False when there is nothing more to come."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._ending)
            if not self._waiting:
                return False
            if not self._ending:
                self._changed.wait_for(lambda: self._ending, timeout=_LINGER_SECONDS)
            self._writing = list(self._waiting)
            self._waiting.clear()
        write(connection, self._writing)
        with self._changed:
            self._writing = []
            self._changed.notify_all()
        return True

    def _end(self) -> None:
        """Nobody may wait for this thread any more, whatever ended it."""
        with self._changed:
            self._ending = True
            self._changed.notify_all()
        if not self.opened.is_set():
            self._begin(Tally(Stats()))
