"""When the code of a reply is there and its model only talks on."""

from __future__ import annotations

import pytest

from camus.actions import ACTIONS, BadReply, Draft, Sufficing, Task, make_task, read, talks_on
from camus.actions.sufficing import LITTLE, TALK
from camus.source import Document, Span

HEAD = 'def area(width, height):\n    """The area."""\n'
CODE = f"{HEAD}    result = width * height\n    return result\n"
NEW = f"{HEAD}    return width * height\n"
WORDS = "This gives back the product of both, as it did before, in one line less. "
TALKED = WORDS * (LITTLE // len(WORDS) + 1)
ON = WORDS * (TALK // len(WORDS) + 4)
FENCED = f"Here it is:\n\n```python\n{NEW}```\n"


def task(action: str = "refactor") -> Task:
    return make_task(ACTIONS[action], Document("file:///a.py", CODE, "python"), Span(6, 6))


def test_code_and_then_talk_is_enough() -> None:
    assert talks_on(task(), FENCED + TALKED)
    assert talks_on(task(), f"<think>```python\n{CODE}```</think>{FENCED}{TALKED}")
    assert talks_on(task(), f"~~~\n{NEW}~~~\n- {TALKED}\n- {TALKED}")


@pytest.mark.parametrize(
    "reply",
    {
        "no talk": FENCED,
        "little talk": FENCED + "That is all.",
        "an open fence": f"```python\n{NEW}\n{TALKED}",
        "a second piece under way": f"{FENCED}{TALKED}\n```python\ndef area(",
        "a second piece": f"{FENCED}{TALKED}\n{FENCED}{TALKED}",
        "the old code": f"It was:\n```python\n{CODE}```\n{TALKED}",
        "half of the code": f"```python\n{NEW[:40]}\n```\n{TALKED}",
        "another language": f"```go\n{NEW}```\n{TALKED}",
        "a diff": f"```diff\n--- a.py\n+++ a.py\n@@ -3,2 +3 @@\n-    result = 1\n```\n{TALKED}",
        "an edit in JSON": f'```json\n{{"edits": []}}\n```\n{TALKED}',
        "search and replace": "a.py\n```python\n<<<<<<< SEARCH\n    return result\n=======\n"
        f"    return 1\n>>>>>>> REPLACE\n```\n{TALKED}",
        "thinking": f"<think>{FENCED}{TALKED}",
        "words alone": TALKED * 3,
        "nothing": "",
    }.values(),
)
def test_more_may_come_otherwise(reply: str) -> None:
    assert not talks_on(task(), reply)


def test_code_for_a_few_lines_may_be_a_part_of_it() -> None:
    lines = Span(CODE.index("    result"), len(CODE) - 1)
    some = make_task(ACTIONS["refactor"], Document("file:///a.py", CODE, "python"), lines)
    assert not talks_on(some, f"```python\n    return width * height\n```\n{TALKED}")


@pytest.mark.parametrize("finish", ["length", "circles", "enough"])
def test_a_reply_cut_in_its_talk_is_read_all_the_same(finish: str) -> None:
    found = read(task(), FENCED + TALKED, finish=finish)
    assert isinstance(found, Draft)
    assert found.edits
    assert "left out what the model said after the code" in found.notes


@pytest.mark.parametrize("finish", ["length", "circles"])
def test_a_reply_cut_elsewhere_is_refused(finish: str) -> None:
    for reply in (FENCED, f"```python\n{NEW}", f"{FENCED}{TALKED}\n```python\n{CODE}```"):
        found = read(task(), reply, finish=finish)
        assert isinstance(found, BadReply)
        assert found.reason == "truncated"


@pytest.mark.parametrize("size", [1, 5, 40])
def test_a_reply_is_stopped_soon_after_its_code(size: int) -> None:
    reply, hear = FENCED + ON * 9, Sufficing(task())
    taken = next(at for at in range(0, len(reply), size) if hear(reply[at : at + size]))
    assert len(FENCED) + TALK <= taken + size <= len(FENCED) + TALK + 2 * 100 + size


@pytest.mark.parametrize(
    "reply", [FENCED + TALKED, ON * 9, f"```python\n{CODE}```\n{ON}{FENCED}", f"```\n{NEW * 30}"]
)
def test_other_replies_are_heard_to_their_end(reply: str) -> None:
    hear = Sufficing(task())
    assert not any(hear(reply[at : at + 7]) for at in range(0, len(reply), 7))
