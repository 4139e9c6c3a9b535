"""An outline says what the definitions say, without their bodies."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path

import pytest

from camus.source import Document, definitions, outline

TYPESCRIPT = """/** A box. */
export class Box {
  @mark() area(): number { return 1; }
  later(): void {}
}
const free = (x: number) => x;
export default function () {}
"""


@pytest.mark.parametrize("path", [textwrap.__file__, json.__file__])
def test_an_outline_of_a_module_agrees_with_its_definitions(path: str) -> None:
    _agree(Document("file:///a.py", Path(path).read_text(encoding="utf-8"), "python"))


def test_an_outline_of_typescript_agrees_with_its_definitions() -> None:
    _agree(Document("file:///a.ts", TYPESCRIPT, "typescript"))


def test_a_text_without_a_grammar_has_no_outline() -> None:
    assert outline(Document("file:///a.f90", "program x\nend\n", "fortran")) == ()


def _agree(document: Document) -> None:
    told = [
        (each.kind, each.qualified_name, each.span, each.doc, each.decorators, each.is_stub)
        for each in outline(document)
    ]
    assert told
    assert told == [
        (each.kind, each.qualified_name, each.span, each.doc, each.decorators, each.is_stub)
        for each in definitions(document)
    ]
