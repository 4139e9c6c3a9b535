"""Small facts by name that all Camus processes of a user share, each changed in one transaction.

It knows bytes and names, not what they mean: quotas, claims of memory and measured models are
decided in `models`, by pure functions handed in. The store stands in this room because only
`journal` opens a database, and in a file of its own because the log is append-only, may be switched
off, and is forgotten on request, which must not give back a spent quota.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from camus.journal.store import BUSY_SECONDS, private, transaction, write_ahead

if TYPE_CHECKING:
    import sqlite3

APPLICATION = 0x43414D53
"""`CAMS` in the file's header, so that no other program's database is written to."""
_SCHEMA = "CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value BLOB NOT NULL)"

T = TypeVar("T")
Decide = Callable[[bytes | None], tuple[bytes | None, T]]
"""From what is kept to what is to be kept (None: nothing) and an answer; called under a lock."""


class Shared:
    """The store; usable from any thread. A failing disk degrades to memory, told in `problem`."""

    def __init__(self, file: Path | None) -> None:
        """Keep facts in `file`, mode 0600, opened when first needed; None keeps them in memory."""
        self.problem = ""
        self._file = file
        self._connection: sqlite3.Connection | None = None
        self._memory: dict[str, bytes] = {}
        self._lock = threading.Lock()

    def __del__(self) -> None:
        """Close what nobody closed."""
        if self._connection is not None:
            self._connection.close()

    def change(self, name: str, decide: Decide[T]) -> T:
        """Let `decide` see and replace a fact while no other process can; its answer.

        Takes milliseconds, and up to two seconds while others write: not for an event loop.
        """
        import sqlite3

        with self._lock:
            connection = self._ready()
            if connection is None:
                return self._in_memory(name, decide)
            try:
                with transaction(connection):
                    kept, answer = decide(_read(connection, name))
                    _write(connection, name, kept)
            except sqlite3.Error as error:
                self._degrade(error)
                return self._in_memory(name, decide)
            return answer

    def read(self, name: str) -> bytes | None:
        """A fact as it is now."""
        import sqlite3

        with self._lock:
            connection = self._ready()
            if connection is None:
                return self._memory.get(name)
            try:
                return _read(connection, name)
            except sqlite3.Error as error:
                self._degrade(error)
                return self._memory.get(name)

    def close(self) -> None:
        """Close the file; a later call opens it again."""
        with self._lock:
            connection, self._connection = self._connection, None
            if connection is not None:
                connection.close()

    def _in_memory(self, name: str, decide: Decide[T]) -> T:
        kept, answer = decide(self._memory.get(name))
        if kept is None:
            self._memory.pop(name, None)
        else:
            self._memory[name] = kept
        return answer

    def _ready(self) -> sqlite3.Connection | None:
        if self._connection is None and self._file is not None and not self.problem:
            import sqlite3

            try:
                self._connection = _opened(self._file)
            except (OSError, sqlite3.Error, ValueError) as error:
                self._degrade(error)
        return self._connection

    def _degrade(self, error: Exception) -> None:
        self.problem = (
            f"cannot use {self._file}: {error}; quotas, claims of memory and measurements are only "
            "kept in this process"
        )
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _opened(file: Path) -> sqlite3.Connection:
    import sqlite3

    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    private(file)
    connection = sqlite3.connect(
        file, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    try:
        _prepare(connection)
    except (sqlite3.Error, ValueError):
        connection.close()
        raise
    return connection


def _prepare(connection: sqlite3.Connection) -> None:
    (owner,) = connection.execute("PRAGMA application_id").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if owner != APPLICATION and (tables or owner):
        raise ValueError("it is another program's database")
    write_ahead(connection)
    connection.execute("PRAGMA synchronous = NORMAL")
    if not tables:
        with transaction(connection):
            connection.execute(_SCHEMA)
            connection.execute(f"PRAGMA application_id = {APPLICATION}")


def _read(connection: sqlite3.Connection, name: str) -> bytes | None:
    row = connection.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
    return bytes(row[0]) if row else None


def _write(connection: sqlite3.Connection, name: str, value: bytes | None) -> None:
    if value is None:
        connection.execute("DELETE FROM facts WHERE name = ?", (name,))
    else:
        connection.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))
