"""Random messages that are valid by the protocol's own model, for every method there is."""

from __future__ import annotations

import random
import types
import typing
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any

import attrs
from lsprotocol import types as lsp

URIS = ("file:///w/a.py", "file:///w/b.ts", "untitled:1", "file:///w/%C3%A9.py")
TEXTS = ("", "x", "def f():\n    return 1\n", "日本 😀\r\n", "camus.explain", "\u2028\x00")
DEEPEST = 7


class Messages:
    """The same messages for the same seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def params(self, method: str) -> Any:
        """Parameters of a method as plain JSON values; None where it takes none."""
        kind = lsp.METHOD_TO_TYPES[method][2 if len(lsp.METHOD_TO_TYPES[method]) > 2 else 0]
        return None if kind is None else self._of(kind, 0)

    def _of(self, kind: Any, depth: int) -> Any:
        if kind is type(None) or depth > DEEPEST:
            return None if kind is type(None) else self._shallow(kind)
        if isinstance(kind, type) and attrs.has(kind):
            return self._object(kind, depth)
        if isinstance(kind, type) and issubclass(kind, Enum):
            return self._random.choice(list(kind)).value
        origin = typing.get_origin(kind)
        if origin is typing.Union or origin is types.UnionType:
            return self._of(self._random.choice(typing.get_args(kind)), depth + 1)
        if origin is typing.Literal:
            return self._random.choice(typing.get_args(kind))
        if origin is tuple:
            return [self._of(each, depth + 1) for each in typing.get_args(kind) if each is not ...]
        if isinstance(origin, type) and issubclass(origin, Mapping):
            key, value = typing.get_args(kind)
            return {str(self._of(key, depth + 1)): self._of(value, depth + 1)}
        if isinstance(origin, type) and issubclass(origin, Sequence):
            (each,) = typing.get_args(kind)
            return [self._of(each, depth + 1) for _ in range(self._random.randrange(3))]
        return self._plain(kind)

    def _object(self, kind: type, depth: int) -> dict[str, Any]:
        hints = typing.get_type_hints(kind)
        made = {}
        for field in attrs.fields(kind):
            optional = field.default is not attrs.NOTHING
            if optional and (depth > 3 or self._random.random() < 0.5):
                continue
            made[_camel(field.name)] = self._field(field, hints[field.name], depth)
        return made

    def _field(self, field: Any, hint: Any, depth: int) -> Any:
        if "uri" in field.name:
            return self._random.choice(URIS)
        if field.name in {"jsonrpc", "kind"} and isinstance(field.default, str):
            return field.default
        value = self._of(hint, depth + 1)
        return 0 if isinstance(value, int) and value < 0 else value

    def _plain(self, kind: Any) -> Any:
        choose = self._random
        if kind is bool:
            return choose.random() < 0.5
        if kind is int:
            return choose.choice((0, 1, 2, 7, 100, 2**31 - 1))
        if kind is float:
            return choose.random()
        if kind is str:
            return choose.choice(TEXTS)
        return choose.choice((None, 1, "x", [1, {"a": None}], {"jsonrpc": "2.0", "id": 3}))

    def _shallow(self, kind: Any) -> Any:
        origin = typing.get_origin(kind)
        if origin is typing.Union or origin is types.UnionType:
            each = typing.get_args(kind)
            return None if type(None) in each else self._shallow(each[0])
        if isinstance(origin, type):
            return {} if issubclass(origin, Mapping) else []
        if isinstance(kind, type) and attrs.has(kind):
            return self._object(kind, DEEPEST - 1)
        if isinstance(kind, type) and issubclass(kind, Enum):
            return next(iter(kind)).value
        return self._plain(kind)


def _camel(name: str) -> str:
    first, *rest = name.rstrip("_").split("_")
    return first + "".join(word.capitalize() for word in rest)
