"""The signatures of the project's own symbols, read from disk once and when they change."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from camus.actions import Chunk, Task
from camus.source import Document


class Index:
    """One index over several workspace folders; built in a thread on first use."""

    def __init__(
        self, roots: tuple[Path, ...], *, ignored: Callable[[str], bool], max_files: int = 2000
    ) -> None:
        """Index the files below the roots, except those whose URI `ignored` says to leave out."""
        raise NotImplementedError

    async def search(self, task: Task, limit: int) -> tuple[Chunk, ...]:
        """Signatures of the project's symbols that the target uses, the nearest first."""
        raise NotImplementedError

    def update(self, document: Document) -> None:
        """Let an open document stand in for its file on disk."""
        raise NotImplementedError

    def forget(self, uri: str) -> None:
        """Go back to the file on disk."""
        raise NotImplementedError
