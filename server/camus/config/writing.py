"""Writes plain values as YAML that means the same everywhere; knows no settings."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from camus.config.read import plain_scalar

Plain: TypeAlias = "str | int | float | bool | list[Plain] | Mapping[str, Plain]"

# What every YAML reader takes for text, old ones included, which read `on` and `12:30` otherwise.
_SAFE = re.compile(r"[A-Za-z_/][\w./-]*(?:[:@ ][\w./-]+)*", re.ASCII)
_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "null", "true", "false"})


def yaml(values: Mapping[str, Plain]) -> str:
    """The mapping as block style YAML; a list of plain values stands on one line."""
    return "".join(f"{line}\n" for line in _lines(values, ""))


def quoted(text: str) -> str:
    """A text as a JSON string, which YAML reads too; nothing in it can end its line."""
    return json.dumps(text, ensure_ascii=not text.isprintable()).replace("\x7f", "\\u007f")


def _lines(values: Mapping[str, Plain], indent: str) -> Iterator[str]:
    for key, value in values.items():
        start = f"{indent}{_scalar(key)}:"
        if isinstance(value, Mapping) and value:
            yield start
            yield from _lines(value, indent + "  ")
        elif isinstance(value, list) and any(isinstance(item, Mapping) for item in value):
            yield start
            for item in value:
                lines = _lines(item, indent + "    ") if isinstance(item, Mapping) else iter(())
                yield f"{indent}  - {next(lines, '{}').strip()}"
                yield from lines
        else:
            yield f"{start} {_inline(value)}"


def _inline(value: Plain) -> str:
    if isinstance(value, Mapping):
        return "{}"
    if isinstance(value, list):
        return f"[{', '.join(_inline(item) for item in value)}]"
    return _scalar(value) if isinstance(value, str) else json.dumps(value)


def _scalar(text: str) -> str:
    plain = _SAFE.fullmatch(text) and text.lower() not in _WORDS and plain_scalar(text) == text
    return text if plain else quoted(text)
