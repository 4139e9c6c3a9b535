"""Two pieces of code are one when only layout, words or the names they introduce differ."""

from __future__ import annotations

import pytest

from camus.source import Document, structure

BASE = "def area(width, height):\n    return width * height\n"
KNOWN = frozenset({"area", "width", "height"})


def digest(code: str, language: str = "python", **more: bool) -> str:
    document = Document("file:///a", code, language)
    return structure(document, document.span, known=KNOWN, **more)


SAME = [
    ("layout", BASE, "def area(width,height):\n\n    return (\n        width*height)\n", False),
    ("layout", BASE, "def area( width, height ):\n  return width  *  height", True),
    (
        "comment",
        BASE,
        "def area(width, height):\n    # multiply\n    return width * height\n",
        True,
    ),
    (
        "docstring",
        BASE,
        'def area(width, height):\n    """X."""\n    return width * height\n',
        True,
    ),
    (
        "a new name",
        "def area(width, height):\n    total = width * height\n    return total\n",
        "def area(width, height):\n    result = width * height\n    return result\n",
        True,
    ),
    (
        "two new names swapped",
        "def area(width, height):\n    a = width\n    b = height\n    return a - b\n",
        "def area(width, height):\n    a = width\n    b = height\n    return b - a\n",
        False,
    ),
    (
        "a parameter",
        BASE,
        "def area(wide, height):\n    return wide * height\n",
        False,
    ),
    (
        "indentation that means something",
        "def area(width, height):\n    if width:\n        height = 1\n        width = 2\n",
        "def area(width, height):\n    if width:\n        height = 1\n    width = 2\n",
        False,
    ),
    ("a literal", "area = 'a b'\n", "area = 'a  b'\n", False),
    ("an operator", BASE, BASE.replace("*", "+"), False),
]


@pytest.mark.parametrize(("what", "one", "other", "same"), SAME)
def test_pieces_are_the_same_or_not(what: str, one: str, other: str, same: bool) -> None:
    assert (digest(one) == digest(other)) is same, what


def test_words_count_only_when_they_are_asked_for() -> None:
    one = 'def area(width, height):\n    """Multiply  both."""\n'
    spaced = one.replace("  both", " both")
    other = one.replace("both", "them")
    assert digest(one) == digest(other)
    assert digest(one, words=True) != digest(other, words=True)
    assert digest(one, words=True) == digest(spaced, words=True)


def test_only_the_span_counts() -> None:
    code = BASE + "\n\ndef other():\n    pass\n"
    document = Document("file:///a.py", code, "python")
    changed = Document("file:///a.py", code.replace("pass", "return 1"), "python")
    whole = Document("file:///a.py", BASE, "python")
    span = whole.span
    found = {structure(each, span, known=KNOWN) for each in (document, changed, whole)}
    assert len(found) == 1


def test_without_a_grammar_the_words_of_the_lines_count() -> None:
    assert digest("a  b\n\nc", "text") == digest("a b\nc\n", "text")
    assert digest("a b", "text") != digest("a c", "text")


@pytest.mark.parametrize("language", ["javascript", "go", "rust", "c", "java"])
def test_layout_is_nothing_in_other_languages(language: str) -> None:
    code = {
        "javascript": "function f(a) { const b = a + 1; return b; }",
        "go": "package p\nfunc f(a int) int { b := a + 1; return b }",
        "rust": "fn f(a: i32) -> i32 { let b = a + 1; b }",
        "c": "int f(int a) { int b = a + 1; return b; }",
        "java": "class C { int f(int a) { int b = a + 1; return b; } }",
    }[language]
    spread = code.replace("{ ", "{\n    ").replace("; ", ";\n    " if language != "go" else "; ")
    renamed = spread.replace("b ", "sum ").replace("b;", "sum;").replace(" b }", " sum }")
    assert digest(code, language) == digest(spread, language)
    if language in {"javascript", "rust", "c"}:
        assert "sum" in renamed
        assert digest(code, language) == digest(renamed, language)
