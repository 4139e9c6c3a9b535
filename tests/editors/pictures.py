"""Draws the pictures of docs/editors/ from real editors on the sample of `camus demo`.

CAMUS_EDITORS=FOLDER PYTHONPATH=server:tests python tests/editors/pictures.py
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from support.picture import svg
from support.terminal import Terminal

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "docs" / "editors"
SIZE = (100, 30)
LINE = "%f %m%=%{v:lua.require'camus'.status()} "


def main() -> None:
    editors = Path(os.environ["CAMUS_EDITORS"])
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        project = home / "stock"
        shutil.copytree(ROOT / "server" / "camus" / "cli" / "demo", project)
        (project / ".git").mkdir()
        env = _environment(home)
        _neovim(editors / "nvim-forky", project, env)
        _helix(editors / "hx-forky", project, env)
        _emacs(project, env)


def _environment(home: Path) -> dict[str, str]:
    """Only the built-in rules, and a program `camus` on the PATH."""
    program = home / "bin" / "camus"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -X utf8 -m camus "$@"\n')
    program.chmod(0o755)
    config = home / "camus" / "config"
    config.mkdir(parents=True)
    (config / "config.yml").write_text("version: 2\nserver: {discover: false}\n")
    return {
        **{f"XDG_{word}_HOME": str(home / word) for word in ("CONFIG", "DATA", "STATE", "CACHE")},
        "HOME": str(home),
        "CAMUS_HOME": str(home / "camus"),
        "PATH": f"{program.parent}:/usr/bin:/bin",
        "PYTHONPATH": str(ROOT / "server"),
        "LC_ALL": "C.UTF-8",
    }


def _install(editor: str, env: dict[str, str], *more: str) -> None:
    subprocess.run(["camus", "editor", editor, "--install", *more], env=env, check=True)


def _draw(terminal: Terminal, name: str, title: str) -> None:
    time.sleep(0.5)
    file = PICTURES / f"{name}.svg"
    file.write_text(svg(terminal.screen(colours=True), title, SIZE[0]), encoding="utf-8")
    print(f"{file.relative_to(ROOT)}: {file.stat().st_size} bytes")


def _neovim(program: Path, project: Path, env: dict[str, str]) -> None:
    """Two processes: the unpacked Neovim cannot start itself a second time for its terminal."""
    _install("neovim", env)
    start = Path(env["XDG_CONFIG_HOME"]) / "nvim" / "init.lua"
    start.parent.mkdir(parents=True)
    start.write_text(f"require('camus').setup()\nvim.o.statusline = [[{LINE}]]\n")
    socket = str(project.parent / "nvim.sock")
    serve = [str(program), "--headless", "--listen", socket, "stock.py"]
    with subprocess.Popen(serve, cwd=project, env=env, stderr=subprocess.DEVNULL) as server:
        try:
            time.sleep(1)
            _draw_neovim([str(program), "--remote-ui", "--server", socket], project, env)
        finally:
            server.kill()


def _draw_neovim(view: list[str], project: Path, env: dict[str, str]) -> None:
    with Terminal(view, env=env, cwd=project, size=SIZE) as terminal:
        terminal.wait_for("class Warehouse")
        terminal.press(":6", "Enter", ":Camus", "Space", "document", "Enter")
        terminal.wait_for("leave all")
        terminal.press("r", "[", "c")
        _draw(terminal, "neovim-preview", "Neovim: a preview with one hunk left out")
        terminal.press("q", ":11", "Enter", ":Camus", "Space", "explain", "Enter")
        terminal.wait_for("What happens")
        _draw(terminal, "neovim-explain", "Neovim: an explanation")


def _helix(program: Path, project: Path, env: dict[str, str]) -> None:
    _install("helix", env)
    with Terminal([str(program), "stock.py:11:9"], env=env, cwd=project, size=SIZE) as terminal:
        terminal.wait_for("NOR")
        for _try in range(20):
            terminal.press("Space", "a")
            time.sleep(0.7)
            if "Document `find_item`" in terminal.screen():
                break
            terminal.press("Escape")
        _draw(terminal, "helix-actions", "Helix: the code actions of a method")


def _emacs(project: Path, env: dict[str, str]) -> None:
    folder = Path(env["HOME"]) / ".emacs.d"
    _install("emacs", env, "--dir", str(folder))
    (folder / "init.el").write_text(
        "(menu-bar-mode -1) (package-initialize)\n"
        '(load (locate-user-emacs-file "camus-eglot"))\n'
        "(setq inhibit-startup-screen t make-backup-files nil)\n"
        "(setq native-comp-async-report-warnings-errors nil)\n"
        "(add-hook 'python-mode-hook 'eglot-ensure)\n"
    )
    with Terminal(["emacs", "-nw", "+11:8", "stock.py"], env=env, cwd=project, size=SIZE) as emacs:
        emacs.wait_for("Connected")
        emacs.press("M-x", "eglot-code-actions", "Enter")
        time.sleep(1)
        emacs.press("Tab", "Tab")
        emacs.wait_for("Document `find_item`")
        _draw(emacs, "emacs-actions", "Emacs with eglot: the code actions of a method")


if __name__ == "__main__":
    main()
