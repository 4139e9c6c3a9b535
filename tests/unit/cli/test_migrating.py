"""`camus config migrate` and `import`: shown first, backed up, taken back, never by halves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Run = Callable[..., Result]

V1 = """# mine
backends:
  - name: a   # first
    type: ollama
pipelines:
  default: [a]
"""
V2 = """# mine
version: 2
defaults:
  pipeline: default
models:
  a:   # first
    type: ollama
pipelines:
  default: [a]
"""


@pytest.fixture
def file(workspace: Path) -> Path:
    path = workspace / ".camus" / "config.yml"
    path.write_text(V1)
    path.chmod(0o600)
    return path


def test_the_diff_is_shown_and_nothing_written_without_a_word(file: Path, run: Run) -> None:
    done = run("config", "migrate")
    assert done.exit_code == 6
    assert "-backends:" in done.output
    assert "+models:" in done.output
    assert "--yes" in done.output
    assert run("config", "migrate", "--dry-run").exit_code == 0
    assert file.read_text() == V1
    assert [path.name for path in file.parent.iterdir()] == ["config.yml"]


def test_it_is_written_with_a_backup_and_taken_back(file: Path, run: Run) -> None:
    assert run("config", "migrate", "--yes").exit_code == 0
    backup = file.with_name("config.yml.v1.bak")
    assert (file.read_text(), backup.read_text()) == (V2, V1)
    assert (file.stat().st_mode & 0o777, backup.stat().st_mode & 0o777) == (0o600, 0o600)
    assert run("config", "migrate").exit_code == 3
    assert run("config", "migrate", "--undo").exit_code == 0
    assert file.read_text() == V1
    assert not backup.exists()
    assert run("config", "migrate", "--undo").exit_code == 3


def test_somebody_at_a_terminal_is_asked(
    file: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("camus.cli.migrating.interactive", lambda: True)
    assert run("config", "migrate", answers="n\n").exit_code == 6
    assert file.read_text() == V1
    assert run("config", "migrate", answers="y\n").exit_code == 0
    assert file.read_text() == V2


def test_camus_undo_takes_it_back_as_well(file: Path, run: Run) -> None:
    run("config", "migrate", "--yes")
    assert run("undo").exit_code == 0
    assert file.read_text() == V1


def test_a_file_changed_since_is_not_put_back(file: Path, run: Run) -> None:
    run("config", "migrate", "--yes")
    file.write_text(V2 + "# more\n")
    done = run("config", "migrate", "--undo")
    assert done.exit_code == 5
    assert "config.yml.v1.bak" in done.output
    assert file.read_text() == V2 + "# more\n"


def test_there_and_back_leaves_two_backups_and_the_same_meaning(file: Path, run: Run) -> None:
    run("config", "migrate", "--yes")
    assert run("config", "migrate", "--to", "1", "--yes").exit_code == 0
    assert "backends:" in file.read_text()
    assert {path.name for path in file.parent.iterdir()} == {
        "config.yml",
        "config.yml.v1.bak",
        "config.yml.v2.bak",
    }
    assert run("config", "migrate", "--undo").exit_code == 0
    assert file.read_text() == V2


def test_what_cannot_go_back_is_named(file: Path, run: Run) -> None:
    file.write_text("version: 2\ntimeouts: {total: 5}\n")
    done = run("config", "migrate", "--to", "1")
    assert done.exit_code == 2
    assert "config.yml:2: timeouts" in done.output


def test_a_broken_file_is_named(file: Path, run: Run) -> None:
    file.write_text("backends: [")
    done = run("config", "migrate")
    assert done.exit_code == 2
    assert "config.yml:" in done.output
    assert "nothing was written" in done.output


def test_files_that_belong_together_are_migrated_together(
    file: Path, own_home: Path, run: Run
) -> None:
    yours = own_home / "config" / "config.yml"
    yours.parent.mkdir(parents=True)
    yours.write_text("backends: [{name: b, type: ollama}]\npipelines: {default: [b]}\n")
    file.write_text("backends: [{name: a, type: ollama}]\n")
    done = run("config", "migrate", "--yes")
    assert done.exit_code == 2
    assert "`defaults`" in done.output
    assert "--user" in done.output
    assert "backends" in file.read_text()
    assert run("config", "migrate", "--user", "--yes").exit_code == 0
    assert "models" in file.read_text()
    assert "pipeline: default" in yours.read_text()
    assert run("config", "migrate", "--user", "--undo").exit_code == 0
    assert "backends" in yours.read_text()


def test_another_file_can_be_named(workspace: Path, run: Run) -> None:
    path = workspace / "team.yml"
    path.write_text(V1)
    assert run("config", "migrate", "team.yml", "--yes").exit_code == 0
    assert path.read_text() == V2
    assert run("config", "migrate", "nowhere.yml").exit_code == 2


PROFILE = '[defaults]\ncode = "coder:7b"\n[fallbacks]\ncode = ["deep"]\n'


def test_a_profile_is_imported_and_the_source_stays(workspace: Path, run: Run) -> None:
    source = workspace / ".camus" / "models.toml"
    source.write_text(PROFILE)
    shown = run("config", "show").output
    done = run("config", "import", ".camus/models.toml")
    assert done.exit_code == 0, done.output
    assert "models.toml no longer is" in done.output
    assert source.read_text() == PROFILE
    assert run("config", "show").output == shown
    again = run("config", "import", ".camus/models.toml")
    assert again.exit_code == 2
    assert "--force" in again.output


def test_an_import_can_go_elsewhere_or_only_be_shown(
    workspace: Path, own_home: Path, run: Run
) -> None:
    (workspace / "p.toml").write_text(PROFILE)
    assert "code: [coder:7b, large]" in run("config", "import", "p.toml", "--dry-run").output
    assert run("config", "import", "p.toml", "--to", "user").exit_code == 0
    assert (own_home / "config" / "models.yml").exists()
    assert run("config", "import", "p.toml", "--to", "x.json").exit_code == 2
    assert run("config", "import", "p.toml", "--to", "x.yml").exit_code == 0
    (workspace / "bad.toml").write_text("[")
    assert run("config", "import", "bad.toml").exit_code == 2
    assert run("config", "import", "none.toml").exit_code == 2
