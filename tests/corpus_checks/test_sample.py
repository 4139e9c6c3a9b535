"""A small sample of the checks on real files, as a part of the ordinary tests."""

from __future__ import annotations

import asyncio

import pytest

from corpus_checks import run

SEED = 7


def test_real_python_is_documented_mended_and_simplified_without_harm() -> None:
    tallies = asyncio.run(run.python_checks(30, SEED))
    assert [problem for tally in tallies.values() for problem in tally.problems] == []
    documented = tallies["document"].counts
    assert documented["symbols"] == 30
    assert documented["documented"] >= documented["undocumented"] / 2


@pytest.mark.parametrize("endings", [run.JAVASCRIPT, run.TYPESCRIPT])
def test_real_scripts_are_documented_without_harm(endings: tuple[str, ...]) -> None:
    tallies = asyncio.run(run.script_checks(endings, 20, SEED))
    documented = tallies["document"].counts
    if not documented:
        pytest.skip(f"no {' '.join(endings)} files on this machine; set CAMUS_CORPUS")
    assert [problem for tally in tallies.values() for problem in tally.problems] == []
    assert documented["documented"] >= documented["undocumented"] / 2


def test_the_script_prints_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert run.main(["--python", "6", "--scripts", "4", "--show", "1"]) == 0
    said = capsys.readouterr().out
    assert "python       document" in said
    assert "0 broken" in said
