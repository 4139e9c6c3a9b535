"""The JSON schema of a configuration file as users write it, the older spellings included."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import msgspec

from camus.config.check import KEY_ALIASES
from camus.config.profiles import ROLES
from camus.config.tree import Config
from camus.config.words import ALIASES, LITERALS, folded

_TITLE = "Camus configuration"
_ALSO = "another spelling of `{}`"


def json_schema() -> str:
    """The schema as JSON text; for `.camus/config.yml`, `.camus/models.yml` and the user's file."""
    schema = msgspec.json.schema(Config)
    parts: dict[str, Any] = schema["$defs"]
    for kind, words in ALIASES.items():
        if kind.__name__ in parts:
            enum = parts[kind.__name__].pop("enum")
            spelled = {"type": "string", "pattern": _any_spelling((*enum, *words))}
            parts[kind.__name__]["anyOf"] = [{"enum": enum}, spelled]
    for field, words in LITERALS.items():
        node, _, key = field.partition(".")
        _widened(parts[node]["properties"][key], tuple(words))
    for node, aliases in KEY_ALIASES.items():
        properties = parts[node]["properties"]
        for alias, name in aliases.items():
            properties[alias] = {**properties[name], "description": _ALSO.format(name)}
    _older_shapes(parts)
    _profile(parts)
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": _TITLE}
    return json.dumps({**head, **schema}, indent=2) + "\n"


def _any_spelling(words: Iterable[str]) -> str:
    """A pattern for the words whatever their case and separators."""
    forms = sorted({folded(word) for word in words})
    loose = ("[-_. ]*".join(f"[{c}{c.upper()}]" for c in form) for form in forms)
    return f"^({'|'.join(loose)})$"


def _widened(described: dict[str, Any], words: tuple[str, ...]) -> None:
    for place in (described, *described.get("anyOf", ())):
        if "enum" in place:
            place["enum"] = [*place["enum"], *words]


def _older_shapes(parts: dict[str, Any]) -> None:
    """What `shapes` accepts beside the tree's own spelling."""
    model, pipeline = parts["Model"], parts["Pipeline"]
    model["required"] = []
    model["properties"]["id"] = {"type": "string", "description": _ALSO.format("name")}
    size = {"type": "string", "pattern": r"^\s*[0-9.]+\s*[kKmMgGtT]?i?[bB]?\s*$"}
    for key in ("memory_bytes", "memory_usage"):
        given = model["properties"][key]
        model["properties"][key] = {"anyOf": [given, size], "description": given["description"]}
    ref = {name: {"$ref": f"#/$defs/{name}"} for name in ("Model", "Pipeline", "Step", "Composite")}
    named = {"allOf": [ref["Model"]], "anyOf": [{"required": ["name"]}, {"required": ["id"]}]}
    listed: dict[str, Any] = {"type": "array", "items": named}
    by_name = {"additionalProperties": {"anyOf": [ref["Model"], {"type": "string"}]}}
    top = parts["Config"]["properties"]
    for key, description in (
        ("models", top["models"]["description"]),
        ("backends", "your models as the first version wrote them, a list"),
    ):
        either = [{"type": "object", **by_name}, listed, {"type": "null"}]
        top[key] = {"description": description, "anyOf": either}
    bound = parts["Step"]["properties"]["schema"]
    either = [{"type": "string"}, {"type": "object"}]
    parts["Step"]["properties"]["schema"] = {"description": bound["description"], "anyOf": either}
    steps = {"type": "array", "items": {"anyOf": [{"type": "string"}, ref["Step"]]}}
    pipeline["properties"]["steps"] = {**pipeline["properties"]["steps"], **steps}
    for key in ("backends", "models"):
        pipeline["properties"][key] = {**steps, "description": _ALSO.format("steps")}
    plain = [{"type": "string"}, steps, ref["Pipeline"]]
    top["pipelines"]["additionalProperties"] = {"anyOf": plain}
    names: dict[str, Any] = {"type": "array", "items": {"type": "string"}}
    top["composites"]["additionalProperties"] = {
        "anyOf": [{"type": "string"}, names, ref["Composite"]]
    }
    _multi_model(parts)
    _lenient(top)


def _multi_model(parts: dict[str, Any]) -> None:
    properties = parts["MultiModel"]["properties"]
    selection = properties["intelligent_selection"]
    properties["intelligent_selection"] = {
        "description": selection.pop("description"),
        "anyOf": [{"type": "boolean"}, selection],
    }
    inner = {"intelligent_selection": properties["intelligent_selection"]}
    properties["strategies"] = _closed(inner, "where 2.0 keeps `intelligent_selection`")
    ours = {
        "validation_enabled": properties["quality_validation"],
        "minimum_confidence": properties["minimum_confidence"],
        "cross_validation": properties["cross_validation"],
    }
    properties["quality"] = _closed(ours, "where 2.0 keeps the settings of validation")


def _profile(parts: dict[str, Any]) -> None:
    """What `profiles` accepts: the sections of plan 002."""
    names = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
    words: dict[str, Any] = {"type": "array", "items": {"type": "string"}}
    for role, composite in ROLES.items():
        described = {**names, "description": f"the model of the composite `{composite}`"}
        parts["Defaults"]["properties"].setdefault(role, described)
    parts["Privacy"]["properties"]["secret_scan_before_external"] = {
        "type": "boolean",
        "description": "always so; there is no switch",
    }
    top = parts["Config"]["properties"]
    top["fallbacks"] = {
        "description": "for a role or model, what stands in for it, in order",
        "anyOf": [{"type": "object", "additionalProperties": names}, {"type": "null"}],
    }
    routing = {"type": "object", "patternProperties": {"_keywords$": words}}
    top["routing"] = {
        "description": "keywords that speak for a kind, as `code_keywords`",
        "anyOf": [{**routing, "additionalProperties": False}, {"type": "null"}],
    }
    kinds = parts["Classification"]["properties"]["keywords"]
    kinds["propertyNames"] = {"$ref": "#/$defs/TaskKind"}


def _closed(properties: dict[str, Any], description: str) -> dict[str, Any]:
    shape = {"type": "object", "properties": properties, "additionalProperties": False}
    return {"description": description, **shape}


def _lenient(top: dict[str, Any]) -> None:
    """An empty section (a key with nothing but comments below it) is no mistake."""
    for key, described in top.items():
        if key not in {"version", "models", "backends"}:
            description = described.pop("description")
            top[key] = {"description": description, "anyOf": [described, {"type": "null"}]}
    top["version"] = {**top["version"], "enum": [1, 2, "1.0", "2.0"]}
