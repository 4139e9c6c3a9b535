"""Graphics cards: what of a file goes there, who makes room, and what Ollama tells of them."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from camus.config import BackendKind, Model
from camus.config import Memory as MemorySettings
from camus.journal import Shared
from camus.models import Limits, Models, NoMemory, Sampling
from camus.models.claims import Claim, Taken, claimed, written
from camus.models.llama import Llama
from camus.models.memory import Memory, born
from camus.models.offload import ALL, Needs, Placed, placed
from support.gguf_files import babbling
from support.graphics import MIB, nvidia, offloading
from support.prompts import cleared, configured, model_at
from support.servers import Ollama, Told

real = pytest.mark.skipif(
    importlib.util.find_spec("llama_cpp") is None, reason="the extra `llama` is not installed"
)
PATIENT = Limits(first_token=60.0, idle=30.0, total=120.0)
CARD = ("NVIDIA GeForce RTX 3060", 1000, 1000)
ROOM = 950 * MIB
"""Of that card, less the twentieth that is left to others."""


def test_the_whole_goes_to_the_cards_or_as_many_layers_as_fit() -> None:
    needs = Needs(weights=900, window=100, process=50, layers=10)
    assert placed(needs, 1000) == Placed(ALL, ram=50, cards=1000)
    assert placed(needs, 999) == Placed(9, ram=150, cards=900)
    assert placed(needs, 99) == Placed(0, ram=1050)
    assert placed(Needs(1000), 999) == Placed(0, ram=1000), "its layers are not known"


@given(
    st.builds(
        Needs, *(st.integers(1, 1 << 40), st.integers(0, 1 << 36)), layers=st.integers(0, 99)
    ),
    st.integers(0, 1 << 41),
)
def test_nothing_is_lost_and_the_room_is_never_passed(needs: Needs, room: int) -> None:
    where = placed(needs, room)
    assert where.cards + where.ram == needs.movable + needs.process
    assert where.cards <= room


def test_claims_on_cards_are_bounded_beside_those_on_the_machine() -> None:
    table, taken = claimed((), Claim(1, "b", "a", 10, cards=6), 100, 10)
    assert taken is None
    other = Claim(2, "b", "c", 10, cards=5)
    assert claimed(table, other, 100, 10) == (table, Taken(1, ("a",)))
    assert claimed(table, Claim(2, "b", "d", 10), 100, 5)[1] is None, "it needs none of them"


def memory(on_cards: int | None = None, shared: Shared | None = None) -> Memory:
    return Memory(shared or Shared(None), on_cards=on_cards, free=lambda: None, total=lambda: None)


async def loaded(
    own: Memory, name: str, size: int, gone: list[str], *, busy: bool = False, pid: int = 0
) -> Placed:
    where = await own.place(name, Needs(size, layers=10), await own.cards())

    async def unload() -> None:
        gone.append(name)

    await own.loaded(name, pid, estimate=where.ram, seconds=1.0, busy=lambda: busy, unload=unload)
    return where


async def test_idle_models_leave_the_cards_for_one_that_then_fits_and_busy_ones_do_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nvidia(tmp_path, monkeypatch, CARD)
    own, gone = memory(), list[str]()
    assert (await loaded(own, "idle", 300 * MIB, gone)).layers == ALL
    nvidia(tmp_path, monkeypatch, ("card", 1000, 700))
    assert (await loaded(own, "busy", 400 * MIB, gone, busy=True)).layers == ALL
    nvidia(tmp_path, monkeypatch, ("card", 1000, 300))
    assert (await loaded(own, "new", 500 * MIB, gone)).layers == ALL
    assert gone == ["idle"]
    nvidia(tmp_path, monkeypatch, ("card", 1000, 100))
    large = await loaded(own, "large", 900 * MIB, gone)
    assert 0 <= large.layers < 10, "it could not fit as a whole, so nobody had to go"
    assert gone == ["idle"]


async def test_two_loads_at_once_do_not_count_on_the_same_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nvidia(tmp_path, monkeypatch, CARD)
    own = memory()
    first = await own.place("a", Needs(800 * MIB, layers=10), await own.cards())
    second = await own.place("b", Needs(800 * MIB, layers=10), await own.cards())
    assert (first.layers, second.layers) == (ALL, 1)
    await own.gone("a")
    third = await own.place("c", Needs(800 * MIB, layers=10), await own.cards())
    assert third.cards <= ROOM - second.cards


async def test_the_budget_of_the_cards_holds_over_all_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nvidia(tmp_path, monkeypatch, CARD)
    shared = Shared(tmp_path / "s.sqlite3")
    other = Claim(os.getppid(), born(os.getppid()), "theirs", 1, cards=300 * MIB)
    shared.change("memory", lambda _: (written((other,)), None))
    own = memory(500 * MIB, shared)
    where = await own.place("mine", Needs(400 * MIB, layers=10), await own.cards())
    assert where.cards == 200 * MIB
    assert await memory(0).cards() == (), "no leave to use any"


async def test_what_a_process_really_holds_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nvidia(tmp_path, monkeypatch, CARD, held={str(os.getpid()): 450})
    own = memory()
    await loaded(own, "a", 300 * MIB, [], pid=os.getpid())
    assert own.on_cards("a") == 450 * MIB
    (claim,) = own.held()
    assert claim.cards == 450 * MIB


@real
@pytest.mark.parametrize(
    ("free", "layers"), [(1000, ALL), (51, 0)], ids=["room for all", "room for nothing"]
)
async def test_a_file_goes_to_the_cards_of_a_llama_cpp_that_uses_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, layers: int
) -> None:
    nvidia(tmp_path / "bin", monkeypatch, ("card", 1000, free))
    offloading(tmp_path / "site", monkeypatch)
    own, answered = await _answered(tmp_path)
    assert answered == [layers]
    assert bool(own.cards) == (layers == ALL)


@real
async def test_cards_are_left_alone_by_a_llama_cpp_that_was_built_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nvidia(tmp_path / "bin", monkeypatch, CARD)
    own, _ = await _answered(tmp_path)
    assert own.cards == 0
    assert own.bytes > 100_000_000


@real
async def test_a_file_that_cannot_fit_ends_the_process_that_was_asked_of_the_cards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nvidia(tmp_path / "bin", monkeypatch, ("card", 1000, 51))
    offloading(tmp_path / "site", monkeypatch)
    path = babbling(tmp_path / "babble.gguf")
    model = Model(name="local", type=BackendKind.LLAMA_CPP, path=str(path), threads=1)
    models = Models(replace(configured(model), memory=MemorySettings(budget=1000)), env={})
    try:
        with pytest.raises(NoMemory, match="can never fit"):
            await models.generate("local", cleared(), Sampling(max_tokens=1), PATIENT)
        (server,) = models._servers.values()
        assert isinstance(server.backend, Llama)
        assert server.backend.worker is None
    finally:
        await models.close()


@real
async def test_a_file_that_the_cards_do_not_take_after_all_is_loaded_beside_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nvidia(tmp_path / "bin", monkeypatch, CARD)
    offloading(tmp_path / "site", monkeypatch, full=True)
    own, answered = await _answered(tmp_path)
    assert answered == [ALL, 0]
    assert own.cards == 0
    assert own.bytes > 100_000_000


async def _answered(folder: Path) -> tuple[Claim, list[int]]:
    """What a file that answers claims, and the layers that were asked for."""
    path = babbling(folder / "babble.gguf")
    model = Model(name="local", type=BackendKind.LLAMA_CPP, path=str(path), threads=1)
    models = Models(configured(model), env={})
    seen: list[int] = []
    (server,) = models._servers.values()
    assert isinstance(server.backend, Llama)
    load = server.backend._load

    async def watched(*given: object, layers: int, **more: object) -> None:
        seen.append(layers)
        await load(*given, layers=layers, **more)  # type: ignore[arg-type]

    server.backend._load = watched  # type: ignore[method-assign]
    try:
        got = await models.generate("local", cleared(), Sampling(max_tokens=2), PATIENT)
        assert got.usage.completion_tokens
        (claim,) = models.memory.held()
        (profile,) = await models.refresh()
        assert profile.cards_bytes == claim.cards
        return claim, seen
    finally:
        await models.close()


async def test_what_ollama_has_on_cards_is_in_the_profile() -> None:
    warm = Told("warm:7b", loaded=True, bytes=5_000, on_cards=4_000)
    with Ollama(models=[warm, Told("cold:7b")]) as server:
        models = Models(
            configured(
                model_at(server.url, "warm", model="warm:7b"),
                model_at(server.url, "cold", model="cold:7b"),
            ),
            env={},
        )
        told = {profile.name: profile for profile in await models.refresh()}
        await models.close()
    assert (told["warm"].memory_bytes, told["warm"].cards_bytes) == (5_000, 4_000)
    assert told["cold"].cards_bytes == 0
