"""Which texts the benchmark of planted errors takes for one that holds the error."""

from __future__ import annotations

import pytest

from bench.edits.making import Made
from bench.reached import Case, holds_error

BEFORE = """def total(rows):
    if not rows:
        raise ValueError("no rows")
    result = 0
    for row in rows:
        result += row
    return result
"""
BAD = BEFORE.replace("return result", "return eval(str(result))")
GOOD = BEFORE.replace("result", "outcome")
CASE = Case(
    Made("injected_eval", False, True, "refactor", BEFORE, BAD, "total", 0, "a.py"),
    Made("renamed_local", True, True, "refactor", BEFORE, GOOD, "total", 0, "a.py"),
)


@pytest.mark.parametrize(
    ("text", "held"),
    [
        (BAD, True),
        (BAD.replace('"no rows"', "'no rows'"), True),
        (BEFORE, False),
        (GOOD, False),
        (GOOD.replace('"no rows"', "'no rows'"), False),
        (BEFORE.replace("if not rows", "if len(rows) == 0"), False),
    ],
)
def test_a_text_holds_the_error_when_it_is_nearest_to_the_bad_answer(text: str, held: bool) -> None:
    assert holds_error(text, CASE) is held
