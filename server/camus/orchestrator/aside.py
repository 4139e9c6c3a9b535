"""Where work on a text is done: at once when it is surely short, else in a thread."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from camus.source import Document

P = ParamSpec("P")
T = TypeVar("T")

SHORT_FILE, SHORT_PIECE = 200_000, 10_000
"""Characters up to which a hop to a thread costs more than what would be done there."""


async def aside(
    document: Document, piece: int, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs
) -> T:
    """What `work` gives; it may look at a whole document and works on `piece` characters.

    A document that was not parsed yet goes to a thread: nobody knows how long that takes.
    """
    short = len(document.text) <= SHORT_FILE and piece <= SHORT_PIECE
    if short and document.is_parsed:
        return work(*args, **kwargs)
    return await asyncio.to_thread(work, *args, **kwargs)
