"""What a judgement says and what it leaves alone: findings, stubs, formats, absent tools."""

from __future__ import annotations

import pytest

from camus.actions import Draft
from camus.analysis import Finding, Findings, Tools
from camus.quality import assess
from camus.source import Document, Edit, Span, minimal_edits

from .conftest import Judge, task_for


@pytest.mark.parametrize(
    ("language", "name", "odd"),
    [
        ("python", "readAll", True),
        ("python", "read_all", False),
        ("python", "read", False),
        ("javascript", "read_all", True),
        ("javascript", "readAll", False),
    ],
)
async def test_new_functions_are_named_like_the_others(
    judge: Judge, language: str, name: str, odd: bool
) -> None:
    if language == "python":
        before = "def one_two(x):\n    return x\n\n\ndef two_three(x):\n    return x\n"
        after = f"{before}\n\ndef {name}(x):\n    return x\n"
    else:
        before = "function oneTwo(x) {\n  return x;\n}\nfunction twoThree(x) {\n  return x;\n}\n"
        after = f"{before}function {name}(x) {{\n  return x;\n}}\n"
    report = await judge(before, after, language=language, action="modify", instruction="add it")
    (part,) = [part for part in report.parts if part.name == "consistency"]
    assert (part.score < 1) is odd


async def test_what_the_edit_did_not_bring_does_not_count(judge: Judge) -> None:
    before = "def f(x):\n    eval(x)\n    return missing + x\n"
    after = "\n\ndef g(x):\n    pass\n\n\n" + before.replace("+ x", "+ x + 1")
    report = await judge(before, after, at="")
    assert report.introduced == ()
    assert report.score >= 0.9


async def test_what_is_rewritten_on_a_line_with_a_known_problem_brings_nothing_new(
    judge: Judge,
) -> None:
    before = "def f(x):\n    return eval(x)\n"
    report = await judge(before, before.replace("eval(x)", "eval(x + 1)"), at="def f")
    assert (report.introduced, report.removed) == ((), ())


async def test_a_mended_problem_is_named_in_the_old_text(judge: Judge) -> None:
    before = "import os\n\nx = 1\n"
    report = await judge(before, "x = 1\n", action="fix", wants=("F401",))
    assert [(found.rule, found.span) for found in report.removed] == [("F401", Span(7, 9))]
    assert [part.score for part in report.parts if part.name == "fix"] == [1.0]


async def test_one_of_two_equal_problems_is_half_of_the_work(tools: Tools) -> None:
    before = "def f():\n    return missing\n\n\ndef g():\n    return missing\n"
    after = before.replace("return missing", "return 1", 1)
    both = (await tools.findings(Document("untitled:a.py", before, "python"))).findings
    assert [each.rule for each in both] == ["F821", "F821"]
    task = task_for(before, "python", "fix_all", diagnostics=both)
    report = await assess(task, Draft(minimal_edits(before, after)), tools)
    (part,) = [part for part in report.parts if part.name == "fix"]
    assert part.score == 0.4


async def test_the_next_branch_of_a_chain_is_another_problem(judge: Judge) -> None:
    branches = "    {} x == 2:\n        return 2\n    elif x == 3:\n        return 3\n"
    start = "def f(x):\n    if x == 1:\n        return 1\n"
    end = "    else:\n        return 4\n"
    before = start + branches.format("elif") + end
    after = start + branches.format("if") + end
    report = await judge(before, after, action="fix", at="elif x == 2", wants=("RET505",))
    (part,) = [part for part in report.parts if part.name == "fix"]
    assert part.score == 1
    still = await judge(before, before.replace("x == 2", "2 == x"), action="fix", wants=("RET505",))
    assert still.score < 0.8


@pytest.mark.parametrize(("name", "true"), [("param0", True), ("rest", False)])
async def test_a_parameter_without_a_name_may_be_called_anything(
    judge: Judge, name: str, true: bool
) -> None:
    before = "function f({ a, b }, c) {\n  return a + b + c;\n}\n"
    described = (name, f"{name}.a", "c" if true else "d")
    fields = "".join(f" * @param {each} - It.\n" for each in described)
    after = f"/**\n * Add up.\n{fields} */\n{before}"
    report = await judge(before, after, language="javascript", action="document", at="function f")
    assert (report.score >= 0.95) is true


async def test_a_problem_that_no_tool_here_knows_is_said_to_be_unchecked(tools: Tools) -> None:
    before = "def f(x):\n    return x.foo\n"
    start = before.index("x.foo")
    wish = Finding("reportAttributeAccessIssue", "no attribute foo", Span(start, start + 5))
    task = task_for(before, "python", "fix", at="return x", diagnostics=(wish,))
    report = await assess(task, Draft((Edit(Span(start, start + 5), "x.bar"),)), tools)
    assert "fix: nothing here knows the diagnostic" in report.unchecked
    assert all(part.name != "fix" for part in report.parts)


async def test_a_stub_must_be_implemented(tools: Tools) -> None:
    before = "def f(x):\n    raise NotImplementedError\n"
    task = task_for(before, "python", "implement", at="def f")
    start = before.index("raise")
    span = Span(start, start + len("raise NotImplementedError"))
    still = await assess(task, Draft((Edit(span, "pass"),)), tools)
    assert still.score < 0.5
    assert still.complaint == "`f` is still not implemented; write its body."
    done = await assess(task, Draft((Edit(span, "return x * 2"),)), tools)
    assert done.score >= 0.95


async def test_the_report_says_what_could_not_be_checked(tools: Tools) -> None:
    for language, words in (
        ("javascript", ("format: no formatter for javascript",)),
        ("typescript", ("format: no formatter for typescript",)),
        ("python", ()),
    ):
        task = task_for("x = 1\n", language, "refactor")
        report = await assess(task, Draft((Edit(Span(4, 5), "2"),)), tools)
        assert report.unchecked == words
        assert "names" in report.checked
    task = task_for("x = 1\n", "python", "refactor")
    cobol = Document("untitled:a.cob", "x = 1\n", "cobol")
    task = type(task)(task.action, cobol, task.scope, task.target, task.classified)
    report = await assess(task, Draft((Edit(Span(4, 5), "2"),)), tools)
    assert report.unchecked[0] == "syntax and definitions: no grammar for cobol"
    assert "names: not known for cobol" in report.unchecked
    assert report.score > 0.9


async def test_code_that_was_not_formatted_need_not_be_now(tools: Tools) -> None:
    task = task_for("x=1\n", "python", "refactor")
    report = await assess(task, Draft((Edit(Span(2, 3), "2"),)), tools)
    assert report.score == 1


async def test_edits_that_do_not_fit_are_refused(tools: Tools) -> None:
    task = task_for("x = 1\n", "python", "refactor")
    for edits in (
        (Edit(Span(0, 3), "a"), Edit(Span(2, 4), "b")),
        (Edit(Span(100, 101), "a"),),
    ):
        report = await assess(task, Draft(edits), tools)
        assert "cannot be applied" in report.refusals[0]


async def test_two_branches_may_define_a_name_each_also_when_one_moves_out(judge: Judge) -> None:
    start = "def f(x):\n    if x:\n        def g():\n            return 1\n\n        return g\n"
    before = start + "    else:\n        def g():\n            return 2\n\n        return g\n"
    after = start + "\n    def g():\n        return 2\n\n    return g\n"
    report = await judge(before, after, at="def f")
    assert report.refusals == ()


async def test_a_parsers_blind_spot_before_the_change_is_nobodys_fault(tools: Tools) -> None:
    before = "function f(a) {\n  return a;\n}\nlet x = @@;\n"
    task = task_for(before, "javascript", "refactor", at="function f")
    start = before.index("a;")
    good = await assess(task, Draft((Edit(Span(start, start + 1), "a + 1"),)), tools)
    assert good.refusals == ()
    bad = await assess(task, Draft((Edit(Span(start, start + 1), "(a"),)), tools)
    assert "does not parse" in bad.refusals[0]


async def test_a_syntax_error_only_the_linter_sees_is_a_refusal(tools: Tools) -> None:
    before = "def f():\n    return 1\n"
    task = task_for(before, "python", "refactor", at="def f")
    start = before.index("1")
    report = await assess(task, Draft((Edit(Span(start, start + 1), "0777"),)), tools)
    assert "does not parse" in report.refusals[0]
    assert report.score == 0


async def test_an_absent_tool_is_named(tools: Tools, monkeypatch: pytest.MonkeyPatch) -> None:
    async def none(self: Tools, document: Document, project: str = "") -> Findings:
        return Findings(absent=(("ruff", "not installed"),))

    monkeypatch.setattr(Tools, "findings", none)
    task = task_for("x = 1\n", "python", "refactor")
    report = await assess(task, Draft((Edit(Span(4, 5), "2"),)), tools)
    assert "ruff: not installed" in report.unchecked
    assert "ruff" not in report.checked
