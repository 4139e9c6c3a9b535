"""The manual's walk-through is done as it stands, on a copy, and the new language works."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "languages.md").read_text(encoding="utf-8")
_STEP = re.compile(
    r"^(?:Put this into `(?P<new>[^`\n]+)`"
    r"|In `(?P<old>[^`\n]+)`, before `(?P<anchor>[^`\n]+)`):\n\n"
    r"^(?P<fence>`{3,})\w+\n(?P<text>.*?)^(?P=fence)$",
    re.MULTILINE | re.DOTALL,
)
_CHECK = """
import asyncio
from camus.actions import applicable, rewrite
from camus.analysis import Tools
from camus.source import Span, apply_edits, definitions, enclosing, language_of, syntax_errors
from corpus_checks.checks import task_of
from support.cases import FOLDER, cases_in
from support.symbols import described

async def main():
    symbols, method = cases_in(FOLDER / "languages" / "scala.md")
    document, _ = symbols.document()
    assert language_of("a.scala") == "scala" and not syntax_errors(document)
    found = described(document)
    assert found == symbols.blocks["symbols"].splitlines(), found
    for scope in definitions(document):
        assert enclosing(document, scope.name_span).span == scope.span
    stub = next(scope for scope in definitions(document) if scope.is_stub)
    named = [each.title for each in applicable(document, stub.name_span)]
    assert any("Implement" in each for each in named), named
    document, place = method.document()
    tools = Tools()
    scope = enclosing(document, place)
    draft = await rewrite(task_of("document", document, scope, scope.span), tools)
    after = apply_edits(document.text, draft.edits)
    assert after == method.blocks["after"], after
    await tools.close()

asyncio.run(main())
print("a new language")
"""


@dataclass(frozen=True, slots=True)
class Step:
    """One edit of the walk-through: a new file, or lines put before an anchor of an old one."""

    path: str
    anchor: str
    text: str


def _steps() -> Iterator[Step]:
    for match in _STEP.finditer(PAGE):
        anchor = (match["anchor"] or "").replace("\\n", "\n")
        yield Step(match["new"] or match["old"], anchor, match["text"])


def test_the_walk_through_is_one_small_commit() -> None:
    steps = list(_steps())
    assert len(steps) == 5
    assert sum(step.text.count("\n") for step in steps) < 150
    for step in steps:
        if step.anchor:
            assert (ROOT / step.path).read_text(encoding="utf-8").count(step.anchor) == 1
        else:
            assert not (ROOT / step.path).exists()


def test_the_walk_through_adds_a_language_that_works(tmp_path: Path) -> None:
    if importlib.util.find_spec("tree_sitter_scala") is None:
        pytest.skip("tree-sitter-scala is not installed here; it comes with the test extra")
    skipped = shutil.ignore_patterns("__pycache__", "demo")
    for folder in ("server", "tests/support", "tests/corpus_checks", "tests/cases"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=skipped)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for step in _steps():
        path = tmp_path / step.path
        if step.anchor:
            before, anchor, after = path.read_text(encoding="utf-8").partition(step.anchor)
            start = before.rfind("\n") + 1
            path.write_text(f"{before[:start]}{step.text}{before[start:]}{anchor}{after}", "utf-8")
        else:
            path.write_text(step.text, "utf-8")
    environment = {
        **os.environ,
        "PYTHONPATH": f"{tmp_path / 'server'}{os.pathsep}{tmp_path / 'tests'}",
    }
    done = subprocess.run(
        [sys.executable, "-c", _CHECK],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "a new language\n", done.stderr
