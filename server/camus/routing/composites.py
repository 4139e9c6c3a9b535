"""Virtual models: `fast`, `medium`, `large`, the roles, and those of the configuration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from camus.config import Composite
from camus.models import Profile

BUILT_IN: tuple[str, ...] = (
    "fast",
    "medium",
    "large",
    "code",
    "analysis",
    "safety",
    "maths",
    "creative",
    "general",
)


def resolve(
    name: str, profiles: Sequence[Profile], composites: Mapping[str, Composite]
) -> tuple[Profile, ...]:
    """The real models a name stands for here, best first: a model itself, a composite, a role.

    Empty when nothing fills it. A composite that names itself ends, not loops.
    """
    raise NotImplementedError
