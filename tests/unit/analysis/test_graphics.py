"""What the tools of graphics cards tell, and tools that are missing, broken or slow."""

from __future__ import annotations

from pathlib import Path

import pytest

from camus.analysis import Card, cards, graphics, on_cards
from support.graphics import MIB, nvidia, program, rocm

GB = 1 << 30


async def test_nvidia_s_cards_and_what_a_process_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = ("NVIDIA GeForce RTX 4090", 24564, 23028), ("NVIDIA A2", 15356, 15000)
    nvidia(tmp_path, monkeypatch, *told, held={"41": 512, "42": 300, "420": 9})
    assert await cards() == tuple(Card(n, total * MIB, free * MIB) for n, total, free in told)
    assert await on_cards(42) == 300 * MIB
    assert await on_cards(7) == 0


async def test_amd_s_cards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rocm(tmp_path, monkeypatch, (16 * GB, 1 * GB), (8 * GB, 9 * GB))
    assert await cards() == (Card("card0", 16 * GB, 15 * GB), Card("card1", 8 * GB, 0))
    assert await on_cards(42) == 0


@pytest.mark.parametrize(
    "body",
    [
        "exit 9",
        "echo 'NVIDIA-SMI has failed because it could not communicate with the driver'; exit 0",
        "echo 'GH200, [N/A], [N/A]'",
        "echo; echo ,,,,",
        r"printf '\377\376, 1'",
        "sleep 30",
    ],
    ids=["fails", "prints why it fails", "tells no memory", "blank", "no text", "hangs"],
)
async def test_a_tool_that_tells_nothing_means_no_cards(
    body: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(graphics, "SECONDS", 0.3)
    program(tmp_path, monkeypatch, "nvidia-smi", body)
    program(tmp_path, monkeypatch, "rocm-smi", "echo '[{]'")
    assert await cards() == ()
    assert await on_cards(1) == 0


async def test_without_tools_there_are_no_cards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert await cards() == ()


async def test_the_next_maker_is_asked_when_the_first_tells_of_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path, monkeypatch, "nvidia-smi", "exit 9")
    rocm(tmp_path, monkeypatch, (4 * GB, 0))
    assert [card.name for card in await cards()] == ["card0"]
