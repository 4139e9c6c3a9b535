"""A workspace and a user's folder to write configuration into."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from camus.config import Folders, Layers, Loaded, load


@dataclass(frozen=True)
class Place:
    """Writes configuration files and loads them."""

    root: Path

    @property
    def folders(self) -> Folders:
        return Folders(self.root / "user", self.root / "state", self.root / "cache")

    @property
    def workspace(self) -> Path:
        return self.root / "project"

    def write(self, text: str | bytes, name: str = "config.yml") -> Path:
        return self._put(self.workspace / ".camus" / name, text)

    def write_user(self, text: str | bytes, name: str = "config.yml") -> Path:
        return self._put(self.folders.config / name, text)

    def load(
        self,
        *,
        trusted: bool = True,
        editor: Mapping[str, object] | None = None,
        env: Mapping[str, str] | None = None,
        flags: Mapping[str, object] | None = None,
        last_good: Loaded | None = None,
    ) -> Loaded:
        layers = Layers(
            self.folders,
            self.workspace,
            editor or {},
            env or {},
            flags or {},
            lambda _folder, _digest: trusted,
        )
        return load(layers, last_good)

    @staticmethod
    def _put(path: Path, text: str | bytes) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)
