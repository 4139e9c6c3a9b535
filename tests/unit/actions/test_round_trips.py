"""For any source and any edit, an answer in each form gives that edit back and nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from camus.actions import ACTIONS, BadReply, Draft, Task, make_task, read
from camus.actions.fences import fenced
from camus.actions.reindent import dedented
from camus.source import Document, Span, apply_edits, unified_diff

STATEMENTS = (
    *(
        "total = total + 1",
        "return total",
        'name = "日本 # not a comment"',
        "items.append({1: [2]})",
    ),
    *("if total > 3:\n\tprint(total)", "for each in items:\n\tif each:\n\t\tcontinue"),
    *("# a comment about 🌍", 'text = """first\n  second\n\tthird\n"""', "pass", "del items[0]"),
    *("total = (\n\t1\n\t+ 2\n)", "try:\n\trun()\nexcept ValueError:\n\traise", "", "x = '`'"),
    *(
        'mark = "```"',
        "a = b < c & d > 1",
        "s = '&amp;'",
        "r = r'\\n'",
        "with open(p) as f:\n\tf.read()",
    ),
)
"""Statements whose blocks are indented by a tab for each level."""


@st.composite
def edits(draw: st.DrawFn) -> tuple[Document, Task, str]:
    """A file in Python, a task for a function in it, and the function's new text."""
    unit = draw(st.sampled_from(("    ", "  ", "\t")))
    depth = draw(st.integers(0, 1))
    body = st.lists(st.sampled_from(STATEMENTS), min_size=1, max_size=6)
    old, new = (_function(draw(body), unit, depth) for _ in range(2))
    head = "class Box:\n" + unit + "size = 1\n\n" if depth else "import os\n\n\n"
    tail = draw(
        st.sampled_from(
            ("", "\n", f"\n\n{unit * depth}def other(x):\n{unit * (depth + 1)}return x\n")
        )
    )
    newline = draw(st.sampled_from(("\n", "\r\n")))
    mark = draw(st.sampled_from(("", "\ufeff")))
    text = mark + (head + old + tail).replace("\n", newline)
    document = Document("file:///project/box.py", text, "python")
    at = text.index("def work")
    task = make_task(ACTIONS["refactor"], document, Span(at + 4, at + 4))
    return document, task, new.strip().replace("\n", newline)


def _function(statements: list[str], unit: str, depth: int) -> str:
    """A function that ends in a statement of its own, so that its text is all of it."""
    inner = unit * (depth + 1)
    lines = [f"{unit * depth}def work(self, items, total=0):"]
    for statement in [*statements, "return items"]:
        literal = '"""' in statement
        for number, line in enumerate(statement.split("\n")):
            tabs = len(line) - len(line.lstrip("\t"))
            inside = literal and number
            blank = not line.strip()
            lines.append(line if inside or blank else inner + unit * tabs + line[tabs:])
    return "\n".join(lines)


def _whole(document: Document, task: Task, new: str) -> str:
    return document.text[: task.target.start] + new + document.text[task.target.end :]


def _lf(text: str) -> str:
    return text.replace("\r\n", "\n").removeprefix("\ufeff")


def _lines(task: Task, new: str) -> tuple[str, str]:
    """The old and the new text with the first line's indentation."""
    return task.scope.indent + _lf(task.code), task.scope.indent + _lf(new)


def _in_fence(document: Document, task: Task, new: str) -> str:
    return f"Here it is:\n\n{fenced(_lines(task, new)[1], 'python')}\n\nDone."


def _whole_file(document: Document, task: Task, new: str) -> str:
    return fenced(_lf(_whole(document, task, new)), "python")


def _search_replace(document: Document, task: Task, new: str) -> str:
    old, new = _lines(task, new)
    return f"box.py\n<<<<<<< SEARCH\n{old}\n=======\n{new}\n>>>>>>> REPLACE\n"


def _diff(document: Document, task: Task, new: str) -> str:
    whole = _lf(_whole(document, task, new))
    text = unified_diff(_lf(document.text), whole, "box.py", context=10_000)
    return fenced(re.sub(r"^@@ .*@@", "@@ -7,1 +3,9 @@", text, flags=re.MULTILINE), "diff")


def _json_code(document: Document, task: Task, new: str) -> str:
    return json.dumps({"code": _lines(task, new)[1]})


def _json_edits(document: Document, task: Task, new: str) -> str:
    old, new = _lines(task, new)
    return json.dumps({"edits": [{"old": old, "new": new}]}, ensure_ascii=False)


FORMS = (_in_fence, _whole_file, _search_replace, _diff, _json_code, _json_edits)


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=60, deadline=None)
@given(edit=edits())
def test_an_edit_of_a_function_comes_through(
    form: Callable[[Document, Task, str], str], edit: tuple[Document, Task, str]
) -> None:
    document, task, new = edit
    result = read(task, form(document, task, new))
    if new == task.code:
        assert isinstance(result, BadReply)
        return
    assert isinstance(result, Draft), result
    assert apply_edits(document.text, result.edits) == _whole(document, task, new)


@settings(max_examples=60, deadline=None)
@given(edit=edits())
def test_code_sent_flush_left_finds_its_place_and_leaves_strings_alone(
    edit: tuple[Document, Task, str],
) -> None:
    document, task, new = edit
    lines = _lines(task, new)[1]
    if '"""' in lines:
        return  # a string's lines cannot be told once they are moved with the code around them
    result = read(task, fenced(dedented(lines), "python"))
    if isinstance(result, BadReply):
        assert result.reason == "unchanged"
        assert new == task.code
        return
    assert apply_edits(document.text, result.edits) == _whole(document, task, new)


LINE = st.text(alphabet="ab xyz01(){}[];:=+*/#'\"漢é😀~`", min_size=1, max_size=12).map(str.strip)


@settings(max_examples=150, deadline=None)
@given(
    old=st.lists(LINE, min_size=1, max_size=8).map("\n".join).filter(str.strip),
    new=st.lists(LINE, min_size=1, max_size=8).map("\n".join).filter(str.strip),
    end=st.sampled_from(("", "\n", "\n\n")),
)
def test_a_whole_text_in_no_known_language_comes_through(old: str, new: str, end: str) -> None:
    old, new = old.strip("\n"), new.strip("\n")
    document = Document("file:///project/notes.txt", old + end, "text")
    task = make_task(
        ACTIONS["modify"], document, document.span, instruction="as said", whole_target=True
    )
    result = read(task, f"Here:\n\n{fenced(new)}\n")
    if isinstance(result, BadReply):
        assert result.reason == "unchanged"
        assert new == old
        return
    assert apply_edits(document.text, result.edits) == new + end
