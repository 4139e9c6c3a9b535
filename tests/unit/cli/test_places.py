"""What a user types as a place, and every file that cannot be worked on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from camus.cli import places
from camus.cli.exits import Failure
from camus.cli.places import read_place, root_of

TEXT = "one\n  two\r\nthree"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.py"
    path.write_bytes(TEXT.encode())
    return path


@pytest.mark.parametrize(
    ("suffix", "start"),
    [("", 0), (":1", 0), (":2", 6), (":2:1", 4), (":2:4", 7), (":3:6", 16), (":2:6", 9)],
)
def test_lines_and_columns_count_from_one_in_characters(
    file: Path, suffix: str, start: int
) -> None:
    assert read_place(f"{file}{suffix}").span.start == start


@pytest.mark.parametrize(
    ("suffix", "words"),
    [
        (":4", "there is no line 4; it has 3"),
        (":0", "counted from 1"),
        (":2:9", "there is no column 9"),
    ],
)
def test_a_place_that_is_not_there_is_named(file: Path, suffix: str, words: str) -> None:
    with pytest.raises(Failure, match=words):
        read_place(f"{file}{suffix}")


def test_a_file_whose_name_ends_like_a_line_is_that_file(tmp_path: Path) -> None:
    path = tmp_path / "log:12"
    path.write_text("x\n")
    assert read_place(str(path)).path == path


def test_what_is_no_text_is_refused_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "LARGEST", 1000)
    cases = {
        "binary": (b"\x7fELF\0\0", "binary"),
        "latin": ("naïve".encode("latin-1"), "not UTF-8"),
        "huge": (b"x" * 2000, "larger than"),
    }
    for name, (data, words) in cases.items():
        (tmp_path / name).write_bytes(data)
        with pytest.raises(Failure, match=words):
            read_place(str(tmp_path / name))
    with pytest.raises(Failure, match="no such file"):
        read_place(str(tmp_path / "gone"))
    with pytest.raises(Failure, match="is a folder"):
        read_place(str(tmp_path))
    with pytest.raises(Failure, match="no file was named"):
        read_place("")


def test_a_very_long_line_is_no_problem(
    tmp_path: Path, workspace: Path, run: Callable[..., Result]
) -> None:
    path = workspace / "long.py"
    path.write_text(f"x = '{'y' * 3_000_000}'\n\n\ndef f(a):\n    return a\n")
    done = run("document", "long.py:4", "--yes")
    assert done.exit_code == 0, done.output[-500:]
    assert '"""' in path.read_text()


def test_the_root_is_the_nearest_folder_with_a_mark(tmp_path: Path) -> None:
    inner = tmp_path / "project" / "src" / "deep"
    inner.mkdir(parents=True)
    (tmp_path / "project" / "pyproject.toml").touch()
    assert root_of(inner / "a.py") == tmp_path / "project"
    assert root_of(inner) == tmp_path / "project"
