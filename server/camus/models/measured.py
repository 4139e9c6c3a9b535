"""What a probe showed of a model: tallies, how sure they are, and what may be claimed; pure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

import msgspec
from msgspec.structs import replace

from camus.config import Capability

VERSION = 1
"""Of the battery: what another battery measured is not compared with this one's."""
ABLE, UNABLE = 0.8, 0.4
"""Shares of tasks done right that count as having a skill, and as lacking it."""
FALSE_CLAIM, FALSE_DENIAL = 0.02, 0.05
"""How often a skill that is lacking may be claimed, and one that is there be denied."""
LARGE_WINDOW = 32_000
FAST_FIRST, FAST_RATE = 1.5, 20.0
"""Seconds to the first token and tokens a second of a quick model."""
MOST_OBSERVED = 20
"""Answers of real work that count beside a probe's tasks."""
LEAST_TIMED = 5
"""Timed answers from which on they tell the speed."""
_Z = 1.96

Verdict = Literal["yes", "no", "unsure"]


class Skill(StrEnum):
    """What the battery tries, in the order in which it does."""

    EDIT = "edit"
    JSON = "json"
    ARITHMETIC = "arithmetic"
    INDENTATION = "indentation"
    CODE = "code"
    FIX = "fix"
    TOOLS = "tools"
    REASONING = "reasoning"
    WILLING = "willing"


class Tally(msgspec.Struct, frozen=True):
    """So many tasks of a skill were done right, of so many."""

    passed: int = 0
    tried: int = 0


class Measured(msgspec.Struct, frozen=True):
    """All that a probe showed; times in seconds, sizes in tokens.

    `reads` is the longest prompt in which a hidden line was found, `reads_not` the shortest in
    which it was not (0: none was tried). `embeds` is None where it was not tried. `ended` says why
    it stopped early, empty when it did not.
    """

    digest: str
    at: float
    skills: dict[str, Tally] = {}
    reads: int = 0
    reads_not: int = 0
    first_token: float = 0.0
    tokens_a_second: float = 0.0
    streams: bool = False
    embeds: bool | None = None
    tokens: int = 0
    seconds: float = 0.0
    ended: str = ""
    version: int = VERSION
    counted: int = 0
    counted_misformed: int = 0
    """What the journal had counted of it when it was probed: answers, and unreadable ones."""

    def verdict(self, skill: Skill) -> Verdict:
        """Whether the model has a skill."""
        return verdict(self.skills.get(skill, Tally()))


def verdict(tally: Tally) -> Verdict:
    """Whether so many right answers show a skill, by the sequential test of Wald (1945).

    Stops as soon as the tasks seen so far decide between `ABLE` and `UNABLE`.
    """
    failed = tally.tried - tally.passed
    ratio = tally.passed * math.log(ABLE / UNABLE)
    ratio += failed * math.log((1 - ABLE) / (1 - UNABLE))
    if ratio >= math.log((1 - FALSE_DENIAL) / FALSE_CLAIM):
        return "yes"
    if ratio <= math.log(FALSE_DENIAL / (1 - FALSE_CLAIM)):
        return "no"
    return "unsure"


def interval(tally: Tally) -> tuple[float, float]:
    """Where the share of tasks done right lies with 95 % confidence (Wilson 1927)."""
    if not tally.tried:
        return 0.0, 1.0
    n, share, z = tally.tried, tally.passed / tally.tried, _Z
    middle = share + z * z / (2 * n)
    spread = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    whole = 1 + z * z / n
    return max(0.0, (middle - spread) / whole), min(1.0, (middle + spread) / whole)


def capabilities_shown(measured: Measured) -> dict[Capability, bool]:
    """The capabilities that were shown (True) or shown to be lacking (False); no others."""
    found: dict[Capability, bool] = {}
    code = {measured.verdict(skill) for skill in (Skill.EDIT, Skill.CODE, Skill.FIX)}
    _claim(found, Capability.CODE_SPECIALIZED, code)
    _claim(found, Capability.MATH_REASONING, {measured.verdict(Skill.ARITHMETIC)})
    _claim(found, Capability.TOOL_USE, {measured.verdict(Skill.TOOLS)})
    _claim(found, Capability.DEEP_REASONING, {measured.verdict(Skill.REASONING)})
    if measured.reads >= LARGE_WINDOW:
        found[Capability.LARGE_CONTEXT] = True
    elif 0 < measured.reads_not <= LARGE_WINDOW:
        found[Capability.LARGE_CONTEXT] = False
    if measured.first_token and measured.tokens_a_second:
        quick = measured.first_token <= FAST_FIRST and measured.tokens_a_second >= FAST_RATE
        found[Capability.FAST_INFERENCE] = quick
    if measured.tokens_a_second:
        found[Capability.STREAMING] = measured.streams
    if measured.embeds is not None:
        found[Capability.EMBEDDING] = measured.embeds
    return found


def with_measured(guessed: frozenset[Capability], measured: Measured) -> frozenset[Capability]:
    """What a model is taken to do well when nobody declared it: guesses, put right by measures."""
    shown = capabilities_shown(measured)
    text_only = {Capability.EMBEDDING}  # a model that also embeds is still asked for text
    added = {each for each, has in shown.items() if has} - text_only
    return (guessed | added) - {each for each, has in shown.items() if not has}


@dataclass(frozen=True, slots=True)
class Observed:
    """What the journal saw of a model: answers that came, how many could not be read, its speed.

    Times in seconds; 0 where nothing was timed.
    """

    answers: int = 0
    misformed: int = 0
    timed: int = 0
    first_token: float = 0.0
    tokens_a_second: float = 0.0


def begun(measured: Measured, seen: Observed) -> Measured:
    """A fresh probe's result; what the journal saw before it is in it already."""
    return replace(measured, counted=seen.answers, counted_misformed=seen.misformed)


def updated(measured: Measured, seen: Observed) -> Measured:
    """What a probe showed, with what the journal saw since.

    Each answer that could be read, or not, is one more task of keeping to the form; the latest
    count for `MOST_OBSERVED` at most, in their proportion, so that a probe is not drowned by work
    that may be harder than its tasks. Real answers tell the speed better than a probe's short ones.
    """
    answers = max(0, seen.answers - measured.counted)
    failed = min(answers, max(0, seen.misformed - measured.counted_misformed))
    if answers:
        weight = min(answers, MOST_OBSERVED)
        passed = round(weight * (answers - failed) / answers)
        old = measured.skills.get(Skill.EDIT, Tally())
        tally = Tally(old.passed + passed, old.tried + weight)
        measured = replace(measured, skills={**measured.skills, Skill.EDIT.value: tally})
    if seen.timed >= LEAST_TIMED and seen.first_token and seen.tokens_a_second:
        rate = seen.tokens_a_second
        measured = replace(measured, first_token=seen.first_token, tokens_a_second=rate)
    return measured


def _claim(found: dict[Capability, bool], what: Capability, verdicts: set[Verdict]) -> None:
    """All yes is a claim, one no is a denial, anything else says nothing."""
    if "no" in verdicts:
        found[what] = False
    elif verdicts == {"yes"}:
        found[what] = True
