"""A real llama.cpp server (xllamacpp) over a small file: a real engine without a compiler."""

from __future__ import annotations

import itertools
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def llama_server(path: Path, *, slots: int = 1) -> Iterator[str]:
    """A real llama.cpp server over a file, in a process of its own; its address."""
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
