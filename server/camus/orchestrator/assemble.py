"""Puts the rooms together for a face."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from camus.config import BackendKind
from camus.models import Backend
from camus.orchestrator.engine import Orchestrator


@dataclass(frozen=True, slots=True)
class Settings:
    """Where a face stands: workspace folders (the first one's configuration holds), editor
    settings and flags as trees, the environment; `backends` lets a test bring its fake.
    """

    roots: tuple[Path, ...] = ()
    editor: Mapping[str, object] = field(default_factory=dict)
    flags: Mapping[str, object] = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    backends: Callable[[BackendKind, str], Backend] | None = None


def assemble(settings: Settings) -> Orchestrator:
    """An engine ready to answer; reads the configuration and opens the journal."""
    raise NotImplementedError
