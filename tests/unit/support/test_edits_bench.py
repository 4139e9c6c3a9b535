"""The machinery of the quality benchmark: its kinds are fixed, its sample the same every time."""

from __future__ import annotations

import ast
import random
import sys
from collections import Counter
from collections.abc import Iterable

import pytest

from bench.edits.bad import KINDS
from bench.edits.good import GOODS
from bench.edits.making import Made, edits, of_piece
from bench.edits.piece import Piece
from bench.quality import THRESHOLD, auc, judged

SAMPLE = '''import os


@staticmethod
def totals(rows, limit=10, *, name=None):
    """Add up rows."""
    out = []
    # A row may be empty.
    for row in rows:
        if not row:
            continue
        if len(row) > limit:
            raise ValueError("too long")
        try:
            value = int(row[0].strip())
        except ValueError:
            value = 0
        out.append(min(value, limit))
    if name is None:
        return sum(out) + limit * 2
    return os.path.join(name, str(len(out)))
'''


def piece() -> Piece:
    node = ast.parse(SAMPLE).body[1]
    assert isinstance(node, ast.FunctionDef)
    return Piece(SAMPLE, node, random.Random(1), "totals")


def made() -> list[Made]:
    return list(of_piece(piece(), "a.py"))


def test_there_are_thirty_kinds_and_each_has_its_reason() -> None:
    assert len(KINDS) >= 30
    assert len({kind.name for kind in KINDS}) == len(KINDS)
    assert all(kind.why for kind in KINDS)
    assert {kind.visible for kind in KINDS} == {True, False}
    assert len(GOODS) >= 10


def test_every_bad_edit_is_also_made_backwards_as_a_good_one() -> None:
    bad = {(m.kind, m.before, m.after) for m in made() if not m.good}
    undone = {(m.kind.removeprefix("undo "), m.after, m.before) for m in made() if m.good}
    assert bad <= undone
    assert len({kind for kind, _, _ in bad}) >= 30


def test_the_same_seed_makes_the_same_edits() -> None:
    assert made() == made()


def test_good_edits_parse_and_differ() -> None:
    good = [m for m in made() if m.good and not m.kind.startswith("undo")]
    assert len(good) >= 5
    for each in good:
        ast.parse(each.after)
        assert each.after != each.before


@pytest.mark.parametrize(
    ("good", "bad", "value"),
    [([1, 1], [0], 1.0), ([0], [1], 0.0), ([0.5], [0.5], 0.5), ([0.2, 0.8], [0.5], 0.5)],
)
def test_the_area_is_the_share_of_pairs_in_order(
    good: list[float], bad: list[float], value: float
) -> None:
    assert auc(good, bad) == value


def chosen(kinds: Iterable[str]) -> list[Made]:
    wanted = set(kinds)
    return [m for m in made() if m.kind in wanted and m.asked != "document"]


@pytest.mark.skipif(sys.platform != "linux", reason="the sandbox needs Linux")
async def test_a_small_sample_is_told_apart() -> None:
    kinds = ("lost_bracket", "undefined_name", "injected_eval", "dropped_raise", "renamed_local")
    found = await judged(chosen(kinds), behaviour=True)
    assert {each.score >= THRESHOLD for each in found if each.made.good} == {True}
    assert {each.score < THRESHOLD for each in found if not each.made.good} == {True}


def test_kinds_that_few_functions_have_room_for_are_made_of_further_ones() -> None:
    made = Counter(each.kind for each in edits(2, seed=3) if each.asked == "fix" and not each.good)
    assert set(made) == {kind.name for kind in KINDS}
    assert min(made.values()) >= 5
