"""What a GGUF file says of itself, and what is no such file."""

from __future__ import annotations

import contextlib
import random
import struct
from pathlib import Path

import pytest

from camus.models.gguf import Header, NotGguf, read_header
from support.gguf_files import babbling


def text(value: str) -> bytes:
    data = value.encode()
    return struct.pack("<Q", len(data)) + data


def entry(name: str, kind: int, value: bytes) -> bytes:
    return text(name) + struct.pack("<I", kind) + value


def written(path: Path, *entries: bytes, version: int = 3, keys: int | None = None) -> Path:
    count = len(entries) if keys is None else keys
    head = b"GGUF" + struct.pack("<IQQ", version, 0, count)
    path.write_bytes(head + b"".join(entries))
    return path


def test_a_real_file_tells_its_window_name_size_and_licence(tmp_path: Path) -> None:
    path = babbling(tmp_path / "small.gguf")
    assert read_header(path) == Header(
        architecture="llama",
        name="small",
        size_label="1M",
        licence="mit",
        window=4096,
        size_bytes=path.stat().st_size,
        token_bytes=256,
        layers=1,
    )


def test_every_kind_of_value_is_passed_over(tmp_path: Path) -> None:
    numbers = "BbHhIif?"
    entries = [
        entry(f"x.{kind}", kind, struct.pack(f"<{form}", 1)) for kind, form in enumerate(numbers)
    ]
    entries += [entry("x.q", 10, struct.pack("<Q", 1)), entry("x.d", 12, struct.pack("<d", 1))]
    entries += [entry("x.list", 9, struct.pack("<IQ", 4, 2) + struct.pack("<II", 1, 2))]
    entries += [entry("general.architecture", 8, text("bert"))]
    entries += [entry("bert.context_length", 4, struct.pack("<I", 512))]
    entries += [entry("bert.pooling_type", 4, struct.pack("<I", 1))]
    header = read_header(written(tmp_path / "a.gguf", *entries))
    assert (header.architecture, header.window, header.embedding) == ("bert", 512, True)


def test_a_vocabulary_is_not_read(tmp_path: Path) -> None:
    tokens = entry("tokenizer.ggml.tokens", 9, struct.pack("<IQ", 8, 1 << 40))
    general = entry("general.license", 8, text("apache-2.0"))
    assert read_header(written(tmp_path / "a.gguf", general, tokens)).licence == "apache-2.0"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GGU",
        b"GGML" + bytes(40),
        b"GGUF" + struct.pack("<IQQ", 1, 0, 0),
        b"GGUF" + struct.pack("<IQQ", 99, 0, 0),
        b"GGUF" + struct.pack("<IQQ", 3, 0, 1 << 60),
        b"GGUF" + struct.pack("<IQQ", 3, 0, 2) + struct.pack("<Q", 1 << 62),
        b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + entry("a", 77, b""),
        b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + entry("a", 9, struct.pack("<IQ", 9, 1)),
        b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + entry("a", 9, struct.pack("<IQ", 4, 1 << 50)),
    ],
)
def test_what_is_no_gguf_file_is_said_to_be_none(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.gguf"
    path.write_bytes(data)
    with pytest.raises(NotGguf):
        read_header(path)


def test_damaged_headers_never_do_worse_than_say_so(tmp_path: Path) -> None:
    good = babbling(tmp_path / "good.gguf").read_bytes()[:2000]
    chance = random.Random(5)
    path = tmp_path / "bad.gguf"
    for _ in range(400):
        data = bytearray(good[: chance.randrange(len(good))])
        for _ in range(chance.randrange(1, 6)):
            if data:
                data[chance.randrange(len(data))] = chance.randrange(256)
        path.write_bytes(data)
        with contextlib.suppress(NotGguf):
            assert 0 <= read_header(path).window < 1 << 31
