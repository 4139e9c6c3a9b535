"""The slower looks at a draft: types, behaviour, a second model; post-processing; thresholds."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from camus.journal import Feedback, Finished
from camus.models import TimedOut
from camus.orchestrator import Outcome
from camus.privacy import Ledger, Prompt
from support.engines import document, fenced, models, request, running, scripted

linux = pytest.mark.skipif(sys.platform != "linux", reason="the sandbox needs Linux")
CODE = '''def pick(items: list[int], at: int = 2) -> int | None:
    """The item at a place, if there is one."""
    if at < len(items):
        found = items[at]
        return found
    return None
'''
SAME = CODE.replace(
    "        found = items[at]\n        return found\n", "        return items[at]\n"
)
OTHER = SAME.replace("at < len", "at <= len")
UNTYPED = SAME.replace("return items[at]", "return str(items[at])")


def replies(**told: object) -> Callable[[str, Prompt], object]:
    """For each model its answers in order, the last one again and again."""
    left = {name: list(a) if isinstance(a, list) else [a] for name, a in told.items()}

    def reply(model: str, _prompt: Prompt) -> object:
        queue = left[model]
        return queue.pop(0) if len(queue) > 1 else queue[0]

    return reply


async def perform(
    root: Path,
    told: dict[str, object],
    settings: Mapping[str, Any],
    action: str = "refactor",
    **more: object,
) -> tuple[Outcome, list[tuple[str, Prompt]]]:
    code = document(root, "pick.py", CODE)
    sizes = dict(zip(told, ("fast", "medium", "large"), strict=False))
    backend = scripted(replies(**told), *told)
    async with running(root, backend, {**models(**sizes), **settings}) as engine:
        return await engine.perform(request(code, action, "pick", **more)), backend.calls


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


def files(folder: Path) -> list[Path]:
    return list(folder.iterdir())


def trusted(root: Path) -> None:
    Ledger(root.parent / "home" / "config").trust(root, "", now="2026-01-01T00:00:00+00:00")


BEHAVIOUR = {"checks": {"behaviour": True, "types": False}}


@linux
async def test_another_behaviour_is_repaired_with_the_counterexample(root: Path) -> None:
    trusted(root)
    told: dict[str, object] = {"small": [fenced(OTHER), fenced(SAME)]}
    outcome, calls = await perform(root, told, BEHAVIOUR)
    assert outcome.state == "done"
    assert outcome.task.document.edited(outcome.edits).text == SAME
    assert "now raises IndexError" in calls[1][1].messages[-1].content
    assert outcome.report is not None
    assert any(each.startswith("behaviour (") for each in outcome.report.checked)


@linux
async def test_another_behaviour_that_stays_needs_the_next_model(root: Path) -> None:
    trusted(root)
    told: dict[str, object] = {"small": fenced(OTHER), "big": fenced(SAME)}
    outcome, _ = await perform(root, told, BEHAVIOUR)
    assert (outcome.model, outcome.needs_confirmation) == ("big", False)


@linux
async def test_a_bug_fix_may_behave_otherwise_and_shows_how(root: Path) -> None:
    trusted(root)
    outcome, calls = await perform(
        root,
        {"small": fenced(OTHER.replace("items[at]", "items[-1]"))},
        BEHAVIOUR,
        action="modify",
        instruction="fix the bug: give the last item when the place is past the end",
    )
    assert len(calls) == 1
    assert outcome.report is not None
    found = [each for each in outcome.report.introduced if each.rule == "behaviour"]
    assert [each.severity for each in found] == ["info"]
    assert "gave" in found[0].message


async def test_behaviour_is_not_looked_at_in_a_workspace_that_is_not_trusted(root: Path) -> None:
    outcome, calls = await perform(root, {"small": fenced(OTHER)}, BEHAVIOUR)
    assert outcome.report is not None
    assert any("not trusted" in each for each in outcome.report.unchecked)
    assert len(calls) == 1


async def test_nor_when_the_user_did_not_switch_it_on(root: Path) -> None:
    trusted(root)
    outcome, _ = await perform(root, {"small": fenced(OTHER)}, {})
    assert outcome.report is not None
    said = (*outcome.report.unchecked, *outcome.report.checked)
    assert not any("behaviour" in each for each in said)


async def test_a_new_type_error_is_repaired_with_the_checkers_own_words(root: Path) -> None:
    (root / "mypy.ini").write_text("[mypy]\nstrict = True\n", encoding="utf-8")
    told: dict[str, object] = {"small": [fenced(UNTYPED), fenced(SAME)]}
    outcome, calls = await perform(root, told, {})
    assert "return-value" in calls[1][1].messages[-1].content
    assert outcome.report is not None
    assert "mypy" in outcome.report.checked
    assert sorted(each.name for each in files(root)) == ["mypy.ini", "pick.py"]


async def test_an_absent_type_checker_is_named(root: Path) -> None:
    (root / "ty.toml").write_text("", encoding="utf-8")
    outcome, _ = await perform(root, {"small": fenced(SAME)}, {})
    assert outcome.report is not None
    assert any(each.startswith("ty: ") for each in outcome.report.unchecked)


CROSSED = {"multi_model": {"enabled": True, "cross_validation": True}}
REJECT = "VERDICT: reject\nREASON: the bound is lost"


async def test_a_second_model_can_lower_a_score_and_its_opinion_bears_its_name(root: Path) -> None:
    told: dict[str, object] = {"small": fenced(SAME), "big": REJECT}
    # Where time alone counts an answer is repaired before a model that takes much longer.
    selection = {"intelligent_selection": {"quality_loss": 1.0}}
    flags = {"multi_model": CROSSED["multi_model"] | selection}
    outcome, calls = await perform(root, told, flags | models(small="fast", big="large"))
    assert outcome.report is not None
    assert outcome.needs_confirmation
    found = [each for each in outcome.report.introduced if each.source == "big"]
    assert [each.message for each in found][:1] == ["the bound is lost"]
    assert [name for name, _ in calls] == ["small", "big", "small", "big", "big", "big"][
        : len(calls)
    ]
    assert "the bound is lost" in calls[2][1].messages[-1].content


async def test_a_second_model_that_agrees_changes_no_score(root: Path) -> None:
    alone, _ = await perform(root, {"small": fenced(SAME)}, {})
    outcome, _ = await perform(
        root, {"small": fenced(SAME), "big": "VERDICT: accept\nREASON: none"}, CROSSED
    )
    assert outcome.report is not None
    assert alone.report is not None
    assert outcome.report.score == alone.report.score
    assert "second opinion (big)" in outcome.report.checked
    assert [a.state for a in outcome.decision.attempts][-2:] == ["opinion", "accepted"]


@pytest.mark.parametrize("reply", ["I would not know.", TimedOut("too slow")])
async def test_a_second_model_that_fails_does_no_harm_and_is_named(
    root: Path, reply: object
) -> None:
    outcome, _ = await perform(root, {"small": fenced(SAME), "big": reply}, CROSSED)
    assert (outcome.state, outcome.model, outcome.needs_confirmation) == ("done", "small", False)
    assert outcome.report is not None
    assert any(each.startswith("second opinion (big)") for each in outcome.report.unchecked)


async def test_a_second_model_cannot_lift_a_refusal(root: Path) -> None:
    broken = fenced(CODE.replace("len(items)", "len(items"))
    outcome, calls = await perform(
        root, {"small": broken, "big": [broken, "VERDICT: accept"]}, CROSSED
    )
    assert outcome.state == "refused"
    assert not any("VERDICT" in prompt.messages[-1].content for _, prompt in calls)


async def test_one_model_alone_reviews_nothing(root: Path) -> None:
    outcome, calls = await perform(root, {"small": fenced(SAME)}, CROSSED)
    assert (outcome.state, len(calls)) == ("done", 1)


RAGGED = SAME.replace("return None\n", "return None   \n").replace("at < len", "at<len")


async def test_post_processing_tells_what_each_step_changed(root: Path) -> None:
    outcome, _ = await perform(root, {"small": fenced(RAGGED)}, {})
    assert outcome.task.document.edited(outcome.edits).text == SAME
    assert [each.step for each in outcome.finishes] == [
        "formatter",
        "quality_validator",
        "security_scanner",
        "consistency_checker",
    ]
    assert outcome.finishes[0].lines >= 1
    assert outcome.finishes[1].lines == 0


async def test_steps_can_be_switched_off_and_reordered(root: Path) -> None:
    order = {"post_processing": {"steps": ["consistency_checker"]}}
    outcome, _ = await perform(root, {"small": fenced(RAGGED)}, order)
    assert [each.step for each in outcome.finishes] == ["consistency_checker"]
    text = outcome.task.document.edited(outcome.edits).text
    assert "return None\n" in text
    assert "at<len" in text
    none, _ = await perform(root, {"small": fenced(RAGGED)}, {"post_processing": {"steps": []}})
    assert none.finishes == ()


async def test_a_step_of_ones_own_sees_the_draft_and_changes_the_target_alone(root: Path) -> None:
    program = "t = sys.stdin.read(); print('# top'); print(t.replace('The', 'One'), end='')"
    own = {"command": [sys.executable, "-c", f"import sys; {program}"], "languages": ["python"]}
    failing = {"command": [sys.executable, "-c", "raise SystemExit(3)"]}
    other = {"command": [sys.executable, "-c", "1/0"], "languages": ["rust"]}
    steps = {
        "post_processing": {
            "steps": ["mine", "formatter", "failing", "other"],
            "commands": {"mine": own, "failing": failing, "other": other},
        }
    }
    outcome, _ = await perform(root, {"small": fenced(SAME)}, steps)
    told = {each.step: each for each in outcome.finishes}
    text = outcome.task.document.edited(outcome.edits).text if outcome.edits else ""
    assert "# top" not in text
    assert "One item at" in text
    assert told["mine"].lines == 1
    assert "failed" in told["failing"].said
    assert told["other"].said == "not for python"


async def test_a_composite_without_post_processing_has_none(root: Path) -> None:
    settings = {
        "composites": {"code": {"bases": ["small"], "post_processing": False}},
        "multi_model": {"enabled": True},
    }
    outcome, _ = await perform(root, {"small": fenced(RAGGED)}, settings)
    assert outcome.finishes == ()


async def test_the_security_scanner_names_what_the_draft_brings(root: Path) -> None:
    hole = SAME.replace("        return items[at]\n", "        return eval(str(items[at]))\n")
    outcome, _ = await perform(root, {"small": fenced(hole)}, {})
    scanned = next(a for a in outcome.decision.attempts if a.model == "small")
    assert scanned.score is not None
    assert scanned.score < 0.8


async def test_without_quality_validation_only_the_gates_hold(root: Path) -> None:
    settings = {"multi_model": {"enabled": True, "quality_validation": False}}
    poor = SAME.replace("items[at]", "item[at]")
    outcome, calls = await perform(root, {"small": fenced(poor)}, settings)
    assert (outcome.state, outcome.needs_confirmation, len(calls)) == ("done", False, 1)
    assert any("quality_validation" in each for each in outcome.decision.plan.reasons)


async def test_an_unsure_kind_starts_a_rung_higher(root: Path) -> None:
    settings = {"multi_model": {"enabled": True, "minimum_confidence": 1.0}}
    told: dict[str, object] = {"small": fenced(SAME), "middle": fenced(SAME)}
    outcome, calls = await perform(root, told, settings)
    assert (outcome.model, [name for name, _ in calls]) == ("middle", ["middle"])


async def test_the_threshold_of_a_plan_follows_verdicts_and_can_be_told_not_to(root: Path) -> None:
    code = document(root, "pick.py", CODE)
    for learns in (True, False):
        flags = {**models(small="fast"), "checks": {"adaptive_thresholds": learns}}
        backend = scripted(replies(small=fenced(SAME)), "small")
        async with running(root, backend, flags) as engine:
            for number in range(60 if learns else 0):
                common: dict[str, Any] = {"id": str(number), "at": time.time()}
                done = {"kind": "REFACTORING", "complexity": "simple", "language": "python"}
                engine.journal.append(
                    Finished(
                        **common, **done, action="refactor", state="done", model="m", score=0.72
                    )
                )
                engine.journal.append(Feedback(**common, verdict="accepted"))
            outcome = await engine.perform(request(code, "refactor", "pick"))
        plan = outcome.decision.plan
        assert (plan.threshold < 0.8) is learns
        assert any("threshold" in reason for reason in plan.reasons) is learns


@linux
async def test_the_loop_goes_on_while_everything_is_checked(root: Path) -> None:
    (root / "mypy.ini").write_text("[mypy]\n", encoding="utf-8")
    trusted(root)
    big = CODE + "".join(f"\n\ndef f{n}(a: int) -> int:\n    return a + {n}\n" for n in range(600))
    code = document(root, "pick.py", big)
    backend = scripted(replies(small=fenced(SAME)), "small")
    gaps: list[float] = []

    async def tick() -> None:
        last = time.monotonic()
        while True:
            await asyncio.sleep(0.005)
            now = time.monotonic()
            gaps.append(now - last)
            last = now

    flags = {**models(small="fast"), "checks": {"behaviour": True}}
    async with running(root, backend, flags) as engine:
        ticking = asyncio.create_task(tick())
        started = time.monotonic()
        outcome = await engine.perform(request(code, "refactor", "pick"))
        whole = time.monotonic() - started
        ticking.cancel()
    assert outcome.report is not None
    checked = outcome.report.checked
    assert "mypy" in checked
    assert any(each.startswith("behaviour") for each in checked)
    # No clock of its own: what would block the loop shows as few ticks for the time it took.
    assert len(gaps) > whole / 0.05
    assert max(gaps) < max(0.5, whole / 3)
