"""Migration keeps the meaning and the comments, both ways, and never half-writes a file."""

from __future__ import annotations

import random
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from camus.config import Complexity, Loaded, TaskKind, downgrade, meaning, migrate
from camus.config.read import Unreadable, read
from camus.config.spans import comments
from camus.journal import Stats
from camus.routing import Override, Plan, Policy, plan
from support.first_version import written
from support.tasks import profile, task

from .conftest import Place

PLANS = Path(__file__).parent / "plans"
GENERATED, CHUNK = 500, 25


def _loaded(folder: Path, name: str, data: bytes) -> Loaded:
    place = Place(folder)
    for old in (place.folders.config / each for each in ("config.yml", "config.json")):
        old.unlink(missing_ok=True)
    place.write_user(data, name)
    return place.load()


def _plans(loaded: Loaded) -> list[Plan]:
    """What would run: each pipeline, none, an unknown one, and a code action, on ready models."""
    ready = [profile(name) for name in loaded.config.models]
    asked = [task("modify"), task("ask", kind=TaskKind.GENERAL, complexity=Complexity.COMPLEX)]
    wishes = [Override(), Override(pipeline="nowhere"), Override(max_steps=1)]
    wishes += [Override(pipeline=name) for name in loaded.config.pipelines]
    policies = [Policy(loaded.config, override=wish) for wish in wishes]
    return [plan(each, ready, Stats(), policy) for each in asked for policy in policies]


def _same(one: Loaded, two: Loaded) -> None:
    assert meaning(one.config) == meaning(two.config)
    assert _plans(one) == _plans(two)
    assert sorted(p.message for p in one.problems) == sorted(p.message for p in two.problems)


@pytest.mark.parametrize("start", range(0, GENERATED, CHUNK))
def test_generated_files_migrate_to_equal_behaviour_and_back(start: int, tmp_path: Path) -> None:
    for seed in range(start, start + CHUNK):
        name, text = written(seed)
        data = text.encode()
        made = migrate(data, name)
        assert made.problems == (), (seed, made.problems)
        assert made.changes, seed
        before, after = _loaded(tmp_path, name, data), _loaded(tmp_path, name, made.data)
        assert after.config.version == 2, seed
        _same(before, after)
        again = migrate(made.data, name)
        assert (again.data, again.changes, again.problems) == (made.data, (), ()), seed
        back = downgrade(made.data, name)
        assert back.problems == (), (seed, back.problems)
        earlier = _loaded(tmp_path, name, back.data)
        assert earlier.config.version == 1, seed
        _same(before, earlier)
        if name.endswith(".yml"):
            assert comments(text) == comments(made.data.decode()) == comments(back.data.decode())


def test_the_generated_files_hold_what_people_write() -> None:
    texts = [written(seed)[1] for seed in range(GENERATED)]
    assert len(set(texts)) == GENERATED
    for mark in ("#", "&b", "<<:", "{", "[", "\r\n", '"', "'", "---", "\nbackends:\n-", "version:"):
        assert sum(mark in text for text in texts) > 10, mark
    full = [migrate(text.encode(), "config.yml") for text in texts[::5] if text[0] != "{"]
    listed = [made for made in full if any("stays a list" in change for change in made.changes)]
    assert len(listed) < len(full) / 30


class Case(NamedTuple):
    """A file before and after."""

    id: str
    before: str
    after: str
    name: str = "config.yml"


CASES = [
    Case(
        "the first plan's own",
        (PLANS / "phase-0-v1.yml").read_text(encoding="utf-8"),
        """# Camus Configuration v1.0 (Original Plan)
version: 2
models:
  deepseek-coder-local:
    type: ollama
    url: http://localhost:11434
    model: deepseek-coder:6.7b
  llama3-local:
    type: ollama
    url: http://localhost:11434
    model: llama3:8b

pipelines:
  default:
    - llama3-local
  refine-pro:
    - llama3-local
    - deepseek-coder-local

defaults:
  pipeline: default
""",
    ),
    Case(
        "flush left, anchors, comments, order",
        """# mine

# the servers
backends:   # all of them
- &base
  name: x  # the first
  type: "ollama"
  # between
- type: ollama   # told first
  name: 'y'
- {name: "z:1", type: ollama}
- <<: *base
  name: w
- name: alone

pipelines: {default: [x, y]}
""",
        """# mine

version: 2
defaults:
  pipeline: default
# the servers
models:   # all of them
  x: &base
    # the first
    type: "ollama"
    # between
  'y':
    type: ollama   # told first
  "z:1": {type: ollama}
  w:
    <<: *base
  alone: {}

pipelines: {default: [x, y]}
""",
    ),
    Case(
        "JSON",
        '{\n\t"backends": [{"name": "x", "type": "ollama"}],\n\t"pipelines": {"default": ["x"]}\n}',
        '{\n\t"version": 2, "defaults": {"pipeline": "default"},\n'
        '\t"models": {"x": {"type": "ollama"}},\n\t"pipelines": {"default": ["x"]}\n}',
        "config.json",
    ),
    Case(
        "a version that is stated",
        "version: 1.0 # first\nbackends: [{name: a}]\ndefaults:\n  pipeline: p\npipelines: {p: a}",
        "version: 2 # first\nmodels: {a: {}}\ndefaults:\n  pipeline: p\npipelines: {p: a}",
    ),
    Case(
        "an empty default",
        "pipelines: {default: [fast]}\ndefaults:\n  pipeline:   # none yet\n",
        "version: 2\npipelines: {default: [fast]}\ndefaults:\n  pipeline: default   # none yet\n",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_file_becomes(case: Case) -> None:
    made = migrate(case.before.encode(), case.name)
    assert made.problems == ()
    assert made.data.decode() == case.after


def test_a_byte_order_mark_and_line_ends_stay() -> None:
    made = migrate(b"\xef\xbb\xbfbackends:\r\n- name: a\r\n  type: ollama\r\n", "config.yml")
    assert made.data == b"\xef\xbb\xbfversion: 2\r\nmodels:\r\n  a:\r\n    type: ollama\r\n"


@pytest.mark.parametrize("name", ["task-5.1.yml", "phase-0-enhanced.yml"])
def test_an_example_that_uses_newer_features_keeps_them(name: str, tmp_path: Path) -> None:
    data = (PLANS / name).read_bytes()
    made = migrate(data, name)
    assert made.problems == ()
    assert b"\nmodels:" in made.data
    _same(_loaded(tmp_path, "config.yml", data), _loaded(tmp_path, "config.yml", made.data))


NOTHING = [
    "",
    "# only words\n",
    "version: 2\n",
    'version: "2.0"\nbackends: [{name: a}]\n',
    "models: {a: {}}\n",
]


@pytest.mark.parametrize("text", NOTHING)
def test_a_second_version_file_is_left_alone(text: str) -> None:
    made = migrate(text.encode(), "config.yml")
    assert (made.data, made.changes, made.problems) == (text.encode(), (), ())


STAYS = [
    ("backends:\n  - &a {name: x}\n  - *a\n", "an entry is no mapping"),
    ("backends:\n  - type: ollama\n", "an entry has no name of its own"),
    ("backends: &l\n  - name: &n x\npipelines: {p: [*n]}\n", "not written as a plain word"),
    ("backends:\n  - name: 5\n", "a name is not a word"),
    ("backends: [{name: x}]\nmodels: {y: {}}\nversion: 1\n", "`models` is given as well"),
]


@pytest.mark.parametrize(("text", "why"), STAYS, ids=lambda value: str(value)[:24])
def test_a_list_that_cannot_be_turned_stays_and_the_reason_is_told(
    text: str, why: str, tmp_path: Path
) -> None:
    made = migrate(text.encode(), "config.yml")
    assert made.problems == ()
    assert b"version: 2" in made.data
    assert b"backends:" in made.data
    assert any(why in change for change in made.changes), made.changes
    _same(
        _loaded(tmp_path, "config.yml", text.encode()), _loaded(tmp_path, "config.yml", made.data)
    )


def test_what_the_first_version_cannot_say_is_named_and_nothing_is_changed() -> None:
    text = """version: 2
models:
  a: {type: ollama, size: fast}
pipelines:
  p: {strategy: sequential, steps: [a]}
timeouts: {total: 5}
defaults: {strategy: single}
"""
    made = downgrade(text.encode(), "config.yml")
    assert made.data == text.encode()
    said = {(problem.line, problem.key) for problem in made.problems}
    assert said == {
        (3, "models.a.size"),
        (5, "pipelines.p"),
        (6, "timeouts"),
        (7, "defaults.strategy"),
    }


def test_a_pipeline_that_would_begin_to_run_by_itself_is_named() -> None:
    made = downgrade(b"version: 2\npipelines: {default: [a]}\n", "config.yml")
    assert "run by itself" in made.problems[0].message


@pytest.mark.parametrize("text", ["backends: [", "a: b: c", "- x", "[" * 99])
def test_an_unreadable_file_is_named_and_left(text: str) -> None:
    for change in (migrate, downgrade):
        made = change(text.encode(), "config.yml")
        assert made.data == text.encode()
        assert len(made.problems) == 1


def test_a_toml_file_is_sent_to_the_import() -> None:
    made = migrate(b'[[backends]]\nname = "a"\n', "config.toml")
    assert "config import" in made.problems[0].message


def _damaged(data: bytes, draw: random.Random) -> bytes:
    """A few bytes changed, lost or doubled."""
    buffer = bytearray(data)
    for _ in range(draw.randint(1, 4)):
        at = draw.randrange(len(buffer) + 1)
        match draw.randrange(4):
            case 0:
                buffer[at:at] = bytes(
                    draw.choices(b"-:{}[]&*#'\"\n |>!?,<ab\t\\", k=draw.randint(1, 3))
                )
            case 1:
                del buffer[at : at + draw.randint(1, 5)]
            case 2:
                buffer[at:at] = buffer[at : at + 12]
            case _:
                buffer[at : at + 1] = bytes([draw.randrange(256)])
    return bytes(buffer)


@pytest.mark.parametrize("start", range(0, 400, 50))
def test_a_damaged_file_migrates_to_the_same_or_not_at_all(start: int, tmp_path: Path) -> None:
    for seed in range(start, start + 50):
        draw = random.Random(seed)
        name, text = written(seed)
        data = _damaged(text.encode(), draw)
        made = migrate(data, name)
        if made.problems:
            assert made.data == data
            continue
        before, after = _loaded(tmp_path, name, data), _loaded(tmp_path, name, made.data)
        assert meaning(before.config) == meaning(after.config), seed
        back = downgrade(made.data, name)
        if not back.problems:
            earlier = _loaded(tmp_path, name, back.data)
            assert meaning(before.config) == meaning(earlier.config), seed


@settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(text=st.text(alphabet="backends:nm- {}[],#&*<'\"\n", max_size=60), json=st.booleans())
def test_any_text_migrates_or_is_left(text: str, json: bool) -> None:
    name = "config.json" if json else "config.yml"
    for change in (migrate, downgrade):
        made = change(text.encode(), name)
        if made.problems:
            assert made.data == text.encode()
        elif made.changes:
            read(made.data, name)
        else:
            try:
                read(text.encode(), name)
            except Unreadable:
                pytest.fail("an unreadable file is a problem")
