"""What holds for any reply at all, and for real functions sent back in every form."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from camus.actions import ACTIONS, BadReply, Draft, Task, make_task, prompt, read, repair_prompt
from camus.actions.fences import fenced
from camus.actions.reindent import dedented
from camus.source import Document, Span, apply_edits, definitions

PYTHON = '''import os


class Box:
    """A box."""

    def area(self):
        r = self.w * self.h
        return r

    def side(self): ...


def free(x):
    return os.path.join(x)
'''
TYPESCRIPT = """import { a } from './a';

export class Box {
  area(): number {
    const r = this.w * this.h;
    return r;
  }
}

const free = (x: number) => a(x);
"""
PLACES = [
    (language, text, Span(at, at))
    for language, text, marks in (
        ("python", PYTHON, ("r = self", "class Box", "def side", "return os", "import os")),
        ("typescript", TYPESCRIPT, ("const r", "class Box", "const free", "import")),
        ("fortran", "program x\n  print *, 1\nend program\n", ("print",)),
    )
    for at in (text.index(mark) for mark in marks)
]
PIECES = st.sampled_from(
    (
        *("```python\n", "```\n", "````\n", "~~~\n", "<think>", "</think>\n", "\n", "  ", "\t"),
        *("def area(self):\n", "    return 1\n", "class Box:\n", "import sys\n", "...", "# ...\n"),
        *("<<<<<<< SEARCH\n", "=======\n", ">>>>>>> REPLACE\n", "@@ -1 +1 @@\n", "-", "+", '"""'),
        *("{", "}", "(", ")", "'", "`", "\\", "\r\n", "\r", "\ufeff", "\x00", "\x1b[31m", "🌍"),
        *("        r = self.w * self.h\n", "        return r\n", "area() {\n", "[a](b)", "<b>"),
        *("2: error: x\n", "<data-x>", "</data-x>", "<|channel|>final<|message|>", "I'm sorry"),
    )
)
REPLIES = st.one_of(st.text(max_size=400), st.lists(PIECES, max_size=40).map("".join))


@settings(max_examples=400, deadline=None)
@given(
    place=st.sampled_from(PLACES),
    action=st.sampled_from(sorted(ACTIONS)),
    reply=REPLIES,
    finish=st.sampled_from(("stop", "length", "circles")),
)
def test_no_reply_raises_or_edits_outside_the_target(
    place: tuple[str, str, Span], action: str, reply: str, finish: str
) -> None:
    language, text, span = place
    task = make_task(ACTIONS[action], Document("file:///a", text, language), span)
    result = read(task, reply, finish=finish, prompt=_asked(task))
    if isinstance(result, BadReply):
        assert result.message.endswith((".", "”"))
        return
    after = apply_edits(text, result.edits)
    added = any("imports" in note for note in result.notes)
    assert added or after.startswith(text[: task.target.start])
    assert after.endswith(text[task.target.end :])
    assert "\x1b" not in result.text
    if task.action.produces == "edit":
        assert after != text
        assert after[task.target.start : len(after) - len(text) + task.target.end].strip()


def _asked(task: Task):  # type: ignore[no-untyped-def]  # a Prompt; TooLarge cannot be here
    return prompt(task, (), window=100_000, answer=100)


def test_a_reply_cut_in_crlf_lines_is_read_as_any_other() -> None:
    at = PYTHON.index("r = self")
    task = make_task(ACTIONS["refactor"], Document("file:///a.py", PYTHON, "python"), Span(at, at))
    reply = "```python\r\ndef area(self):\r\n    return self.w * self.h\r\n```\r\n"
    result = read(task, reply)
    assert isinstance(result, Draft)
    assert "\r" not in apply_edits(PYTHON, result.edits)


def test_an_answer_far_longer_than_the_file_is_not_even_parsed() -> None:
    at = PYTHON.index("r = self")
    task = make_task(ACTIONS["refactor"], Document("file:///a.py", PYTHON, "python"), Span(at, at))
    fence = "```python\ndef area(self):\n" + "    x = 1\n" * 10_000 + "```\n"
    assert read(task, fence) == BadReply(
        "wrong_target", "The answer does not fit: it is far longer than the file."
    )


MODULES = ("textwrap", "json.decoder", "shlex", "configparser", "heapq", "fnmatch", "string")


def _functions(module: str) -> list[tuple[Document, Task]]:
    spec = importlib.util.find_spec(module)
    assert spec is not None
    assert spec.origin is not None
    path = Path(spec.origin)
    document = Document(path.as_uri(), path.read_text(encoding="utf-8"), "python")
    return [
        (document, make_task(ACTIONS["refactor"], document, scope.name_span))
        for scope in definitions(document)
        if scope.kind != "class" and not scope.is_stub
    ]


@pytest.mark.parametrize("module", MODULES)
def test_a_real_function_sent_back_as_it_is_changes_nothing(module: str) -> None:
    functions = _functions(module)
    assert functions
    for _, task in functions:
        indent = task.scope.indent
        for code in (indent + task.code, dedented(indent + task.code), "  " + task.code):
            if code.startswith("  ") and not indent and "\n" in task.code:
                continue  # a first line deeper than its body is no answer anyone sends
            result = read(task, f"Here:\n\n{fenced(code, 'python')}\n")
            if code.startswith("  ") and code == "  " + task.code and indent != "  ":
                continue
            assert isinstance(result, BadReply), (task.scope.qualified_name, result)
            assert result.reason == "unchanged", (task.scope.qualified_name, result)


@pytest.mark.parametrize("module", MODULES)
def test_an_edit_of_a_real_function_comes_through_flush_left_or_not(module: str) -> None:
    for document, task in _functions(module):
        scope = task.scope
        at = scope.body.start - task.target.start
        lines = document.lines
        body_line = lines.span(lines.line_of(scope.body.start))
        inner = document.text[body_line.start : scope.body.start]
        if inner.strip() or scope.doc is not None:
            continue  # a body on the header's line, or a docstring to stand behind
        new = f"{task.code[:at]}added = 1\n{inner}{task.code[at:]}"
        wanted = document.text[: task.target.start] + new + document.text[task.target.end :]
        for code in (scope.indent + new, dedented(scope.indent + new)):
            result = read(task, fenced(code, "python"))
            assert isinstance(result, Draft), (scope.qualified_name, result)
            assert apply_edits(document.text, result.edits) == wanted, scope.qualified_name


def test_a_repair_keeps_the_conversation_and_names_the_complaint() -> None:
    at = PYTHON.index("r = self")
    task = make_task(ACTIONS["refactor"], Document("file:///a.py", PYTHON, "python"), Span(at, at))
    first = prompt(task, (), window=8000, answer=1000)
    again = repair_prompt(task, first, "", "it does not parse")
    assert again.messages[:2] == first.messages
    assert [each.role for each in again.messages] == ["system", "user", "assistant", "user"]
    assert again.messages[2].content == "(nothing)"
    assert "it does not parse" in again.messages[3].content
    assert (again.tags, again.sources) == (first.tags, first.sources)
    assert again.version != first.version
