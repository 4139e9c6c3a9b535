"""Old code against new: the same inputs, and the tests that name it."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from camus.analysis import Trials
from camus.source import Document

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the sandbox needs Linux")

CODE = '''import math


def pick(items, at=2):
    """The item at a place."""
    if at < len(items):
        return items[at]
    return None


def clean(text):
    return text.strip().lower().replace("-", "_")


def ratio(a: int, b: int) -> float:
    if b == 0:
        raise ValueError("zero")
    return a / b


def first(items: list[int], rest: list[int]) -> int:
    rest.append(len(items))
    return items[0]


def digits(text: str) -> int:
    count = 0
    while text and text[0].isdigit():
        text = text[1:]
        count += 1
    return count


def middle(values: list[float]) -> float:
    return math.fsum(values) / len(values) if values else math.nan


def pairs(items: list[str]):
    for at, item in enumerate(items):
        yield at, item


class Box:
    @staticmethod
    def half(x: int) -> int:
        return x // 2
'''


@pytest.fixture
async def trials() -> AsyncIterator[Trials]:
    made = Trials()
    yield made
    await made.close()


def text(code: str) -> Document:
    return Document("untitled:a.py", code, "python")


@pytest.mark.parametrize(
    ("function", "old", "new", "told"),
    [
        ("pick", "at < len", "at <= len", "now raises IndexError"),
        ("pick", "return None", "return items", "gave None, now gave"),
        ("clean", ".lower()", ".upper()", "now gave"),
        ("ratio", "a / b", "b / a", "now"),
        ("ratio", 'raise ValueError("zero")', "return 0.0", "raises ValueError, now gave 0.0"),
        ("first", "rest.append(len(items))", "rest.append(-1)", "left its arguments as"),
        ("digits", "text = text[1:]", "text = text[0:]", "does not end"),
        ("middle", "math.nan", "0.0", "gave nan, now gave 0.0"),
        ("pairs", "yield at, item", "yield item, at", "now"),
        ("Box.half", "x // 2", "x / 2", "now gave"),
        ("pick", "import math", "import maths", "it cannot load"),
    ],
)
async def test_what_behaves_otherwise_is_shown(
    trials: Trials, function: str, old: str, new: str, told: str
) -> None:
    found = await trials.compare(text(CODE), text(CODE.replace(old, new)), function)
    assert found.state == "differs"
    assert told in found.example
    if "load" not in told:
        assert found.example.startswith(f"{function}(")


@pytest.mark.parametrize(
    ("function", "old", "new"),
    [
        ("pick", "The item at a place.", "What stands at a place, if anything."),
        ("pick", "    return None\n", "    return\n"),
        ("clean", "text.strip().lower()", "text.lower().strip()"),
        ("ratio", "if b == 0:", "if not b:"),
        ("middle", "if values else", "if len(values) else"),
        ("pairs", "enumerate(items)", "enumerate(items, 0)"),
    ],
)
async def test_what_behaves_the_same_passes_on_many_inputs(
    trials: Trials, function: str, old: str, new: str
) -> None:
    found = await trials.compare(text(CODE), text(CODE.replace(old, new)), function)
    assert (found.state, found.example, found.inputs > 50) == ("same", "", True)


async def test_the_same_question_has_the_same_answer(trials: Trials) -> None:
    changed = text(CODE.replace("at < len", "at <= len"))
    first = await trials.compare(text(CODE), changed, "pick")
    assert first == await trials.compare(text(CODE), changed, "pick")


async def test_chance_is_no_difference(trials: Trials) -> None:
    code = "import random\n\ndef roll(n: int) -> float:\n    return random.random() * n\n"
    found = await trials.compare(text(code), text(code + "\n"), "roll")
    assert (found.state, found.example) == ("same", "")


async def test_inputs_that_never_reach_what_changed_tell_nothing(trials: Trials) -> None:
    code = """import zlib

def f(text: str) -> int:
    if zlib.crc32(text.encode()) == 123456789:
        return 1
    return 2
"""
    found = await trials.compare(text(code), text(code.replace("return 1", "return 3")), "f")
    assert (found.state, "reached" in found.reason) == ("unable", True)


async def test_code_that_cannot_be_loaded_is_said(trials: Trials) -> None:
    code = "from . import other\n\ndef one():\n    return other.two()\n"
    found = await trials.compare(text(code), text(code + "\n"), "one")
    assert found.state == "unable"
    assert "ImportError" in found.reason


def project(root: Path) -> Document:
    (root / "shop").mkdir(parents=True)
    (root / "shop" / "__init__.py").write_text("", encoding="utf-8")
    (root / "shop" / "rate.py").write_text("RATE = 2\n", encoding="utf-8")
    code = "from .rate import RATE\n\n\ndef price(n: int) -> int:\n    return n * RATE\n"
    file = root / "shop" / "prices.py"
    file.write_text(code, encoding="utf-8")
    (root / "tests").mkdir()
    (root / "tests" / "test_prices.py").write_text(
        "from shop.prices import price\n\n\ndef test_price():\n    assert price(2) == 4\n\n\n"
        "def test_nothing():\n    assert price(0) == 0\n",
        encoding="utf-8",
    )
    (root / "tests" / "test_other.py").write_text("def test_x():\n    assert False\n", "utf-8")
    return Document(file.as_uri(), code, "python")


def names(root: Path) -> set[str]:
    return {str(each.relative_to(root)) for each in root.rglob("*")}


async def test_a_function_of_a_package_is_compared_with_its_relative_imports(
    trials: Trials, tmp_path: Path
) -> None:
    root = tmp_path / "p"
    code = project(root)
    new = Document(code.uri, code.text.replace("n * RATE", "n + RATE"), "python")
    found = await trials.compare(code, new, "price", project=str(root))
    assert found.state == "differs"
    assert "price(" in found.example


async def test_affected_tests_run_on_a_copy_and_new_failures_are_named(
    trials: Trials, tmp_path: Path
) -> None:
    root = tmp_path / "p"
    code = project(root)
    before = names(root)
    new = Document(code.uri, code.text.replace("n * RATE", "n + RATE"), "python")
    found = await trials.test(code, new, ["price"], project=str(root))
    assert found.state == "ran"
    assert [each.partition(": ")[0] for each in found.broken] == ["tests.test_prices::test_nothing"]
    assert (found.passed, names(root)) == (1, before)
    assert (root / "shop" / "prices.py").read_text(encoding="utf-8") == code.text


async def test_a_test_that_failed_before_is_no_new_failure(trials: Trials, tmp_path: Path) -> None:
    root = tmp_path / "p"
    code = project(root)
    wrong = Document(code.uri, code.text.replace("n * RATE", "n + RATE"), "python")
    found = await trials.test(wrong, code, ["price"], project=str(root))
    assert (found.state, found.passed, found.broken) == ("ran", 2, ())
    still = Document(code.uri, wrong.text + "\n\nX = 1\n", "python")
    assert (await trials.test(wrong, still, ["price"], project=str(root))).broken == ()


async def test_what_cannot_be_imported_any_more_is_a_failure(
    trials: Trials, tmp_path: Path
) -> None:
    root = tmp_path / "p"
    code = project(root)
    new = Document(code.uri, code.text.replace("from .rate", "from .rates"), "python")
    found = await trials.test(code, new, ["price"], project=str(root))
    assert found.state == "ran"
    assert found.broken


async def test_code_that_no_test_names_is_said(trials: Trials, tmp_path: Path) -> None:
    root = tmp_path / "p"
    code = project(root)
    found = await trials.test(code, code, ["elsewhere"], project=str(root))
    assert (found.state, found.reason) == ("none", "no test names this code")
