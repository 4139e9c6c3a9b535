"""Each mistake is named with its file, line, key and what was meant; the rest holds."""

from __future__ import annotations

from textwrap import dedent
from typing import NamedTuple

import pytest

from camus.config import Config, Problem

from .conftest import Place


class Mistake(NamedTuple):
    """A file, and where and how its mistake is told."""

    id: str
    text: str
    line: int
    key: str
    says: str
    nearest: str = ""
    severity: str = "error"


MISTAKES = [
    Mistake("top level", "modles: {}", 1, "modles", "did you mean `models`", "models"),
    Mistake(
        "far from anything", "zzz: 1", 1, "zzz", "unknown key; known here: version, models", ""
    ),
    Mistake(
        "section",
        """
        defaults:
          strategy: single
          quality_treshold: 0.5
        """,
        4,
        "defaults.quality_treshold",
        "unknown key; did you mean `quality_threshold`?",
        "quality_threshold",
    ),
    Mistake(
        "model key",
        "models:\n  a:\n    capabilites: [HIGH_QUALITY]",
        3,
        "models.a.capabilites",
        "this model is left out",
        "capabilities",
    ),
    Mistake(
        "backend key",
        "backends:\n  - name: a\n    typ: ollama",
        3,
        "backends[0].typ",
        "did you mean `type`",
        "type",
    ),
    Mistake(
        "backend word",
        "models:\n  a:\n    type: olama",
        3,
        "models.a.type",
        "`olama` is not one of ollama, openai, llama_cpp, plugin; did you mean `ollama`",
        "ollama",
    ),
    Mistake(
        "alias is near",
        "models: {a: {type: lm-studios}}",
        1,
        "models.a.type",
        "did you mean `lmstudio`",
        "lmstudio",
    ),
    Mistake(
        "range",
        "defaults:\n  quality_threshold: 1.5",
        2,
        "defaults.quality_threshold",
        "`1.5` is out of range; expected a number from 0 to 1",
    ),
    Mistake(
        "above",
        "timeouts: {total: 0}",
        1,
        "timeouts.total",
        "expected a number above 0",
    ),
    Mistake(
        "whole number",
        "retrieval: {max_chunks: 1.5}",
        1,
        "retrieval.max_chunks",
        "expected a whole number of at least 0, not `1.5`",
    ),
    Mistake(
        "not a number",
        "retrieval: {max_files: many}",
        1,
        "retrieval.max_files",
        "expected a whole number of at least 0, not `many`",
    ),
    Mistake("not finite", "timeouts: {idle: .nan}", 1, "timeouts.idle", "expected a number"),
    Mistake(
        "bool is no number", "cache: {size_mb: true}", 1, "cache.size_mb", "expected a whole number"
    ),
    Mistake("not a truth", "cache: {enabled: maybe}", 1, "cache.enabled", "expected true or false"),
    Mistake(
        "number for a text",
        "models: {a: {model: 7}}",
        1,
        "models.a.model",
        "expected text in quotes, not `7`",
    ),
    Mistake("list for a text", "defaults: {pipeline: [a]}", 1, "defaults.pipeline", "not a list"),
    Mistake(
        "mapping for a list",
        "actions: {disabled: {a: 1}}",
        1,
        "actions.disabled",
        "expected a list",
    ),
    Mistake("text for a section", "cache: yes", 1, "cache", "expected `key: value` pairs"),
    Mistake("list of pipelines", "pipelines: [a]", 1, "pipelines", "expected names with settings"),
    Mistake("number of models", "models: 3", 1, "models", "expected a list of models"),
    Mistake("number as model", "models: {a: 3}", 1, "models.a", "expected `key: value` pairs"),
    Mistake("number as pipeline", "pipelines: {a: 3}", 1, "pipelines.a", "this pipeline is left"),
    Mistake("number as composite", "composites: {a: 3}", 1, "composites.a", "this composite is"),
    Mistake(
        "literal",
        "server: {log_level: loud}",
        1,
        "server.log_level",
        "`loud` is not one of debug, error, info, warning",
    ),
    Mistake(
        "strategy",
        "pipelines: {a: {strategy: sequentially, steps: [fast]}}",
        1,
        "pipelines.a.strategy",
        "did you mean `sequential`?; this pipeline is left out",
        "sequential",
    ),
    Mistake(
        "step without a model",
        "pipelines:\n  a:\n    steps:\n      - task: think",
        4,
        "pipelines.a.steps[0]",
        "needs `backend`; this pipeline is left out",
    ),
    Mistake(
        "empty step",
        "pipelines: {a: ['']}",
        1,
        "pipelines.a[0]",
        "must not be empty; this pipeline is left out",
    ),
    Mistake(
        "number as step",
        "pipelines: {a: [1]}",
        1,
        "pipelines.a[0]",
        "expected `key: value` pairs, not `1`",
    ),
    Mistake(
        "rule without a kind",
        "multi_model: {intelligent_selection: {rules: [{pipeline: a}]}}",
        1,
        "multi_model.intelligent_selection.rules[0]",
        "needs `task`; this rule is left out",
    ),
    Mistake(
        "strategies",
        "multi_model:\n  strategies:\n    learned_selection: {}",
        3,
        "multi_model.strategies.learned_selection",
        "`intelligent_selection`",
        "intelligent_selection",
    ),
    Mistake(
        "quality",
        "multi_model: {quality: {minimum_confidance: 1}}",
        1,
        "multi_model.quality.minimum_confidance",
        "did you mean `minimum_confidence`?",
        "minimum_confidence",
    ),
    Mistake("multi_model", "multi_model: 4", 1, "multi_model", "expected `key: value` pairs"),
    Mistake(
        "quality is no mapping",
        "multi_model: {quality: 0.8}",
        1,
        "multi_model.quality",
        "expected `key: value` pairs",
    ),
    Mistake(
        "pattern",
        "classification: {rules: [{kind: X, like: GENERAL, patterns: ['(']}]}",
        1,
        "classification.rules[0].patterns[0]",
        "not a regular expression",
    ),
    Mistake("no name", "backends: [{type: ollama}]", 1, "backends[0]", "needs a `name`"),
    Mistake("empty name", "backends: [{name: ''}]", 1, "backends[0]", "needs a `name`"),
    Mistake(
        "twice in a list",
        "backends:\n  - {name: a, model: x}\n  - {name: a, model: y}",
        3,
        "backends[1]",
        "`a` is already defined",
    ),
    Mistake(
        "another name",
        "models:\n  a: {name: b}",
        2,
        "models.a.name",
        "the model is called `a` here",
    ),
    Mistake(
        "two spellings",
        "models: {a: {max_tokens: 4096, max_context: 512}}",
        1,
        "models.a.max_context",
        "mean the same",
    ),
    Mistake(
        "steps and backends",
        "pipelines: {a: {steps: [fast], backends: [large]}}",
        1,
        "pipelines.a.backends",
        "`steps` is given as well",
    ),
    Mistake(
        "size in words",
        "models: {a: {memory_usage: lots}}",
        1,
        "models.a.memory_usage",
        "expected a whole number of at least 0, not `lots`",
    ),
    Mistake(
        "a key in the file",
        "models:\n  a:\n    api_key: sk-secret",
        3,
        "models.a.api_key",
        "name its variable with `api_key_env`",
        "api_key_env",
    ),
    Mistake(
        "a key as variable",
        "models: {a: {api_key_env: sk-secret}}",
        1,
        "models.a.api_key_env",
        "the name of an environment variable",
    ),
    # what is only a warning
    Mistake(
        "capability",
        "models: {a: {capabilities: [HIGH_QUALITI, FAST_INFERENCE]}}",
        1,
        "models.a.capabilities[0]",
        "passed over",
        "HIGH_QUALITY",
        "warning",
    ),
    Mistake(
        "capability of no use",
        "models: {a: {capabilities: [ImageGeneration, TextGeneration]}}",
        1,
        "models.a.capabilities[0]",
        "no action makes images; passed over",
        "",
        "warning",
    ),
    Mistake(
        "pipeline of nobody",
        "models: {llama3-local: {}}\npipelines:\n  p:\n    - llama3-locl",
        4,
        "pipelines.p[0]",
        "no model `llama3-locl` is configured; did you mean `llama3-local`?",
        "llama3-local",
        "warning",
    ),
    Mistake(
        "default pipeline",
        "pipelines: {refine: [fast]}\ndefaults: {pipeline: refin}",
        2,
        "defaults.pipeline",
        "no pipeline `refin`",
        "refine",
        "warning",
    ),
    Mistake(
        "composite's base",
        "composites: {mine: [largest]}",
        1,
        "composites.mine[0]",
        "did you mean `large`",
        "large",
        "warning",
    ),
    Mistake(
        "rule's kind",
        "multi_model: {intelligent_selection: {rules: [{task: REFACTORINGS, pipeline: p}]}}\n"
        "pipelines: {p: [fast]}",
        1,
        "multi_model.intelligent_selection.rules[0].task",
        "no task kind `REFACTORINGS`",
        "REFACTORING",
        "warning",
    ),
    Mistake(
        "kind of one's own",
        "classification: {rules: [{kind: MIGRATION, keywords: [port]}]}",
        1,
        "classification.rules[0].kind",
        "needs `like`; it is treated as GENERAL",
        "like",
        "warning",
    ),
    Mistake("no steps", "pipelines: {a: []}", 1, "pipelines.a", "has no steps", "", "warning"),
    Mistake(
        "weights",
        "pipelines: {a: {backends: [fast, large], weights: [1]}}",
        1,
        "pipelines.a.weights",
        "1 weights for 2 steps",
        "",
        "warning",
    ),
    Mistake(
        "floor above threshold",
        "defaults: {quality_floor: 0.9}",
        1,
        "defaults.quality_floor",
        "above the threshold 0.8",
        "",
        "warning",
    ),
    Mistake(
        "threshold below floor",
        "defaults: {quality_threshold: 0.1}",
        1,
        "defaults.quality_threshold",
        "the floor 0.3 is above",
        "",
        "warning",
    ),
    Mistake(
        "a step of post-processing that there is not",
        "post_processing: {steps: [formater]}",
        1,
        "post_processing.steps[0]",
        "did you mean `formatter`?",
        "formatter",
        "warning",
    ),
    Mistake(
        "a composite's step that there is not",
        "composites: {c: {bases: [fast], post_processing_steps: [polish]}}",
        1,
        "composites.c.post_processing_steps[0]",
        "no step `polish` is known",
        "",
        "warning",
    ),
]


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.id)
def test_a_mistake_is_named_where_it_stands(mistake: Mistake, place: Place) -> None:
    path = place.write(dedent(mistake.text))
    problems = place.load().problems
    assert len(problems) == 1, [str(problem) for problem in problems]
    (problem,) = problems
    assert (problem.file, problem.line, problem.key) == (str(path), mistake.line, mistake.key)
    assert mistake.says in problem.message
    assert (problem.nearest, problem.severity) == (mistake.nearest, mistake.severity)


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.id)
def test_no_message_repeats_a_key(mistake: Mistake, place: Place) -> None:
    place.write(dedent(mistake.text))
    assert not any("sk-secret" in str(problem) for problem in place.load().problems)


def test_one_bad_model_leaves_the_others(place: Place) -> None:
    place.write(
        """
models:
  good: {model: a}
  bad: {type: nonsense, model: b}
  late: {model: c}
pipelines:
  fine: [good, late]
  broken: {strategy: nonsense, steps: [good]}
defaults: {quality_threshold: nonsense, pipeline: fine}
"""
    )
    loaded = place.load()
    assert list(loaded.config.models) == ["good", "late"]
    assert list(loaded.config.pipelines) == ["fine"]
    assert loaded.config.defaults.pipeline == "fine"
    assert loaded.config.defaults.quality_threshold == 0.8
    assert [problem.key for problem in loaded.problems] == [
        "models.bad.type",
        "pipelines.broken.strategy",
        "defaults.quality_threshold",
    ]


def test_one_bad_rule_leaves_the_others(place: Place) -> None:
    place.write(
        """
multi_model:
  intelligent_selection:
    rules:
      - {task: ANALYSIS, strategy: nonsense}
      - {task: ANALYSIS, preferred_backends: large}
"""
    )
    rules = place.load().config.multi_model.intelligent_selection.rules
    assert [(rule.task, rule.preferred_backends) for rule in rules] == [
        ("CODE_ANALYSIS", ("large",))
    ]


def test_a_problem_reads_as_a_terminal_shows_it() -> None:
    assert str(Problem("error", "wrong", "a.yml", 3, "models.a")) == "a.yml:3: models.a: wrong"
    assert str(Problem("error", "wrong", "environment", 0, "CAMUS_CACHE")) == (
        "environment: CAMUS_CACHE: wrong"
    )
    assert str(Problem("warning", "wrong")) == "wrong"


LENIENT = {
    "empty sections": "models:\npipelines:\ndefaults:\n  pipeline:\n",
    "nothing": "",
    "only comments": "# nothing\n",
    "a null": "~",
}


@pytest.mark.parametrize("text", LENIENT.values(), ids=list(LENIENT))
def test_what_is_left_empty_is_no_mistake(text: str, place: Place) -> None:
    place.write(text)
    loaded = place.load()
    assert loaded.problems == ()
    assert loaded.config == Config()


def test_short_spellings_mean_the_long_ones(place: Place) -> None:
    place.write(
        """
models:
  a: qwen2.5-coder:7b
  b: {backend: vLLM, capabilities: low-latency, size: small, license: mit, max_context: 4096}
  c: {memory_usage: 1.5 GiB, remote: yes}
pipelines: {p: a, q: {steps: a}, r: {steps: [{model: a, task: plan}]}}
composites: {d: a, e: [a, b]}
version: "1.0"
"""
    )
    loaded = place.load()
    config = loaded.config
    assert loaded.problems == ()
    assert config.models["a"].model == "qwen2.5-coder:7b"
    b = config.models["b"]
    assert (b.type, b.url, b.capabilities) == (
        "openai",
        "http://127.0.0.1:8000",
        ("FAST_INFERENCE",),
    )
    assert (b.size, b.licence, b.max_tokens) == ("fast", "mit", 4096)
    assert (config.models["c"].memory_bytes, config.models["c"].remote) == (1_610_612_736, True)
    steps = [[step.backend for step in pipeline.steps] for pipeline in config.pipelines.values()]
    assert steps == [["a"], ["a"], ["a"]]
    assert [pipeline.v1 for pipeline in config.pipelines.values()] == [True, False, False]
    assert config.composites["d"].bases == ("a",)
    assert config.composites["e"].bases == ("a", "b")
    assert config.version == 1


NEWER = {
    "capabilities": "backends: [{name: a, capabilities: [FAST_INFERENCE]}]",
    "models by name": "models: {a: {}}",
    "a step's task": "backends: [{name: a}]\npipelines: {p: [{backend: a, task: x}]}",
    "a strategy": "backends: [{name: a}]\npipelines: {p: {backends: [a]}}",
    "a threshold": "backends: [{name: a}]\ndefaults: {quality_threshold: 0.5}",
    "multi_model": "backends: [{name: a}]\nmulti_model: {enabled: true}",
    "no model at all": "defaults: {pipeline: p}\npipelines: {}\ncache: {}",
    "only defaults": "defaults: {}",
}


@pytest.mark.parametrize("text", NEWER.values(), ids=list(NEWER))
def test_anything_newer_makes_version_2(text: str, place: Place) -> None:
    place.write(text)
    assert place.load().config.version == 2


def test_a_kind_of_ones_own_can_be_routed(place: Place) -> None:
    place.write(
        """
classification: {rules: [{name: MIGRATION, like: refactor, complexity: high, weight: 2}]}
multi_model:
  intelligent_selection: {rules: [{kind: MIGRATION, preferred_models: [large]}]}
"""
    )
    loaded = place.load()
    assert loaded.problems == ()
    (rule,) = loaded.config.classification.rules
    assert (rule.kind, rule.like, rule.complexity, rule.weight) == (
        "MIGRATION",
        "REFACTORING",
        "complex",
        2.0,
    )
    assert loaded.config.multi_model.intelligent_selection.rules[0].task == "MIGRATION"
