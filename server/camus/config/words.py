"""The closed sets that users write in files, and every plan's other spellings of them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar


class TaskKind(StrEnum):
    """What kind of work a request is; EMBEDDING is an operation and never classified."""

    CODE_GENERATION = "CODE_GENERATION"
    CODE_ANALYSIS = "CODE_ANALYSIS"
    REFACTORING = "REFACTORING"
    BUG_FIXING = "BUG_FIXING"
    DOCUMENTATION = "DOCUMENTATION"
    SECURITY_REVIEW = "SECURITY_REVIEW"
    SIMPLE_QUERY = "SIMPLE_QUERY"
    MATHEMATICAL = "MATHEMATICAL"
    CREATIVE = "CREATIVE"
    TOOL_USE = "TOOL_USE"
    EMBEDDING = "EMBEDDING"
    GENERAL = "GENERAL"


class Complexity(StrEnum):
    """How much a task asks of a model."""

    SIMPLE = "simple"
    MEDIUM = "medium"
    COMPLEX = "complex"


class Capability(StrEnum):
    """What a model is declared or measured to do well."""

    FAST_INFERENCE = "FAST_INFERENCE"
    HIGH_QUALITY = "HIGH_QUALITY"
    CODE_SPECIALIZED = "CODE_SPECIALIZED"
    LARGE_CONTEXT = "LARGE_CONTEXT"
    SECURITY_FOCUSED = "SECURITY_FOCUSED"
    LOCAL_INFERENCE = "LOCAL_INFERENCE"
    DEEP_REASONING = "DEEP_REASONING"
    MATH_REASONING = "MATH_REASONING"
    CREATIVE_WRITING = "CREATIVE_WRITING"
    TOOL_USE = "TOOL_USE"
    EMBEDDING = "EMBEDDING"
    VISION_INPUT = "VISION_INPUT"
    STREAMING = "STREAMING"


class StrategyName(StrEnum):
    """How several models work on one task."""

    SINGLE = "single"
    SEQUENTIAL = "sequential"
    ENSEMBLE = "ensemble"
    PARALLEL = "parallel"
    ADAPTIVE = "adaptive"


class BackendKind(StrEnum):
    """The protocol a model's server speaks."""

    OLLAMA = "ollama"
    OPENAI = "openai"
    LLAMA_CPP = "llama_cpp"


ALIASES: Mapping[type[StrEnum], Mapping[str, str]] = {}
"""For each closed set, the plans' other spellings (folded to lower case, `-` and ` ` as `_`)."""


_E = TypeVar("_E", bound=StrEnum)


def canonical(kind: type[_E], word: str) -> _E | None:
    """The member that a user's word means, by its own spelling or by an alias; None if unknown."""
    raise NotImplementedError
