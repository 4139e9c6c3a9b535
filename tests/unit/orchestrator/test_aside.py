"""Short work on a parsed text stays where it is asked for; anything else goes to a thread."""

from __future__ import annotations

import threading

import pytest

from camus.orchestrator.aside import SHORT_FILE, SHORT_PIECE, aside
from camus.source import Document, definitions

TEXT = "def area(width):\n    return width * width\n"


def document(text: str = TEXT, *, parsed: bool = True) -> Document:
    made = Document("file:///shapes.py", text, "python")
    if parsed:
        definitions(made)
    return made


async def test_short_work_on_a_parsed_text_is_done_at_once() -> None:
    here = threading.get_ident()
    assert await aside(document(), len(TEXT), threading.get_ident) == here


@pytest.mark.parametrize(
    ("text", "piece", "parsed"),
    [
        (TEXT, len(TEXT), False),
        (TEXT, SHORT_PIECE + 1, True),
        (TEXT * (SHORT_FILE // len(TEXT) + 1), len(TEXT), True),
    ],
    ids=["nobody parsed it", "a long piece", "a long file"],
)
async def test_what_may_take_long_goes_to_a_thread(text: str, piece: int, parsed: bool) -> None:
    here = threading.get_ident()
    assert await aside(document(text, parsed=parsed), piece, threading.get_ident) != here


async def test_arguments_results_and_errors_pass_through() -> None:
    assert await aside(document(), 1, "{}-{x}".format, 1, x=2) == "1-2"
    with pytest.raises(ValueError, match="invalid literal"):
        await aside(document(), 1, int, "no number")
