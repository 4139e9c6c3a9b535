"""Where errors are caught, and what is done about them."""

from __future__ import annotations

import pytest

from camus.source import Document, handlers

CODE = {
    "python": "try:\n    a()\nexcept (A, B) as e:\n    # why\n    b(e)\nexcept C: pass\n",
    "javascript": "try { a(); } catch (e) { b(e); }\ntry { a(); } catch { }\n",
    "java": "class A { void f() { try { a(); } catch (E e) { b(e); } catch (F e) { } } }",
    "csharp": "class A { void F() { try { a(); } catch (E e) { b(e); } catch { } } }",
    "kotlin": "fun f() { try { a() } catch (e: E) { b(e) } catch (e: F) { } }",
    "ruby": "begin\n  a\nrescue E => e\n  b(e)\nrescue F\nend\n",
    "php": "<?php\ntry { a(); } catch (E $e) { b($e); } catch (F $e) { }\n",
    "cpp": "void f() { try { a(); } catch (E& e) { b(e); } catch (...) { } }",
}


@pytest.mark.parametrize("language", CODE)
def test_each_handler_is_told_with_what_it_does(language: str) -> None:
    document = Document("untitled:a", CODE[language], language)
    first, second = handlers(document, document.span)
    words = [each.text for each in first.body]
    assert words.index("b") < words.index("(") < words.index(")")
    assert "b" not in first.head.split()
    assert not {each.text for each in second.body} - {"pass", "{", "}", ":"}


def test_only_what_lies_within_the_span_is_told() -> None:
    document = Document("untitled:a", CODE["python"] * 2, "python")
    half = type(document.span)(0, len(CODE["python"]))
    assert len(handlers(document, half)) == 2
    assert len(handlers(document, document.span)) == 4


@pytest.mark.parametrize(
    ("code", "language"), [("if err != nil {\n}\n", "go"), ("catch this", "plaintext")]
)
def test_where_nothing_is_caught_there_is_no_handler(code: str, language: str) -> None:
    document = Document("untitled:a", code, language)
    assert handlers(document, document.span) == ()
