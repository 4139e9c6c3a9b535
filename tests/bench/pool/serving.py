"""Loopback model servers in a process of their own, with faults by chance; prints their URLs."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

from support.servers import Asked, Fault, Ollama, Reply, Told

FAULTS: tuple[Fault, ...] = (
    Fault("reset"),
    Fault("status", status=500),
    Fault("status", status=503, message="busy", retry_after="0.05"),
    Fault("status", status=429, retry_after="0.05"),
    Fault("drop"),
    Fault("cut", framing="close"),
    Fault("stall"),
    Fault("slow_headers", seconds=2.0),
    Fault("truncated_json"),
    Fault("garbage"),
    Fault("invalid_utf8"),
    Fault("ok_error"),
    Fault("error"),
    Fault("no_finish"),
)


def script(share: float, seed: int) -> Callable[[Asked], Reply | Fault]:
    """Answers, and a share of the requests goes wrong in one of many ways."""
    chance = random.Random(seed)

    def answer(_asked: Asked) -> Reply | Fault:
        if chance.random() < share:
            return chance.choice(FAULTS)
        return Reply("one two three four", first=chance.uniform(0, 0.004))

    return answer


def main(shares: Sequence[float]) -> None:
    """Serve until the standard input ends."""
    with ExitStack() as stack:
        servers = [
            stack.enter_context(Ollama(script(share, seed), models=[Told("m")]))
            for seed, share in enumerate(shares)
        ]
        print(json.dumps([server.url for server in servers]), flush=True)
        while sys.stdin.readline():  # a line asks that what was recorded is forgotten
            for server in servers:
                server.requests.clear()


@contextmanager
def served(env: dict[str, str], *shares: float) -> Iterator[tuple[list[str], Callable[[], None]]]:
    """The URLs of servers with these shares of faults, and what makes them forget requests."""
    command = [sys.executable, "-m", "bench.pool.serving", *map(str, shares)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        urls: list[Any] = json.loads(process.stdout.readline())
        told = process.stdin

        def forget() -> None:
            told.write("\n")
            told.flush()

        try:
            yield urls, forget
        finally:
            time.sleep(0.05)
            process.kill()


if __name__ == "__main__":
    main([float(each) for each in sys.argv[1:]])
