"""What is known of a model, as a row of the list and as facts for `show` and scripts."""

from __future__ import annotations

from collections import Counter
from typing import Any

from camus.cli.probed import probed_facts
from camus.config import Capability
from camus.journal import Arm
from camus.models import Profile, in_words
from camus.orchestrator import Orchestrator

COLUMNS = (
    *("model", "backend", "size", "window", "memory", "place", "state", "health"),
    *("asked", "failed", "speed", "left today", "can"),
)
"""Of the list; one that is empty for every model is left out."""
_USUAL = frozenset({Capability.STREAMING, Capability.LOCAL_INFERENCE})
"""What the list does not say of each model again."""


def row_of(camus: Orchestrator, profile: Profile) -> tuple[str, ...]:
    """A row of the list."""
    seen = camus.journal.stats().model(profile.name)
    can = ", ".join(sorted(profile.capabilities - _USUAL))
    return (
        profile.name,
        profile.backend.value,
        profile.size,
        f"{profile.window}",
        _memory(profile),
        profile.place.name,
        profile.state,
        _health(camus, profile),
        f"{seen.attempts or ''}",
        f"{seen.errors or ''}",
        _speed(camus, profile, seen)[0],
        _left(profile),
        f"{can} ({_source(camus, profile)})" if can else "",
    )


def facts_of(camus: Orchestrator, profile: Profile) -> dict[str, Any]:
    """One model as JSON tells it."""
    seen = camus.journal.stats().model(profile.name)
    return {
        "name": profile.name,
        "model": profile.model,
        "backend": profile.backend.value,
        "state": profile.state,
        "problem": profile.problem,
        "place": profile.place.name,
        "local": profile.place.local,
        "url": profile.url,
        "from": "discovery" if profile.found else "configuration",
        "size": profile.size,
        "window": profile.window,
        "parameters_billions": profile.parameters_billions or None,
        "licence": profile.licence,
        "licence_tier": profile.licence_tier,
        "price_input": profile.price.input if profile.price else None,
        "price_output": profile.price.output if profile.price else None,
        "memory_bytes": profile.memory_bytes or None,
        "cards_bytes": profile.cards_bytes or None,
        "left_today": _left(profile),
        "in_memory": {True: "yes", False: "no", None: ""}[profile.loaded],
        "digest": profile.digest,
        "capabilities": sorted(profile.capabilities),
        **_sources(camus, profile),
        "strengths": sorted(profile.strengths),
        "weaknesses": sorted(profile.weaknesses),
        **_use(camus, profile, seen),
        "requests": seen.attempts,
        "errors": seen.errors,
        "mean_seconds": seen.mean_seconds,
        "mean_score": seen.mean_score,
    }


def _sources(camus: Orchestrator, profile: Profile) -> dict[str, Any]:
    """Declared beside measured, and which of the two counts."""
    own = camus.config.models.get(profile.name)
    declared = sorted(own.capabilities) if own else []
    facts = probed_facts(profile) if profile.measured else {}
    words = {
        "measured": "measured, and guessed where it was not",
        "guessed": "guessed from its name and size",
    }
    source = _source(camus, profile)
    return {
        "capabilities_from": words.get(source, source),
        "capabilities_declared": declared,
        "measured": facts,
    }


def _source(camus: Orchestrator, profile: Profile) -> str:
    """Which of what is known of its capabilities counts."""
    own = camus.config.models.get(profile.name)
    if own is not None and own.capabilities:
        return "declared"
    return "measured" if profile.measured else "guessed"


def _use(camus: Orchestrator, profile: Profile, seen: Arm) -> dict[str, Any]:
    """How it is, how fast it is and what it takes; declared beside what was measured."""
    own = camus.config.models.get(profile.name)
    speed, source = _speed(camus, profile, seen)
    measured = profile.measured
    return {
        "health": _health(camus, profile),
        "servers": [
            f"{each.url}: {each.why or 'in use'}" for each in camus.models.replicas(profile.name)
        ],
        "speed": speed,
        "speed_from": source,
        "first_token_seconds_declared": (own.avg_ttft_ms or 0) / 1000 or None if own else None,
        "first_token_seconds_measured": (measured.first_token or None) if measured else None,
        "first_token_seconds_observed": _rounded(seen.mean_first_token),
        "tokens_a_second_declared": own.avg_tokens_per_sec if own else None,
        "tokens_a_second_measured": (measured.tokens_a_second or None) if measured else None,
        "tokens_a_second_observed": _rounded(seen.mean_rate),
        "streams": Capability.STREAMING in profile.capabilities,
        "calls_tools": Capability.TOOL_USE in profile.capabilities,
        "cost_tier": own.cost_tier if own else None,
    }


def _speed(camus: Orchestrator, profile: Profile, seen: Arm) -> tuple[str, str]:
    """Its speed in words, and where that is known from; what was observed counts first."""
    own = camus.config.models.get(profile.name)
    measured = profile.measured.tokens_a_second if profile.measured else 0.0
    rates = (
        ("observed", seen.mean_rate),
        ("measured", measured),
        ("declared", own.avg_tokens_per_sec if own else None),
    )
    for source, rate in rates:
        if rate:
            return f"{rate:.0f} tokens/s", source
    if seen.attempts and seen.mean_seconds:
        return f"{seen.mean_seconds:.1f} s", "observed"
    return "", ""


def _health(camus: Orchestrator, profile: Profile) -> str:
    """How many of its servers are in use: `well`, `out`, `1 of 3 in use`; empty: it has none."""
    uses = Counter(each.use for each in camus.models.replicas(profile.name))
    every = uses.total()
    if not every:
        return ""
    if uses["yes"] == every:
        return "well"
    if every == 1:
        return {"trial": "on trial", "no": "out", "unreachable": "unreachable"}[next(iter(uses))]
    return f"{uses['yes']} of {every} in use"


def _memory(profile: Profile) -> str:
    if not profile.memory_bytes:
        return ""
    return f"{profile.memory_bytes / 1e9:.1f} GB{', loaded' if profile.loaded else ''}"


def _left(profile: Profile) -> str:
    return in_words(profile.quota) if profile.quota else ""


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
