"""The closed sets that users write in files, and every plan's other spellings of them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from typing import TypeVar

from camus.config.providers import OTHER_NAMES, PROVIDERS


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
    """How several models work on one task.

    `cascade` asks the next model when the checks reject the one before, `single` only when it did
    not answer. `adaptive` is one of the last three or the cascade, as the task demands.
    """

    CASCADE = "cascade"
    SINGLE = "single"
    SEQUENTIAL = "sequential"
    ENSEMBLE = "ensemble"
    PARALLEL = "parallel"
    ADAPTIVE = "adaptive"
    SINGLE_FAST = "SINGLE_FAST"
    DUAL_VALIDATION = "DUAL_VALIDATION"
    TRIPLE_CONSENSUS = "TRIPLE_CONSENSUS"


class BackendKind(StrEnum):
    """The protocol a model's server speaks."""

    OLLAMA = "ollama"
    OPENAI = "openai"
    LLAMA_CPP = "llama_cpp"
    PLUGIN = "plugin"


class Balancing(StrEnum):
    """How a model's replicas share its requests."""

    ROUND_ROBIN = "round_robin"
    LEAST_LOADED = "least_loaded"
    RESPONSE_TIME = "response_time"
    RESOURCE_USAGE = "resource_usage"
    PREFIX_AFFINITY = "prefix_affinity"


BUILT_IN_COMPOSITES: tuple[str, ...] = (
    *("fast", "medium", "large"),
    *("code", "analysis", "safety", "maths", "creative", "general"),
)
"""The virtual models that ship: the rungs of the ladder and the roles."""

ALIASES: Mapping[type[StrEnum], Mapping[str, str]] = {
    Balancing: {
        "least_connections": "least_loaded",
        "latency": "response_time",
        "peak_ewma": "response_time",
        "resources": "resource_usage",
        "prefix": "prefix_affinity",
    },
    TaskKind: {
        "QuickResponse": "SIMPLE_QUERY",
        "QUICK": "SIMPLE_QUERY",
        "DeepThinking": "GENERAL",
        "DEEP": "GENERAL",
        "COMPLEX_REASONING": "GENERAL",
        "CODE": "CODE_GENERATION",
        "GENERATION": "CODE_GENERATION",
        "IMPLEMENTATION": "CODE_GENERATION",
        "ANALYSIS": "CODE_ANALYSIS",
        "EXPLANATION": "CODE_ANALYSIS",
        "VALIDATION": "CODE_ANALYSIS",
        "REVIEW": "CODE_ANALYSIS",
        "REFACTOR": "REFACTORING",
        "BUG_FIX": "BUG_FIXING",
        "DEBUGGING": "BUG_FIXING",
        "DOCS": "DOCUMENTATION",
        "SECURITY": "SECURITY_REVIEW",
        "SECURITY_ANALYSIS": "SECURITY_REVIEW",
        "MATH": "MATHEMATICAL",
        "MATHS": "MATHEMATICAL",
        "CreativeWriting": "CREATIVE",
        "FUNCTION_CALLING": "TOOL_USE",
    },
    Complexity: {
        "low": "simple",
        "instant": "simple",
        "fast": "simple",
        "moderate": "medium",
        "standard": "medium",
        "high": "complex",
        "deliberate": "complex",
    },
    Capability: {
        "LowLatency": "FAST_INFERENCE",
        "FAST": "FAST_INFERENCE",
        "QUALITY": "HIGH_QUALITY",
        "CodeGeneration": "CODE_SPECIALIZED",
        "CODE_SPECIALISED": "CODE_SPECIALIZED",
        "CODE": "CODE_SPECIALIZED",
        "LONG_CONTEXT": "LARGE_CONTEXT",
        "SECURITY": "SECURITY_FOCUSED",
        "LOCAL": "LOCAL_INFERENCE",
        "REASONING": "DEEP_REASONING",
        "MATH": "MATH_REASONING",
        "MATHS_REASONING": "MATH_REASONING",
        "FUNCTION_CALLING": "TOOL_USE",
        "TOOLS": "TOOL_USE",
        "EMBEDDINGS": "EMBEDDING",
        "VISION": "VISION_INPUT",
    },
    StrategyName: {
        "single_model": "single",
        "sequential_with_validation": "sequential",
        "parallel_ensemble": "ensemble",
        "intelligent": "adaptive",
        "intelligent_selection": "adaptive",
        "rule_based": "adaptive",
    },
    BackendKind: {
        "direct": "llama_cpp",
        "llama-cpp-python": "llama_cpp",
        "gguf": "llama_cpp",
        "openai-compatible": "openai",
        "openai_api": "openai",
        "vllm": "openai",
        "lmstudio": "openai",
        "llama-server": "openai",
        "llamafile": "openai",
        "litellm": "openai",
        "localai": "openai",
        **{word: "openai" for word in (*PROVIDERS, *OTHER_NAMES) if word != "openai"},
    },
}
"""For each closed set, the plans' other spellings; case, `-`, `_`, `.` and spaces are ignored."""

LITERALS: Mapping[str, Mapping[str, str]] = {
    "Intelligence.type": {
        "rule_based": "rule",
        "rules": "rule",
        "score_based": "score",
        "scoring": "score",
        "learning_based": "learning",
        "learned": "learning",
        "adaptive": "learning",
    },
    "Pipeline.voting": {
        "vote": "majority",
        "majority_consensus": "majority",
        "weighted_averaging": "weighted",
        "weighted_average": "weighted",
        "best": "best_of_n",
        "consensus_building": "consensus",
    },
    "Model.size": {
        "small": "fast",
        "quick": "fast",
        "standard": "medium",
        "big": "large",
        "deep": "large",
    },
    "Server.log_level": {"warn": "warning"},
}
"""The same for the small sets of single fields, by `Node.field`."""

IMPLIED: Mapping[type[StrEnum], Mapping[str, str]] = {
    Capability: {
        "TextGeneration": "",
        "AudioInput": "audio is not read by any action",
        "ImageGeneration": "no action makes images",
    },
}
"""The plans' words that name nothing of ours; with the reason, or empty where it goes without
saying."""

USUAL_URLS: Mapping[str, str] = {
    "vllm": "http://127.0.0.1:8000",
    "lmstudio": "http://127.0.0.1:1234",
    "llama-server": "http://127.0.0.1:8080",
    "llamafile": "http://127.0.0.1:8080",
    "localai": "http://127.0.0.1:8080",
    "litellm": "http://127.0.0.1:4000",
}
"""Where a server of that name usually listens, for a model that gives no `url`."""

_E = TypeVar("_E", bound=StrEnum)


def folded(word: str) -> str:
    """A word without case and separators: `CodeGeneration` and `CODE_GENERATION` are the same."""
    return "".join(char for char in word.casefold() if char not in "-_. ")


@cache
def _table(kind: type[StrEnum]) -> Mapping[str, StrEnum]:
    words = {folded(word): kind(member) for word, member in ALIASES.get(kind, {}).items()}
    return words | {folded(member): member for member in kind}


def canonical(kind: type[_E], word: str) -> _E | None:
    """The member that a user's word means, by its own spelling or by an alias; None if unknown."""
    member = _table(kind).get(folded(word))
    return member if isinstance(member, kind) else None
