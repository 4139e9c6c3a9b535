"""A target is found again only where that is beyond doubt."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from camus.actions import ACTIONS, Offer
from camus.analysis import Finding
from camus.lsp.tickets import BadTicket, Stale, find, mark, pack, ticket_for, unpack
from camus.source import Document, Span

TEXT = "a = 1\n\n\ndef f():\n    return a\n"
TARGET = Span(TEXT.index("def"), len(TEXT))


def _document(text: str, version: int) -> Document:
    return Document("file:///a.py", text, "python", version)


TICKET = mark("refactor", _document(TEXT, 3), TARGET)


def test_a_ticket_survives_the_client() -> None:
    finding = Finding("F401", "unused", Span(2, 4), severity="error", source="ruff")
    offer = Offer(ACTIONS["fix"], "Fix", TARGET, (finding,))
    ticket = ticket_for(offer, _document(TEXT, 3))
    again = unpack(json.loads(json.dumps(pack(ticket))))
    assert again == ticket
    assert [problem.finding() for problem in again.diagnostics] == [finding]


@pytest.mark.parametrize(
    "data",
    [None, 1, [], {}, {"v": 2}, {**json.loads(json.dumps(pack(TICKET))), "span": {"start": 2}}],
)
def test_other_data_is_refused(data: object) -> None:
    with pytest.raises(BadTicket):
        unpack(data)


def test_the_same_version_needs_no_search() -> None:
    twice = _document(TEXT + TEXT, 3)
    ticket = mark("refactor", twice, TARGET)
    assert find(ticket, twice) == TARGET


@pytest.mark.parametrize("before", ["", "# new\n" * 3, "日😀\n"])
def test_an_unchanged_target_is_found_where_it_moved(before: str) -> None:
    assert find(TICKET, _document(before + TEXT, 4)) == TARGET.shift(len(before))


def test_text_removed_before_the_target_moves_it_back() -> None:
    assert find(TICKET, _document(TEXT[TARGET.start :], 9)) == Span(0, len(TARGET))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (TEXT.replace("return a", "return b"), "changed"),
        ("", "changed"),
        (TEXT[:-1], "changed"),
        (TEXT + TEXT, "twice"),
    ],
)
def test_a_changed_or_doubled_target_is_stale(text: str, why: str) -> None:
    with pytest.raises(Stale, match=why):
        find(TICKET, _document(text, 4))


def test_the_same_version_with_other_text_is_not_trusted() -> None:
    with pytest.raises(Stale):
        find(TICKET, _document(TEXT.replace("return", "yield"), 3))


def test_an_empty_place_cannot_be_found_again() -> None:
    ticket = mark("implement", _document(TEXT, 3), Span(4, 4))
    assert find(ticket, _document(TEXT, 3)) == Span(4, 4)
    with pytest.raises(Stale):
        find(ticket, _document("x" + TEXT, 4))


def test_a_head_that_stands_everywhere_ends_in_a_refusal_not_in_a_long_search() -> None:
    text = "x" * 50_000
    ticket = mark("refactor", _document("x" * 200 + "y", 1), Span(0, 201))
    with pytest.raises(Stale):
        find(ticket, _document(text, 2))


def test_moved_diagnostics_stay_inside_the_text() -> None:
    finding = Finding("F1", "m", Span(2, 4))
    (problem,) = mark("fix", _document(TEXT, 3), TARGET, (finding,)).diagnostics
    assert problem.finding(-3) == replace(finding, span=Span(0, 1))
