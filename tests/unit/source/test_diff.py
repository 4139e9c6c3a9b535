from __future__ import annotations

import shutil
import subprocess
import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camus.source import Edit, Span, apply_edits, minimal_edits, unified_diff

LINES = st.lists(
    st.sampled_from(["a\n", "b\n", "  c\r\n", "d\r", "\n", "é🙂x\n", "return 1\n", "x = 2\n"]),
    max_size=24,
).map("".join)
TEXTS = st.one_of(
    st.text(alphabet="ab \n\r\f\u2028é漢🙂\ufeff_", max_size=60),
    st.builds(str.__add__, LINES, st.sampled_from(["", "tail", "\ufeff"])),
)


@given(TEXTS, TEXTS)
def test_minimal_edits_turn_one_text_into_the_other(before: str, after: str) -> None:
    assert apply_edits(before, minimal_edits(before, after)) == after


@given(TEXTS, TEXTS)
def test_minimal_edits_are_ordered_and_apart(before: str, after: str) -> None:
    edits = minimal_edits(before, after)
    for first, second in pairwise(edits):
        assert first.span.end < second.span.start


@given(LINES, LINES)
def test_a_hunk_holds_no_line_that_stays(before: str, after: str) -> None:
    for edit in minimal_edits(before, after):
        removed, added = before[edit.span.start : edit.span.end], edit.text
        assert not removed or not added or removed != added
        if edit.span.start == 0 or before[edit.span.start - 1] == "\n":
            shared = set(removed.splitlines(keepends=True)[:1]) & set(
                added.splitlines(keepends=True)[:1]
            )
            assert not {line for line in shared if line.endswith("\n")}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("a\nb\nc\n", "a\nB\nc\n", [(2, 3, "B")]),
        ("x = old_name + 1\n", "x = new_name + 1\n", [(4, 12, "new_name")]),
        ("a\r\nb\r\n", "a\r\nb\r\nc\r\n", [(6, 6, "c\r\n")]),
        ("a\nb", "a\nb\nc", [(3, 3, "\nc")]),
        ("a\nb\n", "a\nb", [(3, 4, "")]),
        ("\ufeffa = 1\n", "\ufeffa = 2\n", [(5, 6, "2")]),
        ("a\nb\nc\nd\n", "a\nc\nd\ne\n", [(2, 4, ""), (8, 8, "e\n")]),
        ("same", "same", []),
        ("", "new\n", [(0, 0, "new\n")]),
        ("a\r\n", "a\n", [(1, 3, "\n")]),
    ],
)
def test_edits_are_as_small_as_reads_well(
    before: str, after: str, expected: list[tuple[int, int, str]]
) -> None:
    found = [(edit.span.start, edit.span.end, edit.text) for edit in minimal_edits(before, after)]
    assert found == expected


def test_many_changes_in_a_long_file_stay_cheap() -> None:
    before = "".join(f"line {n % 700} of {n}\n" for n in range(10_000))
    after = "".join(
        f"line {n % 700} of {n}\n" if n % 9 else f"changed {n}\n" for n in range(10_000)
    )
    started = time.process_time()
    edits = minimal_edits(before, after)
    assert time.process_time() - started < 1.0
    assert len(edits) == 1112
    assert apply_edits(before, edits) == after


def test_many_equal_lines_stay_cheap() -> None:
    before = "}\n\n" * 6000
    after = "x\n" + "}\n\n}\n" * 3500
    started = time.process_time()
    assert apply_edits(before, minimal_edits(before, after)) == after
    assert time.process_time() - started < 3.0


def test_overlapping_edits_are_refused() -> None:
    with pytest.raises(ValueError, match="overlap"):
        apply_edits("abcdef", [Edit(Span(0, 3), "x"), Edit(Span(2, 4), "y")])


def test_an_edit_outside_the_text_is_refused() -> None:
    with pytest.raises(ValueError, match="the text at 3"):
        apply_edits("abc", [Edit(Span(2, 4), "y")])


def test_insertions_at_one_place_keep_their_order() -> None:
    edits = [Edit(Span(1, 1), "1"), Edit(Span(1, 1), "2"), Edit(Span(1, 2), "B")]
    assert apply_edits("abc", edits) == "a12Bc"


def test_equal_texts_have_no_diff() -> None:
    assert unified_diff("a\n", "a\n", "f.py") == ""


def test_a_missing_final_newline_is_marked_on_its_side() -> None:
    assert unified_diff("a\nb", "a\nb\n", "f.py") == (
        "--- a/f.py\n+++ b/f.py\n@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+b\n"
    )


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "a\nb\n"),
        ("a\nb\n", ""),
        ("a\nb\nc\n", "a\nc\n"),
        ("a\r\nb\r\n", "a\r\nB\r\nc"),
        ("".join(f"{n}\n" for n in range(50)), "".join(f"{n}\n" for n in range(50) if n % 11)),
        ("x\fy\u2028z\n", "x\fy\u2028w\n"),
        ("tail", "tail\nmore"),
    ],
)
def test_git_applies_the_unified_diff(before: str, after: str, tmp_path: Path) -> None:
    name = "a file.txt"
    (tmp_path / name).write_bytes(before.encode())
    diff = unified_diff(before, after, name)
    done = subprocess.run(
        ["git", "apply", "--whitespace=nowarn", "-"],
        cwd=tmp_path,
        input=diff.encode(),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode() + diff
    path = tmp_path / name
    assert (path.read_bytes() if path.exists() else b"") == after.encode()
