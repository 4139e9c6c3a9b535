"""Quotas: what fits, what waits, what is refused; booked once for all processes, settled after."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camus.config import Quota
from camus.journal import Shared
from camus.models import (
    Completion,
    Failed,
    Left,
    Limits,
    Models,
    Price,
    RateLimited,
    Sampling,
    SpentQuota,
)
from camus.models.quotas import (
    Booked,
    Cost,
    Decision,
    Refused,
    Spent,
    Wait,
    at,
    booked,
    cost_of,
    left_of,
    settled,
)
from support.prompts import cleared, configured, model_at
from support.servers import Fault, Ollama, Reply

NOON = 1_767_268_800.0
"""2026-01-01 12:00 UTC."""
DAY = 86_400.0
LIMITS = Limits(first_token=5.0, idle=5.0, total=10.0)


def book(spent: Spent, quota: Quota, *costs: Cost, now: float = NOON) -> tuple[Spent, Decision]:
    decision: Decision = Booked(Left())
    for cost in costs:
        spent, decision = booked(spent, quota, cost, now)
    return spent, decision


def test_a_day_s_requests_run_out_and_come_back_at_midnight_utc() -> None:
    quota = Quota(requests_per_day=2)
    spent, decision = book(Spent(), quota, Cost(), Cost())
    assert decision == Booked(Left(requests=0))
    spent, decision = book(spent, quota, Cost())
    assert isinstance(decision, Refused)
    assert decision.reason == "all 2 requests of today are used"
    assert isinstance(book(spent, quota, Cost(), now=NOON + DAY / 2 - 1)[1], Refused)
    assert isinstance(book(spent, quota, Cost(), now=NOON + DAY / 2)[1], Booked)


def test_tokens_and_money_are_never_overdrawn() -> None:
    quota = Quota(tokens_per_day=1000, money_per_day=0.5)
    spent, decision = book(Spent(), quota, Cost(1, 600, 0.2))
    assert decision == Booked(Left(tokens=400, money=0.3))
    _, decision = book(spent, quota, Cost(1, 401, 0.1))
    assert isinstance(decision, Refused)
    assert "400 of today's 1000 tokens are left" in decision.reason
    _, decision = book(spent, quota, Cost(1, 10, 0.31))
    assert isinstance(decision, Refused)
    assert "of money is left" in decision.reason


def test_what_was_not_used_is_given_back() -> None:
    quota = Quota(tokens_per_day=1000)
    price = Price(1.0, 2.0)
    worst, used = cost_of(price, 100, 800), cost_of(price, 90, 10)
    spent, _ = book(Spent(), quota, worst)
    spent = settled(spent, quota, worst, used, NOON + 3)
    assert (spent.tokens, spent.requests) == (100, 1)
    assert spent.money == pytest.approx(110e-6)
    assert settled(spent, quota, worst, used, NOON + DAY).tokens == 0, "yesterday's is over"


def test_a_full_minute_waits_for_just_as_long_as_it_must() -> None:
    quota = Quota(requests_per_minute=6)
    spent, decision = book(Spent(), quota, *[Cost()] * 6)
    assert isinstance(decision, Booked)
    spent, decision = book(spent, quota, Cost())
    assert decision == Wait(10.0)
    assert isinstance(book(spent, quota, Cost(), now=NOON + 10.0)[1], Booked)


def test_a_request_larger_than_a_minute_goes_when_the_bucket_is_full_and_the_next_waits() -> None:
    quota = Quota(tokens_per_minute=100)
    spent, decision = book(Spent(), quota, Cost(1, 250))
    assert isinstance(decision, Booked)
    _, decision = book(spent, quota, Cost(1, 50))
    assert decision == Wait(pytest.approx(120.0))


def test_a_limit_of_nothing_refuses_and_waits() -> None:
    assert isinstance(book(Spent(), Quota(tokens_per_day=0), Cost(1, 5))[1], Refused)
    assert book(Spent(), Quota(requests_per_minute=0), Cost())[1] == Wait(60.0)


@given(
    costs=st.lists(st.tuples(st.integers(0, 400), st.floats(0, 50)), max_size=60),
    limit=st.integers(1, 1000),
)
def test_no_order_of_requests_overdraws_a_day_or_a_minute(
    costs: list[tuple[int, float]], limit: int
) -> None:
    quota = Quota(tokens_per_day=limit * 3, tokens_per_minute=limit)
    spent, now, gone = Spent(), NOON, []
    for tokens, pause in costs:
        now += pause
        spent, decision = booked(spent, quota, Cost(1, tokens), now)
        if isinstance(decision, Booked):
            gone.append((now, tokens))
        if isinstance(decision, Wait):
            after, again = booked(spent, quota, Cost(1, tokens), now + decision.seconds + 1e-6)
            assert not isinstance(again, Wait)
            assert after.at >= spent.at
    assert sum(tokens for _, tokens in gone) <= limit * 3
    for start, _ in gone:  # a bucket lets at most two minutes' worth through, and one request
        within = [tokens for when, tokens in gone if start <= when < start + 60]
        assert sum(within) <= 2 * limit + 400


def test_a_clock_that_goes_back_fills_nothing() -> None:
    quota = Quota(requests_per_minute=1)
    spent, _ = book(Spent(), quota, Cost())
    assert at(spent, quota, NOON - 500).owed_requests == 1
    assert left_of(spent, quota) == Left()


async def ask(models: Models, limits: Limits = LIMITS, tokens: int = 50) -> Completion:
    return await models.generate("coder", cleared("say it"), Sampling(max_tokens=tokens), limits)


def limited(url: str, quota: Quota, **more: Any) -> Any:
    return configured(model_at(url, quota=quota, **more))


async def test_a_spent_day_is_refused_by_all_processes_and_no_server_is_asked(
    tmp_path: Path,
) -> None:
    reply = Reply("one two", prompt_tokens=10, completion_tokens=2)
    with Ollama(reply) as server:
        config = limited(server.url, Quota(requests_per_day=2))
        one = Models(config, env={}, shared=Shared(tmp_path / "s.sqlite3"))
        two = Models(config, env={}, shared=Shared(tmp_path / "s.sqlite3"))
        await ask(one)
        await two.refresh()
        assert two.profiles()[0].quota == Left(requests=1)
        await ask(two)
        for models in (one, two):
            with pytest.raises(SpentQuota, match="all 2 requests of today"):
                await ask(models)
        assert one.profiles()[0].state == "ready", "the server is not to blame"
        await one.refresh()
        assert one.profiles()[0].quota == Left(requests=0)
        await one.close()
        await two.close()
        assert len(server.chats) == 2


async def test_the_server_s_own_count_is_what_is_booked_in_the_end() -> None:
    reply = Reply("one two", prompt_tokens=10, completion_tokens=2)
    with Ollama(reply) as server:
        quota = Quota(tokens_per_day=1000, money_per_day=1.0)
        more = {"price_input": 1000.0, "price_output": 10_000.0}
        models = Models(limited(server.url, quota, **more), env={})
        await ask(models)
        left = models.profiles()[0].quota
        assert left is not None
        assert (left.tokens, left.money) == (988, pytest.approx(1 - 0.01 - 0.02))
        await models.close()


async def test_a_request_that_never_reached_a_model_costs_nothing() -> None:
    with Ollama(Fault("status", status=400, message="odd")) as server:
        models = Models(limited(server.url, Quota(requests_per_day=3, tokens_per_day=900)), env={})
        with pytest.raises(Exception, match="odd"):
            await ask(models)
        await models.refresh()
        assert models.profiles()[0].quota == Left(requests=3, tokens=900)
        server.script = lambda _: Fault("error")
        with pytest.raises(Failed):
            await ask(models)
        await models.refresh()
        left = models.profiles()[0].quota
        assert left is not None
        assert left.requests == 2
        assert 850 < (left.tokens or 0) < 900, "the prompt was read"
        await models.close()


async def test_a_cancelled_request_gives_back_the_answer_that_did_not_come() -> None:
    with Ollama(Fault("stall")) as server:
        models = Models(limited(server.url, Quota(tokens_per_day=1000)), env={})
        task = asyncio.create_task(ask(models, tokens=500))
        async with asyncio.timeout(5):
            while not server.chats:  # noqa: ASYNC110 - another thread's list
                await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await models.refresh()
        left = models.profiles()[0].quota
        assert left is not None
        assert (left.tokens or 0) > 950
        await models.close()


async def test_a_minute_s_limit_is_waited_for_or_refused_with_the_time() -> None:
    with Ollama("fine") as server:
        models = Models(limited(server.url, Quota(requests_per_minute=120)), env={})
        start = time.monotonic()
        await asyncio.gather(*(ask(models) for _ in range(121)))
        assert time.monotonic() - start >= 0.4
        await models.close()
        models = Models(limited(server.url, Quota(requests_per_minute=1)), env={})
        await ask(models)
        with pytest.raises(RateLimited, match="quota of this minute") as raised:
            await ask(models)
        assert 50 < (raised.value.retry_after or 0) <= 60
        await models.close()
