"""TOML files: the tree in another spelling, with lines, and bad ones named."""

from __future__ import annotations

from contextlib import suppress
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camus.config import Config, imported
from camus.config.nodes import Node
from camus.config.read import Unreadable, read

from .conftest import Place

LINES = b'''# a profile
[defaults]
code = "x"
a.b = 1

[[models]]
id = "m"
capabilities = [
  "CODE",
  "FAST",
]
[models.parameters]
temperature = 0.2
[[models]]
id = """
n"""
"odd key" = 2026-01-01
'''


def _lines(node: Node) -> dict[str, int]:
    found = {node.path: node.line} if node.path else {}
    for item in (*node.entries.values(), *node.items):
        found |= _lines(item)
    return found


def test_every_key_has_its_line() -> None:
    found = _lines(read(LINES, "x.toml"))
    assert found == {
        "defaults": 2,
        "defaults.code": 3,
        "defaults.a": 4,
        "defaults.a.b": 4,
        "models": 6,
        "models[0]": 6,
        "models[0].id": 7,
        "models[0].capabilities": 8,
        "models[0].capabilities[0]": 8,
        "models[0].capabilities[1]": 8,
        "models[0].parameters": 12,
        "models[0].parameters.temperature": 13,
        "models[1]": 14,
        "models[1].id": 15,
        "models[1].odd key": 17,
    }


def test_the_tree_itself_may_be_written_in_toml(place: Place) -> None:
    place.write(
        """
[models.coder]
type = "vllm"
url = "http://127.0.0.1:8000"
max_tokens = 32_768

[pipelines]
careful = ["coder", "coder"]

[multi_model]
enabled = true
""",
        "config.toml",
    )
    loaded = place.load()
    assert loaded.problems == ()
    assert loaded.config.models["coder"].max_tokens == 32768
    assert len(loaded.config.pipelines["careful"].steps) == 2
    assert loaded.config.multi_model.enabled


def test_a_mistake_is_named_with_its_line(place: Place) -> None:
    path = place.write("[defaults]\nqualty_threshold = 0.5\n[fallbacks]\ncode = 3\n", "models.toml")
    said = [(problem.file, problem.line, problem.key) for problem in place.load().problems]
    assert said == [
        (str(path), 2, "defaults.qualty_threshold"),
        (str(path), 4, "fallbacks.code"),
    ]


class Bad(NamedTuple):
    """A TOML file that cannot be used, and what is said of it."""

    id: str
    data: bytes
    line: int
    says: str


BAD = [
    Bad("twice", b"a = 1\na = 2\n", 2, "a key is written twice"),
    Bad("no value", b"[cache]\nenabled\n", 2, "expected '=' after a key"),
    Bad("unclosed", b'a = "x\n', 1, "not TOML"),
    Bad("deep lists", b"a = " + b"[" * 60_000, 1, "nested too deeply"),
    Bad("lists a little deep", b"a = " + b"[" * 40 + b"]" * 40, 1, "nested more than 32 deep"),
    Bad("deep keys", b"\n" + b".".join([b"a"] * 60_000) + b" = 1", 2, "nested more than 32 deep"),
    Bad("deep table", b"[" + b".".join([b"a"] * 60_000) + b"]", 1, "nested more than 32 deep"),
    Bad("quoted keys", b'"a".' * 60 + b"b = 1", 1, "nested more than 32 deep"),
    Bad("long number", b"a = " + b"9" * 100_000, 1, "a number is too long"),
    Bad("many values", b"a = [" + b"1," * 20_000 + b"]", 1, "holds more than 10000 values"),
    Bad("binary", b"a = \x00", 1, "control character"),
]


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: bad.id)
def test_a_file_that_cannot_be_used_is_named(bad: Bad, place: Place) -> None:
    path = place.write(bad.data, "models.toml")
    loaded = place.load()
    (problem,) = loaded.problems
    assert (problem.severity, problem.file, problem.line) == ("error", str(path), bad.line)
    assert bad.says in problem.message
    assert loaded.config == Config()


SLOW = [
    "x" * 120_000,
    'a = "' + "." * 120_000 + '"',
    "a = '''\n" + "x\n" * 60_000 + "'''",
    "." * 9999,
]


@pytest.mark.parametrize("text", SLOW, ids=["a word", "dots", "a long text", "only dots"])
def test_no_text_makes_the_search_for_lines_hang(text: str) -> None:
    with suppress(Unreadable):  # quadratic, each would take minutes and meet the tests' time limit
        assert read(text.encode(), "x.toml")


@given(text=st.text(alphabet="ab.=[]{}\"'#\n ,1-", max_size=80))
def test_any_toml_looking_text_is_read_or_refused(text: str) -> None:
    try:
        root: object = read(text.encode(), "x.toml").value
    except Unreadable:
        root = {}
    assert isinstance(root, dict)


def test_yaml_beside_it_wins_and_says_so(place: Place) -> None:
    place.write("models: {a: {}}", "models.yml")
    path = place.write("[models.b]\n", "models.toml")
    loaded = place.load()
    assert list(loaded.config.models) == ["a"]
    assert [problem.file for problem in loaded.problems] == [str(path)]


def test_what_cannot_be_read_is_imported_as_nothing_with_the_reason() -> None:
    made = imported(b"[", "x.toml")
    assert made.text == ""
    assert len(made.problems) == 1
