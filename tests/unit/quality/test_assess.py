"""Drafts as good and bad as models make them, judged with the real tools."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from camus.actions import ACTIONS, Draft, Task, make_task, rewrite
from camus.analysis import Finding, Tools
from camus.quality import Part, Report, assess, score
from camus.source import Document, Edit, Span, definitions, minimal_edits

AREA = """def area(width, height):
    return width * height
"""


@pytest.fixture
async def tools() -> AsyncIterator[Tools]:
    made = Tools()
    yield made
    await made.close()


def about(
    code: str, action: str = "refactor", *, language: str = "python", instruction: str = ""
) -> Task:
    """A task about the first definition of a text."""
    endings = {"python": "py", "javascript": "js", "typescript": "ts"}
    document = Document(f"file:///a.{endings.get(language, 'txt')}", code, language)
    first = next(iter(definitions(document)), None)
    span = first.name_span if first else Span(0, len(code))
    return make_task(ACTIONS[action], document, span, instruction=instruction)


async def judged(task: Task, after: str, tools: Tools) -> Report:
    return await assess(task, Draft(minimal_edits(task.document.text, after)), tools)


async def test_a_clean_edit_is_near_one(tools: Tools) -> None:
    after = AREA.replace("    return", '    """Return the area."""\n    return')
    report = await judged(about(AREA, "document"), after, tools)
    assert report.score >= 0.95
    assert report.complaint == ""


@pytest.mark.parametrize("language", ["python", "javascript", "typescript"])
async def test_one_undefined_name_is_named_and_lands_between_floor_and_threshold(
    language: str, tools: Tools
) -> None:
    code = AREA
    if language != "python":
        code = "function area(width, height) {\n  return width * height;\n}\n"
    task = about(code, language=language)
    report = await judged(task, code.replace("width * ", "widht * "), tools)
    assert 0.4 <= report.score <= 0.75
    assert "widht" in report.complaint


async def test_a_broken_parse_is_refused(tools: Tools) -> None:
    report = await judged(about(AREA), AREA.replace("width *", "(width *"), tools)
    assert report.score == 0
    assert "does not parse" in report.complaint


async def test_a_new_security_hole_is_far_below_the_threshold(tools: Tools) -> None:
    report = await judged(about(AREA), AREA.replace("width * height", "eval(width)"), tools)
    assert report.score < 0.65
    assert "S307" in report.complaint


TOTAL = '''import math


def total(values, *, start=0):
    """Add the values up."""
    # an empty list is a mistake of the caller
    if not values:
        raise ValueError("nothing to add")
    result = start
    for value in values:
        result += math.floor(value)
    return result


def other():
    return 1
'''


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("total(values, *, start=0)", "total(values, start=0)", "signature"),
        ("def total(", "async def total(", "asynchronous"),
        ("def total(", "def totals(", "`total`"),
        ("    return 1", "    return 2", "outside the target"),
        ("    result = start\n", "    # rest of the code unchanged\n", "leaves code out"),
        ("result = start", 'result = start or "\u202e"', "U+202E"),
        ("result = start", "result = = start", "does not parse"),
        ("    return result\n", "    return result\n\n\ndef total(values):\n    pass\n", "twice"),
        ("import math", "import os; os.remove('x')", "outside the target"),
        ("", "", "changes nothing"),
    ],
)
async def test_what_no_score_can_make_up_for_is_refused(
    old: str, new: str, words: str, tools: Tools
) -> None:
    report = await judged(about(TOTAL), TOTAL.replace(old, new, 1), tools)
    assert report.score == 0
    assert any(words in each for each in report.refusals), report.refusals


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("    return result\n", "    print(result)\n", "no longer returns"),
        ('        raise ValueError("nothing to add")', "        return 0", "ValueError"),
        ("math.floor(value)", "eval(value)", "S307"),
        ("math.floor(value)", "floor(value)", "`floor`"),
    ],
)
async def test_what_a_person_would_not_accept_falls_below_the_threshold(
    old: str, new: str, words: str, tools: Tools
) -> None:
    report = await judged(about(TOTAL), TOTAL.replace(old, new, 1), tools)
    assert 0.3 <= report.score < 0.8
    assert words in report.complaint


async def test_words_of_the_user_may_rename_the_target(tools: Tools) -> None:
    task = about(TOTAL, "modify", instruction="rename it to sum_up")
    assert (await judged(task, TOTAL.replace("def total", "def sum_up"), tools)).score >= 0.8


async def test_an_import_beside_the_others_is_no_change_outside(tools: Tools) -> None:
    after = TOTAL.replace("math.floor", "int").replace("import math", "import math\nimport os")
    report = await judged(about(TOTAL), after, tools)
    assert report.refusals == ()


async def test_documenting_must_not_change_code(tools: Tools) -> None:
    after = AREA.replace("    return", '    """The area."""\n    return 2 *')
    report = await judged(about(AREA, "document"), after, tools)
    assert "must not change the code" in report.complaint


@pytest.mark.parametrize(("after", "good"), [("range(3)", True), ("range( 3, x )", False)])
async def test_a_fix_is_worth_what_it_mends(after: str, good: bool, tools: Tools) -> None:
    code = "def f():\n    return range(x)\n"
    document = Document("file:///a.py", code, "python")
    (found,) = [each for each in (await tools.findings(document)).findings if each.rule == "F821"]
    task = make_task(ACTIONS["fix"], document, found.span, diagnostics=[found])
    report = await judged(task, code.replace("range(x)", after), tools)
    assert report.score >= 0.95 if good else report.score < 0.5


async def test_what_was_wrong_before_does_not_count_when_it_moves(tools: Tools) -> None:
    code = "def f(a):\n    return eval(a)\n"
    report = await judged(about(code), "def f(a):\n    b = eval(a)\n    return b + 1\n", tools)
    assert all(each.rule != "S307" for each in report.introduced)


async def test_without_a_grammar_what_can_be_is_judged(tools: Tools) -> None:
    report = await judged(about("one\ntwo\n", language="text"), "one\nthree\n", tools)
    assert report.score > 0
    assert any("no grammar" in each for each in report.unchecked)


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("`area` multiplies the width by the height and returns the product as a number.", True),
        ("", False),
        ("I'm sorry, but I cannot help with that.", False),
        (f"```python\n{AREA}```", False),
        ("This is some code which does several things in an elegant and quite useful way.", False),
    ],
)
async def test_an_explanation_speaks_of_the_code(text: str, good: bool, tools: Tools) -> None:
    report = await assess(about(AREA, "explain"), Draft(text=text), tools)
    assert (report.score >= 0.8) is good
    assert bool(report.complaint) is not good


@pytest.mark.parametrize("action", ["explain", "document", "refactor"])
@pytest.mark.parametrize("language", ["python", "javascript", "typescript"])
async def test_the_rules_own_answers_are_good(action: str, language: str, tools: Tools) -> None:
    code = "def same(a, b):\n    if a == b:\n        return True\n    else:\n        return False\n"
    if language != "python":
        code = (
            "function same(a, b) {\n  if (a === b) {\n    return true;\n  } else {\n"
            "    return false;\n  }\n}\n"
        )
    task = about(code, action, language=language)
    draft = await rewrite(task, tools)
    if draft is None or not (draft.edits or draft.text):
        pytest.skip("the rules leave this to a model")
    report = await assess(task, draft, tools)
    assert report.score >= 0.8, report


@pytest.mark.parametrize("span", [Span(0, 10_000), Span(3, 9), Span(0, 0)])
@pytest.mark.parametrize("text", ["", "\ud800", "\x00", "def", "}" * 50, "\u202e'''"])
@pytest.mark.parametrize("language", ["python", "typescript", "text"])
async def test_no_draft_makes_it_raise(span: Span, text: str, language: str, tools: Tools) -> None:
    for action in ("fix", "document", "explain", "review", "implement"):
        report = await assess(
            about(AREA, action, language=language), Draft((Edit(span, text),)), tools
        )
        assert 0 <= report.score <= 1


def test_the_score_is_the_weighted_mean_and_nothing_with_a_refusal() -> None:
    both = (Part("a", 1.0, 3.0), Part("b", 0.0, 1.0, "b is bad"))
    assert score((), both) == 0.75
    assert score(("no",), both) == 0
    assert score((), ()) == 0
    assert Report(0.75, parts=both).complaint == "b is bad"


async def test_a_second_definition_of_a_name_is_not_taken_for_the_first(tools: Tools) -> None:
    twice = "def on(a):\n    if a:\n        def f():\n            pass\n"
    twice += "    else:\n        def f():\n            return 1\n    return f\n"
    report = await judged(about(twice), twice.replace("if a:", "if not a:"), tools)
    assert report.refusals == ()


async def test_a_body_replaced_by_a_stub_is_refused(tools: Tools) -> None:
    report = await judged(about(AREA), AREA.replace("return width * height", "pass"), tools)
    assert "empties the body" in report.complaint


@pytest.mark.parametrize(
    ("body", "words"),
    [("raise NotImplementedError()", "still not implemented"), ("return width", "")],
)
async def test_an_implementation_is_one(body: str, words: str, tools: Tools) -> None:
    stub = AREA.replace("return width * height", "raise NotImplementedError")
    after = AREA.replace("return width * height", body)
    report = await judged(about(stub, "implement"), after, tools)
    assert words in report.complaint
    assert report.score < 0.5 if words else report.score >= 0.95


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("TODO: describe", "placeholder"),
        ("Area.\n\n    :param depth: how deep\n    ", "`depth`"),
    ],
)
async def test_empty_or_false_documentation_falls_below(
    text: str, words: str, tools: Tools
) -> None:
    after = AREA.replace("    return", f'    """{text}"""\n    return')
    report = await judged(about(AREA, "document"), after, tools)
    assert report.score < 0.8
    assert words in report.complaint


async def test_a_comment_is_no_documentation(tools: Tools) -> None:
    after = AREA.replace("    return", "    # the area\n    return")
    report = await judged(about(AREA, "document"), after, tools)
    assert "still has no documentation" in report.complaint


async def test_a_syntax_diagnostic_is_gone_when_the_code_parses(tools: Tools) -> None:
    code = "function f( {\n  return 1;\n}\n"
    document = Document("file:///a.js", code, "javascript")
    wrong = Finding("syntax", "')' expected", Span(11, 13), "error")
    task = make_task(ACTIONS["fix"], document, document.span, diagnostics=[wrong])
    task = replace(task, target=document.span)
    report = await judged(task, code.replace("f( {", "f() {"), tools)
    assert report.score >= 0.9
    assert any(part.name == "fix" for part in report.parts)


@pytest.mark.parametrize(
    ("findings", "good"),
    [
        ([Finding("x", "the product overflows for large widths", Span(4, 8))], True),
        ([Finding("x", "the product overflows for large widths", Span(900, 950))], False),
        ([Finding("x", "bad code", Span(4, 8)), Finding("x", "bad", Span(4, 8))], False),
        ([Finding("x", "this is not good", Span(4, 8))] * 4, False),
    ],
)
async def test_a_review_points_at_the_code(
    findings: list[Finding], good: bool, tools: Tools
) -> None:
    report = await assess(about(AREA, "review"), Draft(findings=tuple(findings)), tools)
    assert (report.score >= 0.8) is good


async def test_a_cut_answer_and_a_short_one_say_so(tools: Tools) -> None:
    cut = Draft(text="`area` multiplies.", notes=("the answer was cut off at the limit",))
    report = await assess(about(AREA, "explain"), cut, tools)
    assert {part.name for part in report.parts if part.score < 1} == {"substance", "completeness"}


async def test_tabs_in_a_file_of_spaces_and_other_line_breaks_cost_a_little(tools: Tools) -> None:
    tabs = await judged(about(TOTAL), TOTAL.replace("    result = s", "\tresult = s"), tools)
    assert tabs.score < 1
    task = about("function f() {\n  return 1;\n}\n", language="javascript")
    crlf = await judged(task, task.document.text.replace("1;\n", "2;\r\n"), tools)
    assert "line break" in crlf.complaint


async def test_comments_and_documentation_lost_without_need_are_below_the_threshold(
    tools: Tools,
) -> None:
    for line in (
        "    # an empty list is a mistake of the caller\n",
        '    """Add the values up."""\n',
    ):
        report = await judged(about(TOTAL), TOTAL.replace(line, ""), tools)
        assert 0.6 <= report.score < 0.8
        assert "keep" in report.complaint
