"""The signatures of the project's own symbols, read from disk once and when they change."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import unquote

from camus.actions import Chunk, Task
from camus.retrieval.files import Files
from camus.retrieval.find import NotAtOnce, Search
from camus.source import Document

_SHORT_FILE, _SHORT_TARGET = 200_000, 10_000
"""Characters up to which a hop to a thread would cost more than the search does."""
FRESH_SECONDS = 2.0
"""For so long the folders are not looked at again."""


class Index:
    """One index over several workspace folders; built in a thread on first use.

    Nothing outside the roots is read, links are not followed, and files that are ignored, large
    or not UTF-8 are left out. Open documents are seen as they are in the editor.
    """

    def __init__(
        self,
        roots: tuple[Path, ...],
        *,
        ignored: Callable[[str], bool],
        max_files: int = 2000,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Index the files below the roots, except those whose URI `ignored` says to leave out.

        `clock` gives seconds that never go back.
        """
        self._files = Files(roots, ignored=ignored, max_files=max_files)
        self._clock = clock
        self._opened: dict[str, Document] = {}
        self._looked: float | None = None
        self._lock = threading.Lock()

    async def search(self, task: Task, limit: int) -> tuple[Chunk, ...]:
        """Signatures of the project's symbols that the target uses, the nearest first.

        Symbols of the target's own file come first, then imported ones, then those that only
        have the same name.
        """
        if limit <= 0:
            return ()
        found = self._at_once(task, limit)
        if found is None:
            found = await asyncio.to_thread(self._search, task, limit, dict(self._opened))
        return found

    def update(self, document: Document) -> None:
        """Let an open document stand in for its file on disk."""
        self._opened[document.uri] = document

    def opened(self, uri: str) -> Document | None:
        """The newest snapshot of an open document."""
        wanted = unquote(uri)
        return next((doc for each, doc in self._opened.items() if unquote(each) == wanted), None)

    def forget(self, uri: str) -> None:
        """Go back to the file on disk."""
        self._opened.pop(uri, None)

    def _at_once(self, task: Task, limit: int) -> tuple[Chunk, ...] | None:
        """What is found without reading or parsing; None where that, or more, would be needed."""
        document = task.document
        short = len(document.text) <= _SHORT_FILE and len(task.target) <= _SHORT_TARGET
        if not short or not document.is_parsed or not self._lock.acquire(blocking=False):
            return None
        try:
            if self._looked is None or self._clock() - self._looked >= FRESH_SECONDS:
                return None
            return Search(self._files, task, self._opened, waits=False).chunks(limit)
        except NotAtOnce:
            return None
        finally:
            self._lock.release()

    def _search(self, task: Task, limit: int, opened: Mapping[str, Document]) -> tuple[Chunk, ...]:
        with self._lock:
            now = self._clock()
            if self._looked is None or now - self._looked >= FRESH_SECONDS:
                self._files.refresh()
                self._looked = now
            return Search(self._files, task, opened).chunks(limit)
