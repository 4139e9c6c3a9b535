"""What a pipeline's step may bind its answer to: schemas and grammars, and the wrong ones named."""

from __future__ import annotations

import json
from typing import Any

import pytest

from camus.config.forms import LONGEST, grammar_problem, schema_problem

from .conftest import Place

CODE = {"type": "object", "properties": {"code": {"type": "string"}}, "required": ["code"]}
PIPELINE = """
models:
  coder: qwen2.5-coder:7b
pipelines:
  bound:
    strategy: sequential
    steps:
      - backend: coder
        {step}
  other: [coder]
multi_model:
  enabled: true
"""


@pytest.mark.parametrize(
    "step",
    [
        "schema: {type: object, properties: {code: {type: string}}, required: [code]}",
        f"schema: '{json.dumps(CODE)}'",
    ],
    ids=["a mapping", "JSON"],
)
def test_a_schema_is_read_in_both_forms(place: Place, step: str) -> None:
    place.write(PIPELINE.replace("{step}", step))
    loaded = place.load()
    assert not loaded.problems
    (bound,) = loaded.config.pipelines["bound"].steps
    assert json.loads(bound.schema) == CODE


def test_a_grammar_is_read_and_a_schema_beside_it_wins_with_a_warning(place: Place) -> None:
    grammar = 'grammar: \'root ::= "yes" | "no"\''
    place.write(PIPELINE.replace("{step}", grammar))
    loaded = place.load()
    assert not loaded.problems
    assert loaded.config.pipelines["bound"].steps[0].grammar == 'root ::= "yes" | "no"'
    place.write(PIPELINE.replace("{step}", f"{grammar}\n        schema: {{type: object}}"))
    (problem,) = place.load().problems
    assert (problem.severity, problem.key) == ("warning", "pipelines.bound.steps[0].grammar")
    assert "the grammar is not used" in problem.message


def test_a_wrong_schema_leaves_its_pipeline_out_and_only_it(place: Place) -> None:
    place.write(PIPELINE.replace("{step}", "schema: {type: objekt}"))
    loaded = place.load()
    (problem,) = loaded.problems
    assert "`objekt` is no type" in problem.message
    assert "left out" in problem.message
    assert set(loaded.config.pipelines) == {"other"}


def nested(depth: int) -> dict[str, Any]:
    inner: dict[str, Any] = {"type": "null"}
    for _ in range(depth):
        inner = {"type": "array", "items": inner}
    return inner


WRONG: dict[str, tuple[object, str]] = {
    "no JSON": ("{", "not JSON"),
    "a list": ([], "is an object"),
    "a type": ({"type": ["string", "text"]}, "`text` is no type"),
    "a property": ({"properties": {"a": {"type": "int"}}}, "at `properties.a`"),
    "a property that is none": ({"properties": {"a": "string"}}, "expected at `properties.a`"),
    "properties in a list": ({"properties": ["a"]}, "by name"),
    "a choice": ({"anyOf": {"type": "string"}}, "`anyOf` is a list"),
    "one of a choice": ({"anyOf": [{"type": "string"}, {"type": "x"}]}, "at `anyOf[1]`"),
    "a length that ends llama.cpp": ({"type": "string", "maxLength": 2000}, "up to 1999"),
    "a length in words": ({"type": "string", "maxLength": "9"}, "up to 1999"),
    "a reference elsewhere": ({"$ref": "https://example.org/x.json"}, "same schema"),
    "a pattern within": ({"type": "string", "pattern": "a+"}, "begins with `^`"),
    "an enum": ({"enum": "a"}, "`enum` is a list"),
    "too deep": (nested(40), "too deeply"),
    "too long": ({"enum": ["x" * LONGEST]}, "at most"),
}


@pytest.mark.parametrize(("schema", "says"), WRONG.values(), ids=WRONG)
def test_a_schema_that_no_engine_takes_is_refused(schema: object, says: str) -> None:
    text = schema if isinstance(schema, str) else json.dumps(schema)
    assert says in schema_problem(text)


@pytest.mark.parametrize(
    "schema",
    [
        CODE,
        {"type": ["string", "null"], "maxLength": 1999},
        {"$defs": {"a": {"enum": [1, 2]}}, "items": {"$ref": "#/$defs/a"}, "type": "array"},
        {"type": "object", "additionalProperties": False},
        nested(20),
    ],
)
def test_a_schema_that_engines_take_passes(schema: object) -> None:
    assert schema_problem(json.dumps(schema)) == ""


@pytest.mark.parametrize(
    ("grammar", "says"),
    [
        ('answer ::= "x"', "needs a rule `root"),
        ("root ::= answer", "no rule `answer`"),
        ('root ::= "yes', "not closed"),
        ("root ::= [a-z", "not closed"),
        ("root ::= " + '"x" ' * LONGEST, "at most"),
        ('root ::= word+ # a "comment\nword ::= [a-z"\\]]+ " "', ""),
        ('root ::= ("a" | "b"){2,3}\n', ""),
    ],
)
def test_a_grammar_is_looked_over(grammar: str, says: str) -> None:
    found = grammar_problem(grammar)
    assert says in found
    assert bool(found) == bool(says)
