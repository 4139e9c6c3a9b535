"""Documents stay in step with what a client does to them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lsprotocol import types as lsp

from camus.lsp.capabilities import Encoding
from camus.lsp.documents import Documents
from camus.source import Document, Span, enclosing
from support.editor import apply

URI = "file:///w/a.py"
PIECES = st.text(st.sampled_from("ab\n\r é日😀\x0c\x85\u2028"), max_size=12)


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


@settings(deadline=None)
@given(
    text=PIECES,
    edits=st.lists(st.tuples(st.tuples(*[st.integers(0, 9)] * 4), PIECES), min_size=1, max_size=4),
    encoding=st.sampled_from(["utf-8", "utf-16", "utf-32"]),
)
def test_changes_keep_the_text_that_an_editor_has(
    text: str, edits: list[tuple[tuple[int, int, int, int], str]], encoding: Encoding
) -> None:
    documents = _opened(text, encoding)
    for version, ((a, b, c, d), new) in enumerate(edits, start=2):
        first, last = sorted([_inside(text, a, b, encoding), _inside(text, c, d, encoding)])
        change = _partial(first, last, new)
        edit = {"range": _plain(first, last), "newText": new}
        text = apply(text, [edit], encoding)
        document = documents.change(_change(version, change))
        assert document is not None
        assert (document.text, document.version) == (text, version)
        assert document.lines == Document(URI, text, "python").lines


def _inside(text: str, line: int, character: int, encoding: Encoding) -> tuple[int, int]:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    line = min(line, len(lines) - 1)
    widths = [len(c.encode({"utf-16": "utf-16-le"}.get(encoding, encoding))) for c in lines[line]]
    unit = {"utf-8": 1, "utf-16": 2, "utf-32": 4}[encoding]
    widths = [w // unit if encoding != "utf-32" else 1 for w in widths]
    return line, sum(widths[: min(character, len(widths))])


def _plain(first: tuple[int, int], last: tuple[int, int]) -> dict[str, object]:
    start, end = ({"line": line, "character": at} for line, at in (first, last))
    return {"start": start, "end": end}


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
