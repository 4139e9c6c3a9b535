"""What a line says of a step of post-processing."""

from __future__ import annotations

import pytest

from camus.cli.render import finish_line
from camus.orchestrator import Finish


@pytest.mark.parametrize(
    ("finish", "line"),
    [
        (Finish("formatter"), "formatter: nothing changed"),
        (Finish("formatter", 1), "formatter: 1 line changed"),
        (
            Finish("mine", 3, "it \x1b[31mfailed"),
            "mine: 3 lines changed; it \\x1b[31mfailed",
        ),
    ],
)
def test_a_step_tells_what_it_changed_and_obeys_no_control_characters(
    finish: Finish, line: str
) -> None:
    assert finish_line(finish) == line
