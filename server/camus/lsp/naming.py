"""What a model is called in front of people: its name in plain words and what it is good at."""

from __future__ import annotations

import re
from typing import Literal

from camus.config import Capability
from camus.models import Profile
from camus.routing import RULES

RULES_IN_WORDS = "the built-in rules"

_SPECIALITIES = {
    Capability.CODE_SPECIALIZED: "code",
    Capability.SECURITY_FOCUSED: "security",
    Capability.MATH_REASONING: "mathematics",
    Capability.CREATIVE_WRITING: "creative writing",
}
_SPELT = {
    "gpt": "GPT",
    "glm": "GLM",
    "oss": "OSS",
    "deepseek": "DeepSeek",
    "codellama": "Code Llama",
    "starcoder": "StarCoder",
    "starcoder2": "StarCoder2",
    "codegemma": "CodeGemma",
    "smollm": "SmolLM",
    "smollm2": "SmolLM2",
    "qwq": "QwQ",
}
_UNTOLD = re.compile(
    r"^(latest|gguf|i?q\d\w*|[kf]?p?\d{1,2}|k|m|s|xs|fp16|bf16|it)$", re.IGNORECASE
)
_SIZE = re.compile(r"^\d+(\.\d+)?(x\d+)?[bm]$", re.IGNORECASE)


def friendly(name: str) -> str:
    """`qwen2.5-coder:7b-instruct-q4_K_M` as `Qwen2.5 Coder 7B Instruct`.

    Owner, quantisation and file type are left out; a name of which nothing is left stays as it is.
    """
    if name == RULES:
        return RULES_IN_WORDS
    words = re.split(r"[-_:\s]+", name.rsplit("/", 1)[-1].removesuffix(".gguf"))
    told = [word for word in words if word and not _UNTOLD.match(word)]
    return " ".join(_spelt(word) for word in told) or name


def speciality(profile: Profile) -> str | None:
    """What a model was made for: `code`, `security`, ...; None for one that does everything."""
    held = profile.capabilities
    return next((word for each, word in _SPECIALITIES.items() if each in held), None)


def place(profile: Profile) -> Literal["local", "remote"]:
    """`local` or `remote`."""
    return "local" if profile.place.local else "remote"


def called(name: str, profile: Profile | None) -> str:
    """A model as progress names it: `the code specialist m:7b`, `m:120b at api.example.org`."""
    if profile is None:
        return name
    special = speciality(profile)
    where = "" if profile.place.local else f" at {profile.place.name}"
    return f"the {special} specialist {name}{where}" if special else f"{name}{where}"


def _spelt(word: str) -> str:
    if _SIZE.match(word):
        return word.upper()
    return _SPELT.get(word.casefold(), word[:1].upper() + word[1:])
