from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from camus.source import Document, Edit, Lines, Span, definitions, enclosing, syntax_errors
from camus.source.offsets import Offsets, encode
from camus.source.trees import Syntax, Walk, syntax_of

WILD = st.text(alphabet="ab(\n\r:é漢🙂\ud800\u2028\f\ufeff", max_size=80)
PIECES = st.sampled_from(
    [
        "def f(x):\n",
        "    return x\n",
        "class K:\n",
        "\n",
        "(",
        ")",
        '"""',
        "é漢🙂",
        "\r\n",
        "\r",
        "x",
        "#",
    ]
)


def _shape(syntax: Syntax | None) -> list[tuple[str, int, int]]:
    assert syntax is not None
    return [(node.type, node.start_byte, node.end_byte) for node in Walk(syntax.tree.root_node)]


@given(WILD)
def test_offsets_agree_with_encoding_the_text_before(text: str) -> None:
    offsets = Offsets.of(text)
    for character in range(len(text) + 1):
        byte = len(encode(text[:character]))
        assert offsets.byte(character) == byte
        assert offsets.character(byte) == character


def test_offsets_agree_across_the_marks_of_a_long_text() -> None:
    text = "aé漢🙂" * 3000
    offsets = Offsets.of(text)
    for character in (0, 1, 2047, 2048, 2049, 4096, 11_999, 12_000):
        byte = len(encode(text[:character]))
        assert (offsets.byte(character), offsets.character(byte)) == (byte, character)


@pytest.mark.parametrize(
    ("text", "starts"),
    [
        ("", (0,)),
        ("a", (0,)),
        ("a\n", (0, 2)),
        ("a\r\nb\rc\n", (0, 3, 5, 7)),
        ("a\fb\vc\u2028d\x85e", (0,)),
    ],
)
def test_only_the_three_line_breaks_break_lines(text: str, starts: tuple[int, ...]) -> None:
    assert Lines.of(text).starts == starts


@given(st.text(alphabet="a\r\n", max_size=30), st.text(alphabet="b\r\n", max_size=4), st.data())
def test_a_line_table_after_an_edit_is_that_of_the_new_text(
    text: str, added: str, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    document = Document("file:///a.txt", text, "text")
    assert document.lines == Lines.of(text)
    after = document.edited([Edit(Span(start, end), added)])
    assert after.memo["lines"] == Lines.of(after.text)


def test_line_and_column_questions() -> None:
    lines = Lines.of("ab\r\ncd")
    assert [lines.line_of(offset) for offset in range(7)] == [0, 0, 0, 0, 1, 1, 1]
    assert (lines.span(0), lines.span(1), len(lines)) == (Span(0, 4), Span(4, 6), 2)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.lists(PIECES, max_size=20).map("".join), st.data())
def test_an_incremental_parse_equals_a_full_one(text: str, data: st.DataObject) -> None:
    document = Document("file:///a.py", text, "python")
    syntax_of(document)
    for _ in range(data.draw(st.integers(1, 4))):
        length = len(document.text)
        start = data.draw(st.integers(0, length))
        end = data.draw(st.integers(start, min(length, start + 6)))
        document = document.edited([Edit(Span(start, end), data.draw(PIECES))])
        if data.draw(st.booleans()):
            syntax_of(document)
    fresh = Document(document.uri, document.text, "python")
    assert _shape(syntax_of(document)) == _shape(syntax_of(fresh))


def test_several_edits_at_once_are_all_in_the_old_characters() -> None:
    text = "def a(): pass\n# 漢字\ndef b(): pass\n"
    document = Document("file:///a.py", text, "python")
    assert [scope.name for scope in definitions(document)] == ["a", "b"]
    place = text.index("b()")
    after = document.edited([Edit(Span(4, 5), "first"), Edit(Span(place, place + 1), "second")], 7)
    assert (after.version, [scope.name for scope in definitions(after)]) == (7, ["first", "second"])
    assert [scope.name for scope in definitions(document)] == ["a", "b"]


def test_random_edits_of_a_long_file_keep_the_tree_right() -> None:
    chance = random.Random(7)
    text = "".join(f"def f{n}(a, b):\n    return [a, {n}]\n\n" for n in range(300))
    document = Document("file:///a.py", text, "python")
    for _ in range(25):
        start = chance.randrange(len(document.text))
        document = document.edited([Edit(Span(start, start + 1), chance.choice("x \n(é"))])
        syntax_of(document)
    fresh = Document(document.uri, document.text, "python")
    assert _shape(syntax_of(document)) == _shape(syntax_of(fresh))


def test_a_lone_cr_breaks_lines_for_the_parser_too() -> None:
    document = Document(
        "file:///a.py", "def f():\r    return 1\rdef g():\r    return 2\r", "python"
    )
    assert [scope.name for scope in definitions(document)] == ["f", "g"]
    assert document.slice(definitions(document)[0].body) == "return 1"
    assert not syntax_errors(document)


@pytest.mark.parametrize("text", ["(" * 20_000, "[" * 20_000 + "]" * 20_000, "if x:\n " * 3000])
def test_deep_nesting_is_no_danger(text: str) -> None:
    document = Document("file:///a.py", text, "python")
    middle = len(text) // 2
    assert enclosing(document, Span(middle, middle)).kind in {"module", "lines"}
    assert definitions(document) == ()
    syntax_errors(document)


@pytest.mark.parametrize(
    "text",
    ["(" * 10_000_000, "x\n" * 2_000_000, "x = 1\n" * 400_000, "x" * 8_000_001, "é" * 4_000_001],
)
def test_what_would_cost_gigabytes_is_read_by_lines(text: str) -> None:
    document = Document("file:///a.py", text, "python")
    assert enclosing(document, Span(5, 5)).kind == "lines"
    assert syntax_errors(document) == ()
    assert definitions(document) == ()


def test_a_fingerprint_recognises_unchanged_code() -> None:
    document = Document("file:///a.py", "ab\ud800ab", "python")
    assert document.fingerprint(Span(0, 2)) == document.fingerprint(Span(3, 5))
    assert document.fingerprint(Span(0, 3)) != document.fingerprint(Span(0, 2))


@settings(max_examples=120, deadline=None, derandomize=True)
@given(st.sampled_from(["python", "typescript"]), st.data())
def test_whatever_the_text_parts_lie_within_their_definition(
    language: str, data: st.DataObject
) -> None:
    words = (
        "def f(a):\n|class K:\n    |@x\n|/** d */\n|export |const a = |=> {|}\n|function f(|) {\n"
        '|"""|`|é🙂|\r\n|return 1\n|    |// c\n|x: 1,'
    )
    pieces = st.sampled_from(words.split("|"))
    text = "".join(data.draw(st.lists(pieces, max_size=25)))
    document = Document("file:///a.tsx", text, language)
    place = data.draw(st.integers(0, len(text)))
    for scope in (*definitions(document), enclosing(document, Span(place, place))):
        assert document.span.contains(scope.span)
        if scope.kind == "module":
            continue
        for part in (scope.header, scope.body, scope.name_span, scope.doc or scope.header):
            assert scope.span.contains(part)
        assert scope.header.end <= scope.body.start
