"""The parts of reading a reply by themselves: fences, thinking, words, places."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camus.actions import ACTIONS, left_out, make_task
from camus.actions.diffs import Change, Misfit, changes_in
from camus.actions.fences import blocks, fence_for, fenced, outside
from camus.actions.patches import Ground, Patched, applied
from camus.actions.sanitising import plain, sanitised
from camus.actions.targets import around, paragraph
from camus.actions.thinking import final_answer
from camus.source import Document, Span


@given(st.text(alphabet="ab`~ \n\t", max_size=200))
def test_fenced_code_is_read_back_as_it_was(code: str) -> None:
    wanted = code if code.endswith("\n") or not code else f"{code}\n"
    (block,) = blocks(f"before\n{fenced(code, 'x')}\nafter")
    assert (block.code, block.info, block.closed) == (wanted, "x", True)


def test_text_outside_the_blocks_is_what_is_left() -> None:
    text = "one\n```\nx\n```\ntwo\n~~~\ny\n~~~\nthree"
    assert outside(text, blocks(text)) == "one\ntwo\nthree"


def test_a_fence_is_longer_than_any_inside() -> None:
    assert fence_for("a ```` b") == "`````"
    assert fence_for("plain") == "```"
    assert fence_for("~~~", "~") == "~~~~"


def test_inline_code_of_three_ticks_opens_no_block() -> None:
    assert blocks("```x = `1` ```\ntext") == ()


@given(st.text(max_size=300))
def test_taking_thinking_out_never_raises_nor_adds(text: str) -> None:
    answer = final_answer(text)
    assert len(answer.text) <= len(text)


def test_more_think_blocks_than_anyone_writes_are_no_answer() -> None:
    assert final_answer("<think>\n</think>\n" * 100).unclosed


@given(
    st.lists(
        st.sampled_from(
            (
                *(
                    "[",
                    "]",
                    "(",
                    ")",
                    "<",
                    ">",
                    "!",
                    "`",
                    "``",
                    "```\n",
                    "\n",
                    " ",
                    "a",
                    "https://x",
                ),
                *("<img src=x>", "[a](b)", "![a](b)", "[a]: b\n", "\x1b[31m", "\x00", "\u202e"),
                *("www.x.org", "<a@b.c>", "command:x", "</p>", "<!--", "[a][b]", "\\"),
            )
        ),
        max_size=30,
    ).map("".join)
)
def test_shown_markdown_holds_nothing_that_loads_or_runs(text: str) -> None:
    shown = sanitised(text)
    prose = outside(shown, blocks(shown))
    bare = re.sub(r"(?<![`\\])(`+)(?!`)([^\n]+?)(?<!`)\1(?!`)", " ", prose)
    assert not re.search(r"\]\([^()\n]*\)|^\[[^\[\]\n]+\]:", bare, re.MULTILINE)
    assert not re.search(r"<[a-z/!?]", bare, re.IGNORECASE)
    assert not re.search(r"[\x00\x1b\u202e]", shown)
    assert all(block.closed for block in blocks(shown))


def test_a_message_is_one_line_without_control_characters() -> None:
    assert plain("a\n\x1b[31mred\x1b[0m\tb\x07\u202e") == "a red b"


def _alone(*lines: str) -> Ground:
    return Ground((), lines, ())


def test_changes_apply_one_after_another_to_what_the_first_left() -> None:
    one = Change(("a",), ("b",))
    assert applied(_alone("a", "c"), (one, Change(("b",), ("d",)))) == Patched(("d", "c"))
    assert applied(_alone("a", "a"), (one,)) == Misfit("ambiguous", "a")
    assert applied(_alone("c"), (one,)) == Misfit("missing", "a")
    assert applied(_alone("c"), (Change((), ("x",)),)) == Misfit("missing", "x")


def test_an_empty_search_fills_an_empty_target_only() -> None:
    assert applied(_alone(""), (Change(("",), ("x = 1",)),)) == Patched(("x = 1",))


def test_a_change_around_the_target_is_named_and_an_import_there_is_taken() -> None:
    ground = Ground(("import os", "x = 1"), ("def f():", "    return 1"), ("y = 2",))
    assert applied(ground, (Change(("y = 2",), ("y = 3",)),)) == Misfit("outside", "y = 2")
    imports = applied(ground, (Change(("import os",), ("import os", "import re")),))
    assert imports == Patched(ground.lines, ("import re",))


def test_a_hunk_reaches_out_of_the_target_with_its_context_only() -> None:
    ground = Ground(("x = 1", ""), ("def f():", "    return 1"), ("", "y = 2"))
    old = ("x = 1", "", "def f():", "    return 1", "", "y = 2")
    new = ("x = 1", "", "def f():", "    return 2", "", "y = 2")
    assert applied(ground, (Change(old, new),)) == Patched(("def f():", "    return 2"))


@pytest.mark.parametrize(
    "text",
    [
        "<old>\n" * 200_000,
        "<<<<<<< SEARCH\n" * 200_000,
        "@@ -1 +1 @@\n" * 200_000,
        "-\n+\n" * 100_000,
    ],
)
def test_marks_without_end_are_read_in_one_pass(text: str) -> None:
    changes_in(text, frozenset(("x = 1",)))


def test_left_out_code_is_told_from_strings_that_say_so() -> None:
    text = 'def f():\r\n    """A.\r\n    # ... existing code ...\r\n    """\r\n    return 1\r\n'
    assert left_out(Document("file:///a.py", text, "python"), "") == ""
    cut = text.replace("return 1", "# ... existing code ...")
    assert left_out(Document("file:///a.py", cut, "python"), "") == "# ... existing code ..."
    assert left_out(Document("file:///a.py", cut, "python"), "# ... existing code ...") == ""


NESTED = "class A:\n    class B:\n        def m(self):\n            return 1\n\n\nx = 1\ny = 2\n"


def test_what_is_around_a_target_is_named_from_the_outside_in() -> None:
    document = Document("file:///a.py", NESTED, "python")
    at = NESTED.index("return")
    task = make_task(ACTIONS["refactor"], document, Span(at, at))
    assert [each.name for each in around(document, task.target)] == ["A", "B"]
    assert around(document, Span(NESTED.index("x = 1"), len(NESTED) - 1)) == ()


def test_a_paragraph_ends_at_blank_lines_and_definitions() -> None:
    document = Document("file:///a.py", NESTED, "python")
    at = NESTED.index("y = 2")
    assert document.slice(paragraph(document, Span(at, at))) == "x = 1\ny = 2"


@pytest.mark.parametrize("span", [Span(0, 0), Span(5, 500), Span(900, 900)])
def test_a_place_outside_the_text_is_brought_inside(span: Span) -> None:
    document = Document("file:///a.py", NESTED, "python")
    for action in ACTIONS.values():
        task = make_task(action, document, span)
        assert document.span.contains(task.target)
        whole = make_task(action, document, span, whole_target=True)
        assert document.span.contains(whole.target)
