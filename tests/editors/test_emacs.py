"""A real Emacs in batch mode with eglot against the real `camus serve` on its built-in rules."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

DRIVE = Path(__file__).with_name("drive.el")


def _missing() -> str:
    emacs = shutil.which("emacs")
    if emacs is None:
        return "no Emacs here"
    asked = [emacs, "-q", "--batch", "-l", "package", "-f", "package-initialize", "-l", "eglot"]
    known = subprocess.run(asked, capture_output=True, check=False).returncode == 0
    return "" if known else "Emacs has no eglot here; Debian's package is elpa-eglot"


MISSING = _missing()


@pytest.mark.skipif(bool(MISSING), reason=MISSING)
def test_eglot_lists_the_actions_applies_a_docstring_and_undoes_it(project: Any) -> None:
    command = ["emacs", "-q", "--batch", "-l", str(DRIVE)]
    ran = subprocess.run(
        command, env=project.env, cwd=project.root, timeout=30, capture_output=True, check=True
    )
    told: dict[str, Any] = json.loads(ran.stderr.decode().splitlines()[-1])
    assert {title.split()[0] for title in told["titles"]} == {
        "Refactor",
        "Document",
        "Explain",
        "Review",
    }
    first, rest = project.text.split("\n", maxsplit=1)
    assert told["after"].startswith(f'{first}\n    """')
    assert told["after"].endswith(rest)
    assert told["undone"] == told["before"] == project.text
    assert "area(width: int, height: int = 2) -> int" in told["hover"]
