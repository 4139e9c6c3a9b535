"""What using a model costs and permits: prices, quotas left, licences; pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

LicenceTier = Literal["permissive", "copyleft", "restricted", "proprietary", "unknown"]
LICENCE_TIERS: tuple[LicenceTier, ...] = (
    *("permissive", "copyleft", "restricted", "proprietary", "unknown"),
)
"""From what anybody may use for anything to what nobody knows; see `licence_tier`."""

_MILLION = 1_000_000
_RESTRICTED = (
    r"non-?commercial|\bnc\b|research|community|llama|gemma|openrail|\brail\b|deepseek|qwen|tongyi"
    r"|falcon|bigcode|restricted|acceptable use|\bmnpl|\bmrl\b"
)
_PERMISSIVE = (
    r"apache|\bmit\b|bsd|\bisc\b|ncsa|unlicense|cc0|cc-by-[34]|zlib|public domain|boost|bsl-1|wtfpl"
)
_WORDS: tuple[tuple[str, LicenceTier], ...] = (
    # Conditions of use come first: "Llama 3 Community Licence", "cc-by-nc-4.0".
    (_RESTRICTED, "restricted"),
    (r"proprietary|terms of (use|service)|closed|all rights reserved", "proprietary"),
    (r"gpl|mozilla|\bmpl|eupl|cc-by-sa|\bosl|copyleft", "copyleft"),
    (_PERMISSIVE, "permissive"),
)


@dataclass(frozen=True, slots=True)
class Price:
    """Money for a million tokens of prompt and of answer, in the user's currency."""

    input: float
    output: float

    def of(self, prompt_tokens: int, answer_tokens: int) -> float:
        """What so many tokens cost."""
        return (self.input * prompt_tokens + self.output * answer_tokens) / _MILLION


@dataclass(frozen=True, slots=True)
class Left:
    """What of today's quota remains; None where nothing is limited. Never below zero."""

    requests: int | None = None
    tokens: int | None = None
    money: float | None = None

    @property
    def spent(self) -> bool:
        """Whether any of it is used up."""
        return any(
            each is not None and each <= 0 for each in (self.requests, self.tokens, self.money)
        )


def in_words(left: Left) -> str:
    """What remains today, such as `12 requests, 4300 tokens`; empty when nothing is limited."""
    parts = (
        f"{left.requests} requests" if left.requests is not None else "",
        f"{left.tokens} tokens" if left.tokens is not None else "",
        f"{left.money:.4g} of money" if left.money is not None else "",
    )
    return ", ".join(part for part in parts if part)


def licence_tier(licence: str, *, hosted: bool = False) -> LicenceTier:
    """The tier of a licence as servers, files and users name it, or `unknown`.

    An SPDX id, a tier's own name, or the first line of a licence's text. `hosted` says that the
    model runs at somebody else's place under that place's terms when nothing else is told.
    """
    words = re.sub(r"[\s_]+", "-", licence.casefold()).strip("-")
    if words in LICENCE_TIERS:
        return next(tier for tier in LICENCE_TIERS if tier == words)
    text = f"{licence.casefold()} {words}"
    for pattern, tier in _WORDS:
        if re.search(pattern, text):
            return tier
    return "proprietary" if hosted and not words else "unknown"
