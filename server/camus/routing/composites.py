"""Virtual models: `fast`, `medium`, `large`, the roles, and those of the configuration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from camus.config import Capability, Composite
from camus.models import Profile

TIERS: tuple[str, ...] = ("fast", "medium", "large")
ROLES: Mapping[str, tuple[Capability, ...]] = {
    "code": (Capability.CODE_SPECIALIZED,),
    "analysis": (Capability.HIGH_QUALITY, Capability.DEEP_REASONING, Capability.LARGE_CONTEXT),
    "safety": (Capability.SECURITY_FOCUSED,),
    "maths": (Capability.MATH_REASONING,),
    "creative": (Capability.CREATIVE_WRITING,),
    "general": (),
}
"""For each role the capabilities that make a specialist, the most telling one first."""

BUILT_IN: tuple[str, ...] = (*TIERS, *ROLES)


def resolve(
    name: str, profiles: Sequence[Profile], composites: Mapping[str, Composite]
) -> tuple[Profile, ...]:
    """The real models a name stands for here, best first: a model itself, a composite, a role.

    `profiles` are the candidates a tier or a role may draw from; a model's own name and a
    composite's bases reach any of them. Empty when nothing fills the name. A composite that
    names itself ends, not loops.
    """
    return _resolve(name, profiles, composites, frozenset())


def _resolve(
    name: str,
    profiles: Sequence[Profile],
    composites: Mapping[str, Composite],
    seen: frozenset[str],
) -> tuple[Profile, ...]:
    composite = composites.get(name)
    if composite is not None and composite.bases and name not in seen:
        found: dict[str, Profile] = {}
        for base in composite.bases:
            for profile in _resolve(base, profiles, composites, seen | {name}):
                found.setdefault(profile.name, profile)
        return tuple(found.values())
    named = tuple(profile for profile in profiles if profile.name == name)
    if named:
        return named
    by_server_id = tuple(profile for profile in profiles if profile.model == name)
    if by_server_id:
        return by_server_id
    return _built_in(name, tuple(p for p in profiles if drawn_from(p)))


def drawn_from(profile: Profile) -> bool:
    """Whether a tier or a role may draw this model: never a remote one, nor a mere embedder."""
    embeds_only = profile.capabilities == frozenset({Capability.EMBEDDING})
    return profile.place.local and not embeds_only


def _built_in(name: str, profiles: tuple[Profile, ...]) -> tuple[Profile, ...]:
    if name in TIERS:
        wanted = TIERS.index(name)
        return tuple(sorted(profiles, key=lambda p: abs(TIERS.index(p.size) - wanted)))
    if name == "general":
        specialised = frozenset({Capability.CODE_SPECIALIZED, Capability.MATH_REASONING})
        return tuple(
            sorted(profiles, key=lambda p: (bool(p.capabilities & specialised), -_rung(p)))
        )
    if name in ROLES:
        wanted_capabilities = ROLES[name]
        return tuple(sorted(profiles, key=lambda p: (_rank(p, wanted_capabilities), -_rung(p))))
    return ()


def _rung(profile: Profile) -> int:
    return TIERS.index(profile.size)


def _rank(profile: Profile, wanted: tuple[Capability, ...]) -> int:
    """The place of the first wanted capability the model has; past the end when it has none."""
    held = (place for place, capability in enumerate(wanted) if capability in profile.capabilities)
    return next(held, len(wanted))
