"""What an engine is made of, and a run over it for one request; performs nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from camus import privacy
from camus.analysis import Filters, Tools, Trials, TypeCheckers
from camus.config import Config, Loaded
from camus.journal import Journal, Shared
from camus.models import Completion, Profile
from camus.orchestrator.asking import Asker
from camus.orchestrator.finishing import Workshop
from camus.orchestrator.flights import Flights
from camus.orchestrator.locks import Locks
from camus.orchestrator.run import Run
from camus.orchestrator.snapshot import Snapshot
from camus.orchestrator.store import Store
from camus.orchestrator.values import Request, Stage
from camus.privacy import Ledger
from camus.quality import Deeper
from camus.routing import RULES, TOGETHER, Choice, Override, Plan
from camus.source import Document, path_of

Watch = Callable[[Stage], None]
_UNTRUSTED = "this workspace is not trusted; read it, then run `camus trust`"


@dataclass(frozen=True, slots=True)
class Rooms:
    """What an engine is made of; `assemble` makes one from the settings of a face."""

    roots: tuple[Path, ...]
    tools: Tools
    types: TypeCheckers
    trials: Trials
    filters: Filters
    trusts: Callable[[str], bool]
    journal: Journal
    shared: Shared
    ledger: Ledger
    store: Store
    ignored: Callable[[str], bool]
    snapshot: Callable[[Loaded | None, Mapping[str, object] | None], Snapshot]
    """Reads the configuration (with a last good one and the editor's settings, when those
    changed) and makes what depends on it."""
    locks: Locks = field(default_factory=lambda: Locks(None))
    clock: Callable[[], float] = time.monotonic
    wall: Callable[[], float] = time.time


def run_of(
    request: Request,
    snapshot: Snapshot,
    watch: Watch,
    *,
    rooms: Rooms,
    rules: privacy.Rules,
    way: Flights[Completion],
) -> Run:
    """A run for one request under the configuration of a snapshot; `way` holds calls under way."""
    config = snapshot.config
    fresh = request.fresh or not config.cache.enabled
    return Run(
        request=request,
        config=config,
        tools=rooms.tools,
        index=snapshot.index,
        asker=Asker(config, snapshot.models, rules, rooms.store, way, fresh, snapshot.templates),
        journal=rooms.journal,
        watch=watch,
        clock=rooms.clock,
        wall=rooms.wall,
        workshop=Workshop(rooms.tools, rooms.filters, config.post_processing.commands),
        deeper=_deeper(rooms, request.document, config),
        profiles={profile.name: profile for profile in snapshot.models.profiles()},
    )


def project_of(roots: Sequence[Path], document: Document) -> str:
    """The workspace folder of a document, whose linter settings hold; empty outside of all."""
    path = path_of(document.uri)
    inside = [root for root in roots if path and path.is_relative_to(root)]
    return str(max(inside, key=lambda root: len(root.parts), default=""))


def reviewers_of(
    plan: Plan, config: Config, override: Override, profiles: Mapping[str, Profile]
) -> tuple[Choice, ...]:
    """The models that may review each other's drafts: those of the plan, then others here."""
    settings = config.multi_model
    wanted = settings.enabled and settings.cross_validation
    if plan.exact or plan.strategy in TOGETHER or not (wanted or override.validate):
        return ()
    models = tuple(choice for choice in plan.choices if choice.model != RULES)
    known = {choice.model for choice in models} | {each.model for each in plan.rejected}
    more = [
        Choice(each.name, "asked for a second opinion")
        for each in profiles.values()
        if each.state == "ready" and each.place.local and each.name not in known
    ]
    return (*models, *more)


def _deeper(rooms: Rooms, document: Document, config: Config) -> Deeper:
    """Who takes the slower looks at a draft of this document, as configured and trusted."""
    checks = config.checks
    trusted = rooms.trusts(project_of(rooms.roots, document))
    return Deeper(
        types=rooms.types if checks.types else None,
        trials=rooms.trials if checks.behaviour and trusted else None,
        trusted=trusted,
        seconds=checks.seconds,
        weight=config.quality.weights.behaviour,
        withheld=_UNTRUSTED if checks.behaviour and not trusted else "",
    )
