"""Reads the labelled requests of tests/cases/requests; the format is in the README there."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from camus.config import TaskKind

FOLDER = Path(__file__).parents[1] / "cases" / "requests"
Part = Literal["training", "unseen"]


@dataclass(frozen=True, slots=True)
class Labelled:
    """One request with the kind a person gave it; `given` is the object `--jsonl` would read."""

    kind: TaskKind
    language: str
    given: dict[str, Any]
    batch: int = 0
    """Which time of writing it is from; each has its own style."""

    @property
    def text(self) -> str:
        return str(self.given.get("instruction", ""))


def labelled(part: Part) -> list[Labelled]:
    """The requests of a part, file by file in order."""
    found: list[Labelled] = []
    for path in sorted((FOLDER / part).glob("*.txt")):
        kind, language, batch = TaskKind[path.stem.upper()], "", -1
        for line in path.read_text(encoding="utf-8").split("\n"):
            if line.startswith("# ") and len(line) == 4:
                language = line[2:]
                batch += language == "en"
            elif line:
                found.append(Labelled(kind, language, _given(line), batch))
    return found


def _given(line: str) -> dict[str, Any]:
    if line.startswith('{"'):
        value = json.loads(line)
        assert isinstance(value, dict)
        return value
    return {"instruction": line.replace("\\n", "\n")}
