"""What real work shows of a model after its probe, and the state of its servers."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camus.config import Capability
from camus.models import Measured, ModelError, Models, Observed, Sampling, Skill, Tally
from camus.models.measured import MOST_OBSERVED, begun, capabilities_shown, updated
from support.prompts import QUICK, cleared, configured, model_at
from support.servers import Fault, Ollama, closed_port

PROBED = Measured(
    digest="d",
    at=1.0,
    skills={"edit": Tally(6, 6), "code": Tally(6, 6), "fix": Tally(6, 6)},
    first_token=0.5,
    tokens_a_second=40.0,
)


def test_answers_that_cannot_be_read_take_a_skill_back() -> None:
    assert capabilities_shown(PROBED)[Capability.CODE_SPECIALIZED]
    since = updated(PROBED, Observed(answers=30, misformed=27))
    assert since.skills["edit"] == Tally(8, 26)
    assert since.verdict(Skill.EDIT) == "no"
    assert not capabilities_shown(since)[Capability.CODE_SPECIALIZED]


def test_only_what_came_after_the_probe_counts() -> None:
    seen = Observed(answers=30, misformed=27)
    kept = begun(PROBED, seen)
    assert updated(kept, seen).skills == PROBED.skills
    assert updated(kept, Observed(answers=32, misformed=27)).skills["edit"] == Tally(8, 8)
    assert updated(kept, Observed()).skills == PROBED.skills, "the journal was forgotten"


def test_real_answers_tell_the_speed_once_there_are_some() -> None:
    slow = {"first_token": 4.0, "tokens_a_second": 5.0}
    assert updated(PROBED, Observed(timed=4, **slow)).tokens_a_second == 40.0
    since = updated(PROBED, Observed(timed=5, **slow))
    assert (since.first_token, since.tokens_a_second) == (4.0, 5.0)
    assert not capabilities_shown(since)[Capability.FAST_INFERENCE]


@given(st.integers(0, 5000), st.integers(0, 5000))
def test_work_never_drowns_a_probe(answers: int, misformed: int) -> None:
    tally = updated(PROBED, Observed(answers, misformed)).skills["edit"]
    assert 6 <= tally.tried <= 6 + MOST_OBSERVED
    assert 0 <= tally.passed <= tally.tried


async def test_a_kept_probe_is_told_with_what_was_seen_since() -> None:
    seen = [Observed(answers=10)]
    with Ollama("ok") as server:
        config = configured(model_at(server.url))
        models = Models(config, env={}, observed=lambda _name: seen[0])
        await models.refresh()
        kept = await models.measured("coder", PROBED)
        assert kept.measured is not None
        assert kept.measured.skills["edit"] == Tally(6, 6)
        seen[0] = Observed(answers=14, misformed=1)
        (profile,) = await models.refresh()
        assert profile.measured is not None
        assert profile.measured.skills["edit"] == Tally(9, 10)
        await models.close()


async def test_the_servers_of_a_model_are_shown_as_they_are() -> None:
    broken = Fault("status", status=500)
    with Ollama(broken) as near, closed_port() as nothing:
        models = Models(configured(model_at(near.url, replicas=(nothing,))), env={})
        await models.refresh()
        well, gone = models.replicas("coder")
        assert (well.use, gone.use) == ("yes", "unreachable")
        assert "refused" in gone.why
        assert well.limit >= 1
        for _ in range(4):
            with pytest.raises(ModelError):
                await models.generate("coder", cleared(), Sampling(), QUICK)
        out, _ = models.replicas("coder")
        assert (out.use, "something broke" in out.why) == ("no", True)
        near.script = lambda _asked: "ok"
        async with asyncio.timeout(5):
            while models.replicas("coder")[0].use != "trial":  # noqa: ASYNC110 - it has no event
                await asyncio.sleep(0.05)
        await models.close()
