"""Writes files atomically and remembers what stood there, so that the last write can be undone."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from camus.cli.exits import Exit, Failure

KEPT_WRITES = 20


@dataclass(frozen=True, slots=True)
class Change:
    """A file to write: what was read of it, and what shall stand there."""

    path: Path
    before: bytes
    after: bytes


class Undo:
    """The last writes, in a folder of the user's own; each write is one entry of several files."""

    def __init__(self, folder: Path) -> None:
        """Use a folder, made on the first write."""
        self._folder = folder

    def write(self, id: str, changes: Sequence[Change]) -> None:
        """Write all files or none, keeping what stood there.

        Raises `Failure` when a file is no longer as it was read, or cannot be written.
        """
        for change in changes:
            if change.path.read_bytes() != change.before:
                raise Failure(
                    f"{change.path} was changed meanwhile: nothing was written; run it again",
                    Exit.NOT_CONFIRMED,
                )
        self._remember(id, changes)
        written: list[Change] = []
        try:
            for change in changes:
                replace_file(change.path, change.after)
                written.append(change)
        except OSError as error:
            for change in written:
                replace_file(change.path, change.before)
            raise Failure(f"{error.filename}: {error.strerror}; nothing was written") from None

    def undo(self) -> tuple[Path, ...]:
        """Take the last write back; the paths that were restored.

        Raises `Failure` when there is nothing to undo or a file was changed since.
        """
        entry = self._last()
        if entry is None:
            raise Failure("there is no write to take back", Exit.NOTHING)
        files = json.loads((entry / "files.json").read_text(encoding="utf-8"))
        for number, file in enumerate(files):
            path = Path(file["path"])
            if not path.exists() or _digest(path.read_bytes()) != file["after"]:
                raise Failure(
                    f"{path} was changed since; what stood there is kept in {entry / str(number)}",
                    Exit.REFUSED,
                )
        for number, file in enumerate(files):
            replace_file(Path(file["path"]), (entry / str(number)).read_bytes())
        shutil.rmtree(entry)
        return tuple(Path(file["path"]) for file in files)

    def texts(self, id: str, path: Path | None = None) -> tuple[Path, bytes, bytes] | None:
        """The file that the answer of this id wrote, and its content before and after; or None.

        With a `path` that file, without one the only file of the write.
        """
        for entry in reversed(self._entries()):
            if not entry.name.endswith(f"-{id}") or not (entry / "files.json").exists():
                continue
            files = json.loads((entry / "files.json").read_text(encoding="utf-8"))
            for number, file in enumerate(files):
                after = entry / f"{number}.after"
                same = path is None or Path(file["path"]) == path
                if same and after.exists() and (path or len(files) == 1):
                    before = (entry / str(number)).read_bytes()
                    return Path(file["path"]), before, after.read_bytes()
        return None

    def _remember(self, id: str, changes: Sequence[Change]) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        entry = self._folder / f"{time.time_ns():020d}-{id}"
        entry.mkdir(mode=0o700)
        for number, change in enumerate(changes):
            (entry / str(number)).write_bytes(change.before)
            (entry / f"{number}.after").write_bytes(change.after)
        files = [{"path": str(c.path), "after": _digest(c.after)} for c in changes]
        (entry / "files.json").write_text(json.dumps(files), encoding="utf-8")
        for old in self._entries()[:-KEPT_WRITES]:
            shutil.rmtree(old, ignore_errors=True)

    def _entries(self) -> list[Path]:
        return sorted(self._folder.iterdir()) if self._folder.is_dir() else []

    def _last(self) -> Path | None:
        complete = [entry for entry in self._entries() if (entry / "files.json").exists()]
        return complete[-1] if complete else None


def replace_file(path: Path, data: bytes) -> None:
    """Replace a file's content in one step, keeping its mode and following a link to its file."""
    path = path.resolve()
    mode = path.stat().st_mode & 0o7777
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(mode)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def create_file(path: Path, text: str) -> None:
    """Write a new file, and its folder when that is not there."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Failure(f"{error.filename}: {error.strerror}; nothing was written") from None


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
