"""What a request leaves for later ones: decisions, money, verdicts, corrections."""

from __future__ import annotations

from pathlib import Path

import pytest

from camus.config import TaskKind
from camus.journal import Attempted, Decided, Mended
from camus.orchestrator.corrections import fault_of, kept_of
from support.engines import document, fenced, models, request, running, scripted

STUB = '''def area(width: int, height: int) -> int:
    """The area of a rectangle."""
    raise NotImplementedError
'''
GOOD = STUB.replace("raise NotImplementedError", "return width * height")
OTHER = STUB.replace("raise NotImplementedError", "size = width * height\n    return size")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


def learning(**sizes: str) -> dict[str, object]:
    """Two models chosen by what was learnt, without trying."""
    made = models(**sizes)
    selection = {"type": "learning", "exploration": 0.0}
    return {**made, "multi_model": {"intelligent_selection": selection}}


async def test_a_decision_is_kept_with_its_candidates_and_without_any_code(root: Path) -> None:
    backend = scripted(lambda _m, _p: fenced(GOOD), "small", "big")
    async with running(root, backend, models(small="fast", big="large")) as engine:
        await engine.perform(request(document(root, "a.py", STUB), "implement", "area"))
        (decided,) = [e for e in engine.journal.events() if isinstance(e, Decided)]
    assert decided.order == ("small", "big")
    assert {each.model for each in decided.candidates} == {"small", "big"}
    assert decided.candidates[0].parts


async def test_rules_that_answer_leave_no_decision(root: Path) -> None:
    backend = scripted(lambda _m, _p: fenced(GOOD), "small")
    code = document(root, "a.py", "def area(width, height):\n    return width * height\n")
    async with running(root, backend, models(small="fast")) as engine:
        await engine.perform(request(code, "document", "area"))
        assert not [e for e in engine.journal.events() if isinstance(e, Decided)]


async def test_the_model_that_is_undone_again_and_again_is_left(root: Path) -> None:
    backend = scripted(lambda _m, _p: fenced(GOOD), "first", "second")
    code = document(root, "a.py", STUB)
    asked = []
    async with running(root, backend, learning(first="medium", second="medium")) as engine:
        for n in range(12):
            outcome = await engine.perform(
                request(code, "implement", "area", id=f"r{n}", fresh=True)
            )
            asked.append(outcome.model)
            engine.feedback(f"r{n}", "undone" if outcome.model == "first" else "accepted")
    assert asked[0] == "first"
    assert asked[-1] == "second"


async def test_what_an_answer_costs_is_booked_by_its_prices(root: Path) -> None:
    backend = scripted(lambda _m, _p: fenced(GOOD), "paid")
    flags = models(paid="fast")
    flags["models"]["paid"] |= {"price_input": 1000.0, "price_output": 1000.0}  # type: ignore[index]
    async with running(root, backend, flags) as engine:
        await engine.perform(request(document(root, "a.py", STUB), "implement", "area"))
        (attempt,) = [e for e in engine.journal.events() if isinstance(e, Attempted)]
        spent = engine.journal.stats().lessons.spent_on(attempt.at)
    assert attempt.cost == pytest.approx((attempt.prompt_tokens + attempt.completion_tokens) / 1000)
    assert spent == pytest.approx(attempt.cost)


async def test_a_ceiling_of_a_day_stops_asking_a_paid_model(root: Path) -> None:
    backend = scripted(lambda _m, _p: fenced(GOOD), "paid")
    flags = models(paid="fast")
    flags["models"]["paid"] |= {"price_input": 1.0, "price_output": 1.0}  # type: ignore[index]
    flags["limits"] = {"cost_a_day": 0.0005}
    async with running(root, backend, flags) as engine:
        outcome = await engine.perform(request(document(root, "a.py", STUB), "implement", "area"))
    assert outcome.state == "no_model"
    assert "today's" in outcome.message
    assert backend.calls == []


async def test_a_correction_from_an_editor_is_learnt_from_and_forgotten(root: Path) -> None:
    backend = scripted(lambda _m, _p: fenced(GOOD), "small")
    async with running(root, backend, models(small="fast")) as engine:
        await engine.perform(request(document(root, "a.py", STUB), "implement", "area"))
        found = await engine.mend("r1", OTHER)
        assert found is not None
        assert (found.fault, found.report.refusals) == ("wrong", ())
        assert await engine.mend("nobody", OTHER) is None
        refused = await engine.mend("r1", OTHER.replace("area(", "area(("))
        assert refused is not None
        assert refused.report.refusals
        assert len([e for e in engine.journal.events() if isinstance(e, Mended)]) == 1


async def test_the_kind_of_a_recent_answer_can_be_corrected(root: Path) -> None:
    backend = scripted(lambda _m, _p: "It is a lock.", "small")
    async with running(root, backend, models(small="fast")) as engine:
        asked = request(document(root, "a.py", STUB), "ask", instruction="frobnicate the gizmo")
        await engine.perform(asked)
        assert engine.correct_answered("r1", TaskKind.MATHEMATICAL)
        assert not engine.correct_answered("nobody", TaskKind.MATHEMATICAL)
        assert [each.kind for each in engine.journal.stats().corrections] == ["MATHEMATICAL"]


async def test_a_confidence_that_moves_much_is_logged_without_any_code(
    root: Path, caplog: pytest.LogCaptureFixture
) -> None:
    backend = scripted(lambda _m, _p: fenced(GOOD), "small")
    caplog.set_level("INFO", "camus.request")
    async with running(root, backend, models(small="fast")) as engine:
        for n in range(4):
            name = f"r{n}"
            await engine.perform(
                request(document(root, "a.py", STUB), "implement", "area", id=name, fresh=True)
            )
            engine.feedback(name, "bad")
    said = [line for line in caplog.messages if "confidence in small" in line]
    assert said
    assert all("area" not in line for line in said)


@pytest.mark.parametrize(
    ("corrected", "kept", "fault"),
    [
        (GOOD, 1.0, "style"),
        (STUB, 0.0, "unwanted"),
        (GOOD.replace("    return", "        return"), 1.0, "style"),
        (OTHER, 0.333, "wrong"),
        (f"import math\n\n\n{GOOD}", 0.667, "incomplete"),
    ],
)
def test_what_was_the_matter_is_told_from_the_texts(
    corrected: str, kept: float, fault: str
) -> None:
    share = kept_of(STUB, GOOD, corrected)
    assert share == pytest.approx(kept, abs=0.01)
    assert fault_of(STUB, GOOD, corrected, share) == fault
