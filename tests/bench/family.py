"""A simulated family of models with known abilities, for the probe; no figure is of a real one.

Each model has or lacks each skill: it does a task right with a chance of its own, high where it has
the skill, low where it lacks it. It finds a hidden line in prompts up to its reach.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from camus.config import BackendKind
from camus.models import (
    Completion,
    Embedded,
    Limits,
    Measured,
    Profile,
    Rejected,
    Sampling,
    Skill,
    Usage,
)
from camus.orchestrator import Probe, probing
from camus.orchestrator.battery import Program, Trying
from camus.privacy import THIS_MACHINE, Prompt
from support.servers import vector

Chances = tuple[tuple[float, float], tuple[float, float]]
CLEAR: Chances = ((0.85, 0.99), (0.02, 0.3))
BLURRED: Chances = ((0.75, 0.99), (0.02, 0.45))
"""Between these lie the chances of a model that has a skill, and of one that lacks it."""
WINDOW = 40_960


@dataclass(frozen=True, slots=True)
class Simulated:
    """One model; `chances` by skill, `reach` in tokens."""

    name: str
    able: frozenset[Skill]
    chances: dict[Skill, float]
    reach: int
    embeds: bool
    pace: float

    @property
    def profile(self) -> Profile:
        return Profile(
            self.name, BackendKind.OLLAMA, self.name, THIS_MACHINE, WINDOW, "medium", state="ready"
        )


def family(count: int, seed: int, between: Chances = CLEAR) -> list[Simulated]:
    """So many models, each skill had by a share of them that differs from model to model."""
    chance = random.Random(seed)
    made = []
    for number in range(count):
        talent = chance.uniform(0.15, 0.9)
        able = frozenset(skill for skill in Skill if chance.random() < talent)
        chances = {s: chance.uniform(*between[s not in able]) for s in Skill}
        reach = chance.choice((300, 1500, 6000, 20_000, 60_000))
        embeds = chance.random() < 0.5
        pace = chance.choice((0.004, 0.02, 0.2))
        made.append(Simulated(f"simulated-{number}", able, chances, reach, embeds, pace))
    return made


async def probed(model: Simulated, seed: int) -> Measured:
    """What the probe says of a simulated model."""
    chance = random.Random(seed)
    asked: dict[str, Trying] = {}
    ask = _asker(model, chance, asked)
    probe = Probe(model.profile, ask, _judge, _embed(model), seed=seed)
    make = probing.trying

    def noted(skill: Skill, own: random.Random) -> Trying:
        task = make(skill, own)
        asked[task.prompt] = task
        return task

    probing.trying = noted  # the simulation answers by the task's own right or wrong answer
    try:
        return await probe.measure(lambda _what: None, at=0.0)
    finally:
        probing.trying = make


def _asker(model: Simulated, chance: random.Random, asked: dict[str, Trying]) -> probing.Ask:
    async def ask(
        _name: str,
        prompt: Prompt,
        _sampling: Sampling,
        _limits: Limits,
        on_text: Callable[[str], None] | None,
    ) -> Completion:
        text = prompt.messages[0].content
        task = asked.get(text)
        if task is not None:
            answer = task.right if chance.random() < model.chances[task.skill] else task.wrong
        else:
            found = re.search(r"gate is (\d+)", text)
            assert found is not None, text
            answer = found[1] if len(text) / 4.9 < model.reach else "I do not know."
        made = max(10, len(answer) // 3)
        if on_text is not None:
            on_text(answer[:1])
            on_text(answer[1:])
        usage = Usage(len(text) // 4, made)
        return Completion(
            answer, "stop", model.name, usage, model.pace * (made + 20), model.pace * 20
        )

    return ask


async def _judge(program: Program, code: str) -> bool | None:
    return code.strip() == program.reference.strip()


def _embed(model: Simulated) -> probing.EmbedTexts:
    async def embed(_name: str, texts: Sequence[str]) -> Embedded:
        if not model.embeds:
            raise Rejected("no embeddings")
        like = [
            tuple(a + b for a, b in zip(vector(texts[0]), vector(t), strict=True)) for t in texts
        ]
        other = tuple(vector(texts[2]))
        return Embedded((like[0], like[1], other), model.name)

    return embed
