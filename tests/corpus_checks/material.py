"""Finds real source files on this machine; keeps and commits none of them."""

from __future__ import annotations

import os
import random
import shutil
import site
import subprocess
import sysconfig
from collections.abc import Iterator
from pathlib import Path

from camus.source import Document, Scope, definitions, language_of, syntax_errors, uri_of

LARGEST = 200_000
"""Files with more bytes are generated or bundled, or take longer than they teach."""
_LONGEST_LINE = 2_000
_SKIPPED = {"test", "tests", "idlelib", "lib2to3", "__pycache__", "_vendor", "vendor", "bundled"}
_LOOK_AT = 4_000


def python_folders() -> list[Path]:
    """The standard library and the installed packages; Debian names folders that are not there."""
    packages = (Path(each) for each in site.getsitepackages())
    return [Path(sysconfig.get_path("stdlib")), *(each for each in packages if each.is_dir())]


def script_folders() -> list[Path]:
    """npm's own packages, what Python packages ship, and the folders in CAMUS_CORPUS."""
    found = [Path(each) for each in os.environ.get("CAMUS_CORPUS", "").split(os.pathsep) if each]
    npm = shutil.which("npm")
    if npm:
        done = subprocess.run(
            [npm, "root", "-g"], capture_output=True, text=True, check=False, timeout=30
        )
        found.append(Path(done.stdout.strip()))
    return [*(each for each in found if each.is_dir()), *python_folders()]


def files(folders: list[Path], endings: tuple[str, ...], chance: random.Random) -> Iterator[Path]:
    """Files with one of the endings in a shuffled order that a seed fixes, folder by folder."""
    for folder in folders:
        found = []
        for top, below, names in os.walk(folder):
            below[:] = sorted(each for each in below if each not in _SKIPPED)
            if folder.name != "site-packages" and "site-packages" in below:
                below.remove("site-packages")
            found += [Path(top, name) for name in sorted(names) if name.endswith(endings)]
            if len(found) > _LOOK_AT:
                break
        chance.shuffle(found)
        yield from found


def opened(path: Path, *, broken: bool = False) -> Document | None:
    """The document of an ordinary readable file; None with a syntax error, unless `broken`."""
    if path.stat().st_size > LARGEST:
        return None
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        return None
    if max((len(line) for line in text.split("\n")), default=0) > _LONGEST_LINE:
        return None
    language = language_of(path.name, text[:200].partition("\n")[0])
    document = Document(uri_of(path), text, language)
    return document if broken or not syntax_errors(document) else None


def symbols(
    paths: Iterator[Path], count: int, chance: random.Random, each_file: int = 6
) -> Iterator[tuple[Document, Scope]]:
    """Symbols from many files, a few of each, until there are enough."""
    taken = 0
    for path in paths:
        document = opened(path)
        scopes = list(definitions(document)) if document else []
        for scope in chance.sample(scopes, min(each_file, len(scopes))):
            if document is not None and taken < count:
                taken += 1
                yield document, scope
        if taken >= count:
            return
