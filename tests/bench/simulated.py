"""Simulated models, tasks and checks for the benches of routing: every figure made here is
simulated.

What is published: the pass rates (aider's table, first try and after one repair). What was measured
here: how many wrong answers the checks find (`bench reached --functions 120 --seed 23`, 47 of 58)
and how many right ones they doubt (`bench quality --seed 23`, 1.3 %).
What is assumed, and only matters for times and costs: one graphics card whose memory gives 300
GB/s to a model in 4 bits (0.6 bytes a parameter), at most 250 tokens/s; a prompt read 20 times as
fast as text is written; a price in proportion to the size (1 cent for a million tokens and each
billion of parameters).

Whether an answer is right is a threshold on a normal variable made of three independent parts:
what makes the task hard for everybody (a classifier sees some of it), the mistake that models
trained alike share (`correlation` of what the difficulty leaves), and the model's own. A second
sample of one model shares half of its own part. Wrong answers agree by chance: 1 in 4 is the
obvious wrong one. Everything follows from the seed.
"""

from __future__ import annotations

import hashlib
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

from camus.config import Complexity, TaskKind

DETECTED, DOUBTED = 0.81, 0.013
"""The shares of wrong answers that the checks find and of right ones that they doubt, measured."""

DIFFICULTY = 0.5
"""The share of the variance that is the task's own."""
_SAME_MODEL = 0.5
_OBVIOUS = 0.25
_BANDWIDTH, _BYTES, _FASTEST, _READS = 300.0, 0.6, 250.0, 20.0
_NORMAL = NormalDist()


@dataclass(frozen=True, slots=True)
class SimulatedModel:
    """A model: the share it passes at first and after a repair, its size in billions."""

    name: str
    billions: float
    first: float
    repaired: float

    @property
    def speed(self) -> float:
        """Tokens written in a second, as assumed above."""
        return min(_FASTEST, _BANDWIDTH / (self.billions * _BYTES))

    @property
    def price(self) -> float:
        """Of a million tokens."""
        return 0.01 * self.billions


QWEN = (
    SimulatedModel("qwen2.5-coder:0.5b", 0.5, 0.14, 0.14),
    SimulatedModel("qwen2.5-coder:1.5b", 1.5, 0.29, 0.32),
    SimulatedModel("qwen2.5-coder:3b", 3.0, 0.34, 0.39),
    SimulatedModel("qwen2.5-coder:7b", 7.0, 0.52, 0.58),
    SimulatedModel("qwen2.5-coder:14b", 14.0, 0.59, 0.69),
    SimulatedModel("qwen2.5-coder:32b", 32.0, 0.59, 0.73),
)
"""Aider's table: first try, second try."""


@dataclass(frozen=True, slots=True)
class SimulatedTask:
    """One task: how hard it is for everybody, and what a classifier says of it."""

    seed: int
    number: int
    kind: TaskKind
    complexity: Complexity
    language: str
    difficulty: float
    prompt_tokens: int
    answer_tokens: int


@dataclass(frozen=True, slots=True)
class Drawn:
    """An answer: right or not, which one (0 is right; equal numbers are equal answers), its time.

    `seconds` without queueing; `cost` in the unit of `SimulatedModel.price`.
    """

    right: bool
    answer: int
    seconds: float
    cost: float


def tasks(count: int, seed: int, *, seen: float = 0.7) -> tuple[SimulatedTask, ...]:
    """Tasks of all kinds; the complexity agrees with the difficulty with the correlation `seen`."""
    draw = random.Random(f"tasks {seed}")
    kinds = (
        TaskKind.CODE_GENERATION,
        TaskKind.REFACTORING,
        TaskKind.BUG_FIXING,
        TaskKind.DOCUMENTATION,
        TaskKind.CODE_ANALYSIS,
    )
    made = []
    for number in range(count):
        difficulty = draw.gauss(0, 1)
        guess = seen * difficulty + math.sqrt(1 - seen**2) * draw.gauss(0, 1)
        size = math.exp(0.5 * draw.gauss(0, 1) + 0.25 * difficulty)
        made.append(
            SimulatedTask(
                seed,
                number,
                draw.choice(kinds),
                _complexity(guess),
                draw.choices(("python", "typescript", "go", "rust"), (5, 3, 1, 1))[0],
                difficulty,
                round(900 * size),
                round(220 * size),
            )
        )
    return tuple(made)


def answer(
    model: SimulatedModel,
    task: SimulatedTask,
    *,
    correlation: float = 0.3,
    sample: int = 0,
    repaired: bool = False,
) -> Drawn:
    """What a model answers; the same arguments give the same answer."""
    shared = _gauss(task, "everybody")
    own = math.sqrt(_SAME_MODEL) * _gauss(task, model.name)
    own += math.sqrt(1 - _SAME_MODEL) * _gauss(task, f"{model.name} {sample}")
    rest = math.sqrt(correlation) * shared + math.sqrt(1 - correlation) * own
    hard = math.sqrt(DIFFICULTY) * task.difficulty + math.sqrt(1 - DIFFICULTY) * rest
    passes = model.repaired if repaired else model.first
    right = hard < _NORMAL.inv_cdf(passes)
    tokens = task.prompt_tokens + task.answer_tokens
    return Drawn(right, 0 if right else _wrong(task, model, sample), seconds(model, task),
                 tokens * model.price / 1e6)  # fmt: skip


def seconds(model: SimulatedModel, task: SimulatedTask) -> float:
    """How long an answer takes."""
    return (task.prompt_tokens / _READS + task.answer_tokens) / model.speed


@dataclass(frozen=True, slots=True)
class Checks:
    """Checks that find a share of the wrong answers and doubt a share of the right ones."""

    detected: float = DETECTED
    doubted: float = DOUBTED

    def accept(self, task: SimulatedTask, given: Drawn, by: str) -> bool:
        """Whether an answer passes; `by` tells whose it is, so that each is judged by itself."""
        chance = _uniform(task, f"checks {by} {given.answer}")
        return chance >= (self.doubted if given.right else self.detected)


def best_of(models: Sequence[SimulatedModel]) -> SimulatedModel:
    """The one that passes most."""
    return max(models, key=lambda model: (model.repaired, -model.billions))


def _complexity(guess: float) -> Complexity:
    if guess < -0.43:  # a third of all
        return Complexity.SIMPLE
    return Complexity.MEDIUM if guess < 0.43 else Complexity.COMPLEX


def _wrong(task: SimulatedTask, model: SimulatedModel, sample: int) -> int:
    if _uniform(task, f"wrong {model.name} {sample}") < _OBVIOUS:
        return 1
    return 2 + int(_uniform(task, f"which {model.name} {sample}") * 1e9)


def _uniform(task: SimulatedTask, about: str) -> float:
    text = f"{task.seed} {task.number} {about}".encode()
    number = int.from_bytes(hashlib.blake2b(text, digest_size=7).digest())
    return (number + 0.5) / 2**56


def _gauss(task: SimulatedTask, about: str) -> float:
    return _NORMAL.inv_cdf(_uniform(task, about))
