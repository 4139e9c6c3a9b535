"""Which requests are the same to the cache: layout and edits elsewhere change nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from camus.models import Sampling
from camus.orchestrator import Outcome
from camus.orchestrator.recipes import plain, recipe
from camus.privacy import Message, Prompt
from support.engines import document, fenced, models, request, running, scripted
from support.tasks import profile

STUB = '''def area(width: int, height: int) -> int:
    """The area of a rectangle."""
    raise NotImplementedError


def other() -> None:
    return None
'''
GOOD = '''def area(width: int, height: int) -> int:
    """The area of a rectangle."""
    return width * height
'''

SAME = [
    ("a b\n", "a b  \n"),
    ("a\nb\n", "a\n\n\nb\n"),
    ("a\n  b = c\nd", "a\n  b   =   c\nd"),
    ("a\n  b\t= c\nd", "a\n  b\t= c  \nd"),
    ('x\n"""q\n\nr"""  \n\ny\n', 'x\n"""q\n\nr"""\ny\n'),
    ("```python\na\n```\n", "```python\n\na\n```\n"),
]
OTHER = [
    ("a\n  b = 'c  d'\ne", "a\n  b = 'c d'\ne"),
    ("a\n# c  d\ne", "a\n# c d\ne"),
    ("a\n  b\nc", "a\n    b\nc"),
    ('x\n"""q\n\nr"""\n', 'x\n"""q\nr"""\n'),
    ("x = `a\n\nb`\n", "x = `a\nb`\n"),
    ("a b", "ab"),
]


@pytest.mark.parametrize(("one", "two"), SAME)
def test_layout_means_nothing(one: str, two: str) -> None:
    assert plain(one) == plain(two)


@pytest.mark.parametrize(("one", "two"), OTHER)
def test_what_means_something_is_kept(one: str, two: str) -> None:
    assert plain(one) != plain(two)


def test_the_digest_of_the_content_is_no_content() -> None:
    assert plain("<data-1>\na\n</data-1>", ("data-1",)) == plain(
        "<data-2>\na\n</data-2>", ("data-2",)
    )


def test_everything_that_shapes_a_reply_is_in_the_key() -> None:
    prompt = Prompt((Message("user", "say it"),), version="v")
    model, sampling = profile("m"), Sampling()
    keys = {
        recipe(prompt, model, sampling),
        recipe(replace(prompt, version="w"), model, sampling),
        recipe(replace(prompt, messages=(Message("user", "say that"),)), model, sampling),
        recipe(prompt, replace(model, digest="another"), sampling),
        recipe(prompt, replace(model, window=4096), sampling),
        recipe(prompt, profile("n"), sampling),
        recipe(prompt, model, replace(sampling, temperature=0.9)),
        recipe(prompt, model, replace(sampling, seed=4)),
    }
    assert len(keys) == 8


async def answered(tmp_path: Path, *texts: str) -> tuple[list[Outcome], int]:
    """Each text answered in turn by one engine; how often the model was asked."""
    root = tmp_path / "project"
    root.mkdir()
    backend = scripted(lambda _model, _prompt: fenced(GOOD), "small")
    outcomes = []
    async with running(root, backend, models(small="fast")) as engine:
        for number, text in enumerate(texts):
            asked = request(document(root, "a.py", text), "implement", "area", id=f"r{number}")
            outcomes.append(await engine.perform(asked))
    return outcomes, len(backend.calls)


async def test_an_edit_elsewhere_and_blanks_in_the_target_find_the_same_answer(
    tmp_path: Path,
) -> None:
    above = "import os\n\n\n" + STUB
    below = STUB.replace("return None", "print(1)")
    spaced = STUB.replace('rectangle."""\n', 'rectangle."""\n\n')
    outcomes, asked = await answered(tmp_path, STUB, above, below, spaced)
    assert asked == 1
    assert [each.decision.cached for each in outcomes] == [False, True, True, True]
    for outcome, text in zip(outcomes, (STUB, above, below, spaced), strict=True):
        assert outcome.state == "done"
        after = outcome.task.document.edited(outcome.edits).text
        assert after.replace("\n\n    return", "\n    return") == text.replace(
            "\n\n    raise", "\n    raise"
        ).replace("raise NotImplementedError", "return width * height")


async def test_another_word_in_the_target_asks_again(tmp_path: Path) -> None:
    _, asked = await answered(tmp_path, STUB, STUB.replace("a rectangle", "a  rectangle"))
    assert asked == 2
