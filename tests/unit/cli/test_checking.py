"""`camus check` and `camus review` of folders: reports, exit codes, JSON, SARIF, git."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from support.sarif import assert_sarif

Run = Callable[..., Result]
OLD = '''import json


def load(path, strict=True):
    """Load a file."""
    with open(path) as file:
        data = json.load(file)
    if strict and not data:
        raise ValueError("empty")
    return data
'''
HOLE = OLD.replace("    return data\n", "    return eval(data)\n")
GOOD = OLD.replace("    with open(path) as", '    with open(path, encoding="utf-8") as')
git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


def _git(folder: Path, *arguments: str) -> None:
    own = ("-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false")
    subprocess.run(("git", *own, *arguments), cwd=folder, check=True, capture_output=True)


def test_a_good_change_passes_and_says_what_was_checked(workspace: Path, run: Run) -> None:
    (workspace / "old.py").write_text(OLD)
    (workspace / "new.py").write_text(GOOD)
    done = run("check", "new.py", "--against", "old.py")
    assert done.exit_code == 0, done.output
    assert "quality 1.00" in done.output
    assert "confidence 1.00" in done.output
    assert "checked: syntax" in done.output


def test_a_hole_is_found_with_its_place_and_fails(workspace: Path, run: Run) -> None:
    (workspace / "old.py").write_text(OLD)
    (workspace / "new.py").write_text(HOLE)
    done = run("check", "new.py", "--against", "old.py")
    assert done.exit_code == 1, done.output
    assert "new.py:10:12 error S307" in done.output
    value = json.loads(run("check", "new.py", "--against", "old.py", "--json").stdout)
    assert value["passed"] is False
    assert value["score"] < 0.8
    assert {part["name"] for part in value["parts"]} >= {"correctness", "security", "style"}
    (found,) = [each for each in value["findings"] if each["state"] == "new"]
    assert (found["rule"], found["line"], found["column"]) == ("S307", 10, 12)
    assert (found["severity"], found["aspect"]) == ("error", "security")
    assert value["suggestions"]


def test_a_hole_that_goes_is_told_and_passes(workspace: Path, run: Run) -> None:
    (workspace / "old.py").write_text(HOLE)
    (workspace / "new.py").write_text(OLD)
    value = json.loads(run("check", "new.py", "--against", "old.py", "--json").stdout)
    assert [each["rule"] for each in value["removed"]] == ["S307"]
    assert (value["passed"], value["score"]) == (True, 1.0)


def test_what_stood_there_before_does_not_fail(workspace: Path, run: Run) -> None:
    (workspace / "old.py").write_text(HOLE)
    (workspace / "new.py").write_text(HOLE.replace("Load a file", "Load one file"))
    done = run("check", "new.py", "--against", "old.py", "--json")
    value = json.loads(done.stdout)
    assert done.exit_code == 0
    assert [(each["rule"], each["state"]) for each in value["findings"]] == [("S307", "old")]


LOST = {
    "a branch": OLD.replace('    if strict and not data:\n        raise ValueError("empty")\n', ""),
    "a parameter": OLD.replace("path, strict=True", "path").replace("strict and ", ""),
    "the function": OLD.replace("def load", "def read"),
    "the documentation": OLD.replace('    """Load a file."""\n', ""),
    "the value": OLD.replace("    return data\n", "    data\n"),
}


@pytest.mark.parametrize("new", LOST.values(), ids=LOST)
def test_what_is_lost_without_a_word_fails(workspace: Path, run: Run, new: str) -> None:
    (workspace / "old.py").write_text(OLD)
    (workspace / "new.py").write_text(new)
    done = run("check", "new.py", "--against", "old.py", "--json")
    assert done.exit_code == 1, done.output
    assert json.loads(done.stdout)["score"] < 0.8


def test_words_may_ask_for_what_is_lost(workspace: Path, run: Run) -> None:
    (workspace / "old.py").write_text(OLD)
    (workspace / "new.py").write_text(LOST["a branch"])
    done = run("check", "new.py", "--against", "old.py", "-m", "remove the check for empty data")
    assert done.exit_code == 0, done.output


def test_documenting_may_not_change_the_code(workspace: Path, run: Run) -> None:
    (workspace / "old.py").write_text(OLD)
    (workspace / "new.py").write_text(GOOD)
    done = run("check", "new.py", "--against", "old.py", "--as", "document")
    assert done.exit_code == 1
    assert "must not change the code" in done.output


def test_a_file_that_no_one_knows_is_judged_as_new(workspace: Path, run: Run) -> None:
    (workspace / "new.py").write_text(HOLE)
    done = run("check", "new.py")
    assert done.exit_code == 1
    assert "as a new file" in done.output
    (workspace / "new.py").write_text(OLD)
    assert run("check", "new.py").exit_code == 0


@git
def test_git_has_the_older_text(workspace: Path, run: Run) -> None:
    (workspace / "sub").mkdir()
    (workspace / "sub" / "a.py").write_text(HOLE)
    _git(workspace, "init", "-q")
    _git(workspace, "add", "sub")
    _git(workspace, "commit", "-qm", "one")
    (workspace / "sub" / "a.py").write_text(HOLE.replace("Load a file", "Load one file"))
    done = run("check", "sub/a.py")
    assert done.exit_code == 0, done.output
    assert "against HEAD" in done.output
    _git(workspace, "commit", "-qam", "two")
    (workspace / "sub" / "a.py").write_text(OLD)
    value = json.loads(run("check", "sub/a.py", "--against", "HEAD~1", "--json").stdout)
    assert value["against"] == "HEAD~1"
    assert [each["rule"] for each in value["removed"]] == ["S307"]


@pytest.mark.parametrize("against", ["nothing", "--upload-pack=x", "a:b"])
def test_an_older_text_that_is_not_there_is_an_error(
    workspace: Path, run: Run, against: str
) -> None:
    (workspace / "new.py").write_text(OLD)
    done = run("check", "new.py", f"--against={against}")
    assert done.exit_code == 2
    assert "neither a file nor a revision" in done.output


def test_several_files_are_a_list(workspace: Path, run: Run) -> None:
    (workspace / "a.py").write_text(OLD)
    (workspace / "b.js").write_text("function f(a) {\n  return eval(a);\n}\n")
    done = run("check", "a.py", "b.js", "--json")
    assert done.exit_code == 1
    assert [each["passed"] for each in json.loads(done.stdout)] == [True, False]


def test_the_threshold_and_left_out_rules_are_settings(workspace: Path, run: Run) -> None:
    (workspace / "new.py").write_text(HOLE)
    folder = workspace / ".camus" / "config.yml"
    folder.write_text("server: {discover: false}\nquality: {ignore: [S307]}\n")
    run("trust", ".")
    assert run("check", "new.py").exit_code == 0
    assert run("check", "new.py", "--threshold", "1").exit_code == 0


def test_sarif_of_a_check_is_valid_and_says_what_is_new(workspace: Path, run: Run) -> None:
    (workspace / "old one.py").write_text(HOLE)
    (workspace / "new one.py").write_text(HOLE.replace("load(file)", "load(fiel)"))
    done = run("check", "new one.py", "--against", "old one.py", "--sarif")
    log = json.loads(done.stdout)
    assert_sarif(log)
    states = {each["ruleId"]: each["baselineState"] for each in log["runs"][0]["results"]}
    assert states["F821"] == "new"
    assert states["S307"] == "unchanged"


def test_sarif_of_a_refusal_has_a_result(workspace: Path, run: Run) -> None:
    (workspace / "old.py").write_text(OLD)
    (workspace / "new.py").write_text(OLD.replace("return data", "return (data"))
    log = json.loads(run("check", "new.py", "--against", "old.py", "--sarif").stdout)
    assert_sarif(log)
    assert "camus/refused" in {each["ruleId"] for each in log["runs"][0]["results"]}


def test_a_folder_is_reviewed_by_aspect_without_what_is_ignored(workspace: Path, run: Run) -> None:
    (workspace / "src").mkdir()
    (workspace / "src" / "a.py").write_text(HOLE)
    (workspace / "src" / "b.sh").write_text("#!/bin/bash\ncurl https://example.com/i | sh\n")
    (workspace / "src" / "out.py").write_text(HOLE)
    (workspace / "node_modules").mkdir()
    (workspace / "node_modules" / "c.js").write_text("eval(a);\n")
    (workspace / ".camusignore").write_text("out.py\n")
    done = run("review", ".")
    assert done.exit_code == 1, done.output
    assert "security (2)" in done.output
    assert "2 files: " in done.output
    assert "out.py" not in done.output
    value = json.loads(run("review", ".", "--json", "--aspect", "security").stdout)
    assert {(each["path"], each["rule"]) for each in value["findings"]} == {
        ("src/a.py", "S307"),
        ("src/b.sh", "dangerous-command"),
    }
    assert_sarif(json.loads(run("review", ".", "--sarif").stdout))
    assert run("review", ".", "--aspect", "performance").exit_code == 0


def test_a_folder_without_source_code_says_so(workspace: Path, run: Run) -> None:
    (workspace / "docs").mkdir()
    done = run("review", "docs")
    assert done.exit_code == 3
    assert "no source code" in done.output


def test_a_file_that_cannot_be_read_does_not_hide_the_others(workspace: Path, run: Run) -> None:
    (workspace / "a.py").write_bytes(b"x = '\xff'\n")
    (workspace / "b.py").write_text(HOLE)
    done = run("review", ".")
    assert "S307" in done.output
    assert "not UTF-8" in done.output
