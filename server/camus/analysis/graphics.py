"""How much memory this machine's graphics cards have, as their makers' own tools tell it.

A machine without cards, or without their tools, is a fact: there are then none.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from camus.analysis.process import Runner

SECONDS = 5.0
"""A driver that sleeps takes a second to answer; one that hangs is not waited for."""
_MIB = 1 << 20
_NVIDIA_COLUMNS = 3


@dataclass(frozen=True, slots=True)
class Card:
    """One graphics card; its memory in bytes."""

    name: str
    total: int
    free: int


async def cards() -> tuple[Card, ...]:
    """The cards of the first maker whose tool is installed and tells of any."""
    for program, arguments, read in _TOOLS:
        output = await _told(program, *arguments)
        if found := tuple(read(output)):
            return found
    return ()


async def on_cards(pid: int) -> int:
    """Bytes that a process holds on cards; 0 where no tool tells."""
    asked = ("--query-compute-apps=pid,used_memory", "--format=csv,noheader,nounits")
    rows = _rows(await _told("nvidia-smi", *asked))
    return sum(used * _MIB for number, used in map(_numbers, rows) if number == pid)


async def _told(program: str, *arguments: str) -> str:
    """What a program prints; empty where it is missing, fails or takes too long."""
    path = shutil.which(program)
    if path is None:
        return ""
    runner = Runner(seconds=SECONDS, concurrency=1)
    try:
        output = await runner.run((path, *arguments))
    finally:
        await runner.close()
    return "" if output.problem or output.code else output.stdout.decode("utf-8", "replace")


def _nvidia(output: str) -> Iterator[Card]:
    """Lines of `NVIDIA GeForce RTX 4090, 24564, 23028`, in MiB."""
    for row in _rows(output):
        total, free = _numbers(row[1:])
        if len(row) == _NVIDIA_COLUMNS and total:
            yield Card(row[0], total * _MIB, min(free, total) * _MIB)


def _rocm(output: str) -> Iterator[Card]:
    """`{"card0": {"VRAM Total Memory (B)": "17163091968", "VRAM Total Used Memory (B)": ...}}`."""
    try:
        told = json.loads(output or "{}")
    except (ValueError, RecursionError):
        return
    for name, facts in told.items() if isinstance(told, dict) else ():
        if not isinstance(facts, dict):
            continue
        total = _number(facts.get("VRAM Total Memory (B)"))
        used = _number(facts.get("VRAM Total Used Memory (B)"))
        if total:
            yield Card(str(name), total, max(0, total - used))


def _rows(output: str) -> Iterator[list[str]]:
    for line in output.splitlines():
        if line.strip():
            yield [part.strip() for part in line.split(",")]


def _numbers(row: list[str]) -> tuple[int, int]:
    """The first two numbers of a row; 0 for what is none, such as `[N/A]`."""
    first, second, *_ = (*map(_number, row), 0, 0)
    return first, second


def _number(told: object) -> int:
    text = str(told)
    return int(text) if text.isdecimal() else 0


_TOOLS: tuple[tuple[str, tuple[str, ...], Callable[[str], Iterator[Card]]], ...] = (
    (
        "nvidia-smi",
        ("--query-gpu=name,memory.total,memory.free", "--format=csv,noheader,nounits"),
        _nvidia,
    ),
    ("rocm-smi", ("--showmeminfo", "vram", "--json"), _rocm),
)
