"""What a pipeline's step is to the others, by the words of its task."""

from __future__ import annotations

import pytest

from camus.routing import Role
from camus.routing.teams import role_of


@pytest.mark.parametrize(
    ("step", "after_author", "role"),
    [
        ("", False, Role.AUTHOR),
        ("analyze_and_plan", False, Role.PLANNER),
        ("Analyse", True, Role.PLANNER),
        ("plan", False, Role.PLANNER),
        ("implement_changes", True, Role.AUTHOR),
        ("validate_and_refine", True, Role.AUTHOR),
        ("validate", True, Role.CRITIC),
        ("Review the change", True, Role.CRITIC),
        ("review", False, Role.PLANNER),
        ("critique", True, Role.CRITIC),
        ("refine", True, Role.AUTHOR),
        ("add type hints", False, Role.AUTHOR),
    ],
)
def test_a_step_has_the_role_its_words_say(step: str, after_author: bool, role: Role) -> None:
    assert role_of(step, after_author=after_author) is role
