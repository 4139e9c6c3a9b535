"""What each language's row finds in a file that holds every kind of symbol."""

from __future__ import annotations

import pytest

from camus.source import Span, definitions, enclosing, syntax_errors
from camus.source.languages import LANGUAGES
from support.cases import FOLDER, Case, cases_in
from support.symbols import described

CASES = cases_in(FOLDER / "languages" / "symbols.md")


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_symbols_and_imports_of_a_language(case: Case) -> None:
    document, _ = case.document()
    assert not syntax_errors(document)
    assert described(document) == case.blocks["symbols"].splitlines()


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_cursor_on_a_name_or_a_doc_comment_finds_the_symbol(case: Case) -> None:
    document, _ = case.document()
    for scope in definitions(document):
        places = [scope.name_span] + [
            Span(scope.doc.start, scope.doc.start) for _ in [0] if scope.doc
        ]
        for place in places:
            assert enclosing(document, place).span == scope.span, scope.qualified_name


def test_every_language_with_a_grammar_has_a_case() -> None:
    shown = {case.language for case in CASES}
    spine = {"python", "javascript", "typescript"}  # their own modules of tests say more
    assert {row.id for row in LANGUAGES.values()} == shown | spine
