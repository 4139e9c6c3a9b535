"""The story of a request: rules, models, repair, fallback, cache, cancel, and what is told."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from camus.config import TaskKind
from camus.journal import Attempted, Finished
from camus.models import Failed, ModelError, Scripted, TimedOut
from camus.orchestrator import Orchestrator, Outcome, Stage
from camus.privacy import Prompt
from camus.routing import RULES, Override
from camus.source import Document, Edit, Span
from support.engines import document, fenced, models, request, running, scripted

STUB = '''def area(width: int, height: int) -> int:
    """The area of a rectangle."""
    raise NotImplementedError
'''
GOOD = '''def area(width: int, height: int) -> int:
    """The area of a rectangle."""
    return width * height
'''
UNDEFINED = GOOD.replace("width * height", "widht * height")
BROKEN = GOOD.replace("width * height", "(width * height")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


def replies(**answers: object) -> Callable[[str, Prompt], object]:
    """For each model its answers in order, the last one again and again."""
    left = {name: list(a) if isinstance(a, list) else [a] for name, a in answers.items()}

    def reply(model: str, _prompt: Prompt) -> object:
        queue = left[model]
        return queue.pop(0) if len(queue) > 1 else queue[0]

    return reply


async def called(backend: Scripted) -> None:
    async with asyncio.timeout(5):
        while not backend.calls:  # noqa: ASYNC110 - a fake has no event to wait for
            await asyncio.sleep(0.01)


def after(outcome: Outcome) -> str:
    return outcome.task.document.edited(outcome.edits).text


def stub(root: Path) -> Document:
    return document(root, "shapes.py", STUB)


async def test_rules_answer_without_any_server_being_asked(root: Path) -> None:
    backend = scripted(replies(small=fenced(GOOD)), "small")
    code = document(root, "a.py", "def area(width, height):\n    return width * height\n")
    async with running(root, backend, models(small="fast")) as engine:
        outcome = await engine.perform(request(code, "document", "area"))
    assert (outcome.state, outcome.model, backend.calls) == ("done", RULES, [])
    assert outcome.report is not None
    assert outcome.report.score >= 0.8
    assert '"""' in after(outcome)


async def test_what_the_rules_cannot_do_goes_to_the_smallest_model(root: Path) -> None:
    backend = scripted(replies(small=fenced(GOOD), big=fenced(GOOD)), "small", "big")
    async with running(root, backend, models(big="large", small="fast")) as engine:
        outcome = await engine.perform(request(stub(root), "implement", "area"))
    assert (outcome.state, outcome.model, after(outcome)) == ("done", "small", GOOD)
    assert not outcome.needs_confirmation
    assert any("review before using" in warning for warning in outcome.warnings)


async def test_an_answer_where_a_wrong_one_does_harm_carries_its_warning(root: Path) -> None:
    backend = scripted(replies(small="Rest, and see somebody."), "small")
    words = "my chest hurts and I feel dizzy, which dosage of aspirin should I take?"
    async with running(root, backend, models(small="fast")) as engine:
        outcome = await engine.perform(request(stub(root), "ask", instruction=words))
        other = await engine.perform(request(stub(root), "ask", instruction="what is a class?"))
    assert any("no medical advice" in warning for warning in outcome.warnings)
    assert not any("advice" in warning for warning in other.warnings)


async def test_a_few_words_go_on_with_what_was_asked_before_of_the_same_file(root: Path) -> None:
    backend = scripted(replies(small="An answer."), "small")
    first = request(stub(root), "ask", id="1", instruction="write a limerick about a lighthouse")
    other = document(root, "b.py", "x = 1\n")
    async with running(root, backend, models(small="fast")) as engine:
        await engine.perform(first)
        here = engine.task_of(request(stub(root), "ask", id="2", instruction="one more, shorter"))
        there = engine.task_of(request(other, "ask", id="3", instruction="one more, shorter"))
    assert here.classified.kind is TaskKind.CREATIVE
    assert "it goes on with the request before" in here.classified.evidence
    assert "it goes on with the request before" not in there.classified.evidence


async def test_of_a_file_answered_again_only_the_newest_text_keeps_its_tree(root: Path) -> None:
    code = document(root, "a.py", "def area(width, height):\n    return width * height\n")
    other = document(root, "b.py", "def area(width, height):\n    return width * height\n")
    async with running(root) as engine:
        newer = code.edited([Edit(Span(0, 0), "import os\n")])
        first, second, _ = [
            await engine.perform(replace(request(each, "document", "area"), id=str(number)))
            for number, each in enumerate((code, newer, other))
        ]
        assert not code.memo
        assert newer.memo
        assert other.memo
        assert engine.outcome("0") is first
    assert after(first) in after(second)


async def test_without_any_model_the_answer_says_that_one_is_needed(root: Path) -> None:
    async with running(root) as engine:
        outcome = await engine.perform(request(stub(root), "implement", "area"))
    assert (outcome.state, outcome.edits) == ("no_model", ())
    assert "needs a model" in outcome.message


async def test_a_bad_draft_is_repaired_once_with_the_concrete_finding(root: Path) -> None:
    backend = scripted(replies(small=[fenced(UNDEFINED), fenced(GOOD)]), "small")
    async with running(root, backend, models(small="fast")) as engine:
        outcome = await engine.perform(request(stub(root), "implement", "area"))
    assert (outcome.state, after(outcome), len(backend.calls)) == ("done", GOOD, 2)
    assert "widht" in backend.calls[1][1].messages[-1].content
    assert [a.repaired for a in outcome.decision.attempts] == [False, True]


HASTY = {"multi_model": {"intelligent_selection": {"quality_loss": 1.0}}}
"""So that time alone tells whether an answer is repaired before a larger model is asked."""


async def test_when_the_repair_fails_too_the_next_model_is_asked(root: Path) -> None:
    backend = scripted(replies(small=fenced(BROKEN), big=fenced(GOOD)), "small", "big")
    stages: list[Stage] = []
    async with running(root, backend, HASTY | models(small="fast", big="large")) as engine:
        outcome = await engine.perform(request(stub(root), "implement", "area"), stages.append)
    assert (outcome.model, after(outcome)) == ("big", GOOD)
    assert [model for model, _ in backend.calls] == ["small", "small", "big"]
    assert [stage.name for stage in stages if stage.model == "big"] == [
        "escalating",
        "asking",
        "checking",
    ]


async def test_a_draft_that_does_not_parse_is_never_offered(root: Path) -> None:
    backend = scripted(replies(small=fenced(BROKEN)), "small")
    async with running(root, backend, models(small="fast")) as engine:
        outcome = await engine.perform(request(stub(root), "implement", "area"))
    assert (outcome.state, outcome.edits) == ("refused", ())
    assert outcome.message


async def test_a_draft_below_the_threshold_is_offered_for_confirmation(root: Path) -> None:
    backend = scripted(replies(small=fenced(UNDEFINED)), "small")
    async with running(root, backend, models(small="fast")) as engine:
        outcome = await engine.perform(request(stub(root), "implement", "area"))
    assert outcome.report is not None
    assert 0.3 <= outcome.report.score < 0.8
    assert (outcome.state, outcome.needs_confirmation) == ("done", True)


@pytest.mark.parametrize(
    "reply", ["", "   \n", "I'm sorry, but I cannot help with that.", "```python\ndef area("]
)
async def test_an_unusable_reply_leads_to_no_edit_and_says_why(root: Path, reply: str) -> None:
    backend = scripted(replies(small=reply), "small")
    async with running(root, backend, models(small="fast")) as engine:
        outcome = await engine.perform(request(stub(root), "implement", "area"))
    assert (outcome.state, outcome.edits, len(backend.calls)) == ("refused", (), 2)
    assert "small" in outcome.message


@pytest.mark.parametrize("error", [TimedOut("too slow"), Failed("broke")])
async def test_a_failing_model_falls_back_and_the_user_is_told(
    root: Path, error: ModelError
) -> None:
    backend = scripted(replies(small=error, big=fenced(GOOD)), "small", "big")
    async with running(root, backend, models(small="fast", big="large")) as engine:
        outcome = await engine.perform(request(stub(root), "implement", "area"))
        events = list(engine.journal.events())
    assert (outcome.state, outcome.model) == ("done", "big")
    assert any("small did not answer" in warning for warning in outcome.warnings)
    failed = [e.error for e in events if isinstance(e, Attempted) and e.model == "small"]
    assert failed == [type(error).__name__]


async def test_a_model_asked_for_by_name_is_not_replaced_by_another(root: Path) -> None:
    backend = scripted(replies(small=TimedOut("too slow"), big=fenced(GOOD)), "small", "big")
    async with running(root, backend, models(small="fast", big="large")) as engine:
        wish = request(stub(root), "implement", "area", override=Override(model="small"))
        outcome = await engine.perform(wish)
    assert (outcome.state, [model for model, _ in backend.calls]) == ("no_model", ["small"])
    assert "too slow" in outcome.message


@pytest.mark.parametrize(
    ("wish", "state"),
    [(Override(model="nope"), "unknown_model"), (Override(pipeline="nope"), "unknown_pipeline")],
)
async def test_an_unknown_name_is_said(root: Path, wish: Override, state: str) -> None:
    async with running(root) as engine:
        outcome = await engine.perform(request(stub(root), "implement", "area", override=wish))
    assert outcome.state == state
    assert "'nope'" in outcome.message


async def test_the_same_recipe_is_answered_from_the_cache(root: Path) -> None:
    backend = scripted(replies(small=fenced(GOOD)), "small")
    async with running(root, backend, models(small="fast")) as engine:
        first = await engine.perform(request(stub(root), "implement", "area"))
        second = await engine.perform(request(stub(root), "implement", "area", id="r2"))
        third = await engine.perform(request(stub(root), "implement", "area", id="r3", fresh=True))
    assert (first.edits, second.edits) == (third.edits, third.edits)
    assert [o.decision.cached for o in (first, second, third)] == [False, True, False]
    assert len(backend.calls) == 2


async def test_a_cached_answer_survives_a_restart_and_an_unrelated_edit(root: Path) -> None:
    backend = scripted(replies(small=fenced(GOOD)), "small")
    flags = models(small="fast")
    async with running(root, backend, flags) as engine:
        await engine.perform(request(stub(root), "implement", "area"))
    async with running(root, backend, flags) as engine:
        shifted = document(root, "shapes.py", "\n\nSIDES = 4\n\n\n" + STUB)
        outcome = await engine.perform(request(shifted, "implement", "area"))
    assert (outcome.decision.cached, len(backend.calls)) == (True, 1)
    assert after(outcome).endswith(GOOD)


async def test_equal_requests_at_once_cost_one_generation(root: Path) -> None:
    backend = scripted(replies(small=fenced(GOOD)), "small", delay=0.01)
    code = stub(root)
    async with running(root, backend, models(small="fast")) as engine:
        both = [engine.perform(request(code, "implement", "area", id=f"r{n}")) for n in (1, 2)]
        outcomes = await asyncio.gather(*both)
    assert [outcome.state for outcome in outcomes] == ["done", "done"]
    assert len(backend.calls) == 1


async def test_cancelling_closes_the_stream_and_is_journalled(root: Path) -> None:
    backend = scripted(replies(small=fenced(GOOD)), "small", delay=0.2)
    async with running(root, backend, models(small="fast")) as engine:
        task = asyncio.create_task(engine.perform(request(stub(root), "implement", "area")))
        await called(backend)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert backend.closed_streams == 1
        finished = [e for e in engine.journal.events() if isinstance(e, Finished)]
    assert [event.state for event in finished] == ["cancelled"]


async def test_a_request_cancelled_before_its_target_is_read_is_journalled(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading, go_on = threading.Event(), threading.Event()

    def slow(*_args: object, **_more: object) -> None:
        reading.set()
        go_on.wait(5)
        raise AssertionError("nobody waits for this any more")

    async with running(root, scripted(replies(small=""), "small"), models(small="fast")) as engine:
        monkeypatch.setattr(engine, "task_of", slow)
        task = asyncio.create_task(engine.perform(request(stub(root), "implement", "area")))
        await asyncio.to_thread(reading.wait, 5)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        go_on.set()
        (end,) = (e for e in engine.journal.events() if isinstance(e, Finished))
    assert (end.state, end.action, end.language) == ("cancelled", "implement", "python")


async def test_the_journal_tells_of_each_attempt_and_holds_no_code(root: Path) -> None:
    backend = scripted(replies(small=fenced(BROKEN), big=fenced(GOOD)), "small", "big")
    async with running(root, backend, HASTY | models(small="fast", big="large")) as engine:
        await engine.perform(request(stub(root), "implement", "area"))
        events = list(engine.journal.events(id="r1"))
    attempts = [e for e in events if isinstance(e, Attempted)]
    assert [(a.model, a.score is not None) for a in attempts] == [
        ("small", True),
        ("small", True),
        ("big", True),
    ]
    (end,) = (e for e in events if isinstance(e, Finished))
    assert (end.state, end.model, end.attempts) == ("done", "big", 3)
    words = repr(events)
    assert "width" not in words
    assert str(root) not in words


PIPELINE = {
    **models(first="medium", second="medium"),
    "pipelines": {"default": ["first"], "refine-pro": ["first", "second"]},
    "defaults": {"pipeline": "default"},
}


async def test_a_v1_pipeline_hands_each_step_the_output_of_the_one_before(root: Path) -> None:
    one, two = "x = 1\ny = 2\n", "x = 1\ny = 3\n"
    backend = scripted(replies(first=fenced(one), second=fenced(two)), "first", "second")
    code = document(root, "a.py", "x = 1\n")
    stages: list[Stage] = []
    async with running(root, backend, PIPELINE) as engine:
        outcome = await engine.perform(_modify(code, "refine-pro"), stages.append)
    assert (outcome.state, after(outcome), outcome.model) == ("done", two, "first → second")
    assert "y = 2" in backend.calls[1][1].messages[-1].content
    steps = [(s.step, s.steps, s.model) for s in stages if s.name == "asking"]
    assert steps == [(1, 2, "first"), (2, 2, "second")]
    assert [step.text for step in outcome.steps] == [one, two]


def _modify(code: Document, pipeline: str = "") -> object:
    return request(
        code,
        "modify",
        instruction="add y",
        whole_target=True,
        override=Override(pipeline=pipeline),
    )


async def test_modify_without_a_flag_takes_the_default_pipeline(root: Path) -> None:
    backend = scripted(replies(first=fenced("x = 1\ny = 2\n")), "first", "second")
    code = document(root, "a.py", "x = 1\n")
    async with running(root, backend, PIPELINE) as engine:
        outcome = await engine.perform(_modify(code))  # type: ignore[arg-type]
    assert (outcome.decision.plan.pipeline, outcome.model) == ("default", "first")


async def test_a_step_that_fails_ends_a_v1_pipeline(root: Path) -> None:
    backend = scripted(replies(first=TimedOut("slow"), second=fenced("x = 2\n")), "first", "second")
    code = document(root, "a.py", "x = 1\n")
    async with running(root, backend, PIPELINE) as engine:
        outcome = await engine.perform(_modify(code, "refine-pro"))  # type: ignore[arg-type]
    assert (outcome.state, [model for model, _ in backend.calls]) == ("no_model", ["first"])


async def test_a_v1_result_that_no_longer_parses_asks_before_it_is_written(root: Path) -> None:
    backend = scripted(replies(first=fenced("x = (1\n")), "first", "second")
    code = document(root, "a.py", "x = 1\n")
    async with running(root, backend, PIPELINE) as engine:
        outcome = await engine.perform(_modify(code))  # type: ignore[arg-type]
    assert (outcome.state, outcome.needs_confirmation) == ("done", True)
    assert any("the gate objects" in warning for warning in outcome.warnings)


FAR = {
    "server": {"discover": False},
    "models": {
        "far": {"type": "openai", "model": "far", "url": "https://api.example.com", "size": "fast"}
    },
}


async def _ask_far(engine: Orchestrator, code: Document) -> Outcome:
    wish = request(code, "implement", "area", override=Override(model="far"))
    return await engine.perform(wish)


async def test_nothing_is_sent_elsewhere_without_consent(root: Path) -> None:
    backend = scripted(replies(far=fenced(GOOD)), "far")
    async with running(root, backend, FAR) as engine:
        refused = await _ask_far(engine, stub(root))
        engine.ledger.grant("api.example.com", now="2026-11-20T00:00:00+00:00")
        allowed = await _ask_far(engine, stub(root))
    assert (refused.state, allowed.state) == ("no_model", "done")
    assert "camus consent grant api.example.com" in refused.message
    assert any("sent to api.example.com" in warning for warning in allowed.warnings)


async def test_a_secret_is_never_sent_elsewhere(root: Path) -> None:
    backend = scripted(replies(far=fenced(GOOD)), "far")
    token = "gh" + "p_" + "A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8"
    code = document(root, "shapes.py", STUB.replace("The area", f"Token {token}. The area"))
    async with running(root, backend, FAR) as engine:
        engine.ledger.grant("api.example.com", now="2026-11-20T00:00:00+00:00")
        outcome = await _ask_far(engine, code)
    assert (outcome.state, backend.calls) == ("no_model", [])
    assert token not in outcome.message


EXPLAINED = "`area` multiplies `width` by `height` and returns the product of the two."


async def test_an_explanation_fills_the_hover_of_exactly_this_code(root: Path) -> None:
    backend = scripted(replies(small=EXPLAINED), "small")
    code = document(root, "shapes.py", GOOD)
    async with running(root, backend, models(small="fast")) as engine:
        before = await engine.hover(code, code.span)
        place = request(code, "explain", "area").span
        outcome = await engine.perform(request(code, "explain", "area"))
        same = await engine.hover(code, place)
        changed = document(root, "shapes.py", GOOD.replace("*", "+"))
        other = await engine.hover(changed, place)
    assert (outcome.state, outcome.model) == ("done", "small")
    assert EXPLAINED not in before
    assert "small" in same
    assert EXPLAINED in same
    assert EXPLAINED not in other
    assert "area" in other


async def test_without_a_model_the_rules_explain(root: Path) -> None:
    async with running(root) as engine:
        outcome = await engine.perform(request(document(root, "a.py", GOOD), "explain", "area"))
    assert (outcome.state, outcome.model) == ("done", RULES)
    assert "width" in outcome.text


async def test_a_reload_takes_effect_on_the_next_request_and_spares_the_running_one(
    root: Path,
) -> None:
    backend = scripted(replies(small=fenced(GOOD)), "small", delay=0.02)
    async with running(root, backend, models(small="fast")) as engine:
        running_one = asyncio.create_task(engine.perform(request(stub(root), "implement", "area")))
        await called(backend)
        await engine.reload({"defaults": {"quality_threshold": 0.55}})
        assert engine.config.defaults.quality_threshold == 0.55
        outcome = await running_one
        later = await engine.perform(request(stub(root), "implement", "area", id="r2"))
    assert (outcome.state, outcome.decision.plan.threshold) == ("done", 0.8)
    assert later.decision.plan.threshold == 0.55


async def test_feedback_is_taken_for_a_known_answer_only(root: Path) -> None:
    async with running(root) as engine:
        await engine.perform(request(document(root, "a.py", GOOD), "explain", "area"))
        assert engine.feedback("r1", "good")
        assert not engine.feedback("nope", "good")
        last = engine.outcome()
        assert last is not None
        assert last.id == "r1"
        assert engine.outcome("nope") is None


async def test_the_projects_own_linter_settings_hold_for_the_rules(root: Path) -> None:
    (root / "ruff.toml").write_text('lint.select = ["E711"]\n')
    code = document(root, "a.py", "import os\n\n\ndef f(a):\n    return a == None\n")
    async with running(root) as engine:
        outcome = await engine.perform(request(code, "review", "return"))
    assert {finding.rule for finding in outcome.findings} == {"E711"}


async def test_a_models_review_is_joined_by_what_the_tools_find_elsewhere(root: Path) -> None:
    text = 'import subprocess\n\n\ndef f(a):\n    b = a\n    subprocess.run("x " + a, shell=True)\n'
    backend = scripted(replies(small="5: warning: `b` repeats `a` and is never used\n"), "small")
    code = document(root, "a.py", text)
    async with running(root, backend, models(small="fast")) as engine:
        outcome = await engine.perform(request(code, "review", "b = a"))
    lines = {code.lines.line_of(f.span.start) + 1: f.rule for f in outcome.findings}
    assert outcome.model == "small"
    assert set(lines) == {5, 6}
    assert lines[6].startswith(("S", "PLW"))


async def test_the_log_of_a_request_holds_no_code(
    root: Path, caplog: pytest.LogCaptureFixture
) -> None:
    backend = scripted(replies(small=fenced(UNDEFINED), big=fenced(GOOD)), "small", "big")
    with caplog.at_level("DEBUG", logger="camus"):
        async with running(root, backend, HASTY | models(small="fast", big="large")) as engine:
            await engine.perform(request(stub(root), "implement", "area"))
    assert "repairing small" in caplog.text
    assert "escalating big" in caplog.text
    assert "widht" not in caplog.text
    assert "return" not in caplog.text


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="descriptors are listed in /proc")
async def test_many_hovers_at_once_open_the_store_once(root: Path) -> None:
    codes = [document(root, "shapes.py", GOOD.replace("area", f"area_{n}")) for n in range(40)]
    async with running(root, scripted(replies(small=""), "small"), models(small="fast")) as engine:
        told = await asyncio.gather(*(engine.hover(code, Span(4, 4)) for code in codes))
        links = _descriptors()
    assert all(f"area_{n}" in text for n, text in enumerate(told))
    assert sum(link.endswith("cache.db") for link in links) == 1


def _descriptors() -> list[str]:
    return [os.path.realpath(each) for each in Path("/proc/self/fd").iterdir()]
