"""Filling in at a cursor: what a model is sent, and what of its reply is inserted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from camus.actions import ACTIONS, BadReply, Draft, Task, fill_prompt, make_task, read_fill
from camus.config import FILLS, fill_of
from camus.source import Document, Span, apply_edits

TEXT = "def f(x):\n    return \n\n\nprint(f(1))\n"
CURSOR = TEXT.index("return ") + len("return ")
QWEN = fill_of("qwen2.5-coder:1.5b-base")
assert QWEN is not None


def _task(text: str = TEXT, cursor: int | None = CURSOR) -> Task:
    document = Document("file:///w/a.py", text, "python")
    made = make_task(ACTIONS["modify"], document, Span(cursor or 0, cursor or 0))
    return replace(made, cursor=cursor)


@pytest.mark.parametrize(
    ("model", "raw"),
    [
        ("qwen2.5-coder:7b", "<|fim_prefix|>A<|fim_suffix|>B<|fim_middle|>"),
        ("Qwen3-Coder-30B-A3B-Instruct", "<|fim_prefix|>A<|fim_suffix|>B<|fim_middle|>"),
        ("codegemma:2b", "<|fim_prefix|>A<|fim_suffix|>B<|fim_middle|>"),
        ("starcoder2:3b", "<fim_prefix>A<fim_suffix>B<fim_middle>"),
        ("granite-code:3b", "<fim_prefix>A<fim_suffix>B<fim_middle>"),
        ("deepseek-coder-v2", "<｜fim▁begin｜>A<｜fim▁hole｜>B<｜fim▁end｜>"),
        ("codellama:7b-code", "<PRE> A <SUF>B <MID>"),
        ("codestral:22b", "[SUFFIX]B[PREFIX]A"),
    ],
)
def test_each_family_has_its_own_tokens(model: str, raw: str) -> None:
    fill = fill_of(model)
    assert fill is not None
    assert fill.text("A", "B") == raw


@pytest.mark.parametrize(
    "model", ["qwen2.5:7b", "llama3.2", "codellama:70b", "codellama:7b-python", "gemma2", "gpt-4o"]
)
def test_others_are_asked_in_words(model: str) -> None:
    assert fill_of(model) is None


def test_the_text_around_the_cursor_is_sent_as_much_as_fits() -> None:
    prompt = fill_prompt(_task(), QWEN, window=4096)
    assert prompt is not None
    assert [message.content for message in prompt.messages] == [TEXT[:CURSOR], TEXT[CURSOR:]]
    assert prompt.sources == ("file:///w/a.py",)
    long = "x = 1\n" * 4000
    prompt = fill_prompt(_task(long, len(long) // 2), QWEN, window=1024)
    assert prompt is not None
    assert sum(len(message.content) for message in prompt.messages) < 1024 * 2.5
    assert fill_prompt(_task(cursor=None), QWEN, window=4096) is None


@pytest.mark.parametrize("token", [token for _, fill in FILLS for token in fill.tokens])
def test_code_that_holds_a_token_is_never_sent_so(token: str) -> None:
    fill = next(fill for _, fill in FILLS if token in fill.tokens)
    text = f'{TEXT}MARK = "{token}"\n'
    assert fill_prompt(_task(text), fill, window=4096) is None


@pytest.mark.parametrize(
    ("reply", "finish", "after"),
    [
        ("x + 1", "stop", TEXT.replace("return ", "return x + 1")),
        ("x + 1\n\n", "stop", TEXT.replace("return ", "return x + 1")),
        ("x\r\n\r\n\r\nprint(f(1))", "stop", TEXT.replace("return ", "return x")),
        ("x + 1\n    # and th", "length", TEXT.replace("return ", "return x + 1")),
    ],
)
def test_a_reply_is_inserted_without_what_stands_there(reply: str, finish: str, after: str) -> None:
    draft = read_fill(_task(), reply, finish=finish)
    assert isinstance(draft, Draft)
    assert apply_edits(TEXT, draft.edits) == after


def test_line_breaks_are_the_file_s_and_a_long_reply_ends_after_some_lines() -> None:
    text = "x = 1\r\n\r\ny = 2\r\n"
    draft = read_fill(_task(text, 7), "a = 1\nb = 2")
    assert isinstance(draft, Draft)
    assert draft.edits[0].text == "a = 1\r\nb = 2"
    draft = read_fill(_task(), "\n".join(f"line{n}" for n in range(100)))
    assert isinstance(draft, Draft)
    assert draft.edits[0].text.count("\n") < 20


@pytest.mark.parametrize(
    ("reply", "finish", "reason"),
    [
        ("", "stop", "empty"),
        ("  \n", "stop", "empty"),
        ("Sure:\n```python\nx\n```", "stop", "no_code"),
        ("x +", "length", "truncated"),
    ],
)
def test_a_reply_with_nothing_to_insert_is_refused(reply: str, finish: str, reason: str) -> None:
    bad = read_fill(_task(), reply, finish=finish)
    assert isinstance(bad, BadReply)
    assert bad.reason == reason
