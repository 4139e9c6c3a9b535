"""`camus editor` prints what an editor needs and writes over nothing by itself."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from camus.cli import editor_command
from camus.cli.editor_command import EDITORS, FILES, contents
from camus.source.languages import LANGUAGES

Run = Callable[..., Result]


@pytest.fixture(autouse=True)
def on_the_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda _name: "camus")


def test_without_a_name_every_editor_is_listed_with_whether_it_was_run(run: Run) -> None:
    told = run("editor")
    assert told.exit_code == 0
    for each in EDITORS.values():
        assert f"{each.title} ({each.run})" in told.stdout


@pytest.mark.parametrize("name", list(EDITORS))
def test_every_editor_prints_and_leaves_no_word_unfilled(run: Run, name: str) -> None:
    told = run("editor", name)
    assert told.exit_code == 0
    assert told.output.strip()
    assert "CAMUS_" not in told.output
    assert not any("CAMUS_" in text for _target, text in contents(name))


def test_the_formats_are_read_by_their_readers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda _name: None)
    monkeypatch.setattr("sys.argv", ["camus"])
    monkeypatch.setattr("sys.executable", 'C:\\a "b"\\python')
    words = ['C:\\a "b"\\python', "-m", "camus", "serve"]
    ((_, text),) = contents("helix")
    server = tomllib.loads(text)["language-server"]["camus"]
    assert [server["command"], *server["args"]] == words
    ((_, text),) = contents("sublime")
    assert json.loads(text)["clients"]["camus"]["command"] == words
    ((_, text),) = contents("kate")
    assert all(each["command"] == words for each in json.loads(text)["servers"].values())
    ((_, text),) = contents("jetbrains")
    assert "serve" in json.loads(text)["programArgs"]["default"]
    assert tomllib.loads(dict(contents("zed"))["extension.toml"])["id"] == "camus"


def test_what_is_installed_is_what_is_printed(run: Run, tmp_path: Path) -> None:
    into = tmp_path / "helix"
    told = run("editor", "helix", "--install", "--dir", str(into))
    assert told.exit_code == 0
    assert (into / "languages.toml").read_text() == run("editor", "helix").stdout


def test_the_module_is_installed_whole_with_tags_for_its_help(run: Run, tmp_path: Path) -> None:
    assert run("editor", "neovim", "--install", "--dir", str(tmp_path / "m")).exit_code == 0
    module = tmp_path / "m"
    wanted = {path.relative_to(FILES / "neovim") for path in (FILES / "neovim").rglob("*.*")}
    assert wanted <= {path.relative_to(module) for path in module.rglob("*.*")}
    tags = (module / "doc" / "tags").read_text().splitlines()
    assert ":Camus\tcamus.txt\t/*:Camus*" in tags
    assert tags == sorted(tags)


def test_a_file_that_is_there_is_not_written_over_without_being_asked(
    run: Run, tmp_path: Path
) -> None:
    mine = tmp_path / "languages.toml"
    mine.write_text("mine")
    told = run("editor", "helix", "--install", "--dir", str(tmp_path))
    assert told.exit_code == 6
    assert str(mine) in told.output
    assert mine.read_text() == "mine"


def test_a_file_is_replaced_when_somebody_says_so_and_kept_beside(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = tmp_path / "languages.toml"
    mine.write_text("mine")
    monkeypatch.setattr(editor_command, "interactive", lambda: True)
    assert run("editor", "helix", "--install", "--dir", str(tmp_path), answers="n\n").exit_code == 6
    assert mine.read_text() == "mine"
    assert run("editor", "helix", "--install", "--dir", str(tmp_path), answers="y\n").exit_code == 0
    assert "language-server" in mine.read_text()
    assert (tmp_path / "languages.toml.before-camus").read_text() == "mine"


def test_installing_twice_asks_nothing(run: Run, tmp_path: Path) -> None:
    for _time in range(2):
        assert run("editor", "neovim", "--install", "--dir", str(tmp_path / "m")).exit_code == 0


def test_an_editor_without_a_place_of_its_own_wants_to_be_told(run: Run) -> None:
    told = run("editor", "jetbrains", "--install")
    assert told.exit_code == 2
    assert "--dir" in told.output
    assert run("editor", "vscode", "--install").exit_code == 2


def test_an_unknown_editor_names_the_known_ones(run: Run) -> None:
    told = run("editor", "nano")
    assert told.exit_code == 2
    assert "neovim" in told.output


def test_the_module_starts_for_every_language_there_is() -> None:
    """Neovim's names differ from the protocol's for two of them."""
    options = (FILES / "neovim" / "lua" / "camus" / "options.lua").read_text(encoding="utf-8")
    neovims = {"csharp": "cs", "bash": "sh"}
    missing = [each for each in LANGUAGES if f"'{neovims.get(each, each)}'" not in options]
    assert not missing
