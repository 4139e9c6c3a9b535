"""Looks at every source file of the workspace by the rules; asks no model and changes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from urllib.parse import unquote

from camus import quality
from camus.analysis import Findings, Tools
from camus.orchestrator.rooms import project_of
from camus.retrieval import Found, Stamp, text_of, walk
from camus.source import Document, language_of, uri_of

AT_ONCE = 2
"""Files looked at together; whoever asks for something else meanwhile is not to wait for all."""


@dataclass(frozen=True, slots=True)
class Field:
    """What a sweep may look at: the workspace's folders, what is ignored, and open documents.

    `opened` are the newest snapshots by unquoted URI; each stands in for its file.
    """

    roots: tuple[Path, ...]
    ignored: Callable[[str], bool]
    tools: Tools
    opened: Mapping[str, Document]


@dataclass(frozen=True, slots=True)
class Swept:
    """A file that was looked at; `stamp` is None for one that an editor has open."""

    document: Document
    looked: Findings
    stamp: Stamp | None


def files_in(field: Field, most: int) -> tuple[tuple[Found, ...], bool]:
    """The source files in the order of a walk, at most so many, and whether there are more."""
    found: dict[Path, Found] = {}
    for each in walk(field.roots, field.ignored):
        if len(found) == most and each.path not in found:
            return tuple(found.values()), True
        found[each.path] = each
    return tuple(found.values()), False


async def sweep(field: Field, files: Sequence[Found]) -> AsyncGenerator[Swept | None, None]:
    """What is found in each file, as it is done; None for one that cannot be read as text.

    Ending it early ends what is under way.
    """
    left = iter(files)
    running = {asyncio.create_task(_look(field, each)) for each in islice(left, AT_ONCE)}
    try:
        while running:
            done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            running |= {asyncio.create_task(_look(field, each)) for each in islice(left, len(done))}
            for task in done:
                yield task.result()
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def _look(field: Field, file: Found) -> Swept | None:
    uri = uri_of(file.path)
    document, stamp = field.opened.get(unquote(uri)), None
    if document is None:
        text = await asyncio.to_thread(text_of, file.path)
        if text is None or "\0" in text:
            return None
        document, stamp = Document(uri, text, language_of(file.path.name)), file.stamp
    looked = await quality.findings(document, field.tools, project_of(field.roots, document))
    return Swept(document, looked, stamp)
