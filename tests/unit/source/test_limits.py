"""Texts that a grammar could only read in minutes are read by lines."""

from __future__ import annotations

import pytest

from camus.source import Document, Span, definitions, enclosing

CODE = "def area(width):\n    return width\n"


@pytest.mark.parametrize(
    "comments",
    ["# one\n" * 50_000, "\n# one\n" * 20_000, "    # one\n" * 20_000],
    ids=["below", "with blanks", "in the body"],
)
def test_a_sea_of_comment_lines_is_read_by_lines(comments: str) -> None:
    document = Document("file:///a.py", CODE + comments + CODE, "python")
    assert definitions(document) == ()
    assert enclosing(document, Span(4, 4)).kind == "lines"


def test_many_comments_between_statements_are_no_sea() -> None:
    document = Document("file:///a.py", (CODE + "# one\n" * 20) * 400, "python")
    assert len(definitions(document)) == 400
