"""Against a real model server, by hand: `python -m pytest -m real_backend`.

Asks whatever Ollama, llama-server, LM Studio or vLLM answers on its usual port of this machine.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

STUB = '''def clamp(value: int, low: int, high: int) -> int:
    """The value, or the nearer of the bounds when it lies outside of them."""
    raise NotImplementedError
'''


@pytest.mark.real_backend
def test_a_real_model_implements_a_small_function(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").touch()
    file = tmp_path / "bounds.py"
    file.write_text(STUB)
    done = subprocess.run(
        [sys.executable, "-m", "camus", "implement", "bounds.py:1", "--json", "--yes", "--fresh"],
        cwd=tmp_path,
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == 4:
        pytest.skip(f"no model answered: {json.loads(done.stdout)['message']}")
    value = json.loads(done.stdout)
    assert done.returncode == 0, value
    space: dict[str, object] = {}
    exec(file.read_text(), space)  # the point is what the model wrote
    clamp = space["clamp"]
    assert callable(clamp)
    assert [clamp(n, 0, 10) for n in (-1, 5, 11)] == [0, 5, 10]
