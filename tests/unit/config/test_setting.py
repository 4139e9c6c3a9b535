"""One value set in a file's text, everything else left as it is."""

from __future__ import annotations

import pytest

from camus.config import Unsettable, with_value

CASES = [
    ("", "defaults:\n  strategy: ensemble\n"),
    ("# only this\n", "# only this\ndefaults:\n  strategy: ensemble\n"),
    ("version: 2\n", "version: 2\n\ndefaults:\n  strategy: ensemble\n"),
    ("version: 2", "version: 2\n\ndefaults:\n  strategy: ensemble\n"),
    (
        "defaults:\n  strategy: single  # mine\n  pipeline: p\n",
        "defaults:\n  strategy: ensemble  # mine\n  pipeline: p\n",
    ),
    (
        "defaults:\n    # why\n    pipeline: p\n",
        "defaults:\n    # why\n    strategy: ensemble\n    pipeline: p\n",
    ),
    ("defaults: {pipeline: p}\n", "defaults: {strategy: ensemble, pipeline: p}\n"),
    ("defaults: {}\n", "defaults: {strategy: ensemble}\n"),
    ("{version: 2}\n", '{"defaults": {"strategy": "ensemble"}, version: 2}\n'),
    ("\ufeffversion: 2\n", "\ufeffversion: 2\n\ndefaults:\n  strategy: ensemble\n"),
]


@pytest.mark.parametrize(("before", "after"), CASES)
def test_the_value_is_set_where_it_belongs(before: str, after: str) -> None:
    made = with_value(before.encode(), "config.yml", "defaults", "strategy", "ensemble")
    assert made.decode() == after
    again = with_value(made, "config.yml", "defaults", "strategy", "ensemble")
    assert again == made


def test_json_stays_json() -> None:
    before = b'{"defaults": {"pipeline": "p"}}'
    made = with_value(before, "config.json", "defaults", "strategy", "ensemble")
    assert made == b'{"defaults": {"strategy": "ensemble", "pipeline": "p"}}'


@pytest.mark.parametrize(
    ("text", "file"),
    [
        ("defaults: [a]\n", "config.yml"),
        ("a: b: c\n", "config.yml"),
        ("[defaults]\n", "models.toml"),
        ("base: &b {pipeline: p}\ndefaults: *b\n", "config.yml"),
    ],
)
def test_what_cannot_be_changed_says_what_to_write(text: str, file: str) -> None:
    with pytest.raises(Unsettable, match=r"defaults: \{strategy: ensemble\}"):
        with_value(text.encode(), file, "defaults", "strategy", "ensemble")
