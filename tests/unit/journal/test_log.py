"""The log on a real file: shared, crash-safe, private, and never in anybody's way."""

from __future__ import annotations

import os
import resource
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from camus.journal import (
    Attempted,
    Feedback,
    Finished,
    Journal,
    JournalError,
    Noted,
    export,
    forget,
    store,
)

DAY = 86_400.0


def event(n: int = 0, at: float | None = None) -> Attempted:
    return Attempted(
        id=f"r{n}", at=time.time() if at is None else at, model="m:7b", action="fix",
        kind="BUG_FIXING", complexity="simple", language="python", score=0.5,
    )  # fmt: skip


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "state" / "journal.sqlite3"


@pytest.fixture
def journal(file: Path) -> Iterator[Journal]:
    opened = Journal(file)
    yield opened
    opened.close()


def test_what_is_appended_is_there_at_once_and_after_a_restart(
    journal: Journal, file: Path
) -> None:
    events = [event(n) for n in range(300)]
    for one in events:
        journal.append(one)
    assert journal.stats().arm("m:7b", "BUG_FIXING", "python").attempts == 300
    assert list(journal.events()) == events
    journal.close()
    again = Journal(file)
    assert again.stats().arm("m:7b", "BUG_FIXING", "python").attempts == 300
    assert list(again.events()) == events
    assert again.problem == ""
    again.close()


def test_statistics_taken_do_not_change(journal: Journal) -> None:
    journal.append(event())
    before = journal.stats()
    assert journal.stats() is before
    journal.append(event())
    assert before.arm("m:7b", "BUG_FIXING", "python").attempts == 1
    assert journal.stats().arm("m:7b", "BUG_FIXING", "python").attempts == 2


def test_events_are_found_by_time_and_by_request(journal: Journal) -> None:
    now = time.time()
    for n in range(10):
        journal.append(event(n % 2, at=now + n))
    assert len(list(journal.events(since=now + 4))) == 6
    assert [one.at for one in journal.events(id="r1", since=now + 4)] == [now + 5, now + 7, now + 9]
    assert list(journal.events(id="r7")) == []


def test_feedback_reaches_the_model_of_an_answer_from_before_the_restart(file: Path) -> None:
    first = Journal(file)
    first.append(
        Finished(
            id="r1", at=time.time(), action="fix", kind="K", complexity="simple", language="python",
            state="done", model="m",
        )
    )  # fmt: skip
    first.close()
    second = Journal(file)
    second.append(Feedback(id="r1", at=time.time(), verdict="accepted"))
    assert second.stats().arm("m", "K", "python").accepted == 1
    second.close()


def test_without_a_file_it_is_only_in_memory() -> None:
    journal = Journal(None)
    journal.append(event(1))
    journal.append(event(2))
    assert [one.id for one in journal.events(id="r2")] == ["r2"]
    assert journal.stats().arm("m:7b", "BUG_FIXING", "python").attempts == 2
    assert journal.problem == ""
    journal.close()


def test_after_the_end_events_stay_in_memory(journal: Journal, file: Path) -> None:
    journal.append(event(1))
    journal.close()
    journal.close()
    journal.append(event(2))
    assert [one.id for one in journal.events()] == ["r1", "r2"]
    assert len(list(export(file))) == 1


def test_code_that_slips_into_an_event_is_not_in_the_file(journal: Journal, file: Path) -> None:
    journal.append(Noted(id="n", at=time.time(), what="def secret(): return 42"))
    journal.close()
    assert b"def secret" not in b"".join(path.read_bytes() for path in file.parent.iterdir())


@pytest.mark.skipif(os.name != "posix", reason="rights are POSIX's")
def test_the_file_and_its_folder_are_the_user_s_alone(file: Path) -> None:
    before = os.umask(0)
    try:
        journal = Journal(file)
        journal.append(event())
        assert list(journal.events())
        modes = {path.name: path.stat().st_mode & 0o777 for path in file.parent.iterdir()}
        journal.close()
    finally:
        os.umask(before)
    assert set(modes.values()) == {0o600}
    assert file.parent.stat().st_mode & 0o777 == 0o700


def test_old_events_are_deleted_when_it_is_opened(file: Path) -> None:
    now = time.time()
    first = Journal(file, keep_days=10)
    first.append(event(1, at=now - 11 * DAY))
    first.append(event(2, at=now - 9 * DAY))
    first.close()
    second = Journal(file, keep_days=10)
    assert [one.id for one in second.events()] == ["r2"]
    assert second.stats().arm("m:7b", "BUG_FIXING", "python").attempts == 1
    second.close()
    third = Journal(file, keep_days=10, now=lambda: now + 9 * DAY)
    assert list(third.events()) == []
    third.close()


def _corrupt(file: Path) -> None:
    file.write_bytes(b"This is no database at all." * 100)


def _torn(file: Path) -> None:
    journal = Journal(file)
    for n in range(2000):
        journal.append(event(n))
    journal.close()
    raw = bytearray(file.read_bytes())
    raw[4096:] = os.urandom(len(raw) - 4096)
    file.write_bytes(raw)


def _newer(file: Path) -> None:
    with_sqlite(file, f"PRAGMA application_id = {store.APPLICATION}", "PRAGMA user_version = 99")


def _foreign(file: Path) -> None:
    with_sqlite(file, "CREATE TABLE bookmarks (url TEXT)")


def _foreign_version(file: Path) -> None:
    with_sqlite(file, "PRAGMA user_version = 1")


def _folder(file: Path) -> None:
    file.mkdir()


def with_sqlite(file: Path, *statements: str) -> None:
    connection = sqlite3.connect(file)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


BROKEN = {
    _corrupt: "not a database",
    _torn: "malformed",
    _newer: "newer Camus",
    _foreign: "another program",
    _foreign_version: "another program",
    _folder: "cannot open",
}


@pytest.mark.parametrize("breaking", BROKEN, ids=lambda breaking: breaking.__name__)
def test_a_file_that_cannot_be_used_is_left_alone_and_the_log_is_in_memory(
    file: Path, breaking: object
) -> None:
    file.parent.mkdir(parents=True)
    assert callable(breaking)
    breaking(file)
    before = file.read_bytes() if file.is_file() else b""
    journal = Journal(file)
    journal.append(event(7))
    assert BROKEN[breaking] in journal.problem  # type: ignore[index] # a key of the table
    assert "only kept in memory" in journal.problem
    assert [one.id for one in journal.events()][-1:] == ["r7"]
    assert journal.stats().arm("m:7b", "BUG_FIXING", "python").attempts == 1
    journal.close()
    if file.is_file():
        assert file.read_bytes() == before


def test_a_place_that_cannot_be_written_is_said_and_nothing_else_happens(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    journal = Journal(tmp_path / "file" / "journal.sqlite3")
    journal.append(event())
    assert "cannot open" in journal.problem
    assert len(list(journal.events())) == 1
    journal.close()


def test_a_file_that_another_program_holds_locked_is_given_up(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "BUSY_SECONDS", 0.2)
    Journal(file).close()
    holder = sqlite3.connect(file, isolation_level=None)
    holder.execute("PRAGMA locking_mode = EXCLUSIVE")
    holder.execute("BEGIN EXCLUSIVE")
    started = time.monotonic()
    journal = Journal(file)
    journal.append(event())
    assert "locked" in journal.problem
    assert len(list(journal.events())) == 1
    assert time.monotonic() - started < 4
    journal.close()
    holder.close()


def test_appending_never_waits_for_the_disk(file: Path) -> None:
    journal = Journal(file)
    assert journal.problem == ""
    holder = sqlite3.connect(file, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    started = time.perf_counter()
    for n in range(1000):
        journal.append(event(n))
    took = time.perf_counter() - started
    holder.execute("COMMIT")
    holder.close()
    assert took < 0.5
    assert len(list(journal.events())) == 1000
    journal.close()


def test_a_lock_in_mid_life_is_outlived_in_memory(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "BUSY_SECONDS", 0.2)
    journal = Journal(file)
    journal.append(event(1))
    assert len(list(journal.events())) == 1
    holder = sqlite3.connect(file, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    journal.append(event(2))
    assert [one.id for one in journal.events()] == ["r1", "r2"]
    assert "locked" in journal.problem
    holder.close()
    journal.close()


def test_a_row_of_a_later_version_is_passed_over(file: Path) -> None:
    Journal(file).close()
    row = b'{"type":"Dreamt","id":"x","at":1.0}'
    connection = sqlite3.connect(file)
    connection.execute("INSERT INTO events (at, id, row) VALUES (?, 'x', ?)", (time.time(), row))
    connection.commit()
    connection.close()
    journal = Journal(file)
    journal.append(event(1))
    assert [one.id for one in journal.events()] == ["r1"]
    journal.close()


def test_an_older_schema_is_migrated_in_one_step_and_keeps_its_events(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = Journal(file)
    first.append(event(1))
    first.close()
    step = ("ALTER TABLE events ADD COLUMN note TEXT", "CREATE INDEX events_note ON events (note)")
    monkeypatch.setattr(store, "MIGRATIONS", (*store.MIGRATIONS, step))
    second = Journal(file)
    second.append(event(2))
    assert [one.id for one in second.events()] == ["r1", "r2"]
    second.close()
    broken = (*store.MIGRATIONS, ("CREATE TABLE half (a)", "THIS IS NO SQL"))
    monkeypatch.setattr(store, "MIGRATIONS", broken)
    third = Journal(file)
    assert "syntax error" in third.problem
    third.close()
    connection = sqlite3.connect(file)
    assert connection.execute("PRAGMA user_version").fetchone() == (2,)
    assert connection.execute(
        "SELECT count(*) FROM sqlite_master WHERE name='half'"
    ).fetchone() == (0,)
    connection.close()


def test_export_and_forget(file: Path) -> None:
    assert forget(file, float("inf")) == 0
    assert not file.exists()
    now = time.time()
    journal = Journal(file)
    for n in range(4):
        journal.append(event(n, at=now + n))
    assert len(list(journal.events())) == 4
    lines = list(export(file))
    assert len(lines) == 4
    assert lines[0].startswith('{"type":"Attempted","id":"r0"')
    assert forget(file, now + 2) == 2
    assert [one.id for one in journal.events()] == ["r2", "r3"]
    journal.close()
    assert forget(file, float("inf")) == 2
    assert list(export(file)) == []
    assert b"m:7b" not in b"".join(path.read_bytes() for path in file.parent.iterdir())


def test_what_cannot_be_exported_or_shortened_is_an_error_with_the_reason(file: Path) -> None:
    with pytest.raises(JournalError, match="cannot read"):
        list(export(file))
    file.parent.mkdir(parents=True)
    _corrupt(file)
    with pytest.raises(JournalError, match="not a database"):
        list(export(file))
    with pytest.raises(JournalError, match="not a database"):
        forget(file, float("inf"))


WRITER = """
import sys, time, pathlib
from camus.journal import Journal, Noted
journal = Journal(pathlib.Path(sys.argv[1]))
for n in range(200):
    journal.append(Noted(id=f"{sys.argv[2]}-{n}", at=time.time(), what="x"))
print(journal.problem, flush=True)
{end}
"""


def start(file: Path, name: str, end: str) -> subprocess.Popen[str]:
    code = WRITER.replace("{end}", end)
    return subprocess.Popen(
        [sys.executable, "-c", code, str(file), name], stdout=subprocess.PIPE, text=True
    )


def test_processes_that_begin_at_once_share_one_file(file: Path) -> None:
    running = [start(file, str(n), "journal.close()") for n in range(4)]
    assert [process.communicate()[0].strip() for process in running] == [""] * 4
    assert len(list(export(file))) == 800


def test_a_process_that_ends_without_closing_loses_nothing(file: Path) -> None:
    assert start(file, "a", "").communicate()[0].strip() == ""
    assert len(list(export(file))) == 200


@pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")
def test_a_killed_process_leaves_a_sound_file_with_what_was_written(file: Path) -> None:
    process = start(
        file, "a", "list(journal.events()); print('written', flush=True); time.sleep(60)"
    )
    assert process.stdout is not None
    assert process.stdout.readline().strip() == ""
    assert process.stdout.readline().strip() == "written"
    process.send_signal(signal.SIGKILL)
    process.communicate()
    journal = Journal(file)
    assert journal.problem == ""
    assert len(list(journal.events())) == 200
    journal.close()


FULL = """
import resource, signal, sys, time, pathlib
from camus.journal import Journal, Noted
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
journal = Journal(pathlib.Path(sys.argv[1]))
for n in range(5000):
    journal.append(Noted(id=f"n{n}", at=time.time(), what="x"))
    if n % 500 == 0:
        time.sleep(0.02)
kept = len(list(journal.events()))
print(kept, journal.problem)
journal.close()
"""


@pytest.mark.skipif(not hasattr(resource, "RLIMIT_FSIZE"), reason="needs a limit on file sizes")
def test_a_full_disk_is_outlived_in_memory(file: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(file)], capture_output=True, text=True, check=True
    )
    kept, _, problem = done.stdout.strip().partition(" ")
    assert int(kept) == 5000
    assert "only kept in memory" in problem
    assert done.stderr == ""
    assert list(export(file)) is not None


def test_threads_may_append_at_once(journal: Journal) -> None:
    def work() -> None:
        for n in range(200):
            journal.append(event(n))

    threads = [threading.Thread(target=work) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(list(journal.events())) == 1000
    assert journal.stats().arm("m:7b", "BUG_FIXING", "python").attempts == 1000


def test_importing_the_room_starts_no_database() -> None:
    code = (
        "import sys; before = set(sys.modules); import camus.journal, camus.privacy;"
        "new = set(sys.modules) - before;"
        "print(sorted(new & {'sqlite3', 'httpcore', 'tree_sitter', 'asyncio', 'subprocess'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_oldest_events_go_when_the_file_is_too_large(file: Path) -> None:
    with store.closing(store.connect(file)) as connection:
        store.write(connection, [event(n) for n in range(6000)])
    assert file.stat().st_size > 1_000_000
    journal = Journal(file, megabytes=1)
    kept = [each.id for each in journal.events()]
    journal.close()
    assert file.stat().st_size < 1_000_000
    assert 2000 < len(kept) < 6000
    assert kept[-1] == "r5999"
    assert kept == [f"r{n}" for n in range(6000 - len(kept), 6000)]


def test_a_size_that_is_kept_costs_nothing(file: Path) -> None:
    first = Journal(file, megabytes=1)
    first.append(event(1))
    first.close()
    second = Journal(file, megabytes=1)
    assert [each.id for each in second.events()] == ["r1"]
    second.close()
