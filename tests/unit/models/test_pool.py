"""Replicas on real loopback servers: outages of every kind, hedging, waiting, nothing leaked."""

from __future__ import annotations

import asyncio
import contextlib
import random
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camus.config import BackendKind, Balancing
from camus.models import (
    Completion,
    Failed,
    Limits,
    ModelError,
    Models,
    RateLimited,
    Sampling,
    Scripted,
    Turn,
    Unreachable,
    Usage,
)
from camus.models.budgets import Budget
from camus.models.loads import START
from camus.models.pool import RETRY_BURST, RETRY_SHARE, Pool
from camus.models.replicas import Server
from camus.models.retrying import FIRST_PAUSE, ROUNDS, pause_before
from camus.models.wanted import Race, Wanted
from support.prompts import QUICK, cleared, configured, model_at
from support.servers import Asked, Fault, Ollama, OpenAI, Reply, Script, Told, by_turn, closed_port

PATIENT = Limits(connect=1.0, first_token=20.0, idle=5.0, total=30.0)


@asynccontextmanager
async def replicas(*servers: Ollama, **more: Any) -> AsyncIterator[Models]:
    model = model_at(servers[0].url, replicas=tuple(each.url for each in servers[1:]), **more)
    models = Models(configured(model), env={})
    try:
        await models.refresh()
        yield models
    finally:
        await models.close()


@contextlib.contextmanager
def started(*scripts: Script | str | Reply | Fault) -> Any:
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(Ollama(script)) for script in scripts]


async def ask(models: Models, limits: Limits = PATIENT, **more: Any) -> Completion:
    return await models.generate("coder", cleared(), Sampling(max_tokens=64), limits, **more)


async def wait_for(true: Callable[[], bool], seconds: float = 10.0) -> None:
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.01)


async def answered_by(models: Models, text: str) -> None:
    """Ask until this answer comes."""
    async with asyncio.timeout(5):
        while (await ask(models)).text != text:  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.05)


OUTAGES: dict[str, Script | Fault] = {
    "reset": Fault("reset"),
    "every answer a 500": Fault("status", status=500),
    "hanging": Fault("silent"),
    "headers and then nothing": Fault("slow_headers"),
    "cut in mid-stream": Fault("cut", framing="close"),
    "dropped in mid-stream": Fault("drop"),
    "garbage": Fault("garbage"),
    "an error in mid-stream": Fault("error"),
}


@pytest.mark.parametrize("outage", OUTAGES.values(), ids=OUTAGES)
async def test_no_request_fails_while_one_of_four_replicas_is_out(outage: Script | Fault) -> None:
    with started(*["fine"] * 4) as servers:
        async with replicas(*servers) as models:
            for _ in range(8):
                await ask(models)
            servers[0].script = lambda _asked: outage if isinstance(outage, Fault) else "x"
            answers = [await ask(models) for _ in range(12)]
            assert {answer.text for answer in answers} == {"fine"}
            asked = len(servers[0].chats)
            assert asked <= 8 + 8, "at most eight requests met the outage"


async def test_a_replica_that_came_back_is_in_use_again_without_being_asked_by_users() -> None:
    with started("a", "b") as servers:
        async with replicas(*servers, balancing=Balancing.ROUND_ROBIN) as models:
            await ask(models)
            servers[0].stop()
            assert {(await ask(models)).text for _ in range(6)} == {"b"}
            servers[0].start()
            await wait_for(lambda: bool(servers[0].asked("/api/tags")), 5)
            await answered_by(models, "a")


async def test_a_replica_that_broke_is_tried_with_one_token_before_users_are_sent_there() -> None:
    with started("a", "b") as servers:
        async with replicas(*servers, balancing=Balancing.ROUND_ROBIN) as models:
            servers[0].script = lambda _asked: Fault("status", status=500)
            assert {(await ask(models)).text for _ in range(8)} == {"b"}
            seen = len(servers[0].chats)
            await wait_for(lambda: len(servers[0].chats) > seen + 1)
            assert servers[0].chats[-1].body["options"]["num_predict"] == 1
            servers[0].script = lambda _asked: "a"
            await answered_by(models, "a")


async def test_a_late_first_token_is_overtaken_by_a_second_replica() -> None:
    with started("a", "b") as servers:
        async with replicas(*servers, balancing=Balancing.ROUND_ROBIN) as models:
            for _ in range(4):
                await ask(models)
            servers[0].script = lambda _asked: Reply("too late", first=25.0)
            assert {(await ask(models)).text for _ in range(2)} == {"b"}
        await asyncio.to_thread(servers[0].wait_free)


async def test_requests_that_hang_go_elsewhere_when_their_server_is_put_out_of_use() -> None:
    with started("a", "b", "c") as servers:
        async with replicas(*servers, balancing=Balancing.ROUND_ROBIN) as models:
            for _ in range(6):
                await ask(models)
            servers[0].script = lambda _asked: Fault("silent")
            async with asyncio.timeout(15):
                answers = await asyncio.gather(*(ask(models) for _ in range(24)))
            assert {answer.text for answer in answers} <= {"b", "c"}


@pytest.mark.parametrize("well_again", [True, False])
@pytest.mark.parametrize("begun", [True, False])
async def test_a_request_called_back_in_any_moment_is_never_cancelled(
    begun: bool, well_again: bool
) -> None:
    servers = [Server(BackendKind.OLLAMA, url, Scripted) for url in ("a", "b")]  # type: ignore[arg-type]
    pool = Pool(lambda _: asyncio.sleep(0, False))

    async def ask(server: Server, race: Race) -> Completion:
        if server is servers[0]:
            if begun:
                race.leads(server)
            pool._blame(server, Unreachable("gone"))  # another request found it gone just now
            if well_again:
                pool.reached(server)  # and another one well, in the same moment
        await asyncio.sleep(0.01)
        race.leads(server)
        return Completion("x", "stop", "m", Usage(), 0.01, 0.01, server.url)

    deadline = asyncio.get_running_loop().time() + 5
    answer = await pool.answer(Wanted(tuple(servers), 10.0, deadline), ask)
    assert answer.replica == ("a" if begun else "b")
    await pool.close()


async def test_a_streamed_answer_never_starts_anew_before_the_reader_s_eyes() -> None:
    with started(Fault("drop", text="one two three four "), "other") as servers:
        async with replicas(*servers) as models:
            read: list[str] = []
            with pytest.raises(ModelError):
                await ask(models, on_text=read.append)
            assert "other" not in "".join(read)


async def test_all_replicas_out_is_one_error_and_each_was_tried_once_a_round() -> None:
    with started(Fault("status", status=500), Fault("status", status=500)) as servers:
        async with replicas(*servers) as models:
            with pytest.raises(Failed):
                await ask(models)
            assert [len(server.chats) for server in servers] == [1 + ROUNDS, 1 + ROUNDS]


PASSING = {
    "a 500": Fault("status", status=500),
    "a reset": Fault("reset"),
    "a cut stream": Fault("cut"),
    "half a line": Fault("truncated_json"),
    "a short 429": Fault("status", status=429, retry_after="0.2"),
}


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
async def test_the_only_server_is_asked_again_after_a_fault_that_passes(fault: Fault) -> None:
    with started(by_turn(fault, "fine")) as (server,):
        async with replicas(server) as models:
            assert (await ask(models)).text == "fine"
            first, second = (chat.at for chat in server.chats)
            assert second - first >= FIRST_PAUSE / 2


LASTING = {
    "a refusal": Fault("status", status=400, message="odd"),
    "a key refused": Fault("status", status=401),
    "silence": Fault("silent"),
    "a model that repeats itself": Fault("endless", text="one " * 9),
    "a long 429": Fault("status", status=429, retry_after="20"),
    "a 429 that tells no time": Fault("status", status=429),
}


@pytest.mark.parametrize("fault", LASTING.values(), ids=LASTING)
async def test_the_only_server_is_not_asked_again_when_that_is_no_use(fault: Fault) -> None:
    with started(fault) as (server,):
        async with replicas(server) as models:
            with pytest.raises(ModelError):
                await ask(models, QUICK)
            assert len(server.chats) == 1


async def test_nothing_begins_anew_that_somebody_read_already_nor_past_its_deadline(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("camus.models.retrying.FIRST_PAUSE", 60.0)
    with started(Fault("drop", text="one two three four ")) as (server,):
        async with replicas(server) as models:
            with pytest.raises(ModelError):
                await ask(models, on_text=lambda _text: None)
            assert len(server.chats) == 1
            server.script = lambda _asked: Fault("status", status=500)
            with pytest.raises(ModelError):
                await ask(models, Limits(connect=5.0, total=20.0))
            assert len(server.chats) == 2


async def test_retries_are_a_share_of_all_requests() -> None:
    with started(Fault("status", status=500)) as (server,):
        async with replicas(server) as models:
            served = 0
            for _ in range(60):
                server.script = by_turn(Fault("status", status=500), "fine")
                with contextlib.suppress(ModelError):
                    await ask(models)
                    served += 1
            assert RETRY_BURST <= served <= RETRY_BURST + 60 * RETRY_SHARE


@given(st.integers(0, ROUNDS - 1), st.floats(0, 1))
def test_pauses_double_and_half_of_each_is_chance(number: int, chance: float) -> None:
    pause = pause_before(number, Failed("x"), chance)
    assert pause is not None
    most = FIRST_PAUSE * 2**number
    assert most / 2 <= pause <= most
    assert pause_before(ROUNDS, Failed("x"), chance) is None


async def test_when_every_replica_is_out_of_use_they_are_tried_all_the_same() -> None:
    with started("a", "b") as servers:
        async with replicas(*servers) as models:
            for server in servers:
                server.stop()
            with pytest.raises(Unreachable):
                await ask(models)
            servers[1].start()
            assert (await ask(models)).text == "b"


async def test_a_429_is_waited_out_when_it_is_short_and_passed_on_when_it_is_long() -> None:
    script = by_turn(Fault("status", status=429, retry_after="0.2"), "then")
    with started(script) as (server,):
        async with replicas(server) as models:
            assert (await ask(models)).text == "then"
            server.script = lambda _asked: Fault("status", status=429, retry_after="50")
            for _ in range(2):
                with pytest.raises(RateLimited) as raised:
                    await ask(models)
            assert raised.value.retry_after is not None
            assert 40 < raised.value.retry_after <= 50
            assert len(server.chats) == 3, "it was left alone as it asked"


async def test_a_429_of_one_replica_sends_the_request_to_another() -> None:
    with started(Fault("status", status=429, retry_after="30"), "b") as servers:
        async with replicas(*servers) as models:
            assert {(await ask(models)).text for _ in range(4)} == {"b"}
            assert len(servers[0].chats) == 1


async def test_more_requests_than_places_wait_and_all_are_answered() -> None:
    with started(Reply("x", first=0.02)) as (server,):
        async with replicas(server) as models:
            answers = await asyncio.gather(*(ask(models) for _ in range(30)))
            assert len(answers) == 30


@pytest.mark.parametrize("slots", [1, 3])
async def test_a_server_gets_no_more_at_once_than_the_slots_it_advertises(slots: int) -> None:
    at_once = most = 0
    lock = threading.Lock()

    def script(_asked: Asked) -> Reply:
        nonlocal at_once, most
        with lock:
            at_once += 1
            most = max(most, at_once)
        threading.Timer(0.3, finish).start()
        return Reply("x", first=0.6)  # so much later that a late timer does not matter

    def finish() -> None:
        nonlocal at_once
        with lock:
            at_once -= 1

    with OpenAI(script, models=[Told("qwen2.5-coder:7b")]) as server:
        server.flavour, server.slots = "llama-server", slots
        models = Models(configured(model_at(server.url, type=BackendKind.OPENAI)), env={})
        await models.refresh()
        await asyncio.gather(*(ask(models) for _ in range(2 * slots + 1)))
        await models.close()
    assert most == slots


async def test_a_server_that_still_reads_a_cancelled_prompt_has_no_room_meanwhile() -> None:
    reading = 0.5
    with OpenAI(Reply("x", first=reading), models=[Told("qwen2.5-coder:7b")]) as server:
        server.flavour, server.slots = "llama-server", 1
        models = Models(configured(model_at(server.url, type=BackendKind.OPENAI)), env={})
        await models.refresh()
        await ask(models)  # so long a first token takes there
        task = asyncio.create_task(ask(models))
        await wait_for(lambda: len(server.chats) == 2)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert models.replicas("coder")[0].in_flight == 1
        await ask(models)
        _, cancelled, after = (chat.at for chat in server.chats)
        assert after - cancelled >= reading * 0.8
        assert models.replicas("coder")[0].in_flight == 0
        await models.close()


async def test_an_edit_is_served_before_work_in_the_background() -> None:
    served: list[str] = []

    def script(asked: Asked) -> Reply:
        served.append(asked.messages[-1]["content"])
        return Reply("x", first=0.3)

    async def named(models: Models, text: str, turn: Turn) -> None:
        await models.generate("coder", cleared(text), Sampling(), PATIENT, turn=turn)

    with started(script) as (server,):
        async with replicas(server) as models:
            busy = [asyncio.create_task(named(models, "busy", Turn())) for _ in range(int(START))]
            await wait_for(lambda: len(served) == int(START))
            later = [
                asyncio.create_task(named(models, f"background {n}", Turn("background", "w")))
                for n in range(6)
            ]
            await asyncio.sleep(0)
            edit = asyncio.create_task(named(models, "edit", Turn("edit", "w")))
            await asyncio.gather(*busy, *later, edit)
    assert served[int(START)] == "edit"


async def test_a_request_cancelled_in_line_leaves_it_and_its_place_to_others() -> None:
    with started(Fault("stall", after=0)) as (server,):
        async with replicas(server) as models:
            hanging = [asyncio.create_task(ask(models)) for _ in range(int(START))]
            await wait_for(lambda: len(server.chats) == int(START))
            waiting = [asyncio.create_task(ask(models)) for _ in range(3)]
            await asyncio.sleep(0.05)
            waiting[0].cancel()
            await asyncio.gather(waiting[0], return_exceptions=True)
            server.script = lambda _asked: "free"
            hanging[0].cancel()
            assert [(await each).text for each in waiting[1:]] == ["free", "free"]
            for task in hanging:
                task.cancel()
            await asyncio.gather(*hanging, return_exceptions=True)
        await asyncio.to_thread(server.wait_free)


async def test_random_cancels_and_faults_leave_nothing_behind() -> None:
    chance = random.Random(3)
    faults: list[Script | Reply | Fault | str] = [
        *["ok"] * 6,
        Reply("slow", first=0.03),
        Fault("status", status=500),
        Fault("reset"),
        Fault("drop"),
        Fault("stall"),
    ]

    def script(_asked: Asked) -> Any:
        return chance.choice(faults)

    async def one(models: Models) -> None:
        with contextlib.suppress(ModelError):
            await ask(models, QUICK)

    with started(*[script] * 3) as servers:
        async with replicas(*servers) as models:
            tasks = []
            for _ in range(200):
                tasks.append(asyncio.create_task(one(models)))
                await asyncio.sleep(chance.uniform(0, 0.006))
                if chance.random() < 0.3:
                    chance.choice(tasks).cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            pool = models._pool
            assert pool.waiting == 0
            for server in models._servers.values():
                assert not server.unstarted
            await wait_for(
                lambda: all(each.load.in_flight == 0 for each in models._servers.values())
            )
            assert all(each.load.work == pytest.approx(0) for each in models._servers.values())
        for server in servers:
            await asyncio.to_thread(server.wait_free)
    left = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    assert not left


def test_a_budget_lets_a_share_through_and_a_few_more() -> None:
    budget = Budget(0.2, 3)
    assert [budget.spend() for _ in range(4)] == [True, True, True, False]
    for _ in range(11):
        budget.earn()
    assert [budget.spend() for _ in range(3)] == [True, True, False]


async def test_a_port_where_nothing_listens_fails_over_at_once() -> None:
    with started("here") as (server,), closed_port() as nothing:
        model = model_at(nothing, replicas=(server.url,))
        models = Models(configured(model), env={})
        try:
            assert (await ask(models)).text == "here"
        finally:
            await models.close()
