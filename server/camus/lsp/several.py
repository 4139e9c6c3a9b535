"""Edits of other files beside a document's own, checked against what those files are now."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from lsprotocol import types as lsp

from camus.lsp.capabilities import Capabilities
from camus.lsp.documents import Documents
from camus.lsp.tickets import Stale
from camus.orchestrator import Beside, Outcome
from camus.retrieval import text_of
from camus.source import path_of


@dataclass(frozen=True, slots=True)
class Other:
    """The judged edits of another file, and its version where an editor has it open."""

    beside: Beside
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Others:
    """What may be applied, and a sentence for each file that this client cannot be given."""

    files: tuple[Other, ...] = ()
    left_out: tuple[str, ...] = ()


async def others_of(outcome: Outcome, documents: Documents, can: Capabilities) -> Others:
    """The other files of an outcome; raises `Stale` when one is not what was judged any more."""
    if not outcome.beside:
        return Others()
    on_disk = await asyncio.to_thread(_texts, outcome.beside)
    files, left_out = [], []
    for beside, text in zip(outcome.beside, on_disk, strict=True):
        now = documents.get(beside.document.uri)
        if beside.created and not can.creates_files:
            left_out.append(f"{name_of(beside)} is not made: this editor lets no server do that")
            continue
        if (now.text if now is not None else text) != beside.document.text:
            raise Stale(f"{name_of(beside)} was changed")
        files.append(Other(beside, now.version if now is not None else None))
    return Others(tuple(files), tuple(left_out))


def name_of(beside: Beside) -> str:
    """The file's own name."""
    return unquote(beside.document.uri).rpartition("/")[2]


def creation(beside: Beside, annotation: str | None) -> lsp.CreateFile:
    """Making a file that must not be there yet."""
    options = lsp.CreateFileOptions(overwrite=False, ignore_if_exists=False)
    return lsp.CreateFile(beside.document.uri, options=options, annotation_id=annotation)


def _texts(every: Sequence[Beside]) -> list[str | None]:
    """What stands in each file; nothing in one that is to be made, None where that is there."""
    found: list[str | None] = []
    for beside in every:
        path = path_of(beside.document.uri)
        if beside.created:
            found.append("" if path is not None and not os.path.lexists(path) else None)
        else:
            found.append(text_of(path) if path is not None else None)
    return found
