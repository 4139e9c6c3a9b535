"""Fixes and rewrites taken together: inside the place, to the end, and nothing broken."""

from __future__ import annotations

import ast
import inspect
import textwrap
from pathlib import Path

import pytest

from camus.analysis import Finding, Findings, Fix, Tools, mending, rulefiles, structural
from camus.source import Document, Edit, Span, apply_edits, syntax_errors

PYTHON = textwrap.dedent(
    """\
    import os


    class Old(object):
        def name(self, items, flag):
            if flag:
                return set([1, 2])
            else:
                if not flag in items:
                    return "%s" % (flag,)
                return None

        def other(self):
            unused = 1
            return "{} {}".format(self, self.name)
    """
)
ECMASCRIPT = textwrap.dedent(
    """\
    import { a } from './a.js';

    export function f(items) {
      var total = 0;
      items.forEach(function (item) { total = total + item; });
      try { a(); } catch (error) { total = 0; }
      return typeof total == 'number' ? true : false;
    }
    export function g(x) { return !!x ? 1 : 2; }
    """
)


async def _after(tools: Tools, document: Document, within: Span) -> str:
    return apply_edits(document.text, await tools.modernise(document, within))


async def test_python_is_modernised_until_nothing_is_left(tools: Tools) -> None:
    document = Document("untitled:a.py", PYTHON, "python")
    after = await _after(tools, document, document.span)
    assert "class Old:" in after
    assert "return {1, 2}" in after
    assert "if flag not in items:" in after
    assert 'return f"{self} {self.name}"' in after
    assert "else:" not in after
    ast.parse(after)
    again = Document("untitled:a.py", after, "python")
    assert await tools.modernise(again, again.span) == ()


@pytest.mark.parametrize("language", rulefiles.LANGUAGES)
async def test_ecmascript_is_modernised_until_nothing_is_left(tools: Tools, language: str) -> None:
    document = Document("untitled:a", ECMASCRIPT, language)
    after = await _after(tools, document, document.span)
    assert after == textwrap.dedent(
        """\
        import { a } from './a.js';

        export function f(items) {
          let total = 0;
          items.forEach((item) => { total += item; });
          try { a(); } catch { total = 0; }
          return typeof total === 'number';
        }
        export function g(x) { return x ? 1 : 2; }
        """
    )
    again = Document("untitled:a", after, language)
    assert await tools.modernise(again, again.span) == ()


@pytest.mark.parametrize(
    ("text", "language", "place"),
    [(PYTHON, "python", "def other"), (ECMASCRIPT, "javascript", "export function g")],
)
async def test_nothing_outside_the_place_changes(
    tools: Tools, text: str, language: str, place: str
) -> None:
    document = Document("untitled:a", text, language)
    within = Span(text.index(place), len(text))
    edits = await tools.modernise(document, within)
    assert edits
    assert all(within.contains(edit.span) for edit in edits)


async def test_fixes_are_applied_together(tools: Tools) -> None:
    text = "import os, sys, re\n\n\ndef f():\n    x = 1\n    y = 2\n"
    document = Document("untitled:a.py", text, "python")
    edits = await tools.fixed(document, document.span)
    assert apply_edits(text, edits) == "\n\ndef f():\n    pass\n"
    edits = await tools.fixed(document, document.span, ("F401",))
    assert apply_edits(text, edits) == "\n\ndef f():\n    x = 1\n    y = 2\n"


@pytest.mark.parametrize(
    ("text", "language", "rule", "after"),
    [
        ("x = y or y\ny = (1)\n", "python", "PLR1714", None),
        ("import b\nimport a\n\na, b\n", "python", "I001", "import a\nimport b\n\na, b\n"),
        ("import os\n", "python", "NOSUCH999", None),
        ("import os\n", "python", "--config", None),
        ("x = typeof a == 'b';", "javascript", "eqeqeq", "x = typeof a === 'b';"),
        ("x = { a: a };", "typescript", "object-shorthand", "x = { a };"),
        ("x = { a: a };", "typescript", "eqeqeq", None),
    ],
)
async def test_a_rule_asked_for_by_name_is_mended_though_nobody_looks_for_it_by_itself(
    tools: Tools, text: str, language: str, rule: str, after: str | None
) -> None:
    document = Document("untitled:a", text, language)
    looked = await tools.fixes(document, document.span, (rule,))
    assert [found.rule for found in looked.findings] == ([rule] if after else [])
    edits = await tools.fixed(document, document.span, (rule,))
    assert apply_edits(text, edits) == (after or text)


async def test_nothing_of_ecmascript_is_mended_without_a_rule_by_name(tools: Tools) -> None:
    document = Document("untitled:a", ECMASCRIPT, "javascript")
    assert await tools.fixed(document, document.span) == ()


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
async def test_line_breaks_and_the_byte_order_mark_stay(
    tools: Tools, newline: str, mark: str
) -> None:
    text = mark + newline.join(["class A(object):", "    def f(self):", '        x = "é😀"', ""])
    document = Document("untitled:a.py", text, "python")
    edits = await tools.modernise(document, document.span)
    assert apply_edits(text, edits) == text.replace("A(object)", "A")


async def test_a_text_that_does_not_parse_is_left_alone(tools: Tools) -> None:
    for text, language in (
        ("class A(object:\n    x = set([1])\n", "python"),
        ("x = !!a ? (;", "javascript"),
    ):
        document = Document("untitled:a", text, language)
        assert await tools.modernise(document, document.span) == ()
        assert await tools.fixed(document, document.span) == ()


async def test_a_fix_that_breaks_the_text_is_taken_back(
    tools: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two fixes as a faulty tool might give them: one breaks the text, one is good."""

    def found(text: str) -> tuple[Finding, ...]:
        made = []
        if "(" not in text:
            made.append(Finding("BAD", "", Span(0, 1), fix=Fix("", (Edit(Span(0, 1), "("),))))
        if "good" not in text:
            place = text.index("z")
            span = Span(place, place + 1)
            made.append(Finding("GOOD", "", span, fix=Fix("", (Edit(span, "good"),))))
        if "(" in text:
            made.append(Finding("invalid-syntax", "", Span(0, 1)))
        return tuple(made)

    async def look(self: Tools, document: Document, project: str, purpose: str) -> Findings:
        return Findings(found(document.text), ("ruff",))

    monkeypatch.setattr(Tools, "_look", look)
    document = Document("untitled:a.py", "x = 1\ny = z\n", "python")
    edits = await tools.modernise(document, document.span)
    assert apply_edits(document.text, edits) == "x = 1\ny = good\n"


def test_fixes_that_touch_wait_for_the_next_round() -> None:
    def finding(start: int, end: int) -> Finding:
        return Finding("R", "", Span(start, end), fix=Fix("", (Edit(Span(start, end), ""),)))

    edits = mending.compatible(
        [finding(0, 2), finding(2, 4), finding(5, 6), Finding("N", "", Span(7, 8))]
    )
    assert [edit.span for edit in edits] == [Span(0, 2), Span(5, 6)]


FORMATTED = {
    "one line of many": ("x=1\ny=2\nz=3\n", "y=2", "x=1\ny = 2\nz=3\n"),
    "a function": ("x=1\ndef f(a,b):\n  return a\n", "def f(a,b):\n  return a", None),
    "nothing to do": ("x = 1\n", "x = 1", "x = 1\n"),
    "half of a statement": ("x = f(a,\n      b,c)\n", "b,c", "x = f(a,\n      b,c)\n"),
    "a text that does not parse": ("x = (\ny=2\n", "y=2", "x = (\ny=2\n"),
    "CRLF": ("x=1\r\ny=2\r\n", "y=2", "x=1\r\ny = 2\r\n"),
    "a byte order mark": ("\ufeffx=1\ny=2\n", "y=2", "\ufeffx=1\ny = 2\n"),
    "the last line without a break": ("x=1\ny=2", "y=2", "x=1\ny = 2"),
}


@pytest.mark.parametrize(("text", "part", "expected"), FORMATTED.values(), ids=FORMATTED)
async def test_only_the_lines_of_the_place_are_formatted(
    tools: Tools, text: str, part: str, expected: str | None
) -> None:
    document = Document("untitled:a.py", text, "python")
    start = text.index(part)
    edits = await tools.formatted(document, Span(start, start + len(part)))
    after = apply_edits(text, edits)
    assert after == (expected if expected is not None else "x=1\ndef f(a, b):\n    return a\n")


async def test_the_projects_formatter_settings_hold(tools: Tools, tmp_path: Path) -> None:
    (tmp_path / "ruff.toml").write_text('format.quote-style = "single"\n')
    document = Document("untitled:a.py", 'x="a"\n', "python")
    ours = apply_edits(document.text, await tools.formatted(document, document.span))
    theirs = await tools.formatted(document, document.span, str(tmp_path))
    assert (ours, apply_edits(document.text, theirs)) == ('x = "a"\n', "x = 'a'\n")


async def test_a_language_without_a_formatter_is_left_alone(tools: Tools) -> None:
    document = Document("untitled:a.kt", "val x=1", "kotlin")
    assert await tools.formatted(document, document.span) == ()
    assert (tools.formatter("python"), tools.formatter("kotlin")) == ("ruff", "")


async def test_real_functions_stay_whole_and_settle(tools: Tools) -> None:
    for module in (textwrap, inspect):
        document = Document("untitled:a.py", inspect.getsource(module), "python")
        after = await _after(tools, document, document.span)
        ast.parse(after)
        again = Document("untitled:a.py", after, "python")
        assert await tools.modernise(again, again.span) == ()


async def test_no_ast_grep_is_a_fact(tools: Tools, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(document: Document) -> object:
        raise RuntimeError("cannot get matcher\n\nStack backtrace:")

    monkeypatch.setattr(structural, "parse", refuse)
    looked = await tools.findings(Document("untitled:a.js", "x", "javascript"))
    assert (looked.findings, looked.absent) == ((), (("ast-grep", "cannot get matcher"),))


async def test_a_document_without_errors_has_none_to_report(tools: Tools) -> None:
    document = Document("untitled:a.js", ECMASCRIPT, "javascript")
    assert syntax_errors(document) == ()
    looked = await tools.findings(document)
    assert looked.ran == ("ast-grep",)
    assert [finding.rule for finding in looked.findings] == []
