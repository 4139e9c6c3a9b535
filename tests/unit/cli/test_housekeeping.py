"""The small commands: permissions, configuration, feedback, completion, and the command itself."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from camus.config import folders
from camus.journal import Feedback, Finished, Journal

Run = Callable[..., Result]


def test_trust_holds_until_the_configuration_changes(workspace: Path, run: Run) -> None:
    file = workspace / ".camus" / "config.yml"
    file.write_text("models: {far: {type: openai, url: 'https://llm.example.com', model: x}}\n")
    assert "camus trust" in run("config", "validate").output
    assert run("trust").exit_code == 0
    assert "camus trust" not in run("config", "validate").output
    file.write_text(file.read_text() + "# changed\n")
    assert "camus trust" in run("config", "validate").output
    assert run("trust").exit_code == 0
    assert run("untrust").exit_code == 0
    assert run("untrust").exit_code == 3


def test_a_workspace_without_a_configuration_can_be_trusted(workspace: Path, run: Run) -> None:
    (workspace / ".camus" / "config.yml").unlink()
    told = run("trust")
    assert told.exit_code == 0
    assert "no configuration of its own" in told.output
    assert run("untrust").exit_code == 0


def test_consent_is_granted_listed_and_revoked(run: Run) -> None:
    assert "no code leaves" in run("consent", "list").output
    assert run("consent", "grant", "api.example.com").exit_code == 0
    assert "api.example.com" in run("consent", "list").output
    assert run("consent", "revoke", "api.example.com").exit_code == 0
    assert run("consent", "revoke", "api.example.com").exit_code == 3


def test_a_consent_that_names_no_place_is_refused(run: Run) -> None:
    assert run("consent", "grant", "not a place\n").exit_code == 2


def test_a_scan_names_the_kind_and_place_of_a_secret_and_never_its_value(
    workspace: Path, run: Run
) -> None:
    token = "gh" + "p_" + "A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8"
    (workspace / "a.py").write_text(f'\nTOKEN = "{token}"\n')
    done = run("privacy", "scan", "a.py")
    assert done.exit_code == 1
    assert "a.py:2:10" in done.output
    assert token not in done.output
    (workspace / "b.py").write_text("x = 1\n")
    assert run("privacy", "scan", "b.py").exit_code == 0


def test_a_scan_says_when_a_file_is_never_shown_at_all(workspace: Path, run: Run) -> None:
    (workspace / ".camusignore").write_text("secret*\n")
    (workspace / "secrets.py").write_text("x = 1\n")
    assert "never shown to any model" in run("privacy", "scan", "secrets.py").output


def test_feedback_needs_a_known_answer(workspace: Path, run: Run) -> None:
    assert run("feedback", "nope", "good").exit_code == 2
    (workspace / "a.py").write_text("def f(a):\n    return a\n")
    answer = json.loads(run("explain", "a.py:1", "--json").stdout)["id"]
    assert run("feedback", answer, "good").exit_code == 0


def test_show_schema_and_reference_print_what_they_say(workspace: Path, run: Run) -> None:
    assert "server:" in run("config", "show").output
    assert json.loads(run("config", "schema").stdout)["title"]
    assert run("config", "reference").stdout.startswith("<!-- Generated")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_printed_for_each_shell(run: Run, shell: str) -> None:
    done = run("completion", shell)
    assert done.exit_code == 0
    assert "_CAMUS_COMPLETE" in done.output


def test_every_command_has_help(run: Run) -> None:
    from camus.cli.app import camus

    for name in camus.commands or camus.list_commands(None):  # type: ignore[arg-type]
        assert run(name, "--help").exit_code == 0, name


def test_an_unknown_command_is_a_usage_error(run: Run) -> None:
    assert run("nope").exit_code == 2


def test_the_command_line_does_not_import_the_protocol_library() -> None:
    code = (
        "import sys, camus.cli.app, camus.cli.editing, camus.cli.doctor\n"
        "bad = [m for m in ('pygls', 'lsprotocol', 'httpcore', 'diskcache') if m in sys.modules]\n"
        "sys.exit(' '.join(bad) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_verbose_shows_the_stages_with_the_requests_id(workspace: Path, run: Run) -> None:
    (workspace / "a.py").write_text("def f(a):\n    return a\n")
    done = run("document", "a.py:1", "--dry-run", "-v")
    name = next(line for line in done.stdout.splitlines() if "quality" in line).split(" · ")[-1]
    assert f"{name} rules" in done.stderr
    assert f"{name} finished done" in done.stderr


def test_thresholds_are_listed_and_forgotten(run: Run) -> None:
    assert "no verdicts yet" in run("thresholds").output
    journal = Journal(folders().state / "journal.sqlite3")
    for number in range(60):
        name, at = f"r{number}", time.time()
        journal.append(
            Finished(
                id=name,
                at=at,
                action="refactor",
                kind="REFACTORING",
                complexity="simple",
                language="python",
                state="done",
                model="m",
                score=0.72,
            )
        )
        journal.append(Feedback(id=name, at=at, verdict="accepted"))
    journal.close()
    told = json.loads(run("thresholds", "--json").output)
    assert told["learns"]
    (row,) = told["rows"]
    assert (row["kept"], row["threshold"]["base"]) == (60, 0.8)
    assert 0.7 <= row["threshold"]["value"] < 0.8
    assert "60 kept" in run("thresholds").output
    assert "forgotten" in run("thresholds", "--reset").output
    assert json.loads(run("thresholds", "--json").output)["rows"] == []
