"""When a server is out of use, for how long, and who may try it again."""

from __future__ import annotations

import pytest

from camus.models import (
    Cut,
    Failed,
    Looped,
    Malformed,
    Missing,
    ModelError,
    Overflow,
    RateLimited,
    Rejected,
    TimedOut,
    Unauthorised,
    Unreachable,
)
from camus.models.health import (
    FIRST_EJECTION,
    LONGEST_EJECTION,
    LONGEST_WAIT,
    STRIKES,
    UNTOLD_WAIT,
    Health,
    abandoned,
    began,
    failed,
    probed,
    succeeded,
)

BROKEN = (Failed("500"), TimedOut("late"), Cut("cut"), Malformed("strange"))
REFUSED = (Rejected("no"), Missing("no model"), Unauthorised("key"), Overflow("long"))


def after(*errors: ModelError, now: float = 10.0) -> Health:
    health = Health()
    for error in errors:
        health = failed(health, error, now)
    return health


def test_a_refused_or_reset_connection_ejects_at_once() -> None:
    health = after(Unreachable("refused"))
    assert health.ejected
    assert health.access(10.0) == "shut"
    assert health.access(10.0 + FIRST_EJECTION) == "trial"


@pytest.mark.parametrize("error", BROKEN, ids=lambda error: type(error).__name__)
def test_three_failures_in_a_row_eject_and_two_do_not(error: ModelError) -> None:
    assert after(*[error] * (STRIKES - 1)).access(10.0) == "open"
    assert after(*[error] * STRIKES).access(10.0) == "shut"


def test_a_request_that_fails_again_at_a_server_counts_once() -> None:
    health = after(*BROKEN[:1] * (STRIKES - 1))
    for _ in range(9):
        health = failed(health, BROKEN[0], 10.0, again=True)
    assert health.access(10.0) == "open"
    trial = began(after(Unreachable("x")))
    assert failed(trial, BROKEN[0], 10.0, again=True).access(10.0) == "shut", "it is no trial"


def test_an_answer_between_failures_begins_the_count_anew() -> None:
    health = succeeded(after(Failed("a"), Failed("b")))
    assert failed(health, Failed("c"), 10.0).access(10.0) == "open"


@pytest.mark.parametrize("error", REFUSED, ids=lambda error: type(error).__name__)
def test_a_refusal_never_ejects_and_ends_an_ejection(error: ModelError) -> None:
    assert after(*[error] * 9).access(10.0) == "open"
    assert failed(began(after(Unreachable("x"))), error, 99.0).access(99.0) == "open"


def test_a_model_that_loops_is_no_fault_of_its_server() -> None:
    assert after(*[Looped("again and again")] * 9).access(10.0) == "open"


def test_ejections_in_a_row_grow_up_to_a_bound() -> None:
    health, lengths = Health(), []
    for _ in range(8):
        health = failed(began(health), Unreachable("x"), 0.0)
        lengths.append(health.until)
    assert lengths[:3] == [FIRST_EJECTION, 2 * FIRST_EJECTION, 4 * FIRST_EJECTION]
    assert lengths[-1] == LONGEST_EJECTION


def test_half_open_lets_exactly_one_request_through() -> None:
    health = began(after(Unreachable("x")))
    assert health.access(100.0) == "shut"
    assert succeeded(health).access(100.0) == "open"
    assert failed(health, Failed("still"), 100.0).access(100.0) == "shut"


def test_a_cancelled_trial_leaves_the_way_to_the_next_one() -> None:
    assert abandoned(began(after(Unreachable("x")))).access(100.0) == "trial"


def test_a_probe_that_found_it_well_opens_the_trial_early() -> None:
    health = after(Unreachable("x"))
    assert probed(health, well=True).access(10.1) == "trial"
    assert probed(health, well=False).access(10.1) == "shut"
    assert probed(Health(), well=True) == Health()


@pytest.mark.parametrize(
    ("told", "seconds"), [(7.0, 7.0), (None, UNTOLD_WAIT), (9e9, LONGEST_WAIT), (-3.0, 0.0)]
)
def test_a_429_waits_what_it_is_told(told: float | None, seconds: float) -> None:
    health = after(RateLimited("wait", retry_after=told))
    assert not health.ejected
    assert health.usable_at(10.0) == 10.0 + seconds
    assert health.access(10.0 + seconds) == "open"


def test_untold_waits_grow() -> None:
    health = after(*[RateLimited("wait")] * 3)
    assert health.usable_at(10.0) == 10.0 + 4 * UNTOLD_WAIT
