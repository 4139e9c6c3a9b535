"""Runs all measurements, or those named, and prints a table for each."""

from __future__ import annotations

import argparse
import os
import platform
import tempfile
from pathlib import Path

from bench import lsp, replies, resolve


def main() -> None:
    """Measure everything, or what is named."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    every = ("start", "actions", "resolve", "memory", "replies")
    parser.add_argument("what", nargs="*", help=", ".join(every))
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--replies", type=int, default=10_000, help="how many replies are read")
    given = parser.parse_args()
    given.what = given.what or every
    if not set(given.what) <= set(every):
        parser.error(f"measured can be: {', '.join(every)}")
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home) / "workspace"
        folder.mkdir()
        env = {"CAMUS_HOME": f"{home}/home", "OLLAMA_HOST": "http://127.0.0.1:9"}
        load = os.getloadavg()[0]
        print(f"{os.cpu_count()} cores, load {load:.1f}, Python {platform.python_version()}")
        if "start" in given.what:
            lsp.starts(given.rounds, env)
        if "actions" in given.what:
            for lines in (1000, 10_000):
                for place in lsp.PLACES:
                    lsp.code_actions(lines, place, given.rounds * 10, env, folder)
        if "resolve" in given.what:
            for target in resolve.TARGETS:
                resolve.measure(target, given.rounds * 2, env, folder)
        if "memory" in given.what:
            lsp.memory(env, folder)
        if "replies" in given.what:
            replies.measure(given.replies)


if __name__ == "__main__":
    main()
