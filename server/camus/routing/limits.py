"""The hard constraints: which models are out for a task, each with the reason in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from camus.actions import Task
from camus.config import Capability
from camus.models import Profile
from camus.routing.composites import drawn_from

CHARACTERS_A_TOKEN = 3.0
"""A low estimate for code, so that the tokens are rather over- than underestimated."""
OVERHEAD_TOKENS = 300
"""The instructions around the code."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A model that is out, and the hard reason."""

    model: str
    reason: str


def divide(
    task: Task, profiles: Sequence[Profile], consents: frozenset[str], *, named: bool
) -> tuple[tuple[Profile, ...], tuple[Rejected, ...]]:
    """The models that may be asked, and the others with their reasons.

    `named` when the user or the configuration says which model: only then a remote one with
    consent may be asked; a tier, a role and discovery never reach it.
    """
    usable: list[Profile] = []
    rejected: list[Rejected] = []
    for profile in profiles:
        reason = _why_not(task, profile, consents, named=named)
        if reason:
            rejected.append(Rejected(profile.name, reason))
        else:
            usable.append(profile)
    return tuple(usable), tuple(rejected)


def _why_not(task: Task, profile: Profile, consents: frozenset[str], *, named: bool) -> str:
    place = profile.place
    if not place.local and place.name not in consents:
        return (
            f"your code would be sent to {place.name}; allow it: camus consent grant {place.name}"
        )
    if not place.local and not named:
        return f"it runs at {place.name}: only used where it is named"
    if profile.state == "unknown":
        return "its server has not been asked yet"
    if profile.state != "ready":
        return profile.problem or profile.state
    if (not named and not drawn_from(profile)) or profile.capabilities == {Capability.EMBEDDING}:
        return "it makes embeddings, not text"
    needed = tokens_needed(task)
    if needed > profile.window:
        return f"needs about {needed} tokens, its window is {profile.window}"
    return ""


def tokens_needed(task: Task) -> int:
    """A low estimate of the window a task needs: the target, and for an edit its rewritten form."""
    code = len(task.code) / CHARACTERS_A_TOKEN
    answer = code if task.action.produces == "edit" else 256
    return int(code + answer) + OVERHEAD_TOKENS
