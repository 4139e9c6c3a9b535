"""Memory of Camus's own models: who has to go, who holds what, and what can never fit."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camus.config import BackendKind, Model
from camus.journal import Shared
from camus.models import Limits, Models, NoMemory, Sampling
from camus.models import memory as memory_room
from camus.models.claims import Claim, Taken, claimed, read, released, written
from camus.models.eviction import NoRoom, Resident, Room, room_for, used
from camus.models.gguf import read_header
from camus.models.memory import Memory, alive, born, resident_bytes
from support.gguf_files import babbling
from support.prompts import cleared, configured

real = pytest.mark.skipif(
    importlib.util.find_spec("llama_cpp") is None, reason="the extra `llama` is not installed"
)
GB = 10**9
PATIENT = Limits(first_token=60.0, idle=30.0, total=120.0)


def resident(name: str, size: int, seconds: float, *, busy: bool = False) -> Resident:
    return used(Resident(name, size * GB, seconds, busy=busy), 0.0)


def test_the_cheapest_to_load_again_for_its_size_goes_first() -> None:
    small, large = resident("small", 1, 10.0), resident("large", 8, 16.0)
    found = room_for(4 * GB, [small, large], free=1 * GB, capacity=16 * GB)
    assert found == Room(("large",), large.worth)


def test_as_many_go_as_must_and_a_busy_one_never() -> None:
    loaded = [resident("a", 2, 1.0, busy=True), resident("b", 2, 4.0), resident("c", 2, 3.0)]
    found = room_for(4 * GB, loaded, free=0, capacity=16 * GB)
    assert isinstance(found, Room)
    assert found.evict == ("c", "b")
    assert room_for(5 * GB, loaded, free=0, capacity=16 * GB) == NoRoom("held", GB)


def test_what_can_never_fit_is_told_apart_from_what_does_not_fit_now() -> None:
    assert room_for(9 * GB, [], free=9 * GB, capacity=8 * GB) == NoRoom("never", GB)
    assert room_for(7 * GB, [], free=6 * GB, capacity=8 * GB) == NoRoom("held", GB)


def test_what_was_used_after_an_eviction_outlives_what_was_not() -> None:
    old, new = resident("old", 1, 5.0), resident("new", 1, 5.0)
    found = room_for(GB, [old], free=0, capacity=9 * GB)
    assert isinstance(found, Room)
    touched = used(new, found.inflation)
    again = room_for(GB, [touched, old], free=0, capacity=9 * GB, inflation=found.inflation)
    assert isinstance(again, Room)
    assert again.evict == ("old",)


@given(
    sizes=st.lists(st.tuples(st.integers(1, 9), st.floats(0.1, 60), st.booleans()), max_size=8),
    needed=st.integers(1, 40),
    free=st.integers(0, 20),
)
def test_room_is_made_exactly_when_idle_models_can_make_it(
    sizes: list[tuple[int, float, bool]], needed: int, free: int
) -> None:
    loaded = [
        resident(f"m{at}", size, seconds, busy=busy)
        for at, (size, seconds, busy) in enumerate(sizes)
    ]
    found = room_for(needed * GB, loaded, free=free * GB, capacity=64 * GB)
    idle = {each.name: each.bytes for each in loaded if not each.busy}
    possible = needed * GB <= free * GB + sum(idle.values())
    assert isinstance(found, Room) == possible
    if isinstance(found, Room):
        assert set(found.evict) <= idle.keys()
        got = free * GB + sum(idle[name] for name in found.evict)
        assert got >= needed * GB
        if found.evict:
            assert got - idle[found.evict[-1]] < needed * GB, "none goes without need"


def claim(pid: int, model: str, size: int) -> Claim:
    return Claim(pid, f"born {pid}", model, size)


def test_claims_add_up_over_processes_and_name_who_holds_them() -> None:
    table, taken = claimed((), claim(1, "a", 6), budget=10)
    assert taken is None
    table, taken = claimed(table, claim(2, "b", 5), budget=10)
    assert taken == Taken(1, ("a",))
    table, taken = claimed(table, claim(1, "a", 4), budget=10)
    assert (taken, [each.bytes for each in table]) == (None, [4])
    table, taken = claimed(table, claim(2, "b", 5), budget=10)
    assert taken is None
    assert released(table, claim(1, "a", 0)) == (claim(2, "b", 5),)


def test_a_claim_dies_with_its_process() -> None:
    table = written((claim(1, "a", 6), claim(2, "b", 1)))
    assert read(table, lambda each: each.pid == 2) == (claim(2, "b", 1),)
    assert read(b"another version", lambda _: True) == ()


def test_a_process_is_told_from_another_of_its_number() -> None:
    mine = Claim(os.getpid(), born(os.getpid()), "m", 1)
    assert alive(mine)
    if mine.born:
        assert not alive(Claim(mine.pid, "another time", "m", 1))
    done = subprocess.Popen([sys.executable, "-c", "pass"])
    done.wait()
    assert not alive(Claim(done.pid, "", "m", 1))


HOLD = """
import asyncio, sys
from pathlib import Path
from camus.journal import Shared
from camus.models.memory import Memory
async def main():
    memory = Memory(Shared(Path(sys.argv[1])), 10_000, free=lambda: None, total=lambda: None)
    await memory.admit("theirs", 8_000)
    print("held", flush=True)
    sys.stdin.read()
asyncio.run(main())
"""


def within(file: Path | None, budget: int = 10_000) -> Memory:
    return Memory(Shared(file), budget, free=lambda: None, total=lambda: None)


async def load(
    memory: Memory, name: str, size: int, gone: list[str], *, busy: bool = False, pid: int = 0
) -> None:
    await memory.admit(name, size)

    async def unload() -> None:
        gone.append(name)

    await memory.loaded(name, pid, estimate=size, seconds=1.0, busy=lambda: busy, unload=unload)


async def test_another_process_s_memory_is_respected_until_it_dies(tmp_path: Path) -> None:
    file = tmp_path / "s.sqlite3"
    command = [sys.executable, "-c", HOLD, str(file)]
    with subprocess.Popen(command, stdin=-1, stdout=-1, text=True) as other:  # noqa: ASYNC220 - a test may
        assert other.stdout is not None
        assert await asyncio.to_thread(other.stdout.readline) == "held\n"
        memory = within(file)
        with pytest.raises(NoMemory, match="theirs hold too much") as raised:
            await memory.admit("mine", 5_000)
        assert not raised.value.never
        other.kill()
    await memory.admit("mine", 5_000)
    assert [each.model for each in memory.held()] == ["mine"]


async def test_our_own_idle_models_make_room_within_the_budget_and_busy_ones_do_not() -> None:
    memory, gone = within(None), list[str]()
    await load(memory, "idle", 4_000, gone)
    await load(memory, "busy", 4_000, gone, busy=True)
    await load(memory, "new", 5_000, gone)
    assert gone == ["idle"]
    assert {each.model for each in memory.held()} == {"busy", "new"}
    with pytest.raises(NoMemory, match="hold too much"):
        await memory.admit("more", 6_500)


async def test_what_can_never_fit_is_refused_without_unloading_anything() -> None:
    memory, gone = within(None), list[str]()
    await load(memory, "idle", 4_000, gone)
    with pytest.raises(NoMemory, match="can never fit") as raised:
        await memory.admit("huge", 10_001)
    assert raised.value.never
    assert not gone


async def test_what_a_model_really_took_counts_when_it_is_loaded_again() -> None:
    really, gone = resident_bytes(os.getpid()), list[str]()
    memory = within(None, budget=really + really // 2)
    await load(memory, "a", 1_000, gone, pid=os.getpid())
    await memory.gone("a")
    await memory.admit("b", really)
    with pytest.raises(NoMemory, match="b hold too much"):
        await memory.admit("a", 1_000)
    await memory.admit("a", 1_001)  # with another window nothing is known yet


async def test_two_loads_at_once_do_not_count_on_the_same_room() -> None:
    memory = within(None)
    results = await asyncio.gather(
        *(memory.admit(name, 6_000) for name in ("a", "b")), return_exceptions=True
    )
    assert sorted(type(each).__name__ for each in results) == ["NoMemory", "NoneType"]


async def test_pressure_of_the_machine_evicts_too() -> None:
    free = [600]
    memory = Memory(Shared(None), free=lambda: free[0], total=lambda: 1_000)
    gone: list[str] = []
    await load(memory, "old", 500, gone)
    free[0] = 100
    await load(memory, "new", 400, gone)
    assert gone == ["old"]


def test_a_file_s_header_tells_what_its_window_takes(tmp_path: Path) -> None:
    header = read_header(babbling(tmp_path / "b.gguf"))
    assert header.token_bytes > 0


Opened = Callable[..., Awaitable[Models]]


def model(path: Path, name: str) -> Model:
    return Model(name=name, type=BackendKind.LLAMA_CPP, path=str(path), threads=1)


async def ask(models: Models, name: str) -> None:
    await models.generate(name, cleared(), Sampling(max_tokens=1), PATIENT)


def pids(models: Models) -> dict[str, int]:
    workers = {
        server.url: getattr(server._backend, "worker", None) for server in models._servers.values()
    }
    return {url.removeprefix("file:"): each.pid for url, each in workers.items() if each}


@real
async def test_a_real_model_makes_room_for_another_and_gives_its_claim_back(tmp_path: Path) -> None:
    one, two = (babbling(tmp_path / f"{name}.gguf") for name in ("one", "two"))
    shared = Shared(tmp_path / "s.sqlite3")
    models = Models(configured(model(one, "one"), model(two, "two")), env={}, shared=shared)
    await models.refresh()
    await ask(models, "one")
    (first,) = models.memory.held()
    assert first.bytes >= memory_room.resident_bytes(pids(models)["one"]) // 2 > 0
    models.memory._budget = int(first.bytes * 1.5)
    await ask(models, "two")
    assert set(pids(models)) == {"two"}
    assert [each.model for each in models.memory.held()] == ["two"]
    await models.close()
    assert models.memory.held() == ()


@real
async def test_orders_of_another_process_are_carried_out(tmp_path: Path) -> None:
    path = babbling(tmp_path / "one.gguf")
    config = configured(model(path, "one"))
    staying = Models(config, env={}, shared=Shared(tmp_path / "s.sqlite3"), attends=True)
    other = Models(config, env={}, shared=Shared(tmp_path / "s.sqlite3"))
    await staying.refresh()
    await other.refresh()
    async with asyncio.timeout(5):
        while b"attendants" not in (Shared(tmp_path / "s.sqlite3").read("orders") or b""):  # noqa: ASYNC110 - no event
            await asyncio.sleep(0.02)
    try:
        me = f"process {os.getpid()}: "
        assert await other.manage("one", "load") == (f"{me}loaded",)
        assert set(pids(staying)) == {"one"}
        assert not pids(other)
        before = pids(staying)
        assert await other.manage("one", "reload") == (f"{me}loaded again",)
        assert pids(staying) != before
        assert await other.manage("one", "drain") == (f"{me}drained",)
        assert not pids(staying)
        (profile,) = await staying.refresh()
        assert (profile.state, "camus model load one" in profile.problem) == ("drained", True)
        with pytest.raises(Exception, match="gets no new work"):
            await ask(staying, "one")
        assert await other.manage("one", "load") == (f"{me}loaded",)
        (profile,) = await staying.refresh()
        assert (profile.state, profile.loaded) == ("ready", True)
        assert await other.manage("one", "unload") == (f"{me}unloaded",)
    finally:
        await staying.close()
        await other.close()


async def test_without_a_process_that_stays_nobody_answers(tmp_path: Path) -> None:
    config = configured(model(babbling(tmp_path / "one.gguf"), "one"))
    models = Models(config, env={}, shared=Shared(tmp_path / "s.sqlite3"))
    assert await models.manage("one", "unload") == ()
    await models.close()


async def test_servers_load_and_unload_on_request_where_they_can() -> None:
    from support.prompts import model_at
    from support.servers import Ollama, OpenAI

    with Ollama("ok") as ollama, OpenAI("ok") as openai:
        near = model_at(ollama.url, "near")
        other = model_at(openai.url, "other", type=BackendKind.OPENAI)
        models = Models(configured(near, other), env={})
        await models.refresh()
        for do in ("load", "unload"):
            assert "near is" in (await models.manage("near", do))[0]  # type: ignore[arg-type]
        sent: list[dict[str, Any]] = [each.body for each in ollama.asked("/api/generate")]
        assert [each.get("keep_alive") for each in sent] == [None, 0]
        assert sent[0]["options"]["num_ctx"] == models.profiles()[0].window
        with pytest.raises(Exception, match="does not load and unload models"):
            await models.manage("other", "load")
        assert "gets no new work" in (await models.manage("other", "drain"))[0]
        assert json.dumps([each.state for each in models.profiles()]) == '["ready", "drained"]'
        await models.close()
