"""A machine with graphics cards, as their tools tell of it: executables on PATH in their places."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

import pytest

MIB = 1 << 20
OFFLOADING = "import llama_cpp\nllama_cpp.llama_supports_gpu_offload = lambda: True\n"
"""A `sitecustomize` with which llama.cpp says that it was built for cards; it has none, and goes on
on the processor."""

FULL = """
class Full(llama_cpp.Llama):
    def __init__(self, *args, n_gpu_layers, **more):
        if n_gpu_layers:
            raise ValueError("Failed to load model from file")
        super().__init__(*args, n_gpu_layers=0, **more)
llama_cpp.Llama = Full
"""
"""What llama.cpp does where a card has less room than it needs."""


def nvidia(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    *cards: tuple[str, int, int],
    held: Mapping[str, int] | None = None,
) -> Path:
    """An `nvidia-smi` of these cards (name, total and free MiB); `held` in MiB by process."""
    rows = "".join(f"{name}, {total}, {free}\n" for name, total, free in cards)
    used = "".join(f"{pid}, {mib}\n" for pid, mib in (held or {}).items())
    body = f'case "$1" in\n*compute-apps*) cat <<EOF\n{used}EOF\n;;\n'
    body += f"*) cat <<EOF\n{rows}EOF\n;;\nesac\n"
    return program(folder, monkeypatch, "nvidia-smi", body)


def rocm(folder: Path, monkeypatch: pytest.MonkeyPatch, *cards: tuple[int, int]) -> Path:
    """A `rocm-smi` of these cards, total and used bytes."""
    told = {
        f"card{number}": {
            "VRAM Total Memory (B)": str(total),
            "VRAM Total Used Memory (B)": str(used),
        }
        for number, (total, used) in enumerate(cards)
    }
    return program(folder, monkeypatch, "rocm-smi", f"cat <<'EOF'\n{json.dumps(told)}\nEOF\n")


def program(folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, body: str) -> Path:
    """An executable of that name, first on PATH."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{body}")
    path.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return path


def offloading(folder: Path, monkeypatch: pytest.MonkeyPatch, *, full: bool = False) -> None:
    """Workers started from now on have a llama.cpp that says it uses cards; `full`: they are."""
    folder.mkdir(exist_ok=True)
    (folder / "sitecustomize.py").write_text(OFFLOADING + (FULL if full else ""))
    monkeypatch.setenv("PYTHONPATH", str(folder))
