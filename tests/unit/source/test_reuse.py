"""What was read of a file's statements before an edit is what reading them anew would give."""

from __future__ import annotations

import random

import pytest

from camus.source import Document, Edit, Span, definitions, enclosing, has_definitions, names_used
from camus.source import scopes as reading

PYTHON = [
    "import os\n",
    "x = 1  # last\n",
    '"""doc"""\n',
    'def f(a, *, b=1):\n    """Doc."""\n    return g(a)\n',
    "@cache\ndef g(): ...\n",
    "class K:\n    x = 1\n\n    def é(self):\n        raise ValueError\n",
    "if x:\n    def h():\n        yield 1\n",
    "    # indented\n",
    "x = 1; y = 2\n",
    "(",
    ")",
    "\n",
    "漢🙂",
    "\r\n",
    "\r",
]
SCRIPT = [
    "/** doc */\n",
    "function f(a) { return a; }\n",
    "  a(); /** doc */ function g() { throw new Error(); }\n",
    "export const h = async (x) => x;\n",
    "const o = { m() {}, n: () => 1 };\n",
    "export class K { @dec m(): void {} }\n",
    "// note\n",
    "describe(() => { function inner() {} });\n",
    "{",
    "}",
    "\n",
    "é🙂",
    "\r",
]


@pytest.mark.parametrize(("language", "parts"), [("python", PYTHON), ("typescript", SCRIPT)])
@pytest.mark.parametrize("seed", range(20))
def test_definitions_after_edits_are_those_of_the_text_read_anew(language, parts, seed):
    choose = random.Random(seed)
    text = "".join(choose.choices(parts, k=12))
    document = Document("file:///a", text, language)
    for _ in range(12):
        if choose.random() < 0.8:
            definitions(document)
        start = choose.randint(0, len(document.text))
        end = min(len(document.text), start + choose.choice([0, 0, 1, 9]))
        document = document.edited([Edit(Span(start, end), choose.choice(parts))])
        anew = Document("file:///a", document.text, language)
        assert definitions(document) == definitions(anew)


def test_only_the_statement_that_an_edit_touches_is_read_again(monkeypatch):
    text = "".join(f"def f{n}():\n    return {n}\n\n\n" for n in range(50))
    document = Document("file:///a.py", text, "python")
    definitions(document)
    read = []
    real = reading._scope
    monkeypatch.setattr(
        reading, "_scope", lambda *given: read.append(given[2].name) or real(*given)
    )
    at = text.index("return 7")
    after = document.edited([Edit(Span(at, at), "\n\n    ")])
    assert [each.name for each in definitions(after)] == [f"f{n}" for n in range(50)]
    assert read == ["f7"]


def test_edits_whose_text_nobody_asked_for_hand_on_what_was_read(monkeypatch):
    text = "def f():\n    pass\ndef g():\n    pass\n"
    document = Document("file:///a.py", text, "python")
    definitions(document)
    read = []
    real = reading._scope
    monkeypatch.setattr(
        reading, "_scope", lambda *given: read.append(given[2].name) or real(*given)
    )
    twice = document.edited([Edit(Span(4, 5), "a")]).edited([Edit(Span(5, 5), "bc")])
    assert [(each.name, each.span.start) for each in definitions(twice)] == [("abc", 0), ("g", 20)]
    assert read == ["abc"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[def f():\n    pass\n]", True),
        ("[@cache\ndef f():\n    pass\n]x = 1\n", True),
        ("@cache\n[def f():\n    pass\n]", False),
        ("def f():\n    [pass\n]", False),
        ("class K:\n    a = 1\n    [def m(self):\n        pass\n    b = 2\n]", True),
        ("x = 1\n[y = 2\n]def f(): pass\n", False),
    ],
)
def test_a_span_has_definitions_when_a_whole_one_stands_within(text, expected):
    span = Span(text.index("["), text.index("]") - 1)
    document = Document("file:///a.py", text.replace("[", "").replace("]", ""), "python")
    assert has_definitions(document, span) is expected


def test_a_text_without_a_tree_has_no_definitions():
    assert not has_definitions(Document("file:///a", "def f(): pass", "plaintext"), Span(0, 13))


def test_a_huge_module_is_read_in_part_for_its_own_scope():
    text = "".join(f"a{n}()\n" for n in range(5000))
    module = enclosing(Document("file:///a.py", text, "python"), Span(0, 0))
    assert module.kind == "module"
    assert module.calls[:2] == ("a0", "a1")
    assert len(module.calls) < 1000


def test_a_text_beside_a_document_is_kept_for_who_asks_for_it_again():
    document = Document("file:///a.py", "x = 1\n", "python")
    first = document.beside("def f(): pass\n")
    assert (first.uri, first.language, first.version) == (document.uri, "python", None)
    assert document.beside("def f(): pass\n") is first
    for number in range(20):
        document.beside(f"{number}\n")
        assert document.beside("def f(): pass\n") is first
    others = document.beside("0\n")
    assert others.text == "0\n"
    assert len(document.memo["beside"]) <= 6


def test_a_document_that_forgets_answers_as_before():
    document = Document("file:///a.py", "def f(x):\n    return y\n", "python")
    before = definitions(document), names_used(document, document.span), document.lines
    document.forget()
    assert not document.memo
    assert (definitions(document), names_used(document, document.span), document.lines) == before
