"""From files, editor settings, environment and flags to one `Config`, with every problem named."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from camus.config.paths import Folders
from camus.config.tree import Config


class ConfigError(Exception):
    """Raised when there is no configuration to go on with at all."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a configuration, in words that say what to do about it."""

    severity: Literal["error", "warning"]
    message: str
    file: str = ""
    line: int = 0
    key: str = ""
    nearest: str = ""

    def __str__(self) -> str:
        """`file:line: key: message`, as a terminal shows it."""
        place = f"{self.file}:{self.line}: " if self.file else ""
        return f"{place}{self.key}: {self.message}" if self.key else f"{place}{self.message}"


@dataclass(frozen=True, slots=True)
class Layers:
    """Where settings come from; later ones win: user, workspace, editor, environment, flags.

    `trusted` is asked with the digest of the workspace's own files; while it answers False, what
    an untrusted workspace may not set is left out with a warning. `editor` and `flags` are trees
    in the spelling of the file.
    """

    folders: Folders
    workspace: Path | None = None
    editor: Mapping[str, object] = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=dict)
    flags: Mapping[str, object] = field(default_factory=dict)
    trusted: Callable[[Path, str], bool] = lambda _folder, _digest: False


@dataclass(frozen=True, slots=True)
class Loaded:
    """The configuration in force and what was wrong with what was read.

    `digest` is of the workspace's own configuration files, empty when there are none; trust is
    bound to it. `trusted` tells whether they were read as trusted.
    """

    config: Config
    problems: tuple[Problem, ...] = ()
    files: tuple[Path, ...] = ()
    digest: str = ""
    trusted: bool = False


def load(layers: Layers, last_good: Loaded | None = None) -> Loaded:
    """Read all layers and merge them.

    A broken file keeps `last_good` (the defaults without one) and is named in `problems`; one bad
    model entry leaves the others. Never raises for anything a file may hold.
    """
    raise NotImplementedError
