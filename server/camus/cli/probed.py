"""What a probe showed of a model, in lines for people and as facts for scripts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from camus.models import Measured, Profile, Skill, capabilities_shown, interval

_MEANT = {
    Skill.EDIT: "keeps to the form of an edit",
    Skill.JSON: "answers in JSON when asked",
    Skill.ARITHMETIC: "calculates",
    Skill.INDENTATION: "keeps indentation",
    Skill.CODE: "writes code that does what it must",
    Skill.FIX: "fixes a planted bug",
    Skill.TOOLS: "calls a tool",
    Skill.REASONING: "draws conclusions",
    Skill.WILLING: "refuses nothing harmless",
}


def probed_lines(profile: Profile) -> Iterator[str]:
    """A line for each finding; nothing for a model that was not probed."""
    measured = profile.measured
    if measured is None:
        return
    for skill in Skill:
        tally = measured.skills.get(skill.value)
        if tally is None:
            continue
        low, high = interval(tally)
        sure = f"{tally.passed} of {tally.tried}, {low:.0%} to {high:.0%} likely"
        yield f"{measured.verdict(skill):<7} {_MEANT[skill]} ({sure})"
    if measured.reads:
        not_at = f", not in one of {measured.reads_not}" if measured.reads_not else ""
        yield f"finds a line in a prompt of {measured.reads} tokens{not_at}"
    elif measured.reads_not:
        yield f"does not find a line in a prompt of {measured.reads_not} tokens"
    if measured.embeds is not None:
        yield "makes useful embeddings" if measured.embeds else "makes no useful embeddings"
    if measured.first_token:
        rate = measured.tokens_a_second
        pace = f", {rate:.0f} tokens a second" if rate else ""
        yield f"first token after {measured.first_token:.2f} s{pace}"
    yield f"probed {_day(measured)}: {measured.tokens} tokens in {measured.seconds:.0f} s"
    if measured.ended:
        yield f"ended early: {measured.ended}"


def probed_facts(profile: Profile) -> dict[str, Any]:
    """The same for JSON."""
    measured = profile.measured
    if measured is None:
        return {}
    return {
        "at": _day(measured),
        "skills": {
            skill: {
                "verdict": measured.verdict(Skill(skill)),
                "passed": tally.passed,
                "tried": tally.tried,
                "interval": [round(bound, 3) for bound in interval(tally)],
            }
            for skill, tally in measured.skills.items()
        },
        "capabilities": {
            each.value: has for each, has in sorted(capabilities_shown(measured).items())
        },
        "reads": measured.reads,
        "reads_not": measured.reads_not,
        "embeds": measured.embeds,
        "first_token": measured.first_token,
        "tokens_a_second": measured.tokens_a_second,
        "tokens": measured.tokens,
        "seconds": measured.seconds,
        "ended": measured.ended,
    }


def _day(measured: Measured) -> str:
    return datetime.fromtimestamp(measured.at, UTC).date().isoformat()
