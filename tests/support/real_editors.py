"""Which real editors are to be had here: those on the PATH and those that `setup.sh` unpacked."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

HOW = "see tests/editors/setup.sh"


def programs(name: str, unpacked: str) -> list[str]:
    """The program of this name on the PATH, then those in CAMUS_EDITORS that fit the pattern."""
    folder = Path(os.environ.get("CAMUS_EDITORS") or os.devnull)
    found = [shutil.which(name), *(str(path) for path in sorted(folder.glob(unpacked)))]
    return [program for program in found if program]


def version(program: str) -> str:
    """Its version as it prints it: `0.12.4`."""
    told = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    found = re.search(r"\d+(\.\d+)+", told.stdout)
    return found.group() if found else program


def parameters(title: str, found: list[str]) -> list[Any]:
    """A parameter for each version, named after it; one that skips where there is none."""
    by_version = {version(program): program for program in found}
    if not by_version:
        reason = f"no {title} here: {HOW}"
        return [pytest.param(None, id="none", marks=pytest.mark.skip(reason=reason))]
    return [pytest.param(program, id=each) for each, program in by_version.items()]
