"""What is known of families of models by their names: window, sampling, the system's turn; pure.

Only what is needed to ask them rightly. A model's own settings win over all of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Family:
    """A family of models.

    `window` is the longest its models were trained for, in tokens, 0 where they differ.
    `temperature` and `top_p` are set where its makers ask for something else than a low
    temperature. `system` is False where its template has no turn for the system, or its makers
    advise against one: what would stand there comes first in the user's turn.
    """

    name: str
    pattern: str
    window: int = 0
    temperature: float | None = None
    top_p: float | None = None
    system: bool = True


FAMILIES: tuple[Family, ...] = (
    # The makers' advice for reasoning models: at low temperatures they repeat without end.
    Family(
        "deepseek-r1", r"deepseek-r1|r1-distill|deepseek-reasoner", 131_072, 0.6, 0.95, system=False
    ),
    Family("qwq", r"\bqwq", 32_768, 0.6, 0.95),
    Family("qwen3", r"qwen-?3(?!.*(instruct|coder))", 32_768, 0.6, 0.95),
    Family("deepseek", r"deepseek", 16_384),
    Family("codeqwen", r"codeqwen", 65_536),
    Family("qwen", r"qwen", 32_768),
    Family("codellama", r"code-?llama", 16_384),
    Family("llama", r"llama-?2(?![\d.])", 4_096),
    Family("llama", r"llama-?3(?![\d.])", 8_192),
    Family("llama", r"(?<!\w)llama", 0),
    Family("mistral", r"mistral|mixtral|codestral|devstral|magistral|ministral", 32_768),
    Family("phi", r"(?<!\w)phi-?\d", 0),
    Family("gemma", r"gemma", 8_192, system=False),
    Family("starcoder", r"starcoder", 16_384),
    Family("granite", r"granite", 0),
    Family("gpt-oss", r"gpt-oss", 131_072),
    Family("gpt", r"(?<!\w)gpt-|(?<!\w)o\d(?!\w)", 0),
    Family("claude", r"claude", 0),
    Family("gemini", r"gemini", 0),
    Family("glm", r"(?<!\w)glm", 0),
)
"""The families, the more particular before the general; the first whose pattern is found counts."""

NO_FAMILY = Family("", "")

FAMILY_NAMES: frozenset[str] = frozenset(family.name for family in FAMILIES)


@lru_cache(maxsize=256)
def family_of(model: str) -> Family:
    """The family that a model's id speaks of; one without a name when none does."""
    name = model.casefold()
    return next((each for each in FAMILIES if re.search(each.pattern, name)), NO_FAMILY)
