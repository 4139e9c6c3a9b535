"""Takes the example configurations out of the five plans: `python -m support.plans FOLDER`.

FOLDER holds the plans as text files; every fenced block of YAML, TOML or JSON is written verbatim,
without the indentation of the list it stands in, to tests/unit/config/plans. The plans are not in
this repository, their examples are.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

PLANS = Path(__file__).parents[1] / "unit" / "config" / "plans"
NAMES = {
    ("000", 1): "task-1.3.yml",
    ("000", 2): "task-5.1.yml",
    ("000", 3): "phase-0-v1.yml",
    ("000", 4): "phase-0-enhanced.yml",
    ("002", 1): "default-models.toml",
    ("002", 2): "model-profile.toml",
}
"""The file of each example, by the number of its plan and its place among the plan's examples."""

_BLOCK = re.compile(r"^( *)```(yaml|yml|toml|json)\n(.*?)^ *```", re.DOTALL | re.MULTILINE)


def examples(folder: Path) -> Iterator[tuple[str, str]]:
    """The name and the text of each example."""
    for plan in sorted(folder.glob("*.txt")):
        blocks = _BLOCK.finditer(plan.read_text(encoding="utf-8"))
        for number, block in enumerate(blocks, 1):
            inner = f"^ {{0,{len(block[1])}}}"
            yield NAMES[plan.name[:3], number], re.sub(inner, "", block[3], flags=re.MULTILINE)


if __name__ == "__main__":
    for name, text in examples(Path(sys.argv[1])):
        (PLANS / name).write_text(text, encoding="utf-8")
