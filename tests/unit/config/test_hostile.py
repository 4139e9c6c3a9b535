"""Whatever a file holds, loading ends soon, in words, and with the last good or a whole config."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from camus.config import Config, Folders, Layers, Loaded, load, show
from camus.config.nodes import to_plain
from camus.config.read import MAX_BYTES, Unreadable, read
from camus.config.trust import is_usual_loopback

from .conftest import Place

PLANS = Path(__file__).parent / "plans"

BOMB = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{new}: &{new} [{','.join(['*' + old] * 10)}]\n"
    for old, new in zip("abcdefg", "bcdefgh", strict=True)
)


class Hostile(NamedTuple):
    """A file that cannot be used, and what is said of it."""

    id: str
    data: bytes
    line: int
    says: str
    name: str = "config.yml"


HOSTILE = [
    Hostile("alias bomb", BOMB.encode(), 4, "unfolds to more than 10000 values"),
    Hostile("deep flow", b"[" * 5000, 1, "nested more than 32 deep"),
    Hostile("deep mappings", b"{a: " * 5000, 1, "nested more than 32 deep"),
    Hostile("deep block", b"- " * 5000, 1, "nested more than 32 deep"),
    Hostile("deep aliases", b"a: &a [1]\nb: *c\n", 2, "`*c` names nothing written before"),
    Hostile("an alias of itself", b"a: &a [*a]\n", 1, "names nothing written before"),
    Hostile("twice", b"cache: {enabled: true}\ncache: {}\n", 2, "the key `cache` is written twice"),
    Hostile("tab", b"cache:\n\tenabled: true\n", 2, "a tab is used for indentation"),
    Hostile("binary", b"cache: \x00\x01", 1, "control character"),
    Hostile("a picture", b"\x89PNG\r\n\x1a\n", 1, "not UTF-8"),
    Hostile("latin 1", b"# fine\n# caf\xe9\n", 2, "not UTF-8"),
    Hostile("utf-16", "cache: {}".encode("utf-16"), 1, "not UTF-8"),
    Hostile("python tag", b"a: 1\nb: !!python/object/apply:os.system [ls]\n", 2, "the tag"),
    Hostile("own tag", b"models: !secret x\n", 1, "the tag `!secret` is not read"),
    Hostile("tagged key", b"!!binary x: 1\n", 1, "the tag"),
    Hostile("list as key", b"? [a]\n: b\n", 1, "a key must be a plain word"),
    Hostile("list", b"- a\n- b\n", 1, "must hold `key: value` pairs"),
    Hostile("word", b"hello", 1, "must hold `key: value` pairs"),
    Hostile("two documents", b"a: 1\n---\nb: 2\n", 2, "more than one document"),
    Hostile("two colons", b"a: b: c\n", 1, "a second `: ` on one line"),
    Hostile("unclosed", b"models: {a: {\n", 2, "not YAML"),
    Hostile("merge of a word", b"a:\n  <<: b\n", 2, "`<<` merges mappings only"),
    Hostile("large", b"#" * (MAX_BYTES + 1), 0, "larger than 128 KiB"),
    Hostile("json comma", b'{"cache": {},\n}', 2, "not JSON", "config.json"),
    Hostile("json twice", b'{"cache": {},\n"cache": {}}', 2, "written twice", "config.json"),
    Hostile("json list", b"[1]", 1, "must hold `key: value` pairs", "config.json"),
    Hostile("json depth", b"[" * 100_000, 1, "nested too deeply", "config.json"),
    Hostile("json half", b'{"a": "\\ud83d"}', 1, "half a character", "config.json"),
    Hostile(
        "json number", b'{"a": ' + b"9" * 5000 + b"}", 1, "a number is too long", "config.json"
    ),
]


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda hostile: hostile.id)
def test_a_file_that_cannot_be_used_is_named(hostile: Hostile, place: Place) -> None:
    path = place.write(hostile.data, hostile.name)
    loaded = place.load()
    (problem,) = loaded.problems
    assert problem.severity == "error"
    assert (problem.file, problem.line) == (str(path), hostile.line)
    assert hostile.says in problem.message
    assert loaded.config == Config()
    assert loaded.digest


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda hostile: hostile.id)
def test_a_broken_file_keeps_the_last_good_configuration(hostile: Hostile, place: Place) -> None:
    place.write("defaults: {quality_threshold: 0.5}")
    good = place.load()
    path = place.write(hostile.data, hostile.name)
    if hostile.name != "config.yml":
        (path.parent / "config.yml").unlink()
    now = place.load(last_good=good)
    assert now.config is good.config
    assert now.kept
    assert not good.kept
    assert "last good configuration stays in force" in now.problems[-1].message


def test_a_broken_file_leaves_the_other_layers_at_the_start(place: Place) -> None:
    place.write_user("models: {mine: {}}")
    place.write("[")
    loaded = place.load(flags={"cache": {"enabled": False}})
    assert list(loaded.config.models) == ["mine"]
    assert not loaded.config.cache.enabled


def test_the_bomb_is_as_small_as_the_known_one() -> None:
    assert len(BOMB) < 400


def test_harmless_aliases_and_merges_work(place: Place) -> None:
    place.write(
        """
models:
  a: &base {type: openai, url: "http://127.0.0.1:8000", size: large}
  b: {<<: *base, model: x, size: fast}
  c: {<<: [{model: y}, *base]}
pipelines: {p: &steps [a, b], q: *steps}
"""
    )
    loaded = place.load()
    assert loaded.problems == ()
    models = loaded.config.models
    assert (models["b"].type, models["b"].size, models["b"].model) == ("openai", "fast", "x")
    assert (models["c"].model, models["c"].size) == ("y", "large")
    assert loaded.config.pipelines["q"] == loaded.config.pipelines["p"]


def test_json_is_read_with_tabs_and_characters_of_any_plane(place: Place) -> None:
    place.write(
        b'{\n\t"models": {\n\t\t"\\ud83d\\ude00": {"model": "a\\/b"},\n\t\t"c": {"typ": 1}}}',
        "config.json",
    )
    loaded = place.load()
    assert loaded.config.models["\U0001f600"].model == "a/b"
    assert [(problem.line, problem.key) for problem in loaded.problems] == [(4, "models.c.typ")]


def test_a_byte_order_mark_is_no_key(place: Place) -> None:
    place.write(b"\xef\xbb\xbfcache: {enabled: false}\r\n")
    assert not place.load().config.cache.enabled


PLAIN = {
    "1": 1,
    "-5": -5,
    "6_000_000_000": 6_000_000_000,
    "0x10": 16,
    "0o17": 15,
    "1.5": 1.5,
    "1e3": 1000.0,
    "true": True,
    "no": "no",
    "~": None,
    "2026-01-01": "2026-01-01",
    "9" * 400: "9" * 400,
    "!!str 5": "5",
    "'5'": "5",
    "!!int 5": 5,
    "! 5": "5",
}


@pytest.mark.parametrize(("text", "value"), PLAIN.items(), ids=lambda value: str(value)[:12])
def test_a_plain_word_means(text: str, value: object) -> None:
    found = read(f"a: {text}".encode(), "x.yml").entries["a"].value
    assert found == value
    assert type(found) is type(value)


def _loaded(folder: Path, data: bytes, name: str = "config.yml") -> Loaded:
    """Load, and hold that a file came in as a whole or not at all."""
    place = Place(folder)
    place.write(data, name)
    loaded = place.load()
    try:
        read(data, name)
    except Unreadable as error:
        assert loaded.config == Config()
        said = error.problem.message
        return _only(loaded, said)
    return loaded


def _only(loaded: Loaded, said: str) -> Loaded:
    assert [problem.message for problem in loaded.problems] == [said]
    return loaded


FUZZ = settings(
    max_examples=250,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
_WORDS = """
version models backends pipelines composites defaults multi_model strategies rules quality
fallbacks routing code_keywords quick_ms code deep general keywords
classification privacy timeouts actions name id type url model replicas path capabilities
max_tokens memory_usage remote proxy steps backend task weights bases parameters
intelligent_selection kind like patterns enabled <<
"""
_KEYS = st.sampled_from(_WORDS.split()) | st.text(max_size=5)
_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["ollama", "direct", "ANALYSIS", "2GB", "yes", "http://127.0.0.1:8080", "("])
)
_TREES = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_KEYS, inner, max_size=5),
    max_leaves=25,
)


@FUZZ
@given(
    data=st.binary(max_size=300), name=st.sampled_from(["config.yml", "config.json", "config.toml"])
)
def test_any_bytes_load_or_are_refused(
    data: bytes, name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    assert isinstance(_loaded(tmp_path_factory.mktemp("fuzz"), data, name).config, Config)


@FUZZ
@given(text=st.text(alphabet="ab: -[]{}&*!|>'\"\n\t#,?%@`<~0.\\", max_size=80))
def test_any_yaml_looking_text_is_read_or_refused(text: str) -> None:
    try:
        root: object = read(text.encode(), "x.yml").value
    except Unreadable:
        root = {}
    assert isinstance(root, dict)


@FUZZ
@given(cut=st.integers(0, 2000), at=st.integers(0, 2000), junk=st.binary(max_size=4))
def test_a_plans_file_cut_or_damaged_anywhere_loads_whole(
    cut: int, at: int, junk: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    data = (PLANS / "task-5.1.yml").read_bytes()
    damaged = (data[:at] + junk + data[at + len(junk) :])[: len(data) - cut]
    loaded = _loaded(tmp_path_factory.mktemp("fuzz"), damaged)
    assert all(name == model.name for name, model in loaded.config.models.items())


@FUZZ
@given(
    cut=st.integers(0, 900),
    at=st.integers(0, 900),
    junk=st.binary(max_size=4) | st.sampled_from([b"[[", b"]]", b'"""', b"a.b.c = {", b"\n[x]\n"]),
    name=st.sampled_from(["default-models.toml", "model-profile.toml"]),
)
def test_a_toml_profile_cut_or_damaged_anywhere_loads_whole_or_not_at_all(
    cut: int, at: int, junk: bytes, name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    data = (PLANS / name).read_bytes()
    damaged = (data[:at] + junk + data[at + len(junk) :])[: len(data) - cut]
    loaded = _loaded(tmp_path_factory.mktemp("fuzz"), damaged, "models.toml")
    assert all(key == model.name for key, model in loaded.config.models.items())


@settings(FUZZ, max_examples=100)
@given(
    tree=st.dictionaries(_KEYS, _TREES, max_size=6), at=st.integers(0), junk=st.binary(max_size=3)
)
def test_json_damaged_anywhere_loads_whole_or_not_at_all(
    tree: dict[str, object], at: int, junk: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    data = json.dumps(tree).encode()
    at %= len(data)
    damaged = data[:at] + junk + data[at + 1 :]
    assert isinstance(
        _loaded(tmp_path_factory.mktemp("fuzz"), damaged, "config.json").config, Config
    )


@FUZZ
@given(tree=st.dictionaries(_KEYS, _TREES, max_size=6))
def test_any_tree_loads_and_what_is_shown_loads_to_the_same(tree: dict[str, object]) -> None:
    nowhere = Path("/nonexistent/camus")
    own = Layers(Folders(nowhere, nowhere, nowhere), None, flags=tree)
    config = load(own).config
    shown = read(show(config).encode(), "shown.yml")
    again = load(replace(own, flags=to_plain(shown)))
    assert again.config == config
    assert not [problem for problem in again.problems if problem.severity == "error"]


_MODEL = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["ollama", "vllm", "direct", "openai"]),
        "model": st.sampled_from(["x", "x-cloud"]),
        "url": st.sampled_from(["http://127.0.0.1:8080", "https://evil.example", "http://[::1]"]),
        "replicas": st.lists(
            st.sampled_from(["http://localhost:8000", "http://10.0.0.1:8000"]), max_size=2
        ),
        "path": st.just("/etc/passwd"),
        "api_key_env": st.just("HOME"),
        "proxy": st.just("http://evil.example"),
        "ca_bundle": st.just("/tmp/ca.pem"),
        "remote": st.booleans(),
        "max_tokens": st.sampled_from([4096, 10_000_000]),
    },
)
_HOSTILE_TREES = st.fixed_dictionaries(
    {},
    optional={
        "models": st.dictionaries(st.sampled_from(["a", "b", "mine"]), _MODEL, max_size=3),
        "backends": st.lists(_MODEL.map(lambda model: {"name": "c", **model}), max_size=2),
        "privacy": st.dictionaries(
            st.sampled_from(["allow_external", "secrets", "default_location"]),
            st.sampled_from([True, False, "any", "placeholder", "block"]),
        ),
        "pipelines": st.dictionaries(
            st.sampled_from(["p", "q"]), st.lists(st.sampled_from(["mine", "away", "a"]))
        ),
        "composites": st.dictionaries(
            st.sampled_from(["fast", "s"]), st.lists(st.sampled_from(["mine", "away", "s"]))
        ),
        "timeouts": st.just({"total": 1e9}),
        "server": st.just({"log_level": "debug"}),
        "classification": st.just({"rules": [{"kind": "GENERAL", "patterns": ["(a+)+$"]}]}),
    },
)


@FUZZ
@given(tree=_HOSTILE_TREES, editor=st.booleans())
def test_nothing_untrusted_redirects_spends_or_reads(
    tree: dict[str, object], editor: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    place = Place(tmp_path_factory.mktemp("fuzz"))
    place.write_user(
        "models: {mine: {model: m}, away: {type: openai, url: 'https://api.example.com'}}"
    )
    before = place.load().config
    if not editor:
        place.write(json.dumps(tree), "config.json")
    config = place.load(trusted=False, editor=tree if editor else {}).config
    assert {name: config.models[name] for name in before.models} == before.models
    assert config.privacy == before.privacy
    for name in config.models.keys() - before.models.keys():
        model = config.models[name]
        assert not any((model.path, model.api_key_env, model.proxy, model.ca_bundle))
        assert model.remote is not False
        assert model.type != "llama_cpp"
        assert (model.max_tokens or 0) <= 131_072
        assert all(is_usual_loopback(url) for url in (model.url, *model.replicas) if url)
    named = [step.backend for pipeline in config.pipelines.values() for step in pipeline.steps]
    named += [base for composite in config.composites.values() for base in composite.bases]
    assert "away" not in named
    assert not any(rule.patterns for rule in config.classification.rules)
    if not editor:
        assert (config.timeouts, config.server) == (before.timeouts, before.server)
