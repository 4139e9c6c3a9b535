"""Puts the server beside the bundle: its wheel, and the locked list of what it needs to run.

    python vscode-client/scripts/server.py FOLDER

Needs an environment with Camus's dependencies and its build backend; asks no network.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).parents[2]
_NAME = re.compile(r"^[A-Za-z0-9._-]+")


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _entries() -> dict[str, str]:
    """Each entry of the lock, hashes included, by the package's name."""
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    blocks = re.findall(r"^\S.*(?:\n[ \t].*)*", text, re.MULTILINE)
    return {_plain(_NAME.match(block)[0]): block for block in blocks if _NAME.match(block)}


def _needs(name: str) -> Iterator[str]:
    """What a package needs without its extras, whatever the machine."""
    try:
        wanted = metadata.requires(name) or []
    except metadata.PackageNotFoundError:
        return
    for line in wanted:
        if "extra ==" not in line and (found := _NAME.match(line)):
            yield _plain(found[0])


def requirements() -> str:
    """The part of the lock that running the server takes."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = (_NAME.match(line) for line in project["dependencies"])
    entries, todo, done = _entries(), [_plain(found[0]) for found in named if found], set[str]()
    while todo:
        name = todo.pop()
        if name in entries and name not in done:
            done.add(name)
            todo += _needs(name)
    return "\n".join(entries[name] for name in sorted(done)) + "\n"


def main() -> int:
    """Write both; the exit code."""
    try:
        from hatchling.builders.wheel import WheelBuilder

        needed = requirements()
    except ImportError as error:
        sys.stderr.write(f"{error}: run this with the Python of the project's environment\n")
        return 2
    if "cattrs==" not in needed:  # what pygls needs, which only its own metadata tells
        sys.stderr.write("Camus's dependencies are not installed in this environment\n")
        return 2
    folder = Path(sys.argv[1]).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.whl"):
        old.unlink()
    list(WheelBuilder(str(ROOT)).build(directory=str(folder), versions=["standard"]))
    (folder / "requirements.txt").write_text(needed, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
