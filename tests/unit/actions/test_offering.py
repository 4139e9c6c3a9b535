"""What it costs to offer: nothing is read of a file but what lies at the place."""

from __future__ import annotations

import pytest

from camus.actions import applicable
from camus.source import Document, Span

TEXT = "LIMIT = 10\nTOTAL = LIMIT * 2\n\n\ndef area(width):\n    return width\n\n\nREST = 1\n"


@pytest.mark.parametrize(
    ("chosen", "offered"),
    [
        ("LIMIT = 10\n", ["refactor", "explain", "review"]),
        ("def area(width):\n    return width\n", ["refactor", "document", "explain", "review"]),
        (TEXT[:-2], ["refactor", "document", "explain", "review"]),
        ("", []),
    ],
)
def test_offers_at_module_level_read_no_module(chosen: str, offered: list[str]) -> None:
    document = Document("file:///a.py", TEXT, "python")
    start = TEXT.find(chosen) if chosen else TEXT.find("\n\n") + 1
    offers = applicable(document, Span(start, start + len(chosen)))
    assert [each.action.id for each in offers] == offered
    assert "module" not in document.memo
