"""Runs all measurements, or those named, and prints a table for each."""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench import (
    capabilities,
    classify,
    learning,
    lsp,
    planted,
    probe,
    prompts,
    quality,
    reached,
    replies,
    resolve,
    responsive,
    soak,
    strategies,
    tokens,
)
from bench.pool import compare, enduring

JUDGEMENT = ("classify", "capabilities", "replies", "quality", "planted", "reached")
"""Everything that is promised of understanding requests, reading replies and scoring edits."""


def main() -> None:
    """Measure everything, or what is named."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    every = ("start", "actions", "resolve", "memory", "replies")
    named = (*every, "planted", "classify", "quality", "reached", "hover", "typing", "soak")
    named += ("learning", "decision", "capabilities", "probe", "strategies")
    named += ("pool", "endure", "faults", "tokens", "prompts", "judgement")
    parser.add_argument(
        "what", nargs="*", help=f"{', '.join(named)}; without: the first {len(every)}"
    )
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--replies", type=int, default=10_000, help="how many replies are read")
    parser.add_argument("--messages", type=int, default=100_000, help="of the soak")
    parser.add_argument("--functions", type=int, default=60, help="of quality and reached")
    parser.add_argument("--models", type=int, default=40, help="of the probe's family")
    parser.add_argument(
        "--requests", type=int, default=400, help="of the pool's rows, endure and faults"
    )
    parser.add_argument("--server", default="", help="of prompts: a real server, URL or URL/v1")
    parser.add_argument("--model", default="", help="of prompts: a model there")
    parser.add_argument("--litellm", default="", help="the Python of LiteLLM's environment")
    parser.add_argument("--seed", type=int, default=7, help="of quality and reached")
    parser.add_argument("--tasks", type=int, default=2_000, help="of strategies")
    parser.add_argument(
        "--seeds", type=int, default=20, help="of strategies; learning: three times"
    )
    parser.add_argument("--behaviour", action="store_true", help="run code in the sandbox too")
    given = parser.parse_args()
    given.what = given.what or every
    if "judgement" in given.what:
        given.what = (*given.what, *JUDGEMENT)
    if not set(given.what) <= set(named):
        parser.error(f"measured can be: {', '.join(named)}")
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
        _long(given, env)


def _long(given: argparse.Namespace, env: dict[str, str]) -> None:
    """What takes long enough to be asked for by name."""
    edits = given.functions, given.seed
    works: dict[str, Callable[[], object]] = {
        "learning": lambda: learning.measure(3 * given.seeds),
        "decision": learning.decisions,
        "capabilities": capabilities.measure,
        "planted": planted.measure,
        "classify": lambda: classify.measure(given.rounds),
        "quality": lambda: quality.measure(*edits, behaviour=given.behaviour),
        "reached": lambda: reached.measure(*edits, behaviour=given.behaviour),
        "hover": lambda: responsive.hovers(given.rounds * 10, env),
        "typing": lambda: responsive.typing(given.rounds, env),
        "probe": lambda: probe.measure(given.models, given.seed),
        "pool": lambda: _pool(given.requests, given.litellm),
        "endure": lambda: enduring.enduring(given.requests),
        "faults": lambda: enduring.faults(given.requests),
        "tokens": tokens.main,
        "strategies": lambda: strategies.measure(given.tasks, given.seeds),
        "soak": lambda: soak.main(given.messages),
        "prompts": lambda: _prompts(given),
    }
    for name, work in works.items():
        if name in given.what:
            work()


def _prompts(given: argparse.Namespace) -> None:
    asyncio.run(prompts.fitting(given.functions, given.seed))
    if given.server and given.model:
        asyncio.run(prompts.asking(given.server, given.model, max(1, given.rounds // 5)))
    else:
        print("\nWhat a model makes of them: --server URL --model NAME")


def _pool(requests: int, litellm: str) -> None:
    compare.measure(requests, litellm)
    compare.scaling(max(20, requests // 10))
    enduring.many_models()
    enduring.cancels(50)


if __name__ == "__main__":
    main()
