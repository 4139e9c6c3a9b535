"""The store of replies keeps text only and trusts nothing it finds."""

from __future__ import annotations

import pickle
import sqlite3
from pathlib import Path

import pytest

from camus.orchestrator.store import Store


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def kept(folder: Path, key: str, text: str) -> Store:
    store = Store(folder, megabytes=4)
    store.put(key, text)
    return store


def test_what_was_put_is_got_again_after_a_restart(folder: Path) -> None:
    kept(folder, "k", "an answer ✓").close()
    store = Store(folder, megabytes=4)
    assert store.get("k") == "an answer ✓"
    assert (store.hits, store.misses) == (1, 0)
    store.close()


def test_a_long_answer_stays_inside_the_database(folder: Path) -> None:
    store = kept(folder, "k", "x" * 200_000)
    assert store.get("k") == "x" * 200_000
    assert {path.name.split(".")[0] for path in folder.iterdir()} == {"cache"}
    store.close()


def test_the_folder_is_for_this_user_alone(folder: Path) -> None:
    kept(folder, "k", "v").close()
    assert folder.stat().st_mode & 0o077 == 0


def _tamper(folder: Path, statement: str, *values: object) -> None:
    with sqlite3.connect(folder / "cache.db") as database:
        database.execute(statement, values)
    database.close()


class _Bomb:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (Path.touch, (Path("owned"),))  # type: ignore[return-value]


def test_a_planted_pickle_is_never_loaded(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    kept(folder, "k", "v").close()
    _tamper(folder, "UPDATE Cache SET mode = 4, value = ?", pickle.dumps(_Bomb()))
    store = Store(folder, megabytes=4)
    assert store.get("k") is None
    assert not (tmp_path / "owned").exists()
    store.close()


def test_a_planted_file_name_is_neither_read_nor_deleted(folder: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("mine")
    kept(folder, "k", "v").close()
    _tamper(folder, "UPDATE Cache SET filename = ?, mode = 3", "../secret.txt")
    store = Store(folder, megabytes=4)
    assert store.get("k") is None
    store = Store(folder, megabytes=4)
    store.clear()
    store.close()
    assert secret.read_text() == "mine"


def test_a_changed_value_is_a_miss(folder: Path) -> None:
    kept(folder, "k", "v").close()
    _tamper(folder, "UPDATE Cache SET value = ?", "0" * 64 + "w")
    store = Store(folder, megabytes=4)
    assert store.get("k") is None
    store.close()


@pytest.mark.parametrize("make", ["file", "link", "rubbish"])
def test_a_folder_that_cannot_be_used_turns_the_cache_off_and_says_so(
    folder: Path, tmp_path: Path, make: str
) -> None:
    if make == "file":
        folder.write_text("not a folder")
    elif make == "link":
        (tmp_path / "elsewhere").mkdir()
        folder.symlink_to(tmp_path / "elsewhere")
    else:
        folder.mkdir()
        (folder / "cache.db").write_text("rubbish" * 1000)
    store = kept(folder, "k", "v")
    assert store.get("k") is None
    assert "the cache is off" in store.problem
    store.close()


@pytest.mark.parametrize(("where", "size"), [(None, 4), ("cache", 0)])
def test_a_store_that_is_switched_off_keeps_nothing(
    tmp_path: Path, where: str | None, size: int
) -> None:
    store = Store(tmp_path / where if where else None, megabytes=size)
    store.put("k", "v")
    assert store.get("k") is None
    assert not store.problem
    assert not (tmp_path / "cache").exists()


def test_the_oldest_make_room_also_for_processes_that_put_one_each(folder: Path) -> None:
    for number in range(30):
        kept(folder, f"k{number}", chr(97 + number % 26) * 400_000).close()
    size = sum(path.stat().st_size for path in folder.iterdir())
    assert size < 6 * 1024 * 1024, "4 MB are allowed, and one text more until the next look"
    store = Store(folder, megabytes=4)
    left = [number for number in range(30) if store.get(f"k{number}") is not None]
    assert 9 <= len(left) <= 12, "of texts of 0.4 MB"
    assert left[-1] == 29
    store.close()


def test_one_process_that_puts_much_makes_room_too(folder: Path) -> None:
    store = Store(folder, megabytes=4)
    for number in range(200):
        store.put(f"k{number}", "x" * 100_000)
    left = sum(store.get(f"k{number}") is not None for number in range(200))
    assert 15 <= left <= 75
    store.close()
