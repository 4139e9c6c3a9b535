"""Replies made to make reading raise or never end: large enough to hang what is quadratic."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from camus.actions import ACTIONS, BadReply, Draft, Task, make_task, read
from camus.source import Document, Span, apply_edits

N = 60_000
SOURCE = """import os


class Box:
    def area(self):
        r = self.w * self.h
        return r
"""
LARGE = {
    "backticks": "`" * (10 * 1024 * 1024),
    "fences": "```\n" * N,
    "blocks": "```python\nx\n```\n" * (N // 4),
    "named blocks": "### a.py\n```python\nx\n```\n" * (N // 8),
    "brackets": "(" * N,
    "fenced brackets": "```python\n" + "(" * N + "\n```",
    "objects": '{"code":' * N,
    "arrays": "[" * N,
    "triple quotes in JSON": '{"code": ' + ': """' * N,
    "commas in JSON": '{"a": "b"' + "," * N + "}",
    "quote marks": "> x\n" * N,
    "old tags": "<old>" * N,
    "pairs of tags": "<old>\n</old>\n<new>\n</new>\n" * (N // 8),
    "searches": "<<<<<<< SEARCH\n" * N,
    "search blocks": "<<<<<<< SEARCH\nx\n=======\ny\n>>>>>>> REPLACE\n" * (N // 8),
    "hunks": "@@\n-x\n+y\n" * (N // 3),
    "one long hunk": "```diff\n" + "-x\n+y\n" * N,
    "context": "@@\n" + " x = 1\n" * N + "+y\n",
    "line numbers": "\n".join(f"{at} | x" for at in range(N)),
    "entities": "&lt;" * N,
    "escapes": "\\n" * N,
    "thinking": "<think>" * N,
    "many thoughts": "<think>\n</think>\n" * N,
    "closing marks": "</think>\n" * N,
    "tags": "<code>\n" * N,
    "tokens": "<|im_end|>" * N,
    "starts": "<s>" * N,
    "channels": "<|channel|>" * N,
    "blanks": " " * N + "x",
    "blank lines": "x" + " \n" * N + "y",
    "dots": "...\n" * N,
    "placeholders": "```python\ndef area(self):\n"
    + "    # ... existing code ...\n" * (N // 30)
    + "```",
    "definitions": "def area(self):\n    return 1\n" * (N // 30),
    "deep blocks": "\n".join(" " * at + "if x:" for at in range(1200)),
    "quotes": '"""\n' * N,
    "comments": "/*" * N,
    "null characters": "\0" * N,
    "path": "a/" * N + "x.py",
}


def _task(source: str = SOURCE, language: str = "python") -> Task:
    at = source.index("r = self") if "r = self" in source else len(source) // 2
    return make_task(ACTIONS["refactor"], Document("file:///a.py", source, language), Span(at, at))


@pytest.mark.parametrize("name", LARGE)
def test_a_large_reply_is_refused_or_read_without_hanging(name: str) -> None:
    task = _task()
    _check(task, read(task, LARGE[name]))


@pytest.mark.parametrize("name", ["closing marks", "tokens", "starts", "context", "one long hunk"])
def test_a_large_reply_to_a_large_file_is_no_worse(name: str) -> None:
    task = _task(SOURCE + "x = 1\n" * 20_000)
    _check(task, read(task, LARGE[name]))


SOURCES = (
    ("python", SOURCE),
    ("javascript", "const a = {\n  f(x) {\n    return x;\n  },\n};\n"),
    ("go", "package a\n\nfunc F(x int) int {\n\treturn x\n}\n"),
    ("php", "<?php\nfunction f($x) {\n    return $x;\n}\n"),
    ("ruby", "def f(x)\n  x\nend\n"),
    ("json", '{"code": [1, 2]}\n'),
    ("text", "one\ntwo\n\nthree"),
)


@settings(max_examples=120, deadline=None)
@given(
    data=st.binary(max_size=400), source=st.sampled_from(SOURCES), how=st.sampled_from((0, 1, 2, 3))
)
def test_no_bytes_raise_and_no_text_outside_the_target_is_lost(
    data: bytes, source: tuple[str, str], how: int
) -> None:
    text = data.decode("utf-8", ("replace", "surrogateescape", "ignore", "backslashreplace")[how])
    task = _task(source[1], source[0])
    for reply in (
        text,
        f"```\n{text}\n```",
        f"@@\n{text}",
        f'{{"code": "{text}"}}',
        f"<<<<<<< SEARCH\n{text}",
    ):
        _check(task, read(task, reply))


def _check(task: Task, result: Draft | BadReply) -> None:
    if isinstance(result, BadReply):
        assert result.message
        return
    text = task.document.text
    after = apply_edits(text, result.edits)
    assert after.endswith(text[task.target.end :])
    assert after.startswith(text[: task.target.start]) or any("imports" in n for n in result.notes)
    assert after[task.target.start :].strip()
