"""Several models at the same time: who wins, who is stopped, what is told; parallel and reviews."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from pathlib import Path

import pytest

from camus.config import StrategyName
from camus.models import Limits, Piece, Sampling, Scripted, Served, TimedOut
from camus.orchestrator import Outcome, Stage
from camus.privacy import Cleared, Prompt
from camus.routing import RULES, Override
from camus.source import Document
from support.engines import document, fenced, models, request, running, scripted

BEFORE = "def area(width, height):\n    return width * height\n"
SUM = "def area(width, height):\n    total = width * height\n    return total\n"
SAME = "def area(width, height):\n\n    result = (width * height)\n    return result\n"
SAME = SAME.replace("(width * height)", "width * height")
OTHER = "def area(width, height):\n    return height * width\n"
BROKEN = "def area(width, height):\n    return (width\n"
THREE = models(a="fast", b="medium", c="large")

Replies = Mapping[str, object]


@pytest.fixture
def code(tmp_path: Path) -> Document:
    (tmp_path / "project").mkdir()
    return document(tmp_path / "project", "a.py", BEFORE)


async def performed(
    code: Document,
    tmp_path: Path,
    replies: Replies,
    *,
    flags: Mapping[str, object] = THREE,
    strategy: StrategyName | None = StrategyName.ENSEMBLE,
    action: str = "modify",
    watch: Callable[[Stage], None] = lambda _stage: None,
    backend: Scripted | None = None,
    instruction: str = "name the result",
    **wish: object,
) -> tuple[Outcome, list[str]]:
    def reply(model: str, prompt: Prompt) -> object:
        found = replies[model]
        return found(prompt) if callable(found) else found

    backend = backend or scripted(reply, *replies)
    async with running(tmp_path / "project", backend, flags) as engine:
        override = Override(strategy=strategy, **wish)  # type: ignore[arg-type]
        asked = request(code, action, "area", instruction=instruction, override=override)
        outcome = await engine.perform(asked, watch)
        return outcome, [model for model, _ in backend.calls]


class Slow(Scripted):
    """A simulated backend some of whose models never answer."""

    def __init__(self, replies: Replies, *slow: str) -> None:
        served = [Served(name, window=8192) for name in replies]
        super().__init__(lambda model, _prompt: str(replies[model]), models=served)
        self.slow, self.stopped = slow, list[str]()

    async def stream(
        self, model: str, prompt: Cleared, sampling: Sampling, window: int, limits: Limits
    ) -> AsyncGenerator[Piece, None]:
        if model in self.slow:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                self.stopped.append(model)
                raise
        async for piece in super().stream(model, prompt, sampling, window, limits):
            yield piece


def after(outcome: Outcome) -> str:
    return outcome.task.document.edited(outcome.edits).text


def voting(method: str, **more: object) -> dict[str, object]:
    return {**THREE, "strategies": {"voting": method, **more}}


async def test_a_majority_of_the_same_structure_wins_over_a_better_looking_one(
    code: Document, tmp_path: Path
) -> None:
    replies = {"a": fenced(OTHER), "b": fenced(SUM), "c": fenced(SAME)}
    outcome, asked = await performed(code, tmp_path, replies, flags=voting("majority"))
    assert (outcome.state, outcome.model) == ("done", "b")
    assert after(outcome) == SUM
    agreement = outcome.decision.agreement
    assert agreement is not None
    assert (agreement.agreeing, agreement.of) == (("b", "c"), 3)
    assert round(agreement.share, 2) == 0.67
    assert not outcome.needs_confirmation
    assert sorted(asked) == ["a", "b", "c"]


async def test_without_agreement_the_answer_is_marked_for_review_by_hand(
    code: Document, tmp_path: Path
) -> None:
    third = BEFORE.replace("width * height", "(width) * (height) * 1")
    replies = {"a": fenced(OTHER), "b": fenced(SUM), "c": fenced(third)}
    outcome, _ = await performed(code, tmp_path, replies, flags=voting("majority"))
    assert outcome.state == "done"
    assert outcome.needs_confirmation
    assert any("review this by hand: 1 of 3" in each for each in outcome.warnings)


async def test_a_refused_draft_has_no_vote(code: Document, tmp_path: Path) -> None:
    replies = {"a": fenced(BROKEN), "b": fenced(BROKEN), "c": fenced(SUM)}
    outcome, _ = await performed(code, tmp_path, replies, flags=voting("majority"))
    assert (outcome.model, after(outcome)) == ("c", SUM)


async def test_weights_of_a_pipeline_decide_between_two(code: Document, tmp_path: Path) -> None:
    for weights, winner in (([0.6, 0.4], "a"), ([0.4, 0.6], "b")):
        pipeline = {"strategy": "parallel_ensemble", "backends": ["a", "b"], "voting": "weighted"}
        flags = {
            **THREE,
            "pipelines": {"review": {**pipeline, "weights": weights}},
            "multi_model": {"enabled": True},
        }
        replies = {"a": fenced(OTHER), "b": fenced(SUM), "c": fenced(BROKEN)}
        outcome, asked = await performed(
            code, tmp_path, replies, flags=flags, strategy=None, pipeline="review", action="modify"
        )
        assert outcome.model == winner, weights
        assert set(asked) <= {"a", "b"}


async def test_the_rest_are_stopped_when_two_of_three_agree(code: Document, tmp_path: Path) -> None:
    replies = {"a": fenced(SUM), "b": fenced(SAME), "c": fenced(OTHER)}
    slow = Slow(replies, "c")
    async with asyncio.timeout(10):
        outcome, _ = await performed(
            code, tmp_path, replies, flags=voting("majority"), backend=slow
        )
    assert (after(outcome), outcome.needs_confirmation) == (SUM, False)
    assert slow.stopped == ["c"]
    states = {a.model: a.state for a in outcome.decision.attempts}
    assert states["c"] == "spared"


async def test_who_is_late_is_not_waited_for(code: Document, tmp_path: Path) -> None:
    replies = {"a": fenced(OTHER), "b": fenced(SUM), "c": fenced(SUM)}
    flags, slow = voting("majority", deadline=1.0), Slow(replies, "b", "c")
    async with asyncio.timeout(10):
        outcome, _ = await performed(code, tmp_path, replies, flags=flags, backend=slow)
    assert sorted(slow.stopped) == ["b", "c"]
    assert (outcome.state, after(outcome)) == ("done", OTHER)
    assert outcome.needs_confirmation
    assert any("b had not answered when the time was up" in each for each in outcome.warnings)


async def test_the_best_score_wins_and_a_failing_member_is_told(
    code: Document, tmp_path: Path
) -> None:
    undefined = BEFORE.replace("width * height", "widht * height")
    replies = {"a": fenced(undefined), "b": TimedOut("slow"), "c": fenced(SUM)}
    outcome, _ = await performed(code, tmp_path, replies)
    assert (outcome.model, after(outcome)) == ("c", SUM)
    assert any("b did not answer (slow" in warning for warning in outcome.warnings)


async def test_one_model_answers_several_times_with_other_seeds(
    code: Document, tmp_path: Path
) -> None:
    calls: list[int] = []

    def counted(_prompt: Prompt) -> str:
        calls.append(1)
        return fenced(SUM)

    flags = {**models(a="fast"), "strategies": {"voting": "majority", "members": 3}}
    outcome, _ = await performed(code, tmp_path, {"a": counted}, flags=flags)
    agreement = outcome.decision.agreement
    assert len(calls) >= 2, "equal requests would be one flight"
    assert agreement is not None
    assert set(agreement.agreeing) == {"a"}


async def test_progress_counts_the_answers_that_are_there(code: Document, tmp_path: Path) -> None:
    stages: list[Stage] = []
    replies = {"a": fenced(OTHER), "b": fenced(SUM), "c": fenced(BROKEN)}
    await performed(code, tmp_path, replies, watch=stages.append, flags=voting("majority"))
    seen = [(s.step, s.steps) for s in stages if s.name == "comparing"]
    assert seen == [(1, 3), (2, 3), (3, 3)]


async def test_where_nobody_answers_the_rules_do(code: Document, tmp_path: Path) -> None:
    down = {name: TimedOut("slow") for name in "abc"}
    outcome, _ = await performed(code, tmp_path, down, action="document", instruction="")
    assert (outcome.state, outcome.model) == ("done", RULES)


async def test_alternatives_are_asked_with_different_goals_and_kept(
    code: Document, tmp_path: Path
) -> None:
    goals: list[str] = []

    def noted(answer: str) -> Callable[[Prompt], str]:
        def reply(prompt: Prompt) -> str:
            goals.append(prompt.messages[-1].content.partition("prefer ")[2].partition(".")[0])
            return fenced(answer)

        return reply

    replies = {"a": noted(OTHER), "b": noted(SUM), "c": noted(SAME)}
    outcome, _ = await performed(code, tmp_path, replies, strategy=StrategyName.PARALLEL)
    assert outcome.state == "done"
    assert len(set(goals)) == 3
    assert {step.model for step in outcome.steps} == {"a", "b", "c"}


QUERY = 'def area(db, name):\n    return db.execute("select * from t where n = \'" + name + "\'")\n'


def aspect_of(prompt: Prompt) -> str:
    said = prompt.messages[-1].content
    words = {"trusted": "security", "needless": "performance", "mislead": "style"}
    return next((aspect for word, aspect in words.items() if word in said), "correctness")


async def test_a_parallel_review_asks_for_each_aspect_and_merges(tmp_path: Path) -> None:
    (tmp_path / "project").mkdir()
    code = document(tmp_path / "project", "q.py", QUERY)
    seen: list[str] = []

    def look(prompt: Prompt) -> str:
        aspect = aspect_of(prompt)
        seen.append(aspect)
        return {
            "security": "2: error: the query is put together from the caller's words",
            "correctness": "2: warning: the query is put together without escaping",
            "style": "1: info: `db` says little",
            "performance": "No problems found.",
        }[aspect]

    outcome, _ = await performed(
        code,
        tmp_path,
        {"a": look, "b": look, "c": look},
        strategy=StrategyName.PARALLEL,
        action="review",
    )
    assert sorted(seen) == ["correctness", "performance", "security", "style"]
    assert outcome.state == "done"
    found = {(f.aspect, f.severity) for f in outcome.findings if f.rule == "review"}
    assert found == {("security", "error"), ("correctness", "warning"), ("style", "info")}
    assert len(outcome.support) == len(outcome.findings)


async def test_an_ensemble_of_reviewers_keeps_who_found_what(tmp_path: Path) -> None:
    (tmp_path / "project").mkdir()
    code = document(tmp_path / "project", "q.py", QUERY)
    replies = {
        "a": "2: error: [security] the query is put together from the caller's words",
        "b": "2: warning: [security] the caller's words are put into the query",
        "c": "1: info: [style] `db` says little",
    }
    outcome, _ = await performed(code, tmp_path, replies, action="review")
    by_place = dict(zip(outcome.findings, outcome.support, strict=True))
    both = next(s for f, s in by_place.items() if f.aspect == "security" and f.rule == "review")
    assert set(both.found_by) == {"a", "b"}
    assert "b: warning" in both.disagreement
    assert "not seen by c" in both.disagreement
    alone = next(s for f, s in by_place.items() if f.aspect == "style" and f.rule == "review")
    assert alone.found_by == ("c",)


async def test_a_reviewer_that_fails_leaves_its_aspect_out_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "project").mkdir()
    code = document(tmp_path / "project", "q.py", QUERY)

    def look(prompt: Prompt) -> object:
        return TimedOut("slow") if aspect_of(prompt) == "style" else "No problems found."

    outcome, _ = await performed(
        code,
        tmp_path,
        {"a": look, "b": look, "c": look},
        strategy=StrategyName.PARALLEL,
        action="review",
    )
    assert outcome.state == "done"
    assert any("nobody looked at style" in warning for warning in outcome.warnings)


@pytest.mark.parametrize(
    "strategy",
    [
        StrategyName.ENSEMBLE,
        StrategyName.PARALLEL,
        StrategyName.DUAL_VALIDATION,
        StrategyName.TRIPLE_CONSENSUS,
    ],
)
async def test_of_answers_in_words_the_best_wins(
    code: Document, tmp_path: Path, strategy: StrategyName
) -> None:
    good = "`area` multiplies `width` by `height` and returns the product of the two numbers."
    replies = {"a": "It is code.", "b": good, "c": TimedOut("slow")}
    outcome, asked = await performed(code, tmp_path, replies, strategy=strategy, action="explain")
    assert (outcome.state, outcome.text.strip()) == ("done", good)
    assert {"a", "b"} <= set(asked)
