"""Every word of the plans means something here."""

from __future__ import annotations

from enum import StrEnum

import pytest

from camus.config import (
    ALIASES,
    BackendKind,
    Capability,
    Complexity,
    StrategyName,
    TaskKind,
    canonical,
)
from camus.config.words import IMPLIED, folded

PLANS: list[tuple[type[StrEnum], str, str]] = [
    # 000: task kinds, capabilities, backends, strategies
    *((TaskKind, word, word) for word in TaskKind),
    (TaskKind, "ANALYSIS", "CODE_ANALYSIS"),
    (TaskKind, "code_generation", "CODE_GENERATION"),
    *((Capability, word, word) for word in Capability),
    (BackendKind, "direct", "llama_cpp"),
    (BackendKind, "llama_cpp", "llama_cpp"),
    (BackendKind, "llama-cpp", "llama_cpp"),
    (BackendKind, "llamacpp", "llama_cpp"),
    (BackendKind, "ollama", "ollama"),
    (StrategyName, "sequential_with_validation", "sequential"),
    (StrategyName, "parallel_ensemble", "ensemble"),
    (StrategyName, "intelligent", "adaptive"),
    (StrategyName, "rule_based", "adaptive"),
    (StrategyName, "single_model", "single"),
    # 002: task classes, capabilities, latency classes
    (TaskKind, "QuickResponse", "SIMPLE_QUERY"),
    (TaskKind, "DeepThinking", "GENERAL"),
    (TaskKind, "CodeGeneration", "CODE_GENERATION"),
    (TaskKind, "Mathematical", "MATHEMATICAL"),
    (TaskKind, "Creative", "CREATIVE"),
    (TaskKind, "ToolUse", "TOOL_USE"),
    (TaskKind, "Embedding", "EMBEDDING"),
    (TaskKind, "General", "GENERAL"),
    (TaskKind, "code", "CODE_GENERATION"),
    (TaskKind, "math", "MATHEMATICAL"),
    (TaskKind, "quick", "SIMPLE_QUERY"),
    (TaskKind, "deep", "GENERAL"),
    (Capability, "CodeGeneration", "CODE_SPECIALIZED"),
    (Capability, "MathReasoning", "MATH_REASONING"),
    (Capability, "LowLatency", "FAST_INFERENCE"),
    (Capability, "DeepReasoning", "DEEP_REASONING"),
    (Capability, "CreativeWriting", "CREATIVE_WRITING"),
    (Capability, "ToolUse", "TOOL_USE"),
    (Capability, "VisionInput", "VISION_INPUT"),
    (Complexity, "Instant", "simple"),
    (Complexity, "Fast", "simple"),
    (Complexity, "Standard", "medium"),
    (Complexity, "Deliberate", "complex"),
    # 004: task types, strategies, adapters
    (TaskKind, "SIMPLE_QUERY", "SIMPLE_QUERY"),
    (TaskKind, "COMPLEX_REASONING", "GENERAL"),
    (TaskKind, "VALIDATION", "CODE_ANALYSIS"),
    (StrategyName, "single-fast", "SINGLE_FAST"),
    (StrategyName, "DUAL_VALIDATION", "DUAL_VALIDATION"),
    (StrategyName, "TRIPLE_CONSENSUS", "TRIPLE_CONSENSUS"),
    (StrategyName, "ADAPTIVE", "adaptive"),
    (BackendKind, "Qwen", "openai"),
    (BackendKind, "DeepSeek", "openai"),
    (BackendKind, "Doubao", "openai"),
    # servers people run
    (BackendKind, "vllm", "openai"),
    (BackendKind, "LM Studio", "openai"),
    (BackendKind, "openai-compatible", "openai"),
    (BackendKind, "llama-server", "openai"),
]


@pytest.mark.parametrize(("kind", "word", "meant"), PLANS, ids=str)
def test_a_plans_word_means(kind: type[StrEnum], word: str, meant: str) -> None:
    assert canonical(kind, word) is kind(meant)


@pytest.mark.parametrize("kind", [TaskKind, Complexity, Capability, StrategyName, BackendKind])
def test_no_word_means_two_things(kind: type[StrEnum]) -> None:
    words = [folded(word) for word in (*kind, *ALIASES[kind])]
    assert len(words) == len(set(words))


def test_every_alias_names_a_member() -> None:
    for kind, words in ALIASES.items():
        assert set(words.values()) <= set(kind)


def test_words_without_a_member_of_ours_are_known_all_the_same() -> None:
    implied = IMPLIED[Capability]
    assert {"TextGeneration", "AudioInput", "ImageGeneration"} == set(implied)
    assert all(canonical(Capability, word) is None for word in implied)


@pytest.mark.parametrize("word", ["", "nonsense", "OLLAMAA", "多"])
def test_an_unknown_word_means_nothing(word: str) -> None:
    assert canonical(BackendKind, word) is None
