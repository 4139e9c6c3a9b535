"""Models and pipelines as lists for a client's own picker and completion."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from camus.config import Composite, Pipeline, pipelines_of
from camus.lsp.naming import friendly, place, speciality
from camus.models import Profile
from camus.orchestrator import Orchestrator
from camus.routing import Override, resolve


def models(profiles: Sequence[Profile], override: Override) -> list[dict[str, Any]]:
    """Every model that is configured or was found, the ready ones first."""
    ordered = sorted(profiles, key=lambda profile: profile.state != "ready")
    return [
        {
            "name": profile.name,
            "friendly": friendly(profile.name),
            "specialist": speciality(profile),
            "place": place(profile),
            "destination": profile.place.name,
            "ready": profile.state == "ready",
            "problem": profile.problem,
            "selected": profile.name == override.model,
        }
        for profile in ordered
    ]


def pipelines(
    engine: Orchestrator, profiles: Sequence[Profile], override: Override
) -> list[dict[str, Any]]:
    """Every pipeline, those that ship last, with the models that its steps come to."""
    selected = override.pipeline or engine.config.defaults.pipeline
    composites = engine.config.composites
    configured = engine.config.pipelines
    known = pipelines_of(engine.config)
    return [
        _pipeline(name, _steps(known[name], profiles, composites), name == selected)
        | {"strategy": str(known[name].strategy), "ships": name not in configured}
        for name in (*configured, *(name for name in known if name not in configured))
    ]


def _pipeline(name: str, steps: list[tuple[str, Profile | None]], selected: bool) -> dict[str, Any]:
    found = [profile for _named, profile in steps if profile is not None]
    remote = any(not profile.place.local for profile in found)
    ready = all(profile is not None and profile.state == "ready" for _named, profile in steps)
    names = [profile.name if profile else named for named, profile in steps]
    return {
        "name": name,
        "friendly": f"{name}: {' → '.join(map(friendly, names))}" if names else name,
        "place": "remote" if remote else "local",
        "ready": bool(steps) and ready,
        "selected": selected,
        "steps": names,
    }


def _steps(
    pipeline: Pipeline, profiles: Sequence[Profile], composites: dict[str, Composite]
) -> list[tuple[str, Profile | None]]:
    """Each step's word and the model behind it; a ready one where there are several."""
    steps: list[tuple[str, Profile | None]] = []
    for step in pipeline.steps:
        found = resolve(step.backend, profiles, composites)
        ready = next((profile for profile in found if profile.state == "ready"), None)
        steps.append((step.backend, ready or next(iter(found), None)))
    return steps
