"""The generated page and schema are in step with the tree, and their examples work."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec.inspect as shape
import pytest

from camus import config
from camus.config import ALIASES, json_schema, reference
from camus.config.check import KEY_ALIASES, bare, config_type
from camus.config.sources import VARIABLES

from .conftest import Place

PAGE = Path(__file__).parents[3] / "docs" / "configuration.md"
EXAMPLES = re.findall(r"^```(yaml|toml)\n(.*?)^```", reference(), re.DOTALL | re.MULTILINE)


def _structs(kind: shape.Type) -> Iterator[shape.StructType]:
    kind = bare(kind)
    if isinstance(kind, shape.StructType):
        yield kind
        for field in kind.fields:
            yield from _structs(field.type)
    elif isinstance(kind, shape.DictType):
        yield from _structs(kind.value_type)
    elif isinstance(kind, shape.VarTupleType):
        yield from _structs(kind.item_type)


STRUCTS = list({one.cls: one for one in _structs(config_type())}.values())


def test_the_committed_page_is_the_generated_one() -> None:
    assert PAGE.read_text(encoding="utf-8") == reference(), (
        "run: python -m camus config reference > docs/configuration.md"
    )


@pytest.mark.parametrize("kind", STRUCTS, ids=lambda kind: kind.cls.__name__)
def test_every_field_says_what_it_means(kind: shape.StructType) -> None:
    for field in kind.fields:
        assert isinstance(field.type, shape.Metadata), field.name
        described = (field.type.extra_json_schema or {}).get("description", "")
        assert len(described) > 8, field.name
        assert f"| `{field.name}` |" in reference()


def test_the_door_renders_more_than_once() -> None:
    assert config.reference() == config.reference()
    assert config.json_schema() == config.json_schema()


def test_the_page_names_every_variable_and_every_other_word() -> None:
    page = reference()
    assert all(f"`{variable}`" in page for variable in VARIABLES)
    assert all(f"`{word}`" in page for words in ALIASES.values() for word in words)


@pytest.mark.parametrize(("ending", "example"), EXAMPLES)
def test_an_example_of_the_page_loads_without_a_problem(
    ending: str, example: str, place: Place
) -> None:
    place.write_user(example, f"config.{ending}")
    loaded = place.load()
    assert loaded.problems == ()
    assert loaded.config.models


def test_the_page_has_examples() -> None:
    assert len(EXAMPLES) >= 5


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    made = json.loads(json_schema())
    assert isinstance(made, dict)
    return made


@pytest.mark.parametrize("kind", STRUCTS, ids=lambda kind: kind.cls.__name__)
def test_the_schema_knows_every_key_and_refuses_others(
    kind: shape.StructType, schema: dict[str, Any]
) -> None:
    part = schema["$defs"][kind.cls.__name__]
    names = {field.name for field in kind.fields} | KEY_ALIASES.get(kind.cls.__name__, {}).keys()
    assert names <= part["properties"].keys()
    assert part["additionalProperties"] is False


def test_the_schema_knows_the_first_versions_spelling(schema: dict[str, Any]) -> None:
    parts = schema["$defs"]
    assert "backends" in parts["Config"]["properties"]
    assert "memory_usage" in parts["Model"]["properties"]
    assert {"strategies", "quality"} <= parts["MultiModel"]["properties"].keys()


def test_the_schema_knows_a_profiles_sections(schema: dict[str, Any]) -> None:
    parts = schema["$defs"]
    assert {"fallbacks", "routing"} <= parts["Config"]["properties"].keys()
    assert {"code", "quick", "deep", "general"} <= parts["Defaults"]["properties"].keys()
    assert {"quick_ms", "deep_ms"} <= parts["Timeouts"]["properties"].keys()
    assert "secret_scan_before_external" in parts["Privacy"]["properties"]
    assert "keywords" in parts["Classification"]["properties"]


@pytest.mark.parametrize("kind", list(ALIASES), ids=lambda kind: kind.__name__)
def test_the_schema_takes_every_spelling_of_a_word(kind: type[Any], schema: dict[str, Any]) -> None:
    members, spelled = schema["$defs"][kind.__name__]["anyOf"]
    assert set(members["enum"]) == set(kind)
    for word in (*kind, *ALIASES[kind], *(str(one).lower() for one in kind)):
        assert re.search(spelled["pattern"], word), word
    assert not re.search(spelled["pattern"], "nonsense")
