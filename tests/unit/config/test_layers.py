"""Which layer wins, where files are found, and what the environment can say."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from camus.config import Config, Folders, Layers, folders, load
from camus.config.sources import VARIABLES

from .conftest import Place


@pytest.mark.parametrize("highest", range(6))
def test_later_layers_win(highest: int, place: Place) -> None:
    """Defaults < user < workspace < editor < environment < flags."""
    values = [0.8, 0.11, 0.22, 0.33, 0.44, 0.55]
    quality = [{"defaults": {"quality_threshold": value}} for value in values]
    floor = "defaults: {{quality_floor: 0.0, quality_threshold: {}}}"
    if highest >= 1:
        place.write_user(floor.format(values[1]))
    if highest >= 2:
        place.write(floor.format(values[2]))
    loaded = place.load(
        editor=quality[3] if highest >= 3 else {},
        env={"CAMUS_QUALITY_THRESHOLD": str(values[4])} if highest >= 4 else {},
        flags=quality[5] if highest >= 5 else {},
    )
    assert loaded.problems == ()
    assert loaded.config.defaults.quality_threshold == values[highest]


def test_models_merge_by_name_and_key_but_pipelines_and_lists_as_a_whole(place: Place) -> None:
    place.write_user(
        """
models:
  a: {url: "http://127.0.0.1:11434", model: x, capabilities: [HIGH_QUALITY]}
  b: {model: y}
pipelines: {p: [a, b], q: [b]}
composites: {c: {bases: [a], retrieval: false}}
timeouts: {total: 60}
"""
    )
    place.write(
        """
models:
  a: {model: z, capabilities: [FAST_INFERENCE]}
  d: {}
pipelines: {p: {steps: [{backend: d, task: t}]}}
composites: {c: {bases: [b]}}
timeouts: {idle: 5}
"""
    )
    config = place.load().config
    a = config.models["a"]
    assert list(config.models) == ["a", "b", "d"]
    assert (a.model, a.url, a.capabilities) == ("z", "http://127.0.0.1:11434", ("FAST_INFERENCE",))
    assert [step.backend for step in config.pipelines["p"].steps] == ["d"]
    assert not config.pipelines["p"].v1
    assert [step.backend for step in config.pipelines["q"].steps] == ["b"]
    assert (config.composites["c"].bases, config.composites["c"].retrieval) == (("b",), True)
    assert (config.timeouts.total, config.timeouts.idle) == (60.0, 5.0)


def test_the_models_file_is_merged_after_the_configuration(place: Place) -> None:
    one = place.write("models: {a: {model: x}}\npipelines: {p: [a]}")
    two = place.write("models: {a: {size: large}, b: {}}", "models.yml")
    loaded = place.load()
    assert loaded.files == (one, two)
    assert loaded.config.models["a"].model == "x"
    assert loaded.config.models["a"].size == "large"
    assert "b" in loaded.config.models


@pytest.mark.parametrize(
    ("present", "used"),
    [
        (("config.yml", "config.yaml", "config.json"), "config.yml"),
        (("config.yaml", "config.json"), "config.yaml"),
        (("config.json",), "config.json"),
    ],
)
def test_of_several_endings_one_is_read_and_the_others_named(
    present: tuple[str, ...], used: str, place: Place
) -> None:
    paths = [place.write(f'{{"models": {{"from {name}": {{}}}}}}', name) for name in present]
    loaded = place.load()
    assert list(loaded.config.models) == [f"from {used}"]
    assert [problem.file for problem in loaded.problems] == [str(path) for path in paths[1:]]
    assert all(problem.severity == "warning" for problem in loaded.problems)


def test_the_nearest_ancestor_with_a_configuration_counts(place: Place) -> None:
    place.write("models: {far: {}}")
    deep = place.workspace / "a" / "b" / "c"
    (place.workspace / "a" / ".camus").mkdir(parents=True)
    (place.workspace / "a" / ".camus" / "config.yml").write_text("models: {near: {}}")
    deep.mkdir(parents=True)
    (place.workspace / "a" / "b" / ".camus").mkdir()  # an empty folder is no configuration
    loaded = load(Layers(place.folders, deep))
    assert loaded.workspace == place.workspace / "a"
    assert list(loaded.config.models) == ["near"]


def test_nothing_anywhere_is_the_defaults(place: Place) -> None:
    for workspace in (None, place.workspace):
        loaded = load(Layers(place.folders, workspace))
        assert loaded.config == Config()
        assert (loaded.problems, loaded.files, loaded.digest) == ((), (), "")
        assert not loaded.trusted


def test_a_folder_in_place_of_a_file_is_no_file(place: Place) -> None:
    (place.workspace / ".camus" / "config.yml").mkdir(parents=True)
    assert place.load().problems == ()


def test_a_folder_that_may_not_be_entered_is_named(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.write_user("models: {a: {}}")
    scandir = os.scandir

    def refusing(folder: Path) -> object:
        if Path(folder) == place.folders.config:
            raise PermissionError(13, "Permission denied", str(folder))
        return scandir(folder)

    monkeypatch.setattr(os, "scandir", refusing)
    (problem,) = place.load().problems
    assert problem.file == str(place.folders.config)
    assert "cannot be read: Permission denied" in problem.message


def test_a_file_that_may_not_be_read_is_named(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = place.write("models: {a: {}}")
    good = place.load()

    def refusing(self: Path, *_args: object) -> object:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "open", refusing)
    now = place.load(last_good=good)
    assert (now.problems[0].file, now.config) == (str(path), good.config)
    assert "cannot be read: Permission denied" in now.problems[0].message


ENVIRONMENT = [
    ("CAMUS_PIPELINE", "007", "007"),
    ("CAMUS_STRATEGY", "single fast", "SINGLE_FAST"),
    ("CAMUS_QUALITY_THRESHOLD", "0.5", 0.5),
    ("CAMUS_QUALITY_FLOOR", "0", 0.0),
    ("CAMUS_MULTI_MODEL", "yes", True),
    ("CAMUS_DOCSTRING_STYLE", "numpy", "numpy"),
    ("CAMUS_CACHE", "off", False),
    ("CAMUS_JOURNAL", "0", False),
    ("CAMUS_RETRIEVAL", "false", False),
    ("CAMUS_DISCOVER", "no", False),
    ("CAMUS_LOG_LEVEL", "warn", "warning"),
]


@pytest.mark.parametrize(("variable", "text", "value"), ENVIRONMENT)
def test_a_variable_sets(variable: str, text: str, value: object, place: Place) -> None:
    place.write_user("pipelines: {'007': [fast]}")
    loaded = place.load(env={variable: text})
    section, key = VARIABLES[variable].split(".")
    assert loaded.problems == ()
    assert getattr(getattr(loaded.config, section), key) == value


def test_every_variable_is_tried_here() -> None:
    assert {variable for variable, _, _ in ENVIRONMENT} == set(VARIABLES)


def test_a_wrong_variable_is_named_and_an_empty_one_is_none(place: Place) -> None:
    loaded = place.load(env={"CAMUS_QUALITY_THRESHOLD": "high", "CAMUS_CACHE": "", "PATH": "x"})
    assert [str(problem) for problem in loaded.problems] == [
        "environment: CAMUS_QUALITY_THRESHOLD: expected a number from 0 to 1, not `high`"
    ]
    assert loaded.config == Config()


def test_a_wrong_flag_and_a_wrong_editor_setting_are_named(place: Place) -> None:
    loaded = place.load(
        editor={
            "cache": {"enable": True, "size_mb": 1},
            "trace": {"server": "off"},
            "defaults": None,
        },
        flags={"defaults": {"strategy": object()}},
    )
    assert loaded.config.cache.size_mb == 1
    assert [(problem.file, problem.line, problem.key) for problem in loaded.problems] == [
        ("editor settings", 0, "cache.enable"),
        ("command line", 0, "defaults.strategy"),
    ]


def test_the_folders_follow_the_platform_or_camus_home() -> None:
    own = folders({"CAMUS_HOME": "/somewhere"})
    assert own == Folders(
        Path("/somewhere/config"), Path("/somewhere/state"), Path("/somewhere/cache")
    )
    assert "camus" in str(folders({}).config)


def test_the_digest_is_of_names_and_contents(place: Place) -> None:
    digests = {place.load().digest}
    place.write("cache: {}")
    digests.add(place.load().digest)
    assert place.load().digest in digests
    place.write("cache: {} ")
    digests.add(place.load().digest)
    place.write("cache: {}", "models.yml")
    digests.add(place.load().digest)
    place.write_user("cache: {}")
    digests.add(place.load().digest)
    assert len(digests) == 4  # the user's own file is none of the workspace's
