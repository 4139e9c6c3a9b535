"""Finds out what a model can do: the battery's tasks one after another, until each skill is sure.

Polite: one request at a time, after everybody else's, within a budget of time and tokens.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from camus.analysis import Trials
from camus.models import (
    Completion,
    Embedded,
    Limits,
    Measured,
    ModelError,
    Overflow,
    Profile,
    Rejected,
    Sampling,
    Skill,
    Tally,
    verdict,
)
from camus.orchestrator.battery import Program, Trying, code_of, trying
from camus.orchestrator.engine import Orchestrator
from camus.orchestrator.trials import Ask
from camus.privacy import Denied, Message, Prompt, clear
from camus.source import Document

MOST_TASKS = 16
"""Tasks of one skill at most; a clear one takes three to six."""
REACHES = (512, 2_048, 8_192, 32_768)
"""Prompt sizes in tokens at which a hidden line is looked for."""
THINKING_ROOM = 1_500
"""Tokens more for a model that thinks before it answers."""
_FILLER = "The river carries sand past the old mill and nobody writes that down. "
_FILLER_TOKENS = 14.0
_ALIKE = (
    ("parse the configuration file", "parse a file of configuration", "bake bread with rye flour"),
    ("sort a list of numbers", "put numbers of a list in order", "the northern sea is stormy"),
)

Run = Callable[[Program, str], Awaitable[bool | None]]
"""Whether code does what a program must; None when nothing can be run here."""
EmbedTexts = Callable[[str, Sequence[str]], Awaitable[Embedded | Denied]]


@dataclass(frozen=True, slots=True)
class Budget:
    """What a probe may take, in seconds and in tokens of prompts and answers."""

    seconds: float = 600.0
    tokens: int = 200_000


@dataclass(slots=True)
class _Seen:
    """What a probe has come to so far."""

    began: float
    skills: dict[str, Tally] = field(default_factory=dict)
    firsts: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    tokens: int = 0
    streams: bool = False
    reads: int = 0
    reads_not: int = 0
    embeds: bool | None = None


class _Ended(Exception):
    """Raised when nothing more can be asked; its words say why."""


class Probe:
    """One probe of one model."""

    def __init__(
        self,
        profile: Profile,
        ask: Ask,
        run: Run,
        embed: EmbedTexts | None = None,
        *,
        budget: Budget = Budget(),
        seed: int = 0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`seed` chooses the tasks; `run` runs the code of answers, somewhere safe."""
        self._profile = profile
        self._ask = ask
        self._run = run
        self._embed = embed
        self._budget = budget
        self._chance = random.Random(seed)  # noqa: S311 - tasks, no secrets
        self._clock = clock
        self._seen = _Seen(clock())

    async def measure(self, told: Callable[[str], None], *, at: float) -> Measured:
        """Try everything; `told` hears what is tried now, `at` is the Unix time of the result."""
        ended = ""
        try:
            for skill in Skill:
                told(skill.value)
                await self._skill(skill)
            told("long prompts")
            await self._reach()
            if self._embed is not None:
                told("embeddings")
                await self._embeddings(self._embed)
        except _Ended as why:
            ended = str(why)
        except ModelError as error:
            ended = f"{type(error).__name__}: {error}"
        return self._result(at, ended)

    async def _skill(self, skill: Skill) -> None:
        tally = Tally()
        while tally.tried < MOST_TASKS and verdict(tally) == "unsure":
            task = trying(skill, self._chance)
            passed = await self._passed(task)
            if passed is None:
                return  # nothing can be run here: the skill is not measured
            tally = Tally(tally.passed + passed, tally.tried + 1)
            self._seen.skills[skill.value] = tally

    async def _passed(self, task: Trying) -> bool | None:
        reply = (await self._asked(task.prompt, task.most)).text
        if not task.check(reply):
            return False
        return True if task.program is None else await self._run(task.program, code_of(reply))

    async def _reach(self) -> None:
        """How long a prompt may be for a line hidden in it to be found, up to the window."""
        for size in REACHES:
            if size > self._profile.window * 0.9:
                return
            found = 0
            for _ in range(2):
                found += await self._needle(size)
                if not found:
                    break
            if found < 2:
                self._seen.reads_not = size
                return
            self._seen.reads = size

    async def _needle(self, size: int) -> bool:
        code = f"{self._chance.randrange(10**5, 10**6)}"
        lines = max(2, int((size - 60) / _FILLER_TOKENS))
        place = self._chance.randrange(lines)
        text = f"{_FILLER * place}The code of the gate is {code}. {_FILLER * (lines - place)}"
        try:
            got = await self._asked(f"{text}\n\nWhat is the code of the gate? One number.", 40)
        except Overflow:
            return False
        return code in got.text

    async def _embeddings(self, embed: EmbedTexts) -> None:
        """Whether texts of like meaning are nearer to each other than to another."""
        try:
            for one, alike, other in _ALIKE:
                made = await embed(self._profile.name, (one, alike, other))
                if isinstance(made, Denied):
                    return
                first, second, third = made.vectors
                self._seen.embeds = _cosine(first, second) > _cosine(first, third) + 0.02
                if not self._seen.embeds:
                    return
        except Rejected:
            self._seen.embeds = False
        except ModelError:
            self._seen.embeds = None

    async def _asked(self, text: str, most: int) -> Completion:
        seen, budget = self._seen, self._budget
        left = budget.seconds - (self._clock() - seen.began)
        if left <= 0:
            raise _Ended(f"the {budget.seconds:.0f} s were over")
        if seen.tokens >= budget.tokens:
            raise _Ended(f"the {budget.tokens} tokens were used up")
        room = min(most + THINKING_ROOM, max(64, self._profile.window // 2))
        sampling = Sampling(temperature=0.2, max_tokens=room)
        prompt = Prompt((Message("user", text),))
        limits = Limits(first_token=min(left, 120.0), idle=30.0, total=min(left, 180.0))
        got = await self._ask(self._profile.name, prompt, sampling, limits, _silent)
        if isinstance(got, Denied):
            raise _Ended(got.message)
        self._count(got, text)
        return got

    def _count(self, got: Completion, text: str) -> None:
        seen = self._seen
        made = got.usage.completion_tokens or len(got.text) // 3
        seen.tokens += (got.usage.prompt_tokens or len(text) // 4) + made
        seen.firsts.append(got.first_token_seconds)
        seen.streams = seen.streams or got.pieces > 1
        span = got.seconds - got.first_token_seconds
        if made > 8 and span > 0:
            seen.rates.append((made - 1) / span)

    def _result(self, at: float, ended: str) -> Measured:
        seen = self._seen
        return Measured(
            digest=self._profile.digest,
            at=at,
            skills=seen.skills,
            reads=seen.reads,
            reads_not=seen.reads_not,
            first_token=statistics.median(seen.firsts) if seen.firsts else 0.0,
            tokens_a_second=statistics.median(seen.rates) if seen.rates else 0.0,
            streams=seen.streams,
            embeds=seen.embeds,
            tokens=seen.tokens,
            seconds=self._clock() - seen.began,
            ended=ended,
        )


def _silent(_text: str) -> None:
    """A listener lets no other server try: which of them answers is part of the probe."""


def embedder(engine: Orchestrator) -> EmbedTexts:
    """How to have texts embedded by one model; the gate stands as ever."""

    async def embed(name: str, texts: Sequence[str]) -> Embedded | Denied:
        models = engine.models
        place = next(each.place for each in models.profiles() if each.name == name)
        prompt = Prompt(tuple(Message("user", text) for text in texts))
        cleared = clear(prompt, place, engine.rules(engine.config))
        if isinstance(cleared, Denied):
            return cleared
        return await models.embed(name, cleared, Limits(total=60.0))

    return embed


def sandboxed(trials: Trials) -> Run:
    """Runs a program's code beside its reference on many inputs, in the sandbox."""

    async def run(program: Program, code: str) -> bool | None:
        if trials.problem:
            return None
        wanted = Document("untitled:reference.py", program.reference, "python")
        given = Document("untitled:answer.py", code, "python")
        found = await trials.compare(wanted, given, program.function, seconds=2.0, tries=150)
        return found.state == "same"

    return run


def _cosine(one: Sequence[float], other: Sequence[float]) -> float:
    dot = sum(a * b for a, b in zip(one, other, strict=True))
    size = (sum(a * a for a in one) * sum(b * b for b in other)) ** 0.5
    return dot / size if size else 0.0
