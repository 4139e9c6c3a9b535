"""Which files a user's words name, and what a reply has for exactly one of them."""

from __future__ import annotations

import pytest

from camus.actions import ACTIONS, BadReply, Draft, in_words, make_task, read_named
from camus.source import Document, apply_edits

OLD = "def f():\n    return 1\n"
NEW = "def f():\n    return 2\n"


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("move it to utils.py", ("utils.py",)),
        ("move it to `pkg/utils.py`, and call it in ./main.py.", ("pkg/utils.py", "main.py")),
        ("in src\\a.ts, src\\a.ts and b.tsx", ("src\\a.ts", "b.tsx")),
        ("see https://example.org/a.py and nothing else", ()),
        ("call os.path.join(a) and self.width()", ("os.path",)),
        ("nothing here", ()),
        (" ".join(f"f{n}.py" for n in range(20)), tuple(f"f{n}.py" for n in range(8))),
    ],
)
def test_the_words_name_files(words: str, named: tuple[str, ...]) -> None:
    assert in_words(words) == named


def _read(reply: str, text: str = OLD, name: str = "pkg/utils.py") -> Draft | BadReply | None:
    document = Document(f"file:///w/{name}", text, "python")
    task = make_task(ACTIONS["modify"], document, document.span, whole_target=True)
    return read_named(task, reply)


def _block(code: str, info: str = "python") -> str:
    return f"```{info}\n{code}```\n"


@pytest.mark.parametrize(
    "reply",
    [
        _block("x = 1\n") + _block(NEW, "python pkg/utils.py"),
        _block("x = 1\n", "python main.py") + "**pkg/utils.py**\n" + _block(NEW),
        _block("x = 1\n") + _block(f"# utils.py\n{NEW}"),
        '{"files": [{"path": "utils.py", "code": "def f():\\n    return 2\\n"}, {"path": "a.py"}]}',
    ],
)
def test_only_what_names_the_file_is_read(reply: str) -> None:
    draft = _read(reply)
    assert isinstance(draft, Draft)
    assert apply_edits(OLD, draft.edits) == NEW


@pytest.mark.parametrize(
    "reply", [_block(NEW), _block(NEW, "python other/utils.py"), "no code at all"]
)
def test_what_names_no_file_or_another_is_not_for_it(reply: str) -> None:
    assert _read(reply) is None


def test_two_versions_of_a_new_file_are_refused_and_one_is_the_file() -> None:
    one = _read(_block(NEW, "python utils.py"), text="")
    assert isinstance(one, Draft)
    assert apply_edits("", one.edits) == NEW
    two = _read(_block(NEW, "python utils.py") + _block(OLD, "python utils.py"), text="")
    assert isinstance(two, BadReply)
    assert two.reason == "ambiguous"


@pytest.mark.parametrize("text", ["", OLD])
def test_a_file_with_code_left_out_or_cut_off_is_refused(text: str) -> None:
    lazy = _read(_block("# ... existing code ...\ny = 1\n", "python utils.py"), text=text)
    assert isinstance(lazy, BadReply)
    cut = _read(_block("x = 1\n") + "```python utils.py\ndef f():\n    retu", text=text)
    assert isinstance(cut, BadReply)
    assert cut.reason == "truncated"
