"""`camus editor`: prints or installs an editor's configuration; starts no editor."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from camus.cli.exits import Exit, Failure
from camus.cli.session import finish, interactive
from camus.cli.writing import create_file

FILES = Path(__file__).parent / "editors"
NOT_RUN = "not run: written from its documentation"


@dataclass(frozen=True, slots=True)
class Editor:
    """An editor: its files are those of the folder of its name beside this module.

    `folder` is where they go by default, None when the user has to choose. `run` says honestly
    what was driven. `then` is what to do after them; `CAMUS_LUA` stands for the server's command.
    """

    name: str
    title: str
    run: str
    then: tuple[str, ...]
    folder: Callable[[], Path] | None = None


def _config(*parts: str) -> Path:
    base = os.environ.get("APPDATA") if os.name == "nt" else os.environ.get("XDG_CONFIG_HOME")
    return Path(base or Path.home() / ".config", *parts)


def _neovim() -> Path:
    name = "LOCALAPPDATA" if os.name == "nt" else "XDG_DATA_HOME"
    base = Path(os.environ.get(name) or Path.home() / ".local" / "share")
    data = base / ("nvim-data" if os.name == "nt" else "nvim")
    return data / "site" / "pack" / "camus" / "start" / "camus"


def _emacs() -> Path:
    old = Path.home() / ".emacs.d"
    return old if old.is_dir() else _config("emacs")


EDITORS: Mapping[str, Editor] = {
    editor.name: editor
    for editor in (
        Editor(
            "neovim",
            "Neovim",
            "run: 0.7.2, 0.10.4 and 0.12.4",
            (
                "in init.lua:",
                "  require('camus').setup(CAMUS_LUA)",
                "then: :Camus <Tab>, :help camus, :checkhealth camus",
            ),
            _neovim,
        ),
        Editor(
            "helix",
            "Helix",
            "run: 25.01.1 and 25.07.1",
            ("hx --health python shows whether it was found",),
            lambda: _config("helix"),
        ),
        Editor(
            "emacs",
            "Emacs with eglot",
            "run: Emacs 28.2 with eglot 1.9, Emacs 30.1 and 30.2 with their own",
            ("in init.el:", '  (load (locate-user-emacs-file "camus-eglot"))'),
            _emacs,
        ),
        Editor(
            "emacs-lsp-mode",
            "Emacs with lsp-mode",
            "run: lsp-mode 8.0.0 in Emacs 28.2, 9.0.0 in 30.1, 10.0.0 in 30.2",
            ("in init.el:", '  (load (locate-user-emacs-file "camus-lsp-mode"))'),
            _emacs,
        ),
        Editor(
            "sublime",
            "Sublime Text with the package LSP",
            NOT_RUN,
            ("it is the file Preferences > Package Settings > LSP > Settings",),
            lambda: _config("sublime-text", "Packages", "User"),
        ),
        Editor(
            "zed",
            "Zed",
            f"{NOT_RUN}, nor compiled",
            ("run `zed: install dev extension` in Zed and choose the folder",),
        ),
        Editor(
            "kate",
            "Kate",
            NOT_RUN,
            ("Kate asks one server a language: this takes the place of the one it has",),
            lambda: _config("kate", "lspclient"),
        ),
        Editor(
            "jetbrains",
            "JetBrains with the plugin LSP4IJ",
            NOT_RUN,
            ("Language Servers > + > Template > Import from custom template: choose the folder",),
        ),
        Editor(
            "vscode",
            "Visual Studio Code",
            "see docs/editors/vscode.md",
            ("docs/editors/vscode.md tells what there is",),
        ),
    )
}


@click.command()
@click.argument("name", required=False, type=click.Choice(list(EDITORS)))
@click.option("--install", is_flag=True, help="Write the files instead of printing them.")
@click.option(
    "--dir",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where to write them; the editor's own folder by default.",
)
def editor(name: str | None, install: bool, folder: Path | None) -> None:
    """Print or install an editor's configuration; without a name, list the editors."""

    async def work() -> int:
        if name is None:
            return _list()
        chosen = EDITORS[name]
        return _install(chosen, folder) if install else _print(chosen)

    finish(work)


def _list() -> int:
    width = max(len(name) for name in EDITORS)
    for each in EDITORS.values():
        click.echo(f"{each.name:{width}}  {each.title} ({each.run})")
    click.echo(
        "\ncamus editor NAME prints the configuration, camus editor NAME --install writes it."
    )
    return Exit.DONE


def _print(chosen: Editor) -> int:
    """The text to paste goes to standard output, words about it beside."""
    files = contents(chosen.name)
    for target, text in files:
        if len(files) == 1:
            click.echo(text, nl=False)
        else:
            click.echo(f"{target} ({len(text.splitlines())} lines)", err=True)
    if files:
        where = chosen.folder() if chosen.folder else "the folder you name with --dir"
        click.echo(f"# {chosen.title} ({chosen.run}); --install writes into {where}", err=True)
    _say_next(chosen)
    return Exit.DONE


def _install(chosen: Editor, folder: Path | None) -> int:
    files = contents(chosen.name)
    if not files:
        raise Failure(f"there is nothing to install for {chosen.title}; {chosen.then[0]}")
    if folder is None and chosen.folder is None:
        raise Failure(
            f"name the folder to write into: camus editor {chosen.name} --install --dir DIR"
        )
    into = (folder or (chosen.folder() if chosen.folder else Path())).absolute()
    texts = [(into / target, text) for target, text in files]
    changed = [path for path, text in texts if path.exists() and _read(path) != text]
    if changed and not _may_replace(changed):
        raise Failure(
            f"{changed[0]} is there already and nothing was written; "
            f"compare it with: camus editor {chosen.name}",
            Exit.NOT_CONFIRMED,
        )
    for path, text in texts:
        if path in changed:
            shutil.copy2(path, path.with_name(f"{path.name}.before-camus"))
        create_file(path, text)
    click.echo(f"{into}: {len(texts)} file{'' if len(texts) == 1 else 's'} written")
    _say_next(chosen)
    return Exit.DONE


def _may_replace(changed: Sequence[Path]) -> bool:
    for path in changed:
        click.echo(f"there already, and different: {path}", err=True)
    kept = "what stands there is kept beside it as *.before-camus"
    return interactive() and click.confirm(f"Replace? ({kept})", default=False)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Failure(f"{path} cannot be read: {error}; nothing was written") from None


def _say_next(chosen: Editor) -> None:
    for line in chosen.then:
        click.echo(_filled(line), err=True)


def contents(name: str) -> list[tuple[str, str]]:
    """The files of an editor by their place below its folder, with this Camus's command in them."""
    folder = FILES / name
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    found = [
        (path.relative_to(folder).as_posix(), _filled(path.read_text(encoding="utf-8")))
        for path in paths
    ]
    return [*found, *(("doc/tags", text) for text in _tags(found))]


def _tags(files: Sequence[tuple[str, str]]) -> list[str]:
    """What `:helptags` would write, so that `:help` works at once; nothing without a help file."""
    marks = {
        mark: Path(name).name
        for name, text in files
        if name.startswith("doc/")
        for mark in re.findall(r"\*(\S+)\*(?=\s)", text)
    }
    lines = [f"{mark}\t{name}\t/*{mark}*\n" for mark, name in sorted(marks.items())]
    return ["".join(lines)] if lines else []


def _filled(text: str) -> str:
    command = _command()
    quoted = [json.dumps(word) for word in command]
    words = {
        "CAMUS_PROGRAM": quoted[0][1:-1],
        "CAMUS_ARGUMENTS": ", ".join(quoted[1:]),
        "CAMUS_COMMAND": " ".join(quoted),
        "CAMUS_JSON": ", ".join(quoted),
        "CAMUS_LINE": json.dumps(shlex.join(command)),
        "CAMUS_LUA": "" if command[0] == "camus" else f"{{ cmd = {{ {', '.join(quoted)} }} }}",
    }
    for word, value in words.items():
        text = text.replace(word, value)
    return text


def _command() -> list[str]:
    """How an editor starts the server: by its name where that is found, else by its full path."""
    if shutil.which("camus"):
        return ["camus", "serve"]
    program = Path(sys.argv[0])
    if program.stem == "camus" and os.access(program, os.X_OK):
        return [str(program.absolute()), "serve"]
    return [sys.executable, "-m", "camus", "serve"]
