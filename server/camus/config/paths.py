"""Where Camus keeps things on this machine; creates nothing by itself."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Folders:
    """The user's folders: `config` (settings, trust, consent), `state` (journal, undo), `cache`."""

    config: Path
    state: Path
    cache: Path


def folders(env: Mapping[str, str] = os.environ) -> Folders:
    """The platform's folders, or below `CAMUS_HOME` when that is set."""
    home = env.get("CAMUS_HOME")
    if home:
        root = Path(home)
        return Folders(root / "config", root / "state", root / "cache")
    import platformdirs

    dirs = platformdirs.PlatformDirs("camus", appauthor=False)
    return Folders(dirs.user_config_path, dirs.user_state_path, dirs.user_cache_path)
