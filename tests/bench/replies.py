"""Thousands of replies, whole and harmed, read and put through the gates; counts by form.

The functions are real (the standard library's and installed packages'), the edits and the damage
are made by `support.replying`, `support.rendering` and `support.mangling`, all from one seed. What
may never happen: an offered edit after which the file does not parse, or that changes anything
outside its target. A reply in a form without damage is *right* when the file becomes what was
meant, else *refused* with a reason, else *wrong*.
"""

from __future__ import annotations

import ast
import asyncio
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random
from typing import Literal

from camus import quality
from camus.actions import BadReply, Draft, read
from camus.analysis import Tools
from camus.quality.change import change_of
from camus.quality.gates import refusals
from camus.source import apply_edits
from support.mangling import DAMAGES, rendered
from support.rendering import FORMS
from support.replying import Sample, samples

SEED = 20261121
Outcome = Literal["right", "refused", "other", "gated", "broken", "lost"]
"""`other` is an offered edit that is not the one meant; `broken` and `lost` must not be."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What became of one reply."""

    kind: str
    harmed: bool
    outcome: Outcome
    reason: str
    reply: str
    sample: Sample
    after: str = ""


def seen(count: int, seed: int = SEED) -> Iterator[Seen]:
    """So many replies: half of them in each form as it is, half of them harmed in each way."""
    rng = Random(seed)
    supply = samples(rng)
    forms, damages = list(FORMS.items()), list(DAMAGES.items())
    made = 0
    while made < count:
        sample = next(supply)
        if made % 2:
            kind, damage = damages[made // 2 % len(damages)]
            reply = damage(rng, sample, rendered(rng, sample, rng.choice(forms)[1]))
        else:
            kind, form = forms[made // 2 % len(forms)]
            while not (reply := form(rng, sample)):
                sample = next(supply)
        yield judged(kind, made % 2 == 1, reply, sample)
        made += 1


async def judged_in_full(each: Seen, tools: Tools) -> Seen:
    """What the whole judgement says of an edit that Python's own parser does not take."""
    if each.outcome != "broken":
        return each
    draft = read(each.sample.task, each.reply)
    assert isinstance(draft, Draft)
    report = await quality.assess(each.sample.task, draft, tools)
    if report.refusals:
        return replace(each, outcome="gated", reason=report.refusals[0])
    return each


def judged(kind: str, harmed: bool, reply: str, sample: Sample) -> Seen:
    """What a reply comes to: read, through the gates, and looked at by Python's own parser."""
    draft = read(sample.task, reply)
    if isinstance(draft, BadReply):
        return Seen(kind, harmed, "refused", draft.reason, reply, sample)
    after = apply_edits(sample.document.text, draft.edits)
    refused = refusals(change_of(sample.task, draft))
    if refused:
        return Seen(kind, harmed, "gated", refused[0], reply, sample, after)
    return Seen(kind, harmed, _offered(sample, draft, after), "", reply, sample, after)


def _offered(sample: Sample, draft: Draft, after: str) -> Outcome:
    text, target = sample.document.text, sample.task.target
    added = any("imports" in note for note in draft.notes)
    if not after.endswith(text[target.end :]) or not (
        added or after.startswith(text[: target.start])
    ):
        return "lost"
    try:
        ast.parse(after)
    except (SyntaxError, ValueError):
        return "broken"
    return "right" if after == sample.wanted else "other"


async def counted(
    count: int, seed: int = SEED
) -> tuple[dict[tuple[bool, str], Counter[str]], Counter[str]]:
    """The outcomes by form and by damage, and the reasons given."""
    counts: dict[tuple[bool, str], Counter[str]] = {}
    reasons: Counter[str] = Counter()
    tools = Tools()
    try:
        for first in seen(count, seed):
            each = await judged_in_full(first, tools)
            counts.setdefault((each.harmed, each.kind), Counter())[each.outcome] += 1
            if each.outcome == "refused":
                reasons[each.reason] += 1
    finally:
        await tools.close()
    return counts, reasons


def measure(count: int, seed: int = SEED) -> None:
    """Print the counts by form and by damage, and whether the goals hold."""
    counts, reasons = asyncio.run(counted(count, seed))
    for harmed, title in ((False, "Replies as models send them"), (True, "Harmed replies")):
        print(f"\n**{title}**\n\n| | n | read right | refused | by a gate | read otherwise |")
        print("|---|--:|--:|--:|--:|--:|")
        for (kind_harmed, kind), row in counts.items():
            if kind_harmed is harmed:
                _row(kind, row)
        _row("all", sum((row for key, row in counts.items() if key[0] is harmed), Counter()))
    print("\nReasons given: " + ", ".join(f"{name} {n}" for name, n in reasons.most_common()))
    for outcome, what in (
        ("broken", "break the parse"),
        ("lost", "change text outside the target"),
    ):
        number = sum(row[outcome] for row in counts.values())
        held = "MISSED" if number else "held"
        print(f"\nOffered edits that {what}: {number} of {count:,}, goal 0: {held}")


def _row(name: str, row: Counter[str]) -> None:
    shown = (row["right"], row["refused"], row["gated"], row["other"])
    print(f"| {name} | {sum(row.values())} | " + " | ".join(str(each) for each in shown) + " |")
