"""No text and no edit makes the checks raise or stand still, in any language."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from camus.analysis import Tools, structural
from camus.analysis.rulefiles import FAMILIES
from camus.quality import MEANT, Meant, Report, compare_texts
from camus.quality.change import change_of
from camus.quality.changes import as_draft
from camus.quality.cutting import cut_away, fewer_returns
from camus.quality.gates import refusals
from camus.quality.parts import consistency, minimality
from camus.quality.spoken import spoken
from camus.source import Document

LANGUAGES = [*FAMILIES, "text", "haskell"]
_PIECES = st.sampled_from(
    (
        *(
            "def f(x):\n",
            "    return x\n",
            "if a {\n",
            "}\n",
            "for (;;) {",
            "'",
            '"',
            "/*",
            "*/",
            "#",
        ),
        *("\r", "\r\n", "\0", "\ud800", "\u202e", "\u200b", "\u0435", "eval(", "rm -rf /", "`"),
        *("\\", "<<EOF\n", "end\n", "\t", "=>", "select * from t where a = ", "(((((((((", "]]]]]"),
        *("password = 'hunter2hunter2'\n", "<?php ", "$x"),
    )
)
_TEXTS = st.lists(st.one_of(_PIECES, st.text(max_size=12)), max_size=30).map("".join)


def _quiet(before: str, after: str, language: str, what: str) -> None:
    """Everything the checks do but for starting a tool."""
    old, new = (Document("untitled:a", text, language) for text in (before, after))
    change = change_of(*as_draft(old, new, Meant(what)))
    refusals(change)
    cut_away(change)
    fewer_returns(change)
    minimality(change)
    consistency(change)
    spoken(new)
    spoken(new, change.changed)
    if not any("\ud800" <= each <= "\udfff" for each in after):
        structural.look(new, "findings")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_TEXTS, _TEXTS, st.sampled_from(LANGUAGES), st.sampled_from(list(MEANT)))
def test_no_text_makes_the_checks_raise(before: str, after: str, language: str, what: str) -> None:
    _quiet(before, after, language, what)


DEEP = {
    "brackets": "(" * 2000,
    "closed brackets": "(" * 800 + ")" * 800,
    "blocks": "if (a) {" * 400 + "}" * 400,
    "a long line": "x = 1; " * 2_000,
    "a long word": "a" * 50_000,
    "many lines": "x = x + 1\n" * 1_000,
    "nulls": "\0" * 1000,
    "quotes": "'\"`" * 1000,
    "operators": "a + " * 1000 + "a",
    "spaces": " " * 50_000,
    "commands": "curl " * 3_000,
    "selects": '"SELECT ' * 1_000,
}


@pytest.mark.parametrize("language", ["python", "javascript", "go", "php"])
@pytest.mark.parametrize("text", DEEP.values(), ids=DEEP)
def test_what_is_deep_or_long_is_judged_too(text: str, language: str) -> None:
    _quiet("x = 1\n", text, language, "change")
    _quiet(text, "x = 1\n", language, "refactor")


ODD = ["x = '\ud800'\n", "\0", "\ufeffx = 2\n", "x = 1\r", "x = 1\n" * 3]


@pytest.mark.parametrize("after", ODD, ids=range(len(ODD)))
async def test_odd_texts_have_a_report(tools: Tools, after: str) -> None:
    before = Document("untitled:a.py", "x = 1\n", "python")
    report = await compare_texts(before, Document("untitled:a.py", after, "python"), tools)
    assert isinstance(report, Report)
    assert 0 <= report.score <= 1
    assert 0 <= report.confidence <= 1
