"""Reads what a second model says of a change; knows how such answers are laid out; pure."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Literal

from camus.actions.thinking import final_answer

Verdict = Literal["accept", "minor", "reject"]
_VERDICT = re.compile(r"\bverdict\b[\s\"'*_`]*[:=-]?[\s\"'*_`]*([a-z]+)", re.IGNORECASE)
_REASON = re.compile(r"\breason\b[\s\"'*_`]*[:=-][\s\"'*_`]*(.+)", re.IGNORECASE)
_SAME: dict[str, Verdict] = {
    **dict.fromkeys(("accept", "accepted", "approve", "approved", "ok", "pass", "good"), "accept"),
    **dict.fromkeys(("minor", "warning", "nitpick", "nit"), "minor"),
    **dict.fromkeys(("reject", "rejected", "fail", "failed", "bad", "refuse", "major"), "reject"),
}
_MOST = 240


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a second model thinks of a change, with its reason in a sentence."""

    verdict: Verdict
    reason: str = ""


def read_opinion(reply: str) -> Opinion | None:
    """The opinion in a reply, in the lines asked for or as JSON; None when there is none.

    A rejection without a reason is none either: nobody could act on it.
    """
    text = final_answer(reply).text[:20_000]
    found = _from_json(text) or _from_lines(text)
    if found is None or (found.verdict != "accept" and len(found.reason) < 4):
        return None
    return found


def _from_lines(text: str) -> Opinion | None:
    verdicts = [_SAME.get(word.casefold()) for word in _VERDICT.findall(text)]
    known = [each for each in verdicts if each is not None]
    if not known:
        return None
    reasons = _REASON.findall(text)
    return Opinion(known[-1], _tidy(reasons[-1]) if reasons else "")


def _from_json(text: str) -> Opinion | None:
    start, end = text.find("{"), text.rfind("}")
    if start < 0 or end < start:
        return None
    try:
        value = json.loads(text[start : end + 1])
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict):
        return None
    told = {str(key).casefold(): each for key, each in value.items()}
    verdict = _SAME.get(str(told.get("verdict", "")).strip().casefold())
    if verdict is None:
        return None
    return Opinion(verdict, _tidy(str(told.get("reason", ""))))


def _tidy(text: str) -> str:
    words = " ".join(text.split()).strip("\"'*_` ")
    return words if len(words) <= _MOST else f"{words[: _MOST - 1]}…"
