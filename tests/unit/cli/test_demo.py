"""The demo: the real server over stdio answers every scene by the rules."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest


def test_every_scene_is_answered_by_the_real_server_with_its_score() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "camus", "demo"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    for scene in ("fix", "refactor", "document", "explain", "review"):
        assert f"── {scene} · " in done.stdout
    assert done.stdout.count("quality ") == 7
    assert "7 of 7" in done.stdout


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="needs a home folder of POSIX")
def test_the_demo_leaves_nothing_behind(own_home: os.PathLike[str]) -> None:
    subprocess.run([sys.executable, "-m", "camus", "demo"], capture_output=True, check=True)
    assert not os.path.exists(own_home)  # noqa: PTH110 - a plain path is all there is
