"""What the latest requests of the command line were about, as numbers; their kinds can be mended.

The journal holds none of this: hashes of words are kept in the user's own state alone, like the
texts for `camus undo`.
"""

from __future__ import annotations

import json
import os
import time
from contextlib import suppress
from pathlib import Path

from camus.actions import Task, correction, request_features
from camus.config import TaskKind
from camus.journal import Corrected

MOST = 200
"""So many requests are remembered."""


class Asked:
    """The latest requests with words of their own, in one file of the user's state."""

    def __init__(self, folder: Path) -> None:
        """Use a folder, made with the first request."""
        self._file = folder / "asked.json"

    def remember(self, id: str, task: Task) -> None:
        """Keep the hash buckets of a request; one without words has nothing to be mistaken for.

        A disk that fails is passed over: the answer matters more.
        """
        if not task.instruction:
            return
        found = request_features(task.instruction, task.document, task.scope, task.diagnostics)
        made = correction(found, task.classified.kind, id=id, at=time.time())
        kept = {key: row for key, row in self._read().items() if key != id}
        kept = dict([*kept.items()][-MOST + 1 :]) | {id: list(made.buckets)}
        with suppress(OSError):
            self._write(kept)

    def mended(self, id: str, kind: TaskKind) -> Corrected | None:
        """The event that a request was of another kind; None when it is not known here."""
        found = self._read().get(id)
        if found is None:
            return None
        return Corrected(id=id, at=time.time(), kind=str(kind), buckets=tuple(found))

    def _read(self) -> dict[str, list[int]]:
        with suppress(OSError, ValueError, AttributeError):
            rows = json.loads(self._file.read_text(encoding="utf-8")).items()
            return {name: row for name, row in rows if _numbers(row)}
        return {}

    def _write(self, kept: dict[str, list[int]]) -> None:
        self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        temporary = self._file.with_suffix(f".{os.getpid()}")
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(kept, file)
        temporary.replace(self._file)


def _numbers(row: object) -> bool:
    return isinstance(row, list) and all(isinstance(each, int) for each in row)
