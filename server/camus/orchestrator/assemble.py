"""Puts the rooms together for a face."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from msgspec import structs

from camus import config
from camus.analysis import Filters, Tools, Trials, TypeCheckers
from camus.config import BackendKind, Layers, Loaded
from camus.journal import Arm, Journal, Shared
from camus.models import Backend, Models, Observed
from camus.orchestrator.engine import Orchestrator
from camus.orchestrator.locks import Locks
from camus.orchestrator.rooms import Rooms
from camus.orchestrator.snapshot import Snapshot
from camus.orchestrator.store import Store
from camus.privacy import Ignore, Ledger, user_excludes
from camus.retrieval import Index


@dataclass(frozen=True, slots=True)
class Settings:
    """Where a face stands.

    `roots` are the workspace folders (the first one's configuration holds), `editor` and `flags`
    trees in the spelling of the file; `backends` lets a test bring its fake. With `rules_only` no
    model is known and the workspace counts as untrusted, whatever is configured.
    """

    roots: tuple[Path, ...] = ()
    editor: Mapping[str, object] = field(default_factory=dict)
    flags: Mapping[str, object] = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    backends: Callable[[BackendKind, str], Backend] | None = None
    rules_only: bool = False
    stays: bool = False
    """A server: it carries out what `camus model load` and the like order in another process."""


def assemble(settings: Settings) -> Orchestrator:
    """An engine ready to answer; reads the configuration and opens the journal."""
    folders = config.folders(settings.env)
    ledger = Ledger(folders.config)
    ignored = Ignore(settings.roots, git_excludes=user_excludes())
    layers = Layers(
        folders=folders,
        workspace=settings.roots[0] if settings.roots else None,
        editor=settings.editor,
        env=settings.env,
        flags=settings.flags,
        trusted=(lambda _folder, _digest: False) if settings.rules_only else ledger.trusted,
    )
    load = _without_models if settings.rules_only else config.load
    current = first = load(layers)

    def snapshot(last: Loaded | None, editor: Mapping[str, object] | None) -> Snapshot:
        nonlocal current, layers
        if editor is not None:
            layers = replace(layers, editor=editor)
        current = loaded = first if last is None else load(layers, last)
        models = Models(
            loaded.config,
            backends=settings.backends,
            env=dict(settings.env),
            shared=shared,
            attends=settings.stays,
            observed=lambda name: _observed(rooms.journal.stats().model(name)),
        )
        index = Index(settings.roots, ignored=ignored, max_files=loaded.config.retrieval.max_files)
        return Snapshot(loaded, models, index, rooms.clock)

    def trusts(project: str) -> bool:
        """Whether the user trusts a folder as it is configured, or without a configuration."""
        root = current.workspace
        if root is not None and current.digest:
            return current.trusted and Path(project).is_relative_to(root)
        return bool(project) and ledger.trusted(Path(project), "")

    shared = Shared(folders.state / "shared.sqlite3")
    rooms = Rooms(
        roots=settings.roots,
        locks=Locks(folders.state / "locks.json"),
        tools=Tools(trusts=trusts),
        types=TypeCheckers(folders.cache / "types"),
        trials=Trials(),
        filters=Filters(),
        trusts=trusts,
        journal=_journal(folders.state / "journal.sqlite3", first.config.journal),
        shared=shared,
        ledger=ledger,
        store=Store(folders.cache / "replies", megabytes=first.config.cache.size_mb),
        ignored=ignored,
        snapshot=snapshot,
    )
    return Orchestrator(rooms)


def _journal(file: Path, settings: config.Journal) -> Journal:
    """The log, in memory where it is switched off."""
    kept = settings.keep_days, settings.size_mb
    return Journal(file if settings.enabled else None, keep_days=kept[0], megabytes=kept[1])


def _observed(arm: Arm) -> Observed:
    """What the journal counted of a model, for its profile; answers that could not be read came."""
    return Observed(
        answers=arm.attempts - arm.errors + arm.misformed,
        misformed=arm.misformed,
        timed=arm.timed,
        first_token=arm.mean_first_token or 0.0,
        tokens_a_second=arm.mean_rate or 0.0,
    )


def _without_models(layers: Layers, last: Loaded | None = None) -> Loaded:
    """The configuration as if it named no model and none were to be looked for."""
    loaded = config.load(layers, last)
    server = structs.replace(loaded.config.server, discover=False)
    return replace(loaded, config=structs.replace(loaded.config, models={}, server=server))
