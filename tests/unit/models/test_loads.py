"""How busy and quick a server is held to be, and who is asked first."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from camus.config import Balancing
from camus.models.balancing import Candidate, order
from camus.models.line import QUANTUM, Line, Turn, Urgency
from camus.models.loads import (
    LEAST,
    MOST,
    SOONEST_DOUBT,
    START,
    UNKNOWN_FIRST,
    Load,
    answered,
    overloaded,
    predicted_work,
    released,
    taken,
)


def answer(load: Load, seconds: float, *, first: float = 0.1, now: float = 0.0) -> Load:
    return answered(load, work=100.0, seconds=seconds, first=first, now=now)


def test_taking_and_giving_back_leaves_nothing_behind() -> None:
    load = taken(taken(Load(), 10.0, 1), 5.0, 2)
    assert (load.in_flight, load.work, load.picked) == (2, 15.0, 2)
    load = released(released(load, 10.0), 5.0)
    assert (load.in_flight, load.work) == (0, 0.0)


def test_the_limit_grows_when_it_is_used_and_shrinks_by_a_share() -> None:
    used = Load(in_flight=int(START))
    assert answer(used, 1.0).limit == START + 1 / START
    assert answer(Load(in_flight=1), 1.0).limit == START
    assert overloaded(Load(limit=10.0)).limit == pytest.approx(7.0)
    load = Load()
    for _ in range(50):
        load = overloaded(load)
    assert load.limit == LEAST
    for _ in range(2000):
        load = answer(replace(load, in_flight=int(load.limit)), 1.0)
    assert load.limit == MOST


def test_bad_news_counts_at_once_and_good_news_little_by_little() -> None:
    quick = answer(Load(), 1.0, now=0.0)
    slow = answer(quick, 10.0, now=1.0)
    assert (quick.pace, slow.pace) == (0.01, 0.1)
    better = answer(slow, 1.0, now=2.0)
    assert 0.05 < better.pace < 0.1
    assert answer(slow, 1.0, now=1000.0).pace == pytest.approx(0.01)


def test_a_first_token_is_late_by_its_own_server_s_habits() -> None:
    assert Load().late_after == UNKNOWN_FIRST
    load = Load()
    for _ in range(40):
        load = answer(load, 3.0, first=2.0)
    assert 2.0 <= load.late_after < 2.1
    assert answer(Load(), 1.0, first=0.01).late_after == SOONEST_DOUBT


def test_a_prompt_s_tokens_cost_less_than_an_answer_s() -> None:
    assert predicted_work(800, 100) == 200.0


def candidates(*loads: Load) -> list[Candidate]:
    return [Candidate(f"http://h{at}", load) for at, load in enumerate(loads)]


@pytest.mark.parametrize("policy", list(Balancing))
def test_ties_go_round_by_turns(policy: Balancing) -> None:
    loads = [Load(picked=0) for _ in range(3)]
    seen = []
    for number in range(1, 7):
        prefix = "" if policy is not Balancing.PREFIX_AFFINITY else str(number)
        at = order(policy, candidates(*loads), 10.0, prefix)[0]
        loads[at] = replace(loads[at], picked=number)
        seen.append(at)
    if policy is not Balancing.PREFIX_AFFINITY:
        assert seen == [0, 1, 2, 0, 1, 2]


@pytest.mark.parametrize(
    ("policy", "loads", "first"),
    [
        (Balancing.LEAST_LOADED, [Load(in_flight=2), Load(in_flight=1, picked=9)], 1),
        (Balancing.RESPONSE_TIME, [Load(pace=0.1), Load(pace=0.01, work=50.0)], 1),
        (Balancing.RESPONSE_TIME, [Load(pace=0.1), Load(pace=0.01, work=5000.0)], 0),
        (Balancing.RESPONSE_TIME, [Load(pace=0.1), Load()], 0),
        (Balancing.RESOURCE_USAGE, [Load(in_flight=2, limit=4), Load(in_flight=3, limit=16)], 1),
        (Balancing.ROUND_ROBIN, [Load(picked=5), Load(in_flight=3, picked=2)], 1),
    ],
)
def test_a_policy_prefers(policy: Balancing, loads: list[Load], first: int) -> None:
    assert order(policy, candidates(*loads), 100.0)[0] == first


def test_a_server_nobody_knows_is_tried_while_the_known_one_is_busy() -> None:
    loads = [Load(pace=0.05, work=100.0, in_flight=1), Load()]
    assert order(Balancing.RESPONSE_TIME, candidates(*loads), 100.0)[0] == 1


def test_the_same_prefix_goes_to_the_same_server_until_that_is_much_busier() -> None:
    idle = candidates(Load(), Load(), Load(), Load())
    places = {prefix: order(Balancing.PREFIX_AFFINITY, idle, 1.0, prefix)[0] for prefix in "abcdef"}
    assert len(set(places.values())) > 1
    for prefix, place in places.items():
        loads = [Load(picked=9) for _ in range(4)]
        assert order(Balancing.PREFIX_AFFINITY, candidates(*loads), 1.0, prefix)[0] == place
        loads[place] = Load(in_flight=6)
        assert order(Balancing.PREFIX_AFFINITY, candidates(*loads), 1.0, prefix)[0] != place


def test_losing_a_server_moves_only_its_own_prefixes() -> None:
    four = candidates(Load(), Load(), Load(), Load())
    for prefix in map(str, range(50)):
        with_all = four[order(Balancing.PREFIX_AFFINITY, four, 1.0, prefix)[0]].url
        without = [each for each in four if each.url != "http://h2"]
        then = without[order(Balancing.PREFIX_AFFINITY, without, 1.0, prefix)[0]].url
        assert with_all in (then, "http://h2")


def anyone(_who: str) -> bool:
    return True


def test_urgent_requests_go_first() -> None:
    line: Line[str] = Line()
    urgencies: tuple[Urgency, ...] = ("background", "explain", "edit")
    for urgency in urgencies:
        line.join(urgency, Turn(urgency), 1.0)
    assert [line.next(anyone) for _ in range(4)] == ["edit", "explain", "background", None]


def test_a_workspace_with_many_requests_does_not_starve_another() -> None:
    line: Line[str] = Line()
    for number in range(50):
        line.join(f"a{number}", Turn("edit", "a"), 1000.0)
    line.join("b", Turn("edit", "b"), 1000.0)
    served = [line.next(anyone) for _ in range(6)]
    assert "b" in served


def test_large_requests_get_no_larger_share_than_small_ones() -> None:
    line: Line[str] = Line()
    for number in range(400):
        line.join(f"large{number}", Turn("edit", "large"), 4 * QUANTUM)
        line.join(f"small{number}", Turn("edit", "small"), QUANTUM / 4)
    served = [line.next(anyone) or "" for _ in range(340)]
    large = sum(each.startswith("large") for each in served)
    assert large * 4 * QUANTUM == pytest.approx((340 - large) * QUANTUM / 4, rel=0.2)


def test_who_cannot_be_served_yet_holds_nobody_up() -> None:
    line: Line[str] = Line()
    line.join("stuck", Turn("edit", "a"), 1.0)
    line.join("ready", Turn("edit", "a"), 1.0)
    assert line.next(lambda who: who == "ready") == "ready"
    assert line.next(lambda who: who == "ready") is None
    assert len(line) == 1


def test_whoever_leaves_is_not_served() -> None:
    line: Line[str] = Line()
    chance = random.Random(1)
    names = [f"r{number}" for number in range(60)]
    for name in names:
        line.join(name, Turn("edit", chance.choice("abc")), chance.uniform(1, 9000))
    for name in names[::2]:
        line.leave(name)
    line.leave("never there")
    served = {line.next(anyone) for _ in range(30)}
    assert served == set(names[1::2])
    assert (len(line), line.next(anyone)) == (0, None)
