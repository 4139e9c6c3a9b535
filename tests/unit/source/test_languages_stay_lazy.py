"""Knowing many languages costs nothing until a file of one is opened."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

_CODE = """
import sys
import camus.cli, camus.source
from camus.source import Document, definitions, language_of
assert language_of("a.kt") == "kotlin"
rows = [name for name in sys.modules if name.startswith("camus.source.rows")]
grammars = [name for name in sys.modules if name.startswith("tree_sitter")]
assert not rows and not grammars, (rows, grammars)
definitions(Document("file:///a.go", "package a\\nfunc f() {}\\n", "go"))
rows = [name for name in sys.modules if name.startswith("camus.source.rows.")]
grammars = [name for name in sys.modules if name.startswith("tree_sitter_") and "." not in name]
assert rows == ["camus.source.rows.go"] and grammars == ["tree_sitter_go"], (rows, grammars)
"""


def test_a_grammar_is_loaded_with_the_first_file_of_its_language() -> None:
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-c", _CODE],
        env={"PYTHONPATH": str(root / "server")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
