"""The edits of tests/cases/quality, judged with the real tools."""

from __future__ import annotations

import codecs
import re
from collections import Counter

import pytest

from camus.analysis import Tools
from camus.quality import Meant, Report, compare_texts
from camus.source import Document
from support.cases import FOLDER, Case, cases_in

CASES = [case for path in sorted((FOLDER / "quality").glob("*.md")) for case in cases_in(path)]
_ESCAPE = re.compile(r"\\(?:n|t|u[0-9a-fA-F]{4})")


def _plain(text: str) -> str:
    return _ESCAPE.sub(lambda match: codecs.decode(match[0], "unicode_escape"), text)


def _texts(case: Case) -> tuple[Document, Document]:
    before, _ = case.document()
    old, new = _plain(case.first("old")), _plain(case.first("new"))
    assert before.text.count(old) == 1, f"{case}: `{old}` stands {before.text.count(old)} times"
    after = before.text.replace(old, new)
    return before, Document(before.uri, after, before.language)


def _fits(score: str, report: Report) -> bool:
    match score:
        case "good":
            return report.score >= 0.9
        case "fair":
            return 0.6 <= report.score < 1
        case "poor":
            return 0 < report.score < 0.8
        case _:
            return bool(report.refusals) and report.score == 0


@pytest.mark.parametrize("case", CASES, ids=str)
async def test_an_edit_is_judged_as_its_case_says(case: Case, tools: Tools) -> None:
    before, after = _texts(case)
    meant = Meant(case.first("as", "refactor"), case.first("instruction"))
    report = await compare_texts(before, after, tools, meant=meant)
    assert _fits(case.first("score"), report), report
    brought = {each.rule for each in report.introduced}
    assert set(case.attributes.get("brings", ())) <= brought, report
    assert set(case.attributes.get("mends", ())) <= {each.rule for each in report.removed}, report
    said = " ".join((*report.refusals, *report.suggestions, *(p.detail for p in report.parts)))
    for words in case.attributes.get("says", ()):
        assert words in said, report
    if case.first("score") == "good":
        assert not [each for each in report.introduced if each.severity != "info"], report


def test_there_are_enough_cases_in_enough_languages() -> None:
    counts = Counter(case.language for case in CASES)
    assert sum(counts.values()) >= 150
    assert len(counts) >= 8
    kinds = Counter(case.first("score") for case in CASES)
    assert set(kinds) == {"good", "fair", "poor", "refused"}
    edits = {(case.blocks["before"], case.first("old"), case.first("new")) for case in CASES}
    same = len(CASES) - len(edits)
    assert same <= 2, "an edit may be judged as two things, but each case is one of its own"
