"""A real llama.cpp server (xllamacpp) over a small file: a real engine without a compiler."""

from __future__ import annotations

import itertools
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest


@cache
def _why_not() -> str:
    """Why xllamacpp cannot be loaded, for one that has no wheel or misses a system's library."""
    command = [sys.executable, "-c", "import xllamacpp"]
    asked = subprocess.run(command, capture_output=True, text=True, check=False)
    return asked.stderr.strip().rpartition("\n")[2] if asked.returncode else ""


@contextmanager
def llama_server(path: Path, *, slots: int = 1) -> Iterator[str]:
    """A real llama.cpp server over a file, in a process of its own; its address.

    Skips the test where it cannot be loaded (it needs libgomp, which a bare Debian has not).
    """
    if reason := _why_not():
        pytest.skip(f"xllamacpp does not load here: {reason}")
    program = (
        "import sys, xllamacpp as x\n"
        "p = x.CommonParams()\n"
        "p.model.path = sys.argv[1]\n"
        "slots = int(sys.argv[2])\n"
        "p.n_ctx, p.n_parallel, p.port = 4096 * slots, slots, 0\n"
        "p.cpuparams.n_threads = 1\n"
        "s = x.Server(p)\n"
        "print(s.listening_address, flush=True)\n"
        "sys.stdin.read()\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(path), str(slots)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        lines = itertools.takewhile(bool, iter(process.stdout.readline, ""))
        yield next(line.strip() for line in lines if line.startswith("http"))
    finally:
        process.kill()
        process.communicate()
