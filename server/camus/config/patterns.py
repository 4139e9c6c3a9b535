"""Users' own regular expressions, made harmless: what could run for long is refused.

Python's engine backtracks, so a quantifier inside a quantified group is exponential and each
further unbounded quantifier multiplies the work by the length of the text. A pattern may hold two
of them beside repeated blanks, none nested; whoever runs it shows it little text with its white
space squeezed (`camus.actions.patterns`): some ten million steps at the very worst.
"""

from __future__ import annotations

import re
import warnings
from functools import lru_cache

_LONGEST, _MOST_UNBOUNDED = 400, 2
_SPACES = re.compile(r"(?<!\\)(?:\\s| )(?P<quantifier>[*+])[?+]?")
_QUANTIFIER = re.compile(r"[*+]|\{(?P<low>\d*)(?P<comma>,?)(?P<high>\d*)\}")
_REFERENCE = re.compile(r"\\[1-9]|\(\?P=|\(\?\(")


@lru_cache(maxsize=256)
def compiled_pattern(pattern: str) -> tuple[re.Pattern[str] | None, str]:
    """The compiled pattern, or None and why it is refused."""
    if len(pattern) > _LONGEST:
        return None, f"it is longer than {_LONGEST} characters"
    eased = _SPACES.sub(lambda found: r"\s" if found["quantifier"] == "+" else r"\s?", pattern)
    try:
        with warnings.catch_warnings(action="error"):
            compiled = re.compile(eased, re.IGNORECASE)
    except (re.error, OverflowError, RecursionError, Warning) as error:
        return None, f"it is not a regular expression: {error}"
    problem = _danger(eased)
    return (None, problem) if problem else (compiled, "")


def _danger(pattern: str) -> str:
    """Why a pattern could run for long; empty when it cannot."""
    if _REFERENCE.search(pattern):
        return "it refers back to a group"
    groups: list[bool] = []
    unbounded, at = 0, 0
    while at < len(pattern):
        mark = pattern[at]
        if mark == "(":
            groups.append(False)
            at += 2 if pattern[at + 1 : at + 2] == "?" else 1
            continue
        chooses_inside = mark == ")" and bool(groups) and groups.pop()
        at = _atom_end(pattern, at)
        quantifier = _QUANTIFIER.match(pattern, at)
        repeats = quantifier is not None and _many(quantifier)
        if quantifier is not None and repeats:
            if chooses_inside:
                return "it repeats a group that repeats or chooses inside"
            unbounded += 1
            at = quantifier.end()
        if groups and (repeats or chooses_inside or mark in "|?"):
            groups[-1] = True
    return "it has more than two open repetitions" if unbounded > _MOST_UNBOUNDED else ""


def _many(quantifier: re.Match[str]) -> bool:
    """Whether a quantifier allows more than a few repetitions."""
    if quantifier["low"] is None:
        return True
    high = quantifier["high"] or ("" if quantifier["comma"] else quantifier["low"])
    return not high or int(high) > 3


def _atom_end(pattern: str, at: int) -> int:
    """The place after the escape, character class or character that stands here."""
    if pattern[at] == "\\":
        return at + 2
    if pattern[at] != "[":
        return at + 1
    at += 2 if pattern[at + 1 : at + 2] == "^" else 1
    at += pattern[at : at + 1] == "]"
    while at < len(pattern) and pattern[at] != "]":
        at += 2 if pattern[at] == "\\" else 1
    return at + 1
