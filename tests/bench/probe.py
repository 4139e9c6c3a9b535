"""How right the probe is over a simulated family of models whose abilities are known."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from bench.family import BLURRED, CLEAR, Chances, Simulated, family, probed
from bench.table import verdict as held
from camus.models import Measured, Skill


@dataclass(slots=True)
class Count:
    """How often a probe was right; a claim is a `yes`, a false one a `yes` of who is not able."""

    skills: int = 0
    right: int = 0
    claims: int = 0
    false: int = 0
    unsure: int = 0
    tasks: int = 0
    models: int = 0


async def counted(models: int, seed: int, between: Chances = CLEAR) -> Count:
    """Probe a family."""
    count = Count()
    for number, model in enumerate(family(models, seed, between)):
        _add(count, model, await probed(model, seed * 1000 + number))
    return count


def _add(count: Count, model: Simulated, measured: Measured) -> None:
    count.models += 1
    count.tasks += sum(tally.tried for tally in measured.skills.values())
    for skill in Skill:
        said, able = measured.verdict(skill), skill in model.able
        _one(count, said == "yes", said == "no", able=able)
    _one(count, measured.reads >= 8192, 0 < measured.reads_not <= 8192, able=model.reach > 8192)
    _one(count, measured.embeds is True, measured.embeds is False, able=model.embeds)


def _one(count: Count, yes: bool, no: bool, *, able: bool) -> None:
    count.skills += 1
    count.right += yes if able else no
    count.claims += yes
    count.false += yes and not able
    count.unsure += not yes and not no


def measure(models: int, seed: int) -> None:
    """Print a table: models that clearly can or cannot, and some that are in between."""
    print(f"\n**The probe over {models} simulated models, seed {seed}**\n")
    print("| | abilities | right | claims | false | unsure | tasks a model |")
    print("|---|--:|--:|--:|--:|--:|--:|")
    counts = {}
    for name, between in (("clear", CLEAR), ("blurred", BLURRED)):
        count = counts[name] = asyncio.run(counted(models, seed, between))
        print(
            f"| {name} | {count.skills} | {count.right / count.skills:.1%} | {count.claims} "
            f"| {count.false} | {count.unsure} | {count.tasks / count.models:.0f} |"
        )
    count = counts["clear"]
    held("abilities detected right", count.right / count.skills * 100, 90, "%", least=True)
    held("claims that are false", count.false / max(count.claims, 1) * 100, 5, "%")
