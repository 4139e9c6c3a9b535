"""Positions and spans, in all three encodings, against a slow reference written from the text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types as lsp

from camus.lsp.capabilities import Encoding
from camus.lsp.positions import offset_at, position_at, range_of, span_of
from camus.source import Document, Span

ENCODINGS: tuple[Encoding, ...] = ("utf-8", "utf-16", "utf-32")
TEXTS = st.text(st.sampled_from("ab\n\r\t é日😀\x0c\x0b\x85\u2028\u2029\ufeff"), max_size=40)


def _document(text: str) -> Document:
    return Document("file:///a.py", text, "python", 1)


def _units(text: str, encoding: Encoding) -> int:
    return {
        "utf-8": len(text.encode()),
        "utf-16": len(text.encode("utf-16-le")) // 2,
        "utf-32": len(text),
    }[encoding]


@pytest.mark.parametrize(
    ("encoding", "character", "offset"),
    [
        ("utf-8", 0, 0),
        ("utf-8", 3, 1),
        ("utf-8", 4, 1),
        ("utf-8", 7, 2),
        ("utf-8", 8, 3),
        ("utf-16", 1, 1),
        ("utf-16", 2, 1),
        ("utf-16", 3, 2),
        ("utf-16", 4, 3),
        ("utf-32", 2, 2),
    ],
)
def test_a_position_inside_a_character_means_its_start(
    encoding: Encoding, character: int, offset: int
) -> None:
    assert offset_at(_document("日😀x"), lsp.Position(0, character), encoding) == offset


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_position_past_the_end_is_clamped_to_it(encoding: Encoding) -> None:
    document = _document("ab\r\ncd")
    assert offset_at(document, lsp.Position(0, 99), encoding) == 2
    assert offset_at(document, lsp.Position(1, 99), encoding) == 6
    assert offset_at(document, lsp.Position(9, 0), encoding) == 6


def test_the_request_s_position_is_left_alone() -> None:
    position = lsp.Position(0, 99)
    offset_at(_document("ab"), position, "utf-16")
    assert position == lsp.Position(0, 99)


def test_only_lf_crlf_and_cr_break_lines() -> None:
    document = _document("a\x0cb\x0bc\x85d\u2028e\u2029f\ng\rh\r\ni")
    assert position_at(document, len(document.text), "utf-16") == lsp.Position(3, 1)
    assert offset_at(document, lsp.Position(0, 11), "utf-16") == 11


def test_a_range_that_runs_backwards_is_turned_round() -> None:
    place = lsp.Range(lsp.Position(0, 3), lsp.Position(0, 1))
    assert span_of(_document("abcd"), place, "utf-16") == Span(1, 3)


@given(text=TEXTS, data=st.data())
def test_every_offset_outside_a_line_break_round_trips(text: str, data: st.DataObject) -> None:
    document = _document(text)
    offset = data.draw(st.integers(0, len(text)))
    if text[offset - 1 : offset + 1] == "\r\n" and offset:
        return
    for encoding in ENCODINGS:
        position = position_at(document, offset, encoding)
        assert offset_at(document, position, encoding) == offset
        before = text[:offset].replace("\r\n", "\n").replace("\r", "\n")
        line = before.rpartition("\n")[2]
        assert position == lsp.Position(before.count("\n"), _units(line, encoding))


@given(text=TEXTS, line=st.integers(0, 50), character=st.integers(0, 60))
def test_any_position_lies_inside_the_text(text: str, line: int, character: int) -> None:
    document = _document(text)
    for encoding in ENCODINGS:
        offset = offset_at(document, lsp.Position(line, character), encoding)
        assert 0 <= offset <= len(text)
        assert offset_at(document, position_at(document, offset, encoding), encoding) == offset


def test_a_range_of_a_whole_text_without_a_final_newline_lies_inside_it() -> None:
    document = _document("a\nbc")
    assert range_of(document, document.span, "utf-16") == lsp.Range(
        lsp.Position(0, 0), lsp.Position(1, 2)
    )
