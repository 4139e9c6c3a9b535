"""From an import as written to the file it means, among the files that are known."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from pathlib import Path

from camus.source import Language

_ALIASES = ("@/", "~/", "src/")
"""Prefixes that bundlers take for the source folder."""


def resolve(
    module: str,
    importer: Path,
    language: Language,
    roots: tuple[Path, ...],
    known: Collection[Path],
) -> Path | None:
    """The known file that a module's name stands for; None for a library's."""
    for base in _places(module, importer, language, roots):
        for candidate in _spellings(base, language):
            if candidate in known:
                return candidate
    return None


def _places(
    module: str, importer: Path, language: Language, roots: tuple[Path, ...]
) -> Iterator[Path]:
    """Where the module may lie, without its ending, the nearest first."""
    if language.module_separator == ".":
        yield from _dotted(module, importer, roots)
    elif module.startswith("."):
        yield Path(os.path.normpath(importer.parent / module))
    else:
        for prefix in _ALIASES:
            if module.startswith(prefix):
                rest = module.removeprefix(prefix)
                yield from (root / folder / rest for root in roots for folder in ("src", "app", ""))


def _dotted(module: str, importer: Path, roots: tuple[Path, ...]) -> Iterator[Path]:
    name = module.lstrip(".")
    parts = name.split(".") if name else []
    dots = len(module) - len(name)
    if dots:
        above = [importer.parent, *importer.parent.parents]
        if dots <= len(above):
            yield above[dots - 1].joinpath(*parts)
        return
    for folder in importer.parents:
        yield folder.joinpath(*parts)
        if folder in roots:
            break
    for root in roots:
        yield from (root / source / Path(*parts) for source in ("", "src", "lib", "server"))


def _spellings(base: Path, language: Language) -> Iterator[Path]:
    """The files a module's path may be: as it is, with an ending, or a folder's main file."""
    yield base
    stem = base.with_suffix("") if base.suffix in language.module_endings else base
    for ending in language.module_endings:
        yield stem.parent / (stem.name + ending)
    for main in language.module_mains:
        for ending in language.module_endings:
            yield base / (main + ending)
