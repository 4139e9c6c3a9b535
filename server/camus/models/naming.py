"""What a model's name and size tell of it when nobody says more; guesses, and pure."""

from __future__ import annotations

import re
from typing import Literal

from camus.config import Capability

Size = Literal["fast", "medium", "large"]

_FAST_BELOW = 4.0
_MEDIUM_BELOW = 20.0
_LARGE_WINDOW = 32_000

_BILLIONS = re.compile(r"(?<![a-z\d.])(?:(\d+)x)?(\d+(?:\.\d+)?)b(?![a-z\d])", re.IGNORECASE)
_MILLIONS = re.compile(r"(?<![a-z\d.])(\d+(?:\.\d+)?)m(?![a-z\d])", re.IGNORECASE)
_SMALL = re.compile(r"\b(mini|small|nano|tiny|micro|lite|flash|haiku|smol\w*)\b", re.IGNORECASE)
_LARGE = re.compile(
    r"\b(large|max|opus|sonnet|pro|ultra|gpt-[4-9](\.\d)?o?|o[1-9]|deepseek-(chat|reasoner))\b",
    re.IGNORECASE,
)
_HINTS: tuple[tuple[re.Pattern[str], Capability], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), capability)
    for pattern, capability in (
        (r"code|coder|coding|codestral|devstral|starcoder", Capability.CODE_SPECIALIZED),
        (r"math|mathstral", Capability.MATH_REASONING),
        (
            r"\br1\b|reason|\bqwq\b|think|gpt-oss|\bo[1-9]\b|magistral",
            Capability.DEEP_REASONING,
        ),
        (r"vision|llava|\bvlm?\b|pixtral|moondream", Capability.VISION_INPUT),
        (
            r"embed|\bbge\b|minilm|\be5\b|\bgte\b|arctic-embed|rerank",
            Capability.EMBEDDING,
        ),
        (r"writer|story|creative|\brp\b", Capability.CREATIVE_WRITING),
    )
)


def billions(text: str | None) -> float:
    """Parameters in billions from `7.6B`, `137M`, `qwen2.5-coder:7b`, `8x7b`; 0 when unknown."""
    if not text:
        return 0.0
    if found := _BILLIONS.search(text):
        return float(found[1] or 1) * float(found[2])
    if found := _MILLIONS.search(text):
        return float(found[1]) / 1000
    return 0.0


def rung(name: str, parameters: float, memory_bytes: int = 0) -> Size:
    """Where a model stands: fast below 4 billion parameters, medium below 20, large from there.

    Without a number the memory it takes tells (at about 0.75 bytes a parameter, as quantised
    files have it), without that the name (`mini`, `flash`, `large`, ...), else it is medium.
    """
    known = parameters or billions(name) or memory_bytes / 0.75e9
    if known:
        return "fast" if known < _FAST_BELOW else "medium" if known < _MEDIUM_BELOW else "large"
    if _SMALL.search(name):
        return "fast"
    return "large" if _LARGE.search(name) else "medium"


def guessed(name: str, size: Size, *, window: int, local: bool) -> frozenset[Capability]:
    """What a model of this name is likely to do well, and what its place and size say."""
    found = {capability for pattern, capability in _HINTS if pattern.search(name)}
    if Capability.EMBEDDING in found:
        return frozenset({Capability.EMBEDDING})
    found.add(Capability.STREAMING)
    if size == "fast":
        found.add(Capability.FAST_INFERENCE)
    if size == "large":
        found.add(Capability.HIGH_QUALITY)
    if window >= _LARGE_WINDOW:
        found.add(Capability.LARGE_CONTEXT)
    if local:
        found.add(Capability.LOCAL_INFERENCE)
    return frozenset(found)
