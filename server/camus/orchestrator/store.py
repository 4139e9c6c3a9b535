"""The store of model replies for exactly the same recipe: text only, checked on every read.

diskcache 5.6 unpickles what it finds and follows file names in its table (CVE-2025-69872). The
`_TextDisk` below refuses both: keys and values are text kept inside the database, each value
with its digest, in a folder that belongs to this user alone.
"""

from __future__ import annotations

import hashlib
import logging
import os
import stat
from pathlib import Path
from typing import Any

_log = logging.getLogger("camus.cache")
_RAW = 1
_PUTS_A_CULL = 32
"""So many texts are put before the oldest make room; looking each time costs half of a put."""


class Store:
    """A bounded store of text by text. A store that cannot be used is silent: every get misses.

    For one thread: diskcache keeps a connection open for each that asks, for as long as it lives.
    """

    def __init__(self, folder: Path | None, *, megabytes: int) -> None:
        """Use a folder, made on first use; None or zero megabytes keeps nothing."""
        self._folder = folder if megabytes else None
        self._bytes = megabytes * 1024 * 1024
        self._cache: Any = None
        self._puts = 0
        self.problem = ""
        self.hits = 0
        self.misses = 0

    def get(self, key: str) -> str | None:
        """The text of a key, or None when it is absent or was tampered with."""
        value = self._call("get", key)
        text = _unsealed(value) if isinstance(value, str) else None
        if text is None:
            self.misses += 1
        else:
            self.hits += 1
        return text

    def put(self, key: str, text: str) -> None:
        """Keep a text under a key."""
        if self._puts % _PUTS_A_CULL == 0:  # at the first too: a process may live for one
            self._call("cull")
        self._puts += 1
        self._call("set", key, _sealed(text))

    def clear(self) -> None:
        """Forget everything."""
        self._call("clear")

    def close(self) -> None:
        """Close the database."""
        if self._cache is not None:
            self._cache.close()
            self._cache = None

    def _call(self, method: str, *arguments: str) -> object:
        if self._folder is None or self.problem:
            return None
        from diskcache import Timeout
        from diskcache.core import sqlite3

        try:
            if self._cache is None:
                self._cache = _opened(self._folder, self._bytes)
            return getattr(self._cache, method)(*arguments)
        except (OSError, ValueError, TypeError, sqlite3.Error, Timeout) as error:
            self.problem = f"the cache is off: {type(error).__name__}"
            _log.warning("%s", self.problem)
            return None


def _opened(folder: Path, size: int) -> Any:
    from diskcache import Cache

    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode):
        raise OSError("the cache folder is a link or a file")
    if hasattr(os, "getuid") and status.st_uid != os.getuid():
        raise OSError("the cache folder belongs to somebody else")
    folder.chmod(0o700)
    return Cache(str(folder), disk=_text_disk(), size_limit=size, cull_limit=0, timeout=1)


def _text_disk() -> type:
    """The `Disk` that keeps text and nothing else; made here to keep the import lazy."""
    from diskcache import Disk

    class TextDisk(Disk):  # type: ignore[misc]  # diskcache has no types
        def put(self, key: object) -> tuple[str, bool]:
            if not isinstance(key, str):
                raise TypeError("keys are text")
            return key, True

        def get(self, key: object, raw: object) -> str:
            if not isinstance(key, str) or raw != 1:
                raise ValueError("a foreign key in the cache")
            return key

        def store(
            self,
            value: object,
            _read: bool,
            key: object = None,  # noqa: ARG002 - diskcache's
        ) -> tuple[int, int, None, str]:
            if not isinstance(value, str):
                raise TypeError("values are text")
            return 0, _RAW, None, value  # the size of a file beside the database, and here is none

        def fetch(self, mode: object, filename: object, value: object, _read: bool) -> str:
            if mode != _RAW or filename is not None or not isinstance(value, str):
                raise ValueError("a foreign value in the cache")
            return value

        def remove(self, _file_path: object) -> None:
            """No value is a file, so that a planted name deletes nothing."""

    return TextDisk


def _sealed(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest() + text


def _unsealed(value: str) -> str | None:
    text = value[64:]
    return text if _sealed(text) == value else None
