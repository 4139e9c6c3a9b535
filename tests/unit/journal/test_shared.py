"""Facts that several processes share: one transaction each, private, and a failing disk is said."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from camus.journal import Shared

ADD = """
import sys
from pathlib import Path
from camus.journal import Shared
shared = Shared(Path(sys.argv[1]))
for _ in range(int(sys.argv[2])):
    shared.change("n", lambda kept: (str(int(kept or b"0") + 1).encode(), None))
"""


def counted(shared: Shared) -> int:
    return int(shared.read("n") or b"0")


def add(kept: bytes | None) -> tuple[bytes, int]:
    now = int(kept or b"0") + 1
    return str(now).encode(), now


def test_a_change_sees_what_was_kept_and_answers(tmp_path: Path) -> None:
    shared = Shared(tmp_path / "s.sqlite3")
    assert [shared.change("n", add) for _ in range(3)] == [1, 2, 3]
    assert counted(shared) == 3
    shared.close()
    assert counted(Shared(tmp_path / "s.sqlite3")) == 3


def test_nothing_kept_is_nothing_there(tmp_path: Path) -> None:
    for file in (tmp_path / "s.sqlite3", None):
        shared = Shared(file)
        shared.change("n", add)
        shared.change("n", lambda _kept: (None, None))
        assert shared.read("n") is None


def test_processes_and_threads_lose_no_change(tmp_path: Path) -> None:
    file = tmp_path / "state" / "s.sqlite3"
    shared = Shared(file)
    command = [sys.executable, "-c", ADD, str(file), "100"]
    running = [subprocess.Popen(command) for _ in range(3)]
    threads = [
        threading.Thread(target=lambda: [shared.change("n", add) for _ in range(50)])
        for _ in range(2)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert [process.wait(30) for process in running] == [0, 0, 0]
    assert counted(shared) == 400


def test_what_decides_may_refuse_and_nothing_changes(tmp_path: Path) -> None:
    shared = Shared(tmp_path / "s.sqlite3")
    shared.change("n", add)

    def fail(_kept: bytes | None) -> tuple[bytes, None]:
        raise KeyError("no")

    with pytest.raises(KeyError):
        shared.change("n", fail)
    assert counted(shared) == 1
    assert shared.change("n", add) == 2


@pytest.mark.skipif(os.name != "posix", reason="rights are POSIX's")
def test_only_the_user_may_read_it(tmp_path: Path) -> None:
    file = tmp_path / "state" / "s.sqlite3"
    Shared(file).change("n", add)
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700


def test_another_program_s_file_is_left_alone_and_said(tmp_path: Path) -> None:
    file = tmp_path / "theirs.sqlite3"
    with sqlite3.connect(file) as theirs:
        theirs.execute("CREATE TABLE facts (theirs)")
    theirs.close()
    shared = Shared(file)
    assert shared.change("n", add) == 1
    assert "another program's" in shared.problem
    assert shared.change("n", add) == 2, "it goes on in memory"


@pytest.mark.parametrize("content", [b"not a database at all" * 99, b"\0" * 5000])
def test_a_damaged_file_degrades_to_memory(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "s.sqlite3"
    file.write_bytes(content)
    shared = Shared(file)
    assert shared.change("n", add) == 1
    assert shared.problem
    assert file.read_bytes() == content
