"""Markdown for clients that do not render it."""

from __future__ import annotations

import pytest

from camus.lsp.plaintext import as_plain


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("## `area`\n\nA **method**.", "area\n\nA method."),
        ("```python\ndef f(a):\n    return a ** 2\n```", "def f(a):\n    return a ** 2"),
        ("````md\n```\nx\n```\n````\nend", "```\nx\n```\nend"),
        ("one\n\n---\n\ntwo", "one\n\ntwo"),
        ("*quality 0.92 · small*", "quality 0.92 · small"),
        ("- `width`: `int`", "- width: int"),
        ("", ""),
    ],
)
def test_marks_go_and_code_stays(markdown: str, expected: str) -> None:
    assert as_plain(markdown) == expected
