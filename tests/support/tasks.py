"""Tasks and profiles made by hand, where a test is not about how they come to be."""

from __future__ import annotations

from collections.abc import Iterable

from camus.actions import ACTIONS, Classified, Task
from camus.config import BackendKind, Capability, Complexity, TaskKind
from camus.models import Profile
from camus.privacy import THIS_MACHINE, Destination
from camus.source import Document, Scope, Span

SAMPLE = "def area(width, height):\n    return width * height\n"


def task(
    action: str = "refactor",
    *,
    code: str = SAMPLE,
    kind: TaskKind | None = None,
    complexity: Complexity = Complexity.MEDIUM,
    instruction: str = "",
    language: str = "python",
) -> Task:
    """A task over a whole small document."""
    document = Document("file:///sample.py", code, language)
    whole = Span(0, len(code))
    scope = Scope("function", "area", "area", whole, Span(0, 0), whole, Span(0, 0))
    found = kind or ACTIONS[action].task_kind or TaskKind.GENERAL
    return Task(
        ACTIONS[action], document, scope, whole, Classified(found, complexity, 1.0), instruction
    )


def profile(
    name: str,
    *,
    size: str = "medium",
    place: Destination = THIS_MACHINE,
    capabilities: Iterable[Capability] = (),
    state: str = "ready",
    window: int = 8192,
    problem: str = "",
    strengths: Iterable[TaskKind] = (),
    weaknesses: Iterable[TaskKind] = (),
    found: bool = False,
) -> Profile:
    """A model's profile, ready on this machine unless told otherwise."""
    return Profile(
        name=name,
        backend=BackendKind.OLLAMA,
        model=name,
        place=place,
        window=window,
        size=size,  # type: ignore[arg-type]  # a test's word
        capabilities=frozenset(capabilities),
        strengths=frozenset(strengths),
        weaknesses=frozenset(weaknesses),
        state=state,  # type: ignore[arg-type]  # a test's word
        found=found,
        problem=problem,
    )
