"""Plan 002's ten integration scenarios, over real HTTP to loopback servers.

Its testing table names their number and no more; these are the ten promises of the same plan: four
kinds of specialist, quick and deep, fallback, recovery, the user's own wish, consent, many at once.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from camus.routing import Override
from support.engines import running
from support.household import GOOD, asked, by_model, flags, household, implement, living, said
from support.servers import Fault, OpenAI, Reply, Told


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


async def test_1_code_goes_to_the_code_model(root: Path) -> None:
    with household(by_model()) as server:
        async with living(root, server) as engine:
            outcome = await engine.perform(implement(root))
        assert (outcome.state, outcome.model) == ("done", "coder")
        assert {chat.model for chat in server.chats} == {"coder"}


async def test_2_mathematics_goes_to_the_mathematician(root: Path) -> None:
    with household(by_model(maths="x is 4, for 3 times 4 is 12.")) as server:
        async with living(root, server) as engine:
            outcome = await engine.perform(asked(root, "solve the equation 3x = 12 for x"))
        assert (outcome.state, outcome.model) == ("done", "maths")
        assert "verify important calculations" in said(outcome)


async def test_3_a_quick_question_goes_to_the_quick_model(root: Path) -> None:
    with household(by_model(quick="A lock that one thread holds.")) as server:
        async with living(root, server) as engine:
            outcome = await engine.perform(asked(root, "what is a mutex?"))
        assert outcome.model == "quick"


async def test_4_deep_thinking_goes_to_the_large_model(root: Path) -> None:
    thought = "First the constraints, then the options, then what follows from each of them."
    with household(by_model(deep=thought)) as server:
        async with living(root, server, "quick", "general", "deep") as engine:
            question = (
                "Compare in depth the architecture trade-offs of a concurrent booking system, "
                "analyse how each fails, and design a migration strategy step by step:\n"
                "- event sourcing with many readers and one writer in each region\n"
                "- distributed transactions over all of the services that take part\n"
                "- sagas, with what each service does to take its own part back\n"
            )
            outcome = await engine.perform(asked(root, question))
        assert outcome.task.classified.complexity == "complex"
        assert outcome.model == "deep"


async def test_5_creative_writing_goes_to_the_poet(root: Path) -> None:
    with household(by_model(poet="Autumn rain falls; the build is green.")) as server:
        async with living(root, server) as engine:
            outcome = await engine.perform(asked(root, "write a poem about autumn rain"))
        assert outcome.model == "poet"


async def test_6_when_the_first_fails_the_next_answers_and_the_user_is_told_once(
    root: Path,
) -> None:
    with household(by_model(coder=Fault("status", status=500))) as server:
        async with living(root, server, "coder", "general") as engine:
            outcome = await engine.perform(implement(root))
        assert (outcome.state, outcome.model) == ("done", "general")
        told = [each for each in outcome.warnings if "coder did not answer" in each]
        assert len(told) == 1
        assert "general did" in told[0]


async def test_7_a_model_that_comes_back_is_used_again(root: Path) -> None:
    down = True

    def script(request: object) -> object:
        model = request.model  # type: ignore[attr-defined]  # what the server read
        return Fault("status", status=500) if down and model == "coder" else GOOD

    with household(script) as server:  # type: ignore[arg-type]  # as above
        async with living(root, server, "coder", "general") as engine:
            first = await engine.perform(implement(root, "r1", fresh=True))
            down = False
            again = await engine.perform(implement(root, "r2", fresh=True))
    assert (first.model, again.model) == ("general", "coder")


async def test_8_a_model_asked_for_by_name_answers_alone(root: Path) -> None:
    with household(by_model(quick=Fault("status", status=500))) as server:
        async with living(root, server) as engine:
            wish = Override(model="deep")
            chosen = await engine.perform(implement(root, "r1", override=wish))
            broken = await engine.perform(implement(root, "r2", override=Override(model="quick")))
        assert chosen.model == "deep"
        assert (broken.state, broken.model) == ("no_model", "")
        assert {chat.model for chat in server.chats} == {"deep", "quick"}


async def test_9_a_model_elsewhere_waits_for_consent_and_says_where_the_code_went(
    root: Path,
) -> None:
    with OpenAI(GOOD, models=[Told("far-model")]) as server:
        far = {"type": "openai", "url": server.url, "model": "far-model", "remote": True}
        settings = {**flags(""), "models": {"far": far}}
        async with running(root, None, settings) as engine:
            wish = Override(model="far")
            refused = await engine.perform(implement(root, "r1", override=wish))
            assert server.chats == []
            place = next(p.place.name for p in await engine.ready())
            engine.ledger.grant(place, now="2026-01-01")
            allowed = await engine.perform(implement(root, "r2", override=wish))
    assert refused.state == "no_model"
    assert "camus consent grant" in said(refused)
    assert (allowed.state, allowed.model) == ("done", "far")
    assert f"your code was sent to {place}" in said(allowed)


async def test_10_many_requests_at_once_each_get_their_own_answer(root: Path) -> None:
    def script(request: object) -> Reply:
        text = str(request.text)  # type: ignore[attr-defined]  # what the server read
        number = text.rpartition("number ")[2].partition("?")[0]
        return Reply(f"That was question number {number} and this is its answer.", pause=0.005)

    with household(script) as server:  # type: ignore[arg-type]  # as above
        async with living(root, server) as engine:
            outcomes = await asyncio.gather(
                *(
                    engine.perform(asked(root, f"what is special about number {n}?", f"r{n}"))
                    for n in range(12)
                )
            )
    for number, outcome in enumerate(outcomes):
        assert outcome.state == "done"
        assert f"question number {number} " in outcome.text
