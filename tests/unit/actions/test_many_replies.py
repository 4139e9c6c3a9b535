"""A seeded sample of the benchmark's replies: whole ones read right, harmed ones never harmful."""

from __future__ import annotations

from collections import Counter

from bench.replies import counted
from support.rendering import FORMS

SAMPLE = 64
SEED = 7
HARD = {"lazy": 0.5}
"""Forms of which a part may be refused: what was left out is not always certain."""


async def test_whole_replies_are_read_right_and_harmed_ones_never_break_the_file() -> None:
    counts, _ = await counted(SAMPLE, SEED)
    for (harmed, kind), row in counts.items():
        assert not row["broken"], kind
        assert not row["lost"], kind
        if harmed:
            continue
        assert not row["other"], kind
        assert row["right"] >= HARD.get(kind, 1) * row.total(), (kind, row)
    whole = sum((row for key, row in counts.items() if not key[0]), Counter[str]())
    assert {kind for harmed, kind in counts if not harmed} == set(FORMS)
    assert whole["right"] >= 0.95 * whole.total()
