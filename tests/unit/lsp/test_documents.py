"""Documents stay in step with what a client does to them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lsprotocol import types as lsp

from camus.lsp.capabilities import Encoding
from camus.lsp.documents import Documents
from camus.source import Document, Span, enclosing

URI = "file:///w/a.py"
PIECES = st.text(
    st.sampled_from("ab\n\r\r\n é日😀\x0b\x0c\x00\x85\u2028\u2029\u0301\ud83d"), max_size=12
)


def _opened(text: str, encoding: Encoding = "utf-16", language: str = "python") -> Documents:
    documents = Documents(encoding)
    documents.open(lsp.TextDocumentItem(URI, language, 1, text))
    return documents


def _change(version: int, *changes: lsp.TextDocumentContentChangeEvent) -> object:
    return lsp.DidChangeTextDocumentParams(
        lsp.VersionedTextDocumentIdentifier(version, URI), list(changes)
    )


def _partial(start: tuple[int, int], end: tuple[int, int], text: str) -> object:
    place = lsp.Range(lsp.Position(*start), lsp.Position(*end))
    return lsp.TextDocumentContentChangePartial(place, text)


POSITIONS = st.tuples(*[st.integers(0, 9) | st.integers(0, 2**31 - 1)] * 2)
CHANGES = st.lists(st.tuples(POSITIONS, POSITIONS, PIECES), min_size=1, max_size=5)


@settings(deadline=None, max_examples=400)
@given(text=PIECES, changes=CHANGES, encoding=st.sampled_from(["utf-8", "utf-16", "utf-32"]))
def test_changes_keep_the_text_that_an_editor_has(
    text: str,
    changes: list[tuple[tuple[int, int], tuple[int, int], str]],
    encoding: Encoding,
) -> None:
    """Wherever they are: inside, inside a character, beyond a line, the text, or turned round."""
    documents = _opened(text, encoding)
    text = _whole(text)
    for version, (first, last, new) in enumerate(changes, start=2):
        start, end = sorted((_offset(text, *first, encoding), _offset(text, *last, encoding)))
        text = text[:start] + _whole(new) + text[end:]
        document = documents.change(_change(version, _partial(first, last, new)))
        assert document is not None
        assert (document.text, document.version) == (text, version)
        assert document.lines == Document(URI, text, "python").lines


def _offset(text: str, line: int, character: int, encoding: Encoding) -> int:
    """The offset of a position as the specification has it, counted character by character."""
    at = 0
    while line and at < len(text):
        if text[at] in "\r\n":
            line -= 1
            at += text[at : at + 2] == "\r\n"
        at += 1
    if line:
        return len(text)
    while at < len(text) and text[at] not in "\r\n":
        character -= _width(text[at], encoding)
        if character < 0:
            return at
        at += 1
    return at


def _width(character: str, encoding: Encoding) -> int:
    point = ord(character)
    if encoding == "utf-32":
        return 1
    if encoding == "utf-16":
        return 1 + (point > 0xFFFF)
    return 1 + (point > 0x7F) + (point > 0x7FF) + (point > 0xFFFF)


def _whole(text: str) -> str:
    return "".join("\ufffd" if 0xD800 <= ord(c) <= 0xDFFF else c for c in text)


def test_several_changes_of_one_notification_are_applied_in_order() -> None:
    documents = _opened("abc")
    document = documents.change(
        _change(2, _partial((0, 0), (0, 1), ""), _partial((0, 1), (0, 2), "X"))
    )
    assert document is not None
    assert document.text == "bX"


def test_a_change_without_a_range_is_the_whole_text() -> None:
    documents = _opened("abc")
    document = documents.change(_change(7, lsp.TextDocumentContentChangeWholeDocument("new")))
    assert document is not None
    assert (document.text, document.version) == ("new", 7)


def test_a_snapshot_never_changes() -> None:
    documents = _opened("abc")
    before = documents.get(URI)
    documents.change(_change(2, _partial((0, 0), (0, 0), "x")))
    assert before is not None
    assert (before.text, before.version) == ("abc", 1)


def test_a_change_of_a_closed_document_is_ignored() -> None:
    documents = _opened("abc")
    documents.close(URI)
    assert documents.change(_change(2, _partial((0, 0), (0, 0), "x"))) is None
    assert documents.get(URI) is None


def test_an_escaped_uri_names_the_same_document() -> None:
    assert _opened("abc").get("file:///w/%61.py") is not None


def test_half_a_surrogate_pair_is_replaced_by_as_many_units() -> None:
    document = _opened("a\ud83db").get(URI)
    assert document is not None
    assert document.text == "a\ufffdb"


@pytest.mark.parametrize(
    ("told", "known"),
    [("python", "python"), ("typescriptreact", "typescript"), ("plaintext", "python")],
)
def test_the_language_is_the_editor_s_word_or_else_the_file_s_name(told: str, known: str) -> None:
    document = _opened("x = 1\n", language=told).get(URI)
    assert document is not None
    assert document.language == known


def test_a_language_nobody_knows_keeps_its_name() -> None:
    documents = Documents("utf-16")
    documents.open(lsp.TextDocumentItem("untitled:1", "cobol", 1, "x"))
    (document,) = documents
    assert document.language == "cobol"


def test_scopes_follow_incremental_changes() -> None:
    documents = _opened("def one():\n    return 1\n")
    first = documents.get(URI)
    assert first is not None
    assert enclosing(first, Span(12, 12)).name == "one"
    document = documents.change(_change(2, _partial((0, 4), (0, 7), "eleven")))
    assert document is not None
    assert enclosing(document, Span(16, 16)).name == "eleven"
