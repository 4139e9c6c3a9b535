"""The file of the log: its schema, its migrations, reading, exporting and forgetting."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from camus.journal.events import Event

if TYPE_CHECKING:
    import sqlite3

APPLICATION = 0x43414D55
"""`CAMU` in the file's header, so that no other program's database is taken for a log."""

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE events
        (seq INTEGER PRIMARY KEY, at REAL NOT NULL, id TEXT NOT NULL, row BLOB NOT NULL)""",
        "CREATE INDEX events_at ON events (at)",
        "CREATE INDEX events_id ON events (id)",
    ),
)
"""Step n leads from schema version n to n + 1; steps are only ever added."""

BUSY_SECONDS = 2.0
"""How long to wait for another process that is writing."""

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Event).decode


class JournalError(Exception):
    """Raised when a log cannot be opened, exported or shortened; the message says why."""


def connect(file: Path) -> sqlite3.Connection:
    """Open a log for writing, made and migrated as needed; file 0600, a new folder 0700.

    Raises JournalError for a file of another program, of a newer Camus, damaged or not writable.
    """
    import sqlite3

    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        private(file)
        connection = sqlite3.connect(
            file, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
    except (OSError, sqlite3.Error) as error:
        raise JournalError(f"cannot open {file}: {error}") from error
    try:
        _prepare(connection)
    except (sqlite3.Error, JournalError) as error:
        connection.close()
        raise JournalError(f"cannot use {file}: {error}") from error
    return connection


def write(connection: sqlite3.Connection, events: Iterable[Event]) -> None:
    """Add events in one transaction. Raises sqlite3.Error."""
    rows = [(event.at, event.id, _encode(event)) for event in events]
    with transaction(connection):
        connection.executemany("INSERT INTO events (at, id, row) VALUES (?, ?, ?)", rows)


def prune(connection: sqlite3.Connection, before: float) -> int:
    """Delete what happened before a Unix time; the number of events. Raises sqlite3.Error."""
    return connection.execute("DELETE FROM events WHERE at < ?", (before,)).rowcount


def shorten(connection: sqlite3.Connection, megabytes: int) -> int:
    """Delete the oldest events beyond a size and give the space back; the number of events.

    A fifth less is kept, so that this is not done each time. Raises sqlite3.Error.
    """
    pages, size = _pragma(connection, "page_count"), _pragma(connection, "page_size")
    if not pages or pages * size <= megabytes * 1_000_000:
        return 0
    left = 0.8 * megabytes * 1_000_000
    (count,) = connection.execute("SELECT count(*) FROM events").fetchone()
    kept = int(count * left / (pages * size))
    oldest = "SELECT seq FROM events ORDER BY seq DESC LIMIT 1 OFFSET ?"
    query = f"DELETE FROM events WHERE seq <= ({oldest})"  # noqa: S608 - two constants
    gone = connection.execute(query, (kept,)).rowcount
    connection.execute("VACUUM")
    return gone


def read(connection: sqlite3.Connection, since: float = 0.0, id: str = "") -> Iterator[Event]:
    """The events in the order they were added. Raises sqlite3.Error.

    A row that this version cannot read, as a newer one may add, is passed over.
    """
    where, values = ("at >= ? AND id = ?", (since, id)) if id else ("at >= ?", (since,))
    query = f"SELECT row FROM events WHERE {where} ORDER BY seq"  # noqa: S608 - two constants
    for (row,) in connection.execute(query, values):
        with suppress(msgspec.DecodeError):
            yield _decode(row)


def read_file(file: Path, since: float = 0.0, id: str = "") -> Iterator[Event]:
    """The events in a file that may be in use; changes nothing. Raises JournalError."""
    import sqlite3

    try:
        with closing(_read_only(file)) as connection:
            yield from read(connection, since, id)
    except sqlite3.Error as error:
        raise JournalError(f"cannot read {file}: {error}") from error


def export(file: Path) -> Iterator[str]:
    """Every event as one line of JSON, oldest first, without line ends. Raises JournalError."""
    for event in read_file(file):
        yield _encode(event).decode()


def forget(file: Path, before: float) -> int:
    """Delete what happened before a Unix time (`inf`: everything); the number of events.

    The bytes are overwritten in the file. A running server keeps its sums until it ends. No file
    is nothing to forget. Raises JournalError.
    """
    import sqlite3

    if not file.exists():
        return 0
    try:
        with closing(connect(file)) as connection:
            connection.execute("PRAGMA secure_delete = ON")
            count = prune(connection, before)
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return count
    except sqlite3.Error as error:
        raise JournalError(f"cannot shorten {file}: {error}") from error


def private(file: Path) -> None:
    """Make the file with narrow rights before SQLite would make it with wide ones."""
    os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
    if os.name == "posix" and file.stat().st_uid == os.geteuid():
        file.chmod(0o600)


def _read_only(file: Path) -> sqlite3.Connection:
    import sqlite3

    uri = f"{file.absolute().as_uri()}?mode=ro"
    return sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS, check_same_thread=False)


def _prepare(connection: sqlite3.Connection) -> None:
    """Check whose file it is and bring it to the newest schema. Raises JournalError."""
    _check(connection)
    write_ahead(connection)
    connection.execute("PRAGMA synchronous = NORMAL")
    if _pragma(connection, "user_version") == len(MIGRATIONS):
        return
    with transaction(connection):
        _migrate(connection, MIGRATIONS[_check(connection) :])


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All of it or nothing; takes the write lock at once, so that no reader is turned into one."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.rollback()


def write_ahead(connection: sqlite3.Connection) -> None:
    """Switch to WAL; SQLite itself does not wait when another process is just doing so."""
    import sqlite3

    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL").fetchone()
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


def _migrate(connection: sqlite3.Connection, steps: Sequence[Sequence[str]]) -> None:
    for statement in (statement for step in steps for statement in step):
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {APPLICATION}")
    connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")


def _check(connection: sqlite3.Connection) -> int:
    """The file's schema version. Raises JournalError when it is not ours to write."""
    version = _pragma(connection, "user_version")
    owner = _pragma(connection, "application_id")
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if owner != APPLICATION and (tables or owner or version):
        raise JournalError("it is another program's database; name another file")
    if version > len(MIGRATIONS):
        raise JournalError("a newer Camus wrote it; update this one")
    return version


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    (value,) = connection.execute(f"PRAGMA {name}").fetchone()
    return int(value)
