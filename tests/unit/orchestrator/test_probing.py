"""The probe: tasks that check rightly, sure verdicts, results kept for exactly one version."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bench.family import family
from bench.probe import counted
from camus.analysis import Trials
from camus.config import Capability
from camus.models import (
    Limits,
    Measured,
    Profile,
    Sampling,
    Skill,
    Tally,
    capabilities_shown,
    interval,
    verdict,
)
from camus.models.measured import with_measured
from camus.orchestrator import (
    Budget,
    Orchestrator,
    Probe,
    asker,
    embedder,
    probed_quietly,
    probing,
    sandboxed,
)
from camus.orchestrator.battery import Trying, code_of, trying
from support.engines import running
from support.prompts import cleared
from support.servers import Asked, Fault, Ollama, Reply, Told

SEEDS = range(40)


def every(skill: Skill) -> list[Trying]:
    return [trying(skill, random.Random(seed)) for seed in SEEDS]


@pytest.mark.parametrize("skill", Skill)
def test_a_task_takes_its_right_answer_and_refuses_others(skill: Skill) -> None:
    tasks = every(skill)
    assert len({task.prompt for task in tasks}) > 4, "they are not learnt by heart"
    for task in tasks:
        assert task.skill is skill
        assert task.check(task.right), task.prompt
        assert task.check(f"<think>hm {task.wrong}</think>\n{task.right}"), "thinking is no answer"
        if task.program is None:
            assert not task.check(task.wrong), task.prompt
        assert not task.check(""), task.prompt
        assert not task.check("I'm sorry, but I can't help with that."), task.prompt


def test_an_edit_is_exactly_one_block_and_nothing_else_changed() -> None:
    for task in every(Skill.EDIT):
        code = code_of(task.right)
        assert task.check(f"Here it is:\n\n{task.right}\n\nDone.")
        assert not task.check(f"{task.right}\n\n{task.right}")
        assert not task.check(code), "no fence"
        assert not task.check(task.right.replace("total -= ", "total += "))


def test_json_may_stand_in_a_fence_and_must_be_all_of_it() -> None:
    for task in every(Skill.JSON):
        assert task.check(f"```json\n{task.right}\n```")
        assert not task.check(f"Sure! {task.right}")


async def test_code_is_judged_by_what_it_does() -> None:
    trials = Trials()
    if trials.problem:
        pytest.skip(trials.problem)
    run = sandboxed(trials)
    shapes: dict[str, Trying] = {}
    for seed in range(200):
        task = trying(Skill.CODE, random.Random(seed))
        assert task.program is not None
        shapes.setdefault(task.program.function, task)
    assert len(shapes) == 7
    for task in list(shapes.values())[:4]:
        assert task.program is not None
        assert await run(task.program, code_of(task.right)) is True
        assert await run(task.program, code_of(task.wrong)) is False, task.wrong
    await trials.close()


@pytest.mark.parametrize(
    ("passed", "tried", "said"),
    [
        (0, 0, "unsure"),
        (5, 5, "unsure"),
        (6, 6, "yes"),
        (0, 2, "unsure"),
        (0, 3, "no"),
        (8, 9, "yes"),
    ],
)
def test_a_verdict_is_as_soon_as_it_is_sure(passed: int, tried: int, said: str) -> None:
    assert verdict(Tally(passed, tried)) == said


def test_an_interval_holds_the_share_and_narrows() -> None:
    assert interval(Tally()) == (0.0, 1.0)
    low, high = interval(Tally(8, 10))
    assert (round(low, 3), round(high, 3)) == (0.490, 0.943)  # Wilson's, as tables give it
    narrower = interval(Tally(80, 100))
    assert narrower[1] - narrower[0] < high - low


def test_what_was_measured_puts_right_what_was_guessed() -> None:
    yes, no = Tally(6, 6), Tally(0, 3)
    tallies = {"edit": yes, "code": yes, "fix": yes, "arithmetic": no, "tools": Tally(2, 3)}
    good = Measured(digest="d", at=0.0, skills=tallies, reads=32_768)
    assert capabilities_shown(good) == {
        Capability.CODE_SPECIALIZED: True,
        Capability.MATH_REASONING: False,
        Capability.LARGE_CONTEXT: True,
    }
    guessed = frozenset({Capability.MATH_REASONING, Capability.TOOL_USE})
    shown = with_measured(guessed, good)
    assert shown == {Capability.TOOL_USE, Capability.CODE_SPECIALIZED, Capability.LARGE_CONTEXT}


async def test_abilities_of_a_simulated_family_are_detected_and_hardly_a_claim_is_false() -> None:
    count = await counted(30, seed=3)
    assert count.models == 30
    assert count.right >= 0.9 * count.skills
    assert count.false <= 0.05 * count.claims
    assert count.tasks / count.models < 80
    assert {skill for model in family(30, 3) for skill in model.able} == set(Skill)


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The right answers of the tasks that are asked, by prompt."""
    known: dict[str, str] = {}

    def noted(skill: Skill, chance: random.Random) -> Trying:
        task = trying(skill, chance)
        known[task.prompt] = task.right if skill is not Skill.ARITHMETIC else task.wrong
        return task

    monkeypatch.setattr(probing, "trying", noted)
    return known


@pytest.fixture
async def served(
    tmp_path: Path, answers: dict[str, str]
) -> AsyncIterator[tuple[Ollama, Orchestrator]]:
    def script(asked: Asked) -> Reply:
        text = asked.messages[-1]["content"]
        code = text.partition("gate is ")[2][:6]
        return Reply(answers.get(text) or (code if len(text) < 20_000 else "no idea"))

    root = tmp_path / "project"
    root.mkdir()
    with Ollama(script, models=[Told("m:7b", window=16_384)]) as server:
        own: dict[str, Any] = {"type": "ollama", "model": "m:7b", "url": server.url}
        flags = {"server": {"discover": False}, "models": {"m": own}}
        async with running(root, flags=flags) as engine:
            await engine.ready()
            yield server, engine


async def always(program: object, code: str) -> bool | None:
    return bool(program and code)


AMPLE = Budget()


async def probed(
    engine: Orchestrator, budget: Budget = AMPLE
) -> tuple[Profile, Measured, list[str]]:
    (profile,) = engine.models.profiles()
    told: list[str] = []
    probe = Probe(profile, asker(engine), always, embedder(engine), budget=budget, seed=5)
    return profile, await probe.measure(told.append, at=1_767_268_800.0), told


async def test_a_real_server_is_probed_and_the_result_holds_for_its_version(
    served: tuple[Ollama, Orchestrator],
) -> None:
    server, engine = served
    profile, result, told = await probed(engine)
    assert result.ended == ""
    said = {skill: result.verdict(skill) for skill in Skill}
    assert said.pop(Skill.ARITHMETIC) == "no"
    assert set(said.values()) == {"yes"}
    assert (result.reads, result.reads_not, result.embeds) == (2048, 8192, True)
    assert result.tokens > 1000
    assert told[0] == "edit"
    kept = await engine.models.measured("m", result)
    assert kept.measured == result
    assert Capability.CODE_SPECIALIZED in kept.capabilities - profile.capabilities
    server.models[0] = replace(server.models[0], bytes=1)  # pulled anew: another digest
    (anew,) = await engine.models.refresh()
    assert anew.digest != profile.digest
    assert anew.measured is None


async def test_a_budget_ends_it_and_what_is_known_is_kept(
    served: tuple[Ollama, Orchestrator],
) -> None:
    _, engine = served
    _, result, _ = await probed(engine, Budget(tokens=600))
    assert "tokens were used up" in result.ended
    assert 0 < sum(tally.tried for tally in result.skills.values()) < 20


async def test_a_server_that_breaks_ends_it_with_the_reason(
    served: tuple[Ollama, Orchestrator],
) -> None:
    server, engine = served
    server.script = lambda _asked: Fault("status", status=500)
    _, result, _ = await probed(engine)
    assert result.ended.startswith("Failed")
    assert not result.skills


async def test_in_the_background_a_model_is_probed_once_and_only_while_nobody_asks(
    served: tuple[Ollama, Orchestrator],
) -> None:
    server, engine = served
    task = asyncio.create_task(probed_quietly(engine, pause=0.4))
    prompt = cleared("hello")
    for _ in range(6):  # somebody asks again and again
        await engine.models.generate("m", prompt, Sampling(max_tokens=5), Limits())
        await asyncio.sleep(0.15)
    assert {each.messages[-1]["content"] for each in server.chats} == {"hello"}
    async with asyncio.timeout(60):
        while engine.models.profiles()[0].measured is None:  # noqa: ASYNC110 - it has no event
            await asyncio.sleep(0.05)
    asked = len(server.chats)
    assert asked > 20
    await asyncio.sleep(1.0)
    assert len(server.chats) == asked
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
