"""Tells when a configuration file changes on disk; the one place of this room that waits."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from pathlib import Path


def changes(folders: Iterable[Path]) -> AsyncIterator[frozenset[Path]]:
    """Yield the configuration files below the folders that changed, until cancelled."""
    raise NotImplementedError(folders)
