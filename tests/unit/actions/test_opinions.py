"""What a second model says of a change, in whatever form it says it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camus.actions import Opinion, read_opinion


@pytest.mark.parametrize(
    ("reply", "opinion"),
    [
        ("VERDICT: accept\nREASON: none", Opinion("accept", "none")),
        ("verdict: Approved", Opinion("accept")),
        ("VERDICT: reject\nREASON: it drops the loop", Opinion("reject", "it drops the loop")),
        ("**Verdict:** reject\n**Reason:** `x` is lost", Opinion("reject", "x` is lost")),
        ("Verdict - minor\nReason - the name is odd", Opinion("minor", "the name is odd")),
        ('{"verdict": "reject", "reason": "no check"}', Opinion("reject", "no check")),
        ('```json\n{"Verdict": "MINOR", "Reason": "style"}\n```', Opinion("minor", "style")),
        ("<think>VERDICT: reject</think>\nVERDICT: accept", Opinion("accept")),
        ("I first thought VERDICT: reject.\nVERDICT: accept\nREASON: none",
         Opinion("accept", "none")),
        ("VERDICT: reject", None),
        ("It looks fine to me.", None),
        ("VERDICT: perhaps", None),
        ("", None),
    ],
)  # fmt: skip
def test_an_opinion_is_read_or_there_is_none(reply: str, opinion: Opinion | None) -> None:
    assert read_opinion(reply) == opinion


@given(st.text())
def test_reading_never_raises(reply: str) -> None:
    read_opinion(reply)
    read_opinion(f"VERDICT: reject REASON: {reply}")
