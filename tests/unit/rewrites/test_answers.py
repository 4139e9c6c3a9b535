"""Fixes, refactorings, reviews and explanations by rules, with the real analysers."""

from __future__ import annotations

import pytest

from camus.actions import ACTIONS, make_task, rewrite, summary
from camus.actions.markdown import code, fenced, listed, words
from camus.actions.rewrites.meanings import rules_for
from camus.analysis import Finding, Fix, Tools
from camus.source import Document, Edit, Span, apply_edits
from support.rewriting import Case, draft_of


def diagnostic(text: str, at: str, rule: str, source: str = "Ruff") -> Finding:
    start = text.index(at)
    return Finding(rule, "a problem", Span(start, start + len(at)), source=source)


IMPORTS = "import os\nimport sys\n\nprint(sys)\n"


@pytest.mark.parametrize(
    ("rule", "source"),
    [
        ("F401", "Ruff"),
        ("F401", "flake8"),
        ("reportUnusedImport", "Pyright"),
        ("unused-import", "pylint"),
        ("", ""),
    ],
)
def test_the_fix_of_a_diagnostic_is_the_analysers_own(rule: str, source: str) -> None:
    found = diagnostic(IMPORTS, "import os", rule, source)
    draft = draft_of(Case(IMPORTS), "fix", diagnostics=(found,))
    assert draft is not None
    assert apply_edits(IMPORTS, draft.edits) == "import sys\n\nprint(sys)\n"
    assert draft.notes[0].startswith("F401")


@pytest.mark.parametrize(
    ("rule", "source"),
    [("reportAttributeAccessIssue", "Pyright"), ("E999", "x"), ("6133", "ts"), ("F821", "Ruff")],
)
def test_what_no_rule_mends_goes_to_a_model(rule: str, source: str) -> None:
    found = diagnostic(IMPORTS, "import os", rule, source)
    assert draft_of(Case(IMPORTS), "fix", diagnostics=(found,)) is None


def test_a_fix_without_a_diagnostic_goes_to_a_model() -> None:
    assert draft_of(Case(IMPORTS), "fix") is None


def test_a_diagnostic_that_brings_its_own_safe_fix_needs_no_analyser() -> None:
    fix = Fix("Rename", (Edit(Span(0, 1), "y"),))
    found = Finding("X1", "a problem", Span(0, 1), source="other", fix=fix)
    draft = draft_of(Case("x = 1\n", "rust"), "fix", diagnostics=(found,))
    assert draft is not None
    assert apply_edits("x = 1\n", draft.edits) == "y = 1\n"


def test_several_diagnostics_are_mended_together_and_lines_between_stay() -> None:
    text = "import os\nimport re\nimport sys\nimport json\n\nprint(re, json)\n"
    found = (diagnostic(text, "import os", "F401"), diagnostic(text, "import sys", "F401"))
    draft = draft_of(Case(text), "fix", diagnostics=(*found, found[0]))
    assert draft is not None
    assert apply_edits(text, draft.edits) == "import re\nimport json\n\nprint(re, json)\n"
    assert len(draft.edits) == 2


def test_a_fix_outside_the_target_is_none() -> None:
    text = "import os\n\n\ndef │run():\n    go()\n"
    case = Case(text)
    found = diagnostic(case.text, "import os", "F401")
    assert draft_of(case, "fix", diagnostics=(found,)) is None


def test_all_safe_fixes_at_once() -> None:
    text = "import os\nimport sys\n\n\ndef run(x):\n    return x == None\n"
    draft = draft_of(Case(text), "fix_all")
    assert draft is not None
    assert "import os" not in apply_edits(text, draft.edits)


def test_nothing_to_fix_is_an_answer_and_what_is_left_goes_to_a_model() -> None:
    clean = draft_of(Case("x = 1\n"), "fix_all")
    assert clean is not None
    assert not clean.edits
    assert clean.notes == ("ruff, ast-grep found nothing to mend",)
    assert draft_of(Case("print(nowhere)\n"), "fix_all") is None


def test_a_language_without_analyser_says_so() -> None:
    draft = draft_of(Case("let x = 1\n", "haskell"), "fix_all")
    assert draft is not None
    assert draft.notes == ("no analyser for this language",)


def test_codes_of_other_tools_are_understood() -> None:
    def rules(code: str, source: str = "x") -> tuple[str, ...] | None:
        return rules_for(Finding(code, "", Span(0, 0), source=source))

    assert rules("W0611") == ("F401",)
    assert rules("F841") == ("F841",)
    assert rules("2304") == ()
    assert rules("somethingElse") == ()
    assert rules("") is None


def test_refactoring_stays_inside_the_target_and_is_finished_after_once() -> None:
    text = (
        "def first(x):\n    if x:\n        return True\n    else:\n        return False\n\n\n"
        "def │second(x):\n    if x is None:\n        return True\n    else:\n        return False\n"
    )
    case = Case(text)
    draft = draft_of(case, "refactor")
    assert draft is not None
    after = apply_edits(case.text, draft.edits)
    assert "return x is None" in after
    assert after.startswith(case.text[: case.target.start])
    again = draft_of(Case(after.replace("def second", "def │second")), "refactor")
    assert again is not None
    assert not again.edits


def test_nothing_to_simplify_is_an_answer() -> None:
    draft = draft_of(Case("def │run(x):\n    return x\n"), "refactor")
    assert draft is not None
    assert not draft.edits
    assert draft.notes == ("the rules see nothing to simplify here",)


@pytest.mark.parametrize("action", ["refactor", "document", "explain", "review", "fix_all"])
def test_an_instruction_goes_to_a_model(action: str) -> None:
    assert draft_of(Case("def │run(): ..."), action, instruction="make it async") is None


@pytest.mark.parametrize("action", ["implement", "ask", "modify"])
def test_what_rules_cannot_do_goes_to_a_model(action: str) -> None:
    assert draft_of(Case("def │run(): ..."), action) is None


def test_a_review_lists_the_findings_of_the_target_by_aspect() -> None:
    text = "import os\n\n\ndef │run(command, seen=[]):\n    eval(command)\n    return nowhere\n"
    draft = draft_of(Case(text), "review")
    assert draft is not None
    assert {"S307", "B006", "F821"} <= {each.rule for each in draft.findings}
    assert "F401" not in {each.rule for each in draft.findings}
    assert "### Security (1)" in draft.text
    assert "- line 6: " in draft.text
    assert "Checked with `ruff`, `ast-grep`." in draft.text


def test_a_review_without_findings_says_what_was_checked() -> None:
    draft = draft_of(Case("def │run(x):\n    return x\n"), "review")
    assert draft is not None
    assert draft.findings == ()
    assert draft.text == "**Nothing found.**\n\nChecked with `ruff`, `ast-grep`."


def test_a_review_that_nothing_can_make_goes_to_a_model() -> None:
    assert draft_of(Case("let x = 1\n", "haskell"), "review") is None


EXPLAINED = '''\
import os
from .other import helper


class Reader:
    """Reads <b>things</b>. ![x](https://evil.example/x.png)"""

    def │read(self, path: str, limit: int = 3, *, strict: bool = False) -> list[str]:
        """Read it."""
        lines, count = [], 0
        with open(path) as file:
            for line in file:
                if not line.strip():
                    continue
                elif strict and line.startswith("#"):
                    raise ValueError(line)
                else:
                    lines.append(line)
                while count < limit:
                    count += 1
                    self.count = count
        try:
            helper(os.path)
        except (OSError, KeyError):
            del count
        else:
            assert lines
        finally:
            self.close()
        match limit:
            case 1:
                return lines
        def inner(): ...
        return inner() or lines
'''


def test_an_explanation_tells_how_the_code_is_built() -> None:
    draft = draft_of(Case(EXPLAINED), "explain")
    assert draft is not None
    for part in (
        "## `Reader.read`",
        "A method in Python:",
        "- `limit`: `int`, `3` unless given",
        "- `strict`: `bool`, `False` unless given, by keyword only",
        "- sets `lines`, `count`",
        "- with `open(path) as file`:",
        "  - for each `line` in `file`:",
        "    - if `not line.strip()`:",
        "    - otherwise, if `strict and line.startswith('#')`:",
        "    - as long as `count < limit`:",
        "- tries:",
        "- on `(OSError, KeyError)`:",
        "- if nothing went wrong:",
        "  - asserts `lines`",
        "- in the end, whatever happened:",
        "- by the shape of `limit`:",
        "- defines `inner`",
        "- this project: `helper`",
        "- its own object: `self.close`",
        "- built in: `open`",
        "- returns: a list of strings",
        "- raises `ValueError`",
        "- writes `self.count`",
        "Read from the syntax tree alone",
    ):
        assert part in draft.text, part


def test_an_explanation_of_a_class_lists_its_members_and_defuses_its_words() -> None:
    draft = draft_of(Case(EXPLAINED.replace("│", "").replace("class R", "class │R")), "explain")
    assert draft is not None
    assert "- `read`: method, 27 lines" in draft.text
    assert "<b>" not in draft.text.replace("\\<b\\>", "")
    assert "![" not in draft.text
    assert "https://" not in draft.text


def test_an_explanation_of_a_file_lists_imports_and_definitions() -> None:
    draft = draft_of(Case(EXPLAINED.replace("│", "")), "explain")
    assert draft is not None
    assert "### Imports\n\n`os`, `.other`" in draft.text
    assert "- `Reader`: class" in draft.text


def test_an_explanation_of_javascript_counts_its_branches() -> None:
    text = (
        "import { go } from './go'\n"
        "export async function │run(a, ...rest) {\n  // if for while\n  for (const x of a) {\n"
        "    if (x) throw new Error('if')\n  }\n  console.log(`if`)\n  return await go(a)\n}\n"
    )
    draft = draft_of(Case(text, "javascript"), "explain")
    assert draft is not None
    assert "1 condition, 1 loop, 1 awaited step, 1 return" in draft.text
    assert "- `...rest`" in draft.text
    assert "- this project: `go`" in draft.text
    assert "- built in: `console.log`" in draft.text
    assert "- raises `Error`" in draft.text


def test_an_explanation_points_at_what_is_long_nested_or_many() -> None:
    lines = ["def │run(a, b, c, d, e, f, g):"]
    lines += [f"{'    ' * depth}if a == {depth} or b or c:" for depth in range(1, 6)]
    lines += ["                        go()"] + ["    b = 1"] * 60
    draft = draft_of(Case("\n".join(lines) + "\n"), "explain")
    assert draft is not None
    assert "- complex: 16 paths lead through it" in draft.text
    assert "- long:" in draft.text
    assert "- nested 5 deep" in draft.text
    assert "- 7 parameters" in draft.text
    assert "more step" in draft.text


def test_an_explanation_of_a_text_without_grammar_is_short_and_honest() -> None:
    draft = draft_of(Case("one │line\n", "text"), "explain")
    assert draft is not None
    assert "1 line" in draft.text


def test_a_hover_summary() -> None:
    case = Case(
        "class A:\n    @cached\n    async def │run(self, x: int) -> str:\n"
        '        """Run *it*."""\n        if x:\n            raise ValueError\n'
        "        self.x = x\n        return go(x)\n"
    )
    text = summary(case.document, case.scope)
    assert text == (
        "```python\n@cached\nasync def run(self, x: int) -> str\n```\n\nRun \\*it\\*.\n\n"
        "- asynchronous method, 7 lines, complexity 2 (simple)\n- calls `go`\n- returns `str`\n"
        "- raises `ValueError`\n- side effects: writes `self.x`"
    )


def test_a_hover_summary_of_a_class_and_of_a_file() -> None:
    case = Case("class │A:\n    def run(self): ...\n")
    assert "- class, 2 lines\n- members `run`" in summary(case.document, case.scope)
    whole = Case("class A:\n    def run(self): ...\n\n\nx = 1\n")
    assert summary(whole.document, whole.scope) == "6 lines, 2 definitions: `A`"


def test_a_stub_and_a_generator_are_called_so() -> None:
    stub = Case("def │run():\n    pass\n")
    assert "yet to be written" in summary(stub.document, stub.scope)
    generator = Case("def │run():\n    yield 1\n")
    assert "- generator" in summary(generator.document, generator.scope)


def test_markdown_keeps_code_code_and_words_words() -> None:
    assert code("a`b``c") == "``` a`b``c ```"
    assert code("a\n  b") == "`a b`"
    assert code("") == ""
    assert fenced("x\n```\ny", "python") == "````python\nx\n```\ny\n````"
    assert words("[a](http://b) <i> *c* www.d") == (
        "\\[a\\](http:\u200b//b) \\<i\\> \\*c\\* www\u200b.d"
    )
    assert words("x" * 700).endswith("…")
    assert listed(["a", "b", "c"], 2) == "`a`, `b`, 1 more"


async def test_a_fix_is_never_that_of_another_problem_of_the_same_rule_and_place() -> None:
    text = (
        "from __future__ import annotations\nfrom typing import Callable, Dict\n\n\n"
        "def f(a: Dict[str, int], b: Callable[[], int]) -> None:\n    print(a, b)\n"
    )
    document = Document("file:///a.py", text, "python")
    tools = Tools()
    found = [f for f in (await tools.findings(document)).findings if f.rule == "UP035"]
    answers = {
        finding.message: await rewrite(
            make_task(ACTIONS["fix"], document, finding.span, diagnostics=[finding]), tools
        )
        for finding in found
    }
    await tools.close()
    assert len(answers) == 2
    for message, draft in answers.items():
        if "Dict" in message:
            assert draft is None
        else:
            assert draft is not None
            assert "from collections.abc import Callable" in document.edited(draft.edits).text
