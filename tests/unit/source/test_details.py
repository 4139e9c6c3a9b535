from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camus.source import (
    Document,
    Edit,
    Span,
    definitions,
    enclosing,
    imports,
    indent_unit,
    language_for,
    language_of,
    literal_spans,
    names_bound,
    names_used,
    newline_of,
    same_code,
    syntax_errors,
)
from camus.source.docs import cleaned
from camus.source.languages import LANGUAGES


def _python(text: str) -> Document:
    return Document("file:///a.py", text, "python")


def _plain(text: str) -> Document:
    return Document("file:///notes.txt", text, "text")


@pytest.mark.parametrize(
    ("path", "first_line", "language"),
    [
        ("a.py", "", "python"),
        ("A.PYI", "", "python"),
        ("a.test.tsx", "", "typescript"),
        ("a.mjs", "", "javascript"),
        ("a.jsx", "", "javascript"),
        ("a.d.ts", "", "typescript"),
        ("tool", "#!/usr/bin/env python3.11\n", "python"),
        ("tool", "#!/usr/bin/python3 -u", "python"),
        ("tool", "#!/usr/bin/env -S node --flag", "javascript"),
        ("tool", "#!/bin/sh", "bash"),
        ("README", "", "text"),
        ("a.xyz", "print()", "text"),
        ("lib/Gemfile", "", "ruby"),
        ("/home/me/.bashrc", "", "bash"),
        ("a.kt", "", "kotlin"),
        ("a.hpp", "", "cpp"),
        ("a.H", "", "c"),
    ],
)
def test_the_language_of_a_file(path: str, first_line: str, language: str) -> None:
    assert language_of(path, first_line) == language


@pytest.mark.parametrize(
    ("name", "id"),
    [
        ("python", "python"),
        (" Py ", "python"),
        ("typescriptreact", "typescript"),
        ("tsx", "typescript"),
        ("javascriptreact", "javascript"),
    ],
)
def test_a_language_by_any_of_its_names(name: str, id: str) -> None:
    row = language_for(name)
    assert row is not None
    assert row.id == id
    assert language_for("klingon") is None


def test_no_name_or_ending_stands_for_two_languages() -> None:
    for words in (
        [row.aliases for row in LANGUAGES.values()],
        [r.extensions for r in LANGUAGES.values()],
    ):
        flat = [word for group in words for word in group]
        assert len(flat) == len(set(flat))


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("x = 1\n", []),
        ("def f(:\n    pass\n", [""]),
        ("x = (1,\n", ["x = (1,"]),
        ("é = ) + 1\n", ["= )"]),
    ],
)
def test_syntax_errors_are_found(text: str, spans: list[str]) -> None:
    document = _python(text)
    found = syntax_errors(document)
    assert len(found) == len(spans)
    assert all(document.span.contains(span) for span in found)


def test_a_missing_token_is_an_empty_span() -> None:
    document = Document("file:///a.js", "function f() { return 1 \n", "javascript")
    assert [len(span) for span in syntax_errors(document)] == [0]


def test_long_literals_within_a_span() -> None:
    text = 'a = """one\ntwo"""\nb = "short"\nc = f"""x {y}\n{"""in\nner"""}"""\n'
    document = _python(text)
    shown = [document.slice(span) for span in literal_spans(document, document.span)]
    assert shown == ['"""one\ntwo"""', 'f"""x {y}\n{"""in\nner"""}"""']
    assert literal_spans(document, Span(text.index("b ="), text.index("c ="))) == ()
    script = Document("file:///a.ts", "const a = `x\n${`y\n`}`; const b = `z`;\n", "typescript")
    assert [len(span) for span in literal_spans(script, script.span)] == [11]


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("def f():\n    if x:\n        y\n", "    "),
        ("def f():\n  if x:\n    y\n", "  "),
        ("def f():\n\tif x:\n\t\ty\n", "\t"),
        ("f(a,\n       b)\nif x:\n  y\nif z:\n  w\n", "  "),
        ("x = 1\n", "    "),
        ("if x:\r\n   y\r\n", "   "),
    ],
)
def test_the_indentation_of_a_file(text: str, unit: str) -> None:
    document = _python(text)
    assert indent_unit(document) == unit
    assert indent_unit(document) == unit


def test_the_indentation_where_a_file_shows_none_is_the_languages() -> None:
    assert indent_unit(Document("file:///a.ts", "", "typescript")) == "  "
    assert indent_unit(_plain("")) == "    "


@pytest.mark.parametrize(
    ("text", "newline"),
    [("a", "\n"), ("a\r\nb\n c\r\n", "\r\n"), ("a\rb\rc\n", "\r"), ("a\r\nb\nc\n", "\n")],
)
def test_the_line_break_that_is_used_most(text: str, newline: str) -> None:
    assert newline_of(_plain(text)) == newline


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ('"""One.\n\n    Two.\n    """', "One.\n\nTwo."),
        ("r'one'", "one"),
        ("/** One. */", "One."),
        ("/**\n   * One.\n   *\n   * - two\n   */", "One.\n\n- two"),
        ("/// One.\n/// Two.", "One.\nTwo."),
        ("# One.", "One."),
    ],
)
def test_the_words_of_a_doc_comment(raw: str, words: str) -> None:
    assert cleaned(raw) == words


def test_names_of_python() -> None:
    document = _python(
        "import os.path, sys as s\nfrom a.b import c as d\n"
        "def f(a: Foo, *args, k=DEF, **kw) -> Bar[int]:\n    global g\n"
        "    x, (y, *z) = a.b(c=1), 3\n    q[i] = j\n    with open(p) as fh: pass\n"
        "    try: pass\n    except (E1, os.error) as exc: pass\n"
        "    match x:\n        case Point(x=0): pass\n        case [h, *t]: pass\n"
        "    if (n := 10) > m: print(f'{n!r} {out}')\n    return [u for u in us], lambda w: w\n"
        "class K(Base, metaclass=Meta): pass\n"
    )
    assert names_bound(document, document.span) == (
        *("os", "s", "d", "f", "a", "args", "k", "kw", "x", "y", "z", "fh", "exc", "h", "t"),
        *("n", "u", "w", "K"),
    )
    used = names_used(document, document.span)
    for name in ("Foo", "DEF", "Bar", "a", "q", "i", "j", "open", "p", "E1", "os", "Point"):
        assert name in used
    assert {"m", "print", "out", "us", "Base", "Meta"} <= set(used)
    assert not {"b", "c", "metaclass", "error", "path", "sys", "g"} & set(used)


def test_names_within_a_span_only() -> None:
    text = "one = two\nthree = four\n"
    document = _python(text)
    span = Span(text.index("three"), len(text))
    assert (names_bound(document, span), names_used(document, span)) == (("three",), ("four",))


def test_names_of_typescript() -> None:
    document = Document(
        "file:///a.tsx",
        "import React, { useState as us, type FC } from 'react';\nimport * as p from 'p';\n"
        "export { zed } from './zed';\nexport { local as other };\n"
        "const { a, b: { c = dflt }, ...rest } = props;\n"
        "function f<T extends Base>(p1: Foo<T>, { q, r = rr }: Opts = {}): p1 is Bar {\n"
        "  out: for (const k of list) { continue out }\n"
        "  try { x = obj.prop[idx] } catch (err) { throw new Err(err) }\n"
        "  return <div className={cls}><Comp {...sp}/><A.B x='1'/></div>;\n}\n"
        "type M<K> = { [P in keyof K]: Z<P> } & Y.W;\n"
        "const o = { short, key: val, [comp]: 1, meth(zz) { return zz } };\n",
        "typescript",
    )
    assert not syntax_errors(document)
    bound = set(names_bound(document, document.span))
    assert {"React", "us", "FC", "p", "a", "c", "rest", "f", "T", "p1", "q", "r", "k"} <= bound
    assert {"err", "M", "K", "P", "o", "zz"} <= bound
    used = set(names_used(document, document.span))
    assert {"dflt", "props", "Base", "Foo", "Opts", "rr", "Bar", "list", "x", "obj"} <= used
    assert {
        "idx",
        "Err",
        "cls",
        "Comp",
        "sp",
        "A",
        "Z",
        "Y",
        "short",
        "val",
        "comp",
        "local",
    } <= used
    assert not {"zed", "other", "prop", "div", "key", "W", "out", "meth", "B"} & used


def test_names_without_a_grammar_are_none() -> None:
    document = _plain("a = b")
    assert (names_used(document, document.span), names_bound(document, document.span)) == ((), ())


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        (
            "def f(a):\n    return 'x'\n",
            'def f(a):\n    """D."""\n    # c\n    return "x"\n',
            False,
        ),
        ("def f(a):\n    return 'x'\n", "def f(a):\n    '''D.'''\n    # c\n    return 'x'", True),
        ('"""M."""\nx = 1\n', "x = 1\r\n", True),
        ("if a:\n    b\n    c\n", "if a:\n    b\nc\n", False),
        ("x = 'doc'\n'not a doc'\n", "x = 'doc'\n", False),
        ("x = '''a\nb'''\n", "x = '''a\r\nb'''\n", True),
        ("x = 'a\\n'\n", "x = 'b\\n'\n", False),
        ("a = 1\n", "a = 1\nb = 2\n", False),
        ("class A:\n    '''D.'''\n    x = 1\n", "class A:\n    x = 1\n", True),
    ],
)
def test_equal_code_but_for_comments_and_docstrings(before: str, after: str, same: bool) -> None:
    assert same_code(_python(before), _python(after)) is same
    assert same_code(_python(after), _python(before)) is same


def test_equal_code_in_other_languages() -> None:
    def script(text: str) -> Document:
        return Document("file:///a.js", text, "javascript")

    one = script("function f(a) {\n  return a;\n}\n")
    assert same_code(one, script("/** D. */\nfunction f(a) { /* c */\n  return a;\n}\n"))
    assert not same_code(one, script("function f(a) {\n  return -a;\n}\n"))
    assert not same_code(one, Document("file:///a.ts", one.text, "typescript"))
    assert same_code(_plain("a\nb"), _plain("a  \r\nb\n"))
    assert not same_code(_plain("a\nb"), _plain("a\nc"))


TEXT = """\
Title

First paragraph
of two lines.

int main() {
  one();

  two();
}

last
"""


@pytest.mark.parametrize(
    ("needle", "first", "last"),
    [
        ("Title", "Title", "Title"),
        ("of two", "First paragraph", "of two lines."),
        ("two();", "int main() {", "}"),
        ("int main", "int main() {", "}"),
        ("last", "last", "last"),
    ],
)
def test_without_a_grammar_a_block_of_lines_answers(needle: str, first: str, last: str) -> None:
    place = TEXT.index(needle)
    document = _plain(TEXT)
    scope = enclosing(document, Span(place, place))
    shown = document.slice(scope.span).splitlines()
    assert (scope.kind, shown[0], shown[-1]) == ("lines", first, last)
    assert scope.name == first
    assert (definitions(document), imports(document), syntax_errors(document)) == ((), (), ())
    assert literal_spans(document, document.span) == ()


def test_a_blank_line_is_its_own_block() -> None:
    document = _plain(TEXT)
    assert document.slice(enclosing(document, Span(6, 6)).span) == "\n"


@given(st.text(alphabet="a {}\n\t\r", max_size=60))
def test_every_line_of_a_block_leads_to_the_same_block(text: str) -> None:
    document = _plain(text)
    for line in range(len(document.lines)):
        block = enclosing(document, document.lines.span(line)).span
        first, last = document.lines.line_of(block.start), document.lines.line_of(block.end)
        for other in range(first, last):
            if document.slice(document.lines.span(other)).strip():
                assert enclosing(document, document.lines.span(other)).span == block


@given(st.text(alphabet="a {}\n\t\r", max_size=60), st.integers(0, 70), st.integers(0, 70))
def test_a_block_holds_the_lines_it_was_asked_for(text: str, one: int, other: int) -> None:
    document = _plain(text)
    span = Span(min(one, other), max(one, other))
    scope = enclosing(document, span)
    inside = Span(min(span.start, len(text)), min(span.end, len(text)))
    assert document.span.contains(scope.span)
    assert text[inside.start : inside.end].strip() in document.slice(scope.span)


def test_spans() -> None:
    with pytest.raises(ValueError, match="not a span"):
        Span(3, 2)
    assert Span(1, 1)
    assert Span(1, 4).contains(Span(2, 4))
    assert Span(1, 4).overlaps(Span(3, 9))
    assert not Span(1, 4).overlaps(Span(4, 9))
    assert Span(1, 4).shift(2) == Span(3, 6)


@given(
    st.lists(
        st.sampled_from(["if x:", "  y", "    y", "\ty", "", "  if z:", "      a"]), max_size=9
    ),
    st.integers(0, 60),
    st.integers(0, 4),
    st.sampled_from(["", "q", "  ", "\n", "\n    ", "\t", "q\r"]),
)
def test_the_unit_of_an_edited_text_is_that_of_the_text_read_anew(
    lines: list[str], start: int, length: int, new: str
) -> None:
    before = Document("file:///a.py", "\n".join(lines), "python")
    indent_unit(before)
    start = min(start, len(before.text))
    edit = Edit(Span(start, min(start + length, len(before.text))), new)
    after = before.edited([edit])
    assert indent_unit(after) == indent_unit(Document(after.uri, after.text, "python"))
