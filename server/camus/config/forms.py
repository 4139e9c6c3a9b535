"""What an answer may be bound to: a JSON schema or a GBNF grammar, and what is wrong with one.

Only what every engine takes is let through: llama.cpp ends its process on a schema with a length of
2,000 or more, looks up a reference to another host, and wants a pattern from `^` to `$`.
"""

from __future__ import annotations

import json
import re

LONGEST = 20_000
"""Characters of a schema or a grammar."""
MOST_REPEATED = 1_999
_DEEPEST = 32
_TYPES = frozenset({"object", "array", "string", "number", "integer", "boolean", "null"})
_LENGTHS = ("minLength", "maxLength", "minItems", "maxItems")
_ALL_OF = ("anyOf", "oneOf", "allOf", "prefixItems")
_NAMED = ("properties", "$defs", "definitions")
_LITERAL = re.compile(r'"(?:\\.|[^"\\\n])*"|\[(?:\\.|[^\]\\\n])*\]|#[^\n]*')
_RULE = re.compile(r"^\s*([A-Za-z][\w-]*)\s*::=", re.MULTILINE)
_NAME = re.compile(r"[A-Za-z][\w-]*")


def schema_problem(text: str) -> str:
    """Why a text is no JSON schema that an answer can be bound to; empty when it is one."""
    if len(text) > LONGEST:
        return f"a schema has at most {LONGEST} characters"
    try:
        schema = json.loads(text)
    except (ValueError, RecursionError) as error:
        return f"not JSON: {error}"
    if not isinstance(schema, dict):
        return "a JSON schema is an object, such as `{type: object, properties: {...}}`"
    return _wrong(schema, "", 0)


def grammar_problem(text: str) -> str:
    """Why a text is no GBNF grammar; empty when it looks like one.

    The engine that uses it has the last word.
    """
    if len(text) > LONGEST:
        return f"a grammar has at most {LONGEST} characters"
    bare = _LITERAL.sub(" ", text)
    rules = set(_RULE.findall(bare))
    if "root" not in rules:
        return "a GBNF grammar needs a rule `root ::= ...`"
    if '"' in bare or "[" in bare:
        return "a quote or a bracket is not closed on its line"
    unknown = sorted(set(_NAME.findall(bare)) - rules)
    return f"it has no rule `{unknown[0]}`" if unknown else ""


def _wrong(schema: object, at: str, depth: int) -> str:
    """What is wrong with a schema at a place within the whole; empty: nothing."""
    where = f" at `{at}`" if at else ""
    if isinstance(schema, bool):
        return ""
    if not isinstance(schema, dict):
        return f"a schema is expected{where}"
    if depth > _DEEPEST:
        return "it is nested too deeply"
    return _own(schema, where) or _below(schema, at, depth)


def _own(schema: dict[str, object], where: str) -> str:
    kinds = schema.get("type", [])
    kinds = kinds if isinstance(kinds, list) else [kinds]
    for kind in kinds:
        if kind not in _TYPES:
            return f"`{kind}` is no type{where}; known: {', '.join(sorted(_TYPES))}"
    for name in _LENGTHS:
        length = schema.get(name, 0)
        if not isinstance(length, int) or not 0 <= length <= MOST_REPEATED:
            return f"`{name}` is a whole number up to {MOST_REPEATED}{where}"
    if not str(schema.get("$ref", "#")).startswith("#"):
        return f"`$ref` may point into the same schema only{where}"
    pattern = str(schema.get("pattern", "^$"))
    if not (pattern.startswith("^") and pattern.endswith("$")):
        return f"`pattern` begins with `^` and ends with `$`{where}"
    for name in ("enum", "required"):
        if not isinstance(schema.get(name, []), list):
            return f"`{name}` is a list{where}"
    return ""


def _below(schema: dict[str, object], at: str, depth: int) -> str:
    inner: list[tuple[str, object]] = []
    for name in _NAMED:
        held = schema.get(name, {})
        if not isinstance(held, dict):
            return f"`{name}` holds schemas by name{f' at `{at}`' if at else ''}"
        inner += [(f"{name}.{key}", value) for key, value in held.items()]
    for name in _ALL_OF:
        listed = schema.get(name, [])
        if not isinstance(listed, list):
            return f"`{name}` is a list of schemas{f' at `{at}`' if at else ''}"
        inner += [(f"{name}[{number}]", value) for number, value in enumerate(listed)]
    inner += [(key, schema[key]) for key in ("items", "additionalProperties") if key in schema]
    for name, value in inner:
        if wrong := _wrong(value, f"{at}.{name}" if at else name, depth + 1):
            return wrong
    return ""
