"""What a GGUF file says of itself in its header; reads no weights and trusts no number in it.

The layout is that of the GGUF specification, versions 2 and 3 (ggml's docs/gguf.md).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

MAGIC = b"GGUF"
MOST_KEYS = 4096
MOST_TEXT = 4 << 20
MOST_ITEMS = 64
"""Longer arrays are vocabularies, which nobody needs here; reading stops at the first."""
_STRING, _ARRAY = 8, 9
_NUMBERS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q"} | {
    12: "d"
}
Value = str | int | float | bool | None


class NotGguf(Exception):
    """Raised when a file is no GGUF file, or its header is damaged."""


@dataclass(frozen=True, slots=True)
class Header:
    """The facts of a file; empty and zero where it does not say. `window` in tokens."""

    architecture: str = ""
    name: str = ""
    size_label: str = ""
    licence: str = ""
    window: int = 0
    size_bytes: int = 0
    embedding: bool = False
    token_bytes: int = 0
    """What each token of the window takes in memory beside the weights, at 16 bits a number."""
    layers: int = 0


def read_header(path: Path) -> Header:
    """The header of a file; raises `NotGguf`, or `OSError` when it cannot be read."""
    with path.open("rb") as file:
        size = path.stat().st_size
        try:
            values = _values(file)
        except (struct.error, EOFError, UnicodeDecodeError, OverflowError, MemoryError) as error:
            raise NotGguf("its header is damaged") from error
    architecture = str(values.get("general.architecture") or "")
    window = values.get(f"{architecture}.context_length")
    return Header(
        architecture=architecture,
        name=str(values.get("general.name") or ""),
        size_label=str(values.get("general.size_label") or ""),
        licence=str(values.get("general.license") or values.get("general.license.name") or ""),
        window=window if isinstance(window, int) and 0 < window < 1 << 31 else 0,
        size_bytes=size,
        embedding=f"{architecture}.pooling_type" in values,
        token_bytes=_token_bytes(architecture, values),
        layers=_number(values, f"{architecture}.block_count"),
    )


def _number(values: dict[str, Value], key: str) -> int:
    """A small number above 0; 0 where the file does not say, or says nonsense."""
    found = values.get(key)
    return found if isinstance(found, int) and 0 < found < 1 << 20 else 0


def _token_bytes(architecture: str, values: dict[str, Value]) -> int:
    """A key and a value of each layer's heads; 0 where the file does not say, or says nonsense."""

    def number(key: str) -> int:
        return _number(values, f"{architecture}.{key}")

    layers, heads = number("block_count"), number("attention.head_count")
    wide = number("embedding_length")
    if not (layers and heads and wide):
        return 0
    kept = number("attention.head_count_kv") or heads
    key = number("attention.key_length") or wide // heads
    value = number("attention.value_length") or wide // heads
    return 2 * layers * kept * (key + value)


def _values(file: BinaryIO) -> dict[str, Value]:
    if _take(file, 4) != MAGIC:
        raise NotGguf("it does not begin as a GGUF file does")
    (version,) = struct.unpack("<I", _take(file, 4))
    if version not in {2, 3}:
        raise NotGguf(f"its version {version} is not known here")
    _, keys = struct.unpack("<QQ", _take(file, 16))
    if keys > MOST_KEYS:
        raise NotGguf("its header is damaged")
    values: dict[str, Value] = {}
    for _ in range(keys):
        name = _text(file)
        (kind,) = struct.unpack("<I", _take(file, 4))
        if name.startswith("tokenizer."):
            break  # the general facts and the architecture's stand before the vocabulary
        values[name] = _value(file, kind)
    return values


def _value(file: BinaryIO, kind: int) -> Value:
    if kind == _STRING:
        return _text(file)
    if kind in _NUMBERS:
        form = f"<{_NUMBERS[kind]}"
        value: Value = struct.unpack(form, _take(file, struct.calcsize(form)))[0]
        return value
    if kind == _ARRAY:
        inner, count = struct.unpack("<IQ", _take(file, 12))
        if inner == _ARRAY or count > MOST_ITEMS:
            raise NotGguf("its header holds an array where none is expected")
        for _ in range(count):
            _value(file, inner)
        return None
    raise NotGguf("its header is damaged")


def _text(file: BinaryIO) -> str:
    (length,) = struct.unpack("<Q", _take(file, 8))
    if length > MOST_TEXT:
        raise NotGguf("its header is damaged")
    return _take(file, length).decode("utf-8", "replace")


def _take(file: BinaryIO, count: int) -> bytes:
    data = file.read(count)
    if len(data) < count:
        raise EOFError
    return data
