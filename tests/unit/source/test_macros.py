"""Files of C that macros make unreadable: the right symbol where the tree allows, else lines."""

from __future__ import annotations

import pytest

from camus.source import Document, Span, definitions, enclosing, syntax_errors

BROKEN = """\
#define MODULE(x) int x

MODULE(foo) {
  int a = 1;
  return a;
}

BROKEN_BEGIN(a b c
static int good(int count) {
  return count + 1;
}

int after(void) { return 2; }
"""


def _at(text: str) -> tuple[Document, Span]:
    document = Document("file:///a.c", BROKEN, "c")
    at = BROKEN.index(text)
    return document, Span(at, at)


@pytest.mark.parametrize(("text", "name"), [("count + 1", "good"), ("return 2", "after")])
def test_a_symbol_behind_a_broken_macro_is_found(text: str, name: str) -> None:
    document, place = _at(text)
    assert syntax_errors(document)
    assert enclosing(document, place).name == name


def test_what_a_macro_hides_is_read_by_lines() -> None:
    document, place = _at("int a = 1")
    scope = enclosing(document, place)
    assert scope.kind == "lines"
    assert document.slice(scope.span).startswith("MODULE(foo) {")
    assert document.slice(scope.span).rstrip().endswith("}")


def test_a_header_of_cpp_is_read_as_such() -> None:
    text = "#pragma once\nnamespace a {\nclass B {\n public:\n  int c(int d) const;\n};\n}\n"
    document = Document("file:///a.h", text, "c")
    assert [scope.qualified_name for scope in definitions(document)] == ["a.B", "a.B.c"]
    edited = document.edited(())
    assert [scope.qualified_name for scope in definitions(edited)] == ["a.B", "a.B.c"]


def test_a_plain_header_stays_c() -> None:
    document = Document("file:///a.h", "int class;\nint new(int template);\n", "c")
    assert [scope.name for scope in definitions(document)] == ["new"]


def test_a_function_that_gives_a_pointer_to_one() -> None:
    text = "void (*signal(int sig, void (*func)(int)))(int);\nint (*variable)(int);\n"
    (scope,) = definitions(Document("file:///a.c", text, "c"))
    assert (scope.name, [each.name for each in scope.parameters]) == ("signal", ["sig", "func"])


def test_a_comment_that_a_macro_swallows_still_documents() -> None:
    text = "namespace a {\nMARK(b)\n/** Doc. */\nstruct b {\n  int c;\n};\n}\n"
    scopes = definitions(Document("file:///a.cpp", text, "cpp"))
    assert [(each.name, each.doc_text) for each in scopes] == [("b", "Doc.")]
