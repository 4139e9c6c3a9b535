"""Commands that change a file: what they show, ask, write, and how they end."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Run = Callable[..., Result]

UNDOCUMENTED = """def area(width: int, height: int = 1) -> int:
    if width < 0:
        raise ValueError("width")
    return width * height


def side(area: int) -> float:
    return area**0.5
"""
UNUSED = "import os\nimport sys\n\nprint(sys.argv)\n"


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_bytes(text.encode())
    return path


def test_document_shows_a_diff_with_its_score_and_writes_once_confirmed(
    workspace: Path, run: Run
) -> None:
    path = write(workspace, "a.py", UNDOCUMENTED)
    done = run("document", "a.py:1", answers="y\n")
    assert done.exit_code == 0, done.output
    assert '+    """' in done.output
    assert "quality " in done.output
    assert "rules" in done.output
    assert "width" in path.read_text().split("if width")[0].split('"""')[1]
    assert "def side(area: int) -> float:\n    return" in path.read_text()


def test_without_a_line_every_symbol_is_done(workspace: Path, run: Run) -> None:
    path = write(workspace, "a.py", UNDOCUMENTED)
    assert run("document", "a.py", "--yes").exit_code == 0
    assert path.read_text().count('"""') >= 4
    assert run("document", "a.py", "--yes").exit_code == 3


def test_without_a_terminal_and_without_yes_nothing_is_written(workspace: Path, run: Run) -> None:
    path = write(workspace, "a.py", UNDOCUMENTED)
    done = run("document", "a.py")
    assert (done.exit_code, path.read_text()) == (6, UNDOCUMENTED)
    assert "nothing was written" in done.output


def test_a_dry_run_shows_and_writes_nothing(workspace: Path, run: Run) -> None:
    path = write(workspace, "a.py", UNDOCUMENTED)
    done = run("document", "a.py", "--dry-run")
    assert (done.exit_code, path.read_text()) == (0, UNDOCUMENTED)
    assert "+++ b/a.py" in done.output


def test_saying_no_writes_nothing(workspace: Path, run: Run) -> None:
    path = write(workspace, "a.py", UNDOCUMENTED)
    assert run("document", "a.py", answers="n\n").exit_code == 6
    assert path.read_text() == UNDOCUMENTED


def test_hunks_are_taken_one_by_one(workspace: Path, run: Run) -> None:
    path = write(workspace, "a.py", UNDOCUMENTED)
    done = run("document", "a.py", answers="h\ny\nn\n")
    assert done.exit_code == 0, done.output
    text = path.read_text()
    assert text.count('"""') == 2
    assert "def side(area: int) -> float:\n    return" in text


def test_undo_takes_the_last_write_back(workspace: Path, run: Run) -> None:
    path = write(workspace, "a.py", UNDOCUMENTED)
    run("document", "a.py", "--yes")
    assert path.read_text() != UNDOCUMENTED
    assert run("undo").exit_code == 0
    assert path.read_text() == UNDOCUMENTED
    assert run("undo").exit_code == 3


def test_undo_refuses_when_the_file_was_changed_since(workspace: Path, run: Run) -> None:
    path = write(workspace, "a.py", UNDOCUMENTED)
    run("document", "a.py", "--yes")
    path.write_text("mine = 1\n")
    done = run("undo")
    assert (done.exit_code, path.read_text()) == (5, "mine = 1\n")
    assert "changed since" in done.output


def test_fix_mends_what_the_analysers_find(workspace: Path, run: Run) -> None:
    path = write(workspace, "a.py", UNUSED)
    done = run("fix", "a.py", "--yes")
    assert done.exit_code == 0, done.output
    assert path.read_text() == "import sys\n\nprint(sys.argv)\n"


def test_fix_at_a_clean_line_has_nothing_to_do(workspace: Path, run: Run) -> None:
    write(workspace, "a.py", UNUSED)
    assert run("fix", "a.py:4", "--yes").exit_code == 3


def test_line_breaks_byte_order_mark_and_missing_final_break_are_kept(
    workspace: Path, run: Run
) -> None:
    path = write(workspace, "a.py", "\ufeffdef f(a):\r\n    return a + 1")
    assert run("document", "a.py:1", "--yes").exit_code == 0
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbfdef f(a):\r\n")
    assert data.endswith(b"return a + 1")
    assert b"\n" not in data.replace(b"\r\n", b"")


def test_json_tells_everything_once(workspace: Path, run: Run) -> None:
    write(workspace, "a.py", UNDOCUMENTED)
    done = run("document", "a.py:1", "--json", "--yes")
    value = json.loads(done.stdout)
    assert set(value) >= {
        *("id", "action", "kind", "files", "score", "findings", "model", "reasons", "steps"),
    }
    assert value["files"][0]["written"] is True
    assert (value["action"], value["model"], value["kind"]) == (
        "document",
        "rules",
        "DOCUMENTATION",
    )
    assert value["score"] >= 0.8


def test_compare_shows_the_drafts_side_by_side(workspace: Path, run: Run) -> None:
    write(workspace, "a.py", UNDOCUMENTED)
    done = run("document", "a.py:1", "--compare", "--dry-run")
    assert "before" in done.output
    assert " | " in done.output


def test_implement_without_a_model_says_that_one_is_needed(workspace: Path, run: Run) -> None:
    path = write(workspace, "a.py", "def f(a):\n    pass\n")
    done = run("implement", "a.py:1", "--yes")
    assert (done.exit_code, path.read_text()) == (4, "def f(a):\n    pass\n")
    assert "needs a model" in done.output


def test_implement_refuses_what_has_a_body(workspace: Path, run: Run) -> None:
    write(workspace, "a.py", UNDOCUMENTED)
    done = run("implement", "a.py:1")
    assert done.exit_code == 3
    assert "has a body already" in done.output


def test_an_unknown_pipeline_and_an_unknown_model_are_usage_errors(
    workspace: Path, run: Run
) -> None:
    write(workspace, "a.py", UNDOCUMENTED)
    for option in ("--pipeline", "--model"):
        done = run("refactor", "a.py:1", option, "nope")
        assert done.exit_code == 2, done.output
        assert "'nope'" in done.output


@pytest.mark.parametrize("name", ["refine-pro", "default"])
def test_a_pipeline_whose_model_is_gone_names_it(workspace: Path, run: Run, name: str) -> None:
    path = write(workspace, "a.py", UNDOCUMENTED)
    (workspace / ".camus" / "config.yml").write_text(
        "backends:\n  - {name: one, type: ollama, url: 'http://127.0.0.1:11434', model: 'm:1b'}\n"
        f"pipelines:\n  {name}: [one]\nserver: {{discover: false}}\n"
    )
    done = run("modify", "add comments", "--file", "a.py", "--pipeline", name, "--yes")
    assert (done.exit_code, path.read_text()) == (4, UNDOCUMENTED)
    assert "one" in done.output
