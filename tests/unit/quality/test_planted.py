"""The planted issues of the bench are what its page says; `python -m bench planted` measures."""

from __future__ import annotations

from collections import Counter

from bench.planted import flagged, planted
from camus.quality import Part, Report


def test_there_are_enough_planted_issues_and_each_is_one_of_its_own() -> None:
    issues = planted()
    assert len(issues) >= 150
    assert len({(each.good, each.bad) for each in issues}) == len(issues)
    assert all(each.good != each.bad for each in issues)
    assert not any(mark in each.good + each.bad for each in issues for mark in "⟦¦⟧")
    aspects = Counter(each.aspect for each in issues)
    assert set(aspects) == {"correctness", "security", "performance", "style", "consistency"}
    assert len({each.language for each in issues}) >= 8


def test_only_what_speaks_of_the_aspect_flags_an_issue() -> None:
    slow = Report(0.9, parts=(Part("performance", 0.5, 1.0), Part("style", 1.0, 1.0)))
    assert flagged("performance", slow)
    assert not flagged("style", slow)
    assert not flagged("security", Report(0.0, ("The new code does not parse.",)))
    assert flagged("security", Report(0.0, ("It adds the invisible character U+200B.",)))
