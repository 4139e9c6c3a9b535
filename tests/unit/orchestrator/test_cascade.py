"""A cascade: who is asked when the checks reject, who is repaired, and who is left out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from camus.journal import Attempted
from camus.models import Failed
from camus.orchestrator import Orchestrator, Outcome
from camus.privacy import Prompt
from support.engines import document, fenced, models, request, running, scripted

STUB = '''def area(width: int, height: int) -> int:
    """The area of a rectangle."""
    raise NotImplementedError
'''
GOOD = fenced(STUB.replace("raise NotImplementedError", "return width * height"))
POOR = fenced(STUB.replace("raise NotImplementedError", "return widht * height"))
BROKEN = fenced(STUB.replace("raise NotImplementedError", "return (width"))
CAREFUL = {"multi_model": {"intelligent_selection": {"quality_loss": 0.0}}}
"""So that a task begins at the large model, and the others are fallbacks."""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


def in_turn(**answers: list[object]) -> Callable[[str, Prompt], object]:
    """For each model its answers in order."""
    left = {name: list(given) for name, given in answers.items()}

    def reply(model: str, _prompt: Prompt) -> object:
        return left[model].pop(0)

    return reply


async def asked(
    root: Path, flags: dict[str, object] | None = None, **answers: list[object]
) -> tuple[Outcome, list[str], Orchestrator]:
    """The outcome of a simple task for three models, and who was asked in which order."""
    backend = scripted(in_turn(**answers), *answers)
    sizes = {"small": "fast", "middle": "medium", "large": "large"}
    flags = models(**{name: sizes[name] for name in answers}) | (flags or {})
    async with running(root, backend, flags) as engine:
        code = document(root, "shapes.py", STUB)
        outcome = await engine.perform(request(code, "implement", "area"))
    return outcome, [call[0] for call in backend.calls], engine


async def test_a_rejected_answer_goes_up_at_once_where_a_repair_would_take_longer(
    root: Path,
) -> None:
    outcome, order, _ = await asked(root, small=[POOR], middle=[POOR], large=[GOOD])
    assert order == ["small", "middle", "large"]
    assert (outcome.model, outcome.needs_confirmation) == ("large", False)


async def test_an_answer_that_cannot_be_read_is_asked_for_again(root: Path) -> None:
    outcome, order, _ = await asked(root, small=["I would rather not", GOOD], middle=[], large=[])
    assert (outcome.model, order) == ("small", ["small", "small"])


async def test_the_last_rejected_answer_is_repaired_when_nobody_larger_answers(root: Path) -> None:
    down = Failed("out of memory")
    outcome, order, _ = await asked(
        root, small=[POOR], middle=[POOR, GOOD], large=[down, down, down]
    )
    assert order[:2] == ["small", "middle"]
    assert order[-1] == "middle"
    assert (outcome.model, outcome.needs_confirmation) == ("middle", False)


async def test_a_repair_in_the_end_that_is_worse_is_not_taken(root: Path) -> None:
    down = Failed("out of memory")
    outcome, order, _ = await asked(
        root, small=[POOR], middle=[POOR, BROKEN], large=[down, down, down]
    )
    assert order[-1] == "middle"
    assert (outcome.state, outcome.needs_confirmation) == ("done", True)


async def test_a_smaller_model_is_not_asked_for_what_a_larger_one_could_not_do(root: Path) -> None:
    outcome, order, _ = await asked(root, CAREFUL, large=[POOR, POOR], middle=[], small=[])
    assert order == ["large", "large"]
    assert (outcome.model, outcome.needs_confirmation) == ("large", True)


async def test_smaller_models_are_asked_when_there_is_nothing_to_offer(root: Path) -> None:
    outcome, order, _ = await asked(root, CAREFUL, large=[BROKEN, BROKEN], middle=[GOOD], small=[])
    assert order == ["large", "large", "middle"]
    assert (outcome.model, outcome.needs_confirmation) == ("middle", False)


async def test_smaller_models_are_asked_when_the_larger_one_fails(root: Path) -> None:
    down = Failed("out of memory")
    outcome, order, _ = await asked(
        root, CAREFUL, large=[down, down, down], middle=[GOOD], small=[]
    )
    assert (outcome.model, order[-1]) == ("middle", "middle")


async def test_the_journal_knows_how_each_answer_came_to_be_asked_for(root: Path) -> None:
    _, _, engine = await asked(root, small=[POOR], middle=[POOR], large=[POOR, GOOD])
    events = [each for each in engine.journal.events() if isinstance(each, Attempted)]
    told = [(each.model, each.turn, each.passed) for each in events]
    assert told == [
        ("small", "first", False),
        ("middle", "next", False),
        ("large", "next", False),
        ("large", "repair", True),
    ]
