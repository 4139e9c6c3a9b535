"""Camus's pool, LiteLLM's Router and a bare client over the same servers, in turns, in one run."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.table import percentile, verdict
from support.servers import Asked, Fault, OpenAI, Reply, Told

ROOT = Path(__file__).parents[3]
TEXT = "a short answer of eight words for this"
SERVICES = (0.04, 0.06, 0.12, 0.4)
"""Seconds an answer takes at each of four unequal servers, of two slots each."""
OUTAGE_SECONDS, BEFORE, AFTER = 6.0, 2.0, 4.0
SLOW = 1.0


@dataclass(frozen=True, slots=True)
class Contender:
    """A client: its name, the interpreter that runs it, its script, its settings."""

    name: str
    python: str
    script: str
    settings: dict[str, Any]


def contenders(
    litellm: str, *, strategies: tuple[str, ...] = ("simple-shuffle",)
) -> list[Contender]:
    """Camus and the bare client, and LiteLLM with each strategy when its Python is named."""
    found = [
        Contender("camus", sys.executable, "camus_client.py", {}),
        Contender("bare httpx", sys.executable, "raw_client.py", {}),
    ]
    if litellm:
        found += [
            Contender(f"LiteLLM {each}", litellm, "litellm_client.py", {"strategy": each})
            for each in strategies
        ]
    return found


def measure(requests: int, litellm: str) -> None:
    """Print every table; `litellm` is the Python of its environment, empty to leave it out."""
    if not litellm:
        print("\nLiteLLM is left out: name its Python with --litellm (see docs/performance.md).")
    _starts(litellm)
    _calls(requests, litellm)
    _throughput(requests, litellm)
    _unequal(requests, litellm)
    _outages(litellm)


def _command(one: Contender, spec: dict[str, Any]) -> list[str]:
    script = str(Path(__file__).with_name(one.script))
    return [one.python, script, json.dumps({**spec, **one.settings})]


def env_of_clients() -> dict[str, str]:
    path = f"{ROOT / 'server'}{os.pathsep}{ROOT / 'tests'}"
    return {**os.environ, "PYTHONPATH": path, "LITELLM_LOCAL_MODEL_COST_MAP": "True"}


def _ran(one: Contender, spec: dict[str, Any]) -> dict[str, Any]:
    done = subprocess.run(
        _command(one, spec),
        env=env_of_clients(),
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
    if done.returncode:
        raise RuntimeError(f"{one.name}: {done.stderr[-2000:]}")
    result: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return result


@contextmanager
def _servers(*scripts: Callable[[Asked], Any]) -> Iterator[list[OpenAI]]:
    with ExitStack() as stack:
        yield [stack.enter_context(OpenAI(each, models=[Told("m")])) for each in scripts]


def _at_once(_asked: Asked) -> Reply:
    return Reply(TEXT)


def busy(service: float, slots: int) -> Callable[[Asked], Reply]:
    """A server of so many slots: each answer takes `service` seconds of one of them."""
    free = [0.0] * slots

    def script(_asked: Asked) -> Reply:
        now = time.monotonic()
        slot = min(range(slots), key=free.__getitem__)
        free[slot] = max(now, free[slot]) + service
        return Reply(TEXT, first=free[slot] - now)

    return script


def _starts(litellm: str) -> None:
    print("\n**From the start of the process to the first answer**\n\n| | median ms |\n|---|--:|")
    with _servers(*[_at_once] * 4) as servers:
        urls = [server.url for server in servers]
        for one in contenders(litellm):
            took = []
            for _ in range(5):
                start = time.time()
                took.append(_ran(one, {"scenario": "first", "urls": urls})["at"] - start)
            print(f"| {one.name} | {statistics.median(took) * 1e3:.0f} |")
            if one.name == "camus":
                best = statistics.median(took) * 1e3
    verdict("start to first answer", best, 450, "ms")


def _calls(requests: int, litellm: str) -> None:
    print("\n**One request after another, four replicas**\n")
    print("| | processor ms a request | median ms | first text, median ms |\n|---|--:|--:|--:|")
    found: dict[str, dict[str, Any]] = {}
    with _servers(*[_at_once] * 4) as servers:
        spec = {"scenario": "calls", "urls": [s.url for s in servers], "requests": requests}
        for one in contenders(litellm):
            rounds = [_ran(one, spec) for _ in range(3)]
            found[one.name] = best = min(rounds, key=lambda each: each["cpu"])
            median, first = (statistics.median(best[key]) * 1e3 for key in ("waits", "firsts"))
            print(f"| {one.name} | {best['cpu'] * 1e3:.2f} | {median:.2f} | {first:.2f} |")
    over = (found["camus"]["cpu"] - found["bare httpx"]["cpu"]) * 1e3
    late = [statistics.median(found[name]["firsts"]) * 1e3 for name in ("camus", "bare httpx")]
    verdict("processor time over the bare call", over, 0.3, "ms")
    print(f"\nfirst text over the bare call: {late[0] - late[1]:.2f} ms")


def _throughput(requests: int, litellm: str) -> None:
    print("\n**Requests a second on four replicas that answer at once**\n")
    print("| | 1 at once | 16 | 64 |\n|---|--:|--:|--:|")
    with _servers(*[_at_once] * 4) as servers:
        urls = [server.url for server in servers]
        for one in contenders(litellm):
            rates = []
            for concurrency in (1, 16, 64):
                spec = {"scenario": "load", "urls": urls, "requests": requests}
                got = _ran(one, {**spec, "concurrency": concurrency})
                rates.append(f"{len(got['waits']) / got['seconds']:.0f}")
            print(f"| {one.name} | {' | '.join(rates)} |")


def scaling(requests: int) -> None:
    """Print how throughput grows with replicas of one slot each; simulated services.

    They take long enough that the servers, not this machine's processor, are the limit.
    """
    print("\n**Requests a second with K replicas of 200 ms and one slot each, 2 K at once**\n")
    print("| K | a second | of linear |\n|--:|--:|--:|")
    camus, rates = contenders("")[0], dict[int, float]()
    for count in (1, 2, 4, 8):
        with _servers(*(busy(0.2, 1) for _ in range(count))) as servers:
            spec = {"scenario": "load", "urls": [s.url for s in servers]}
            got = _ran(camus, {**spec, "requests": requests * count, "concurrency": 2 * count})
        rates[count] = len(got["waits"]) / got["seconds"]
        print(f"| {count} | {rates[count]:.1f} | {rates[count] / rates[1] / count:.2f} |")
    verdict("of linear growth at K = 8", rates[8] / rates[1] / 8, 0.9, "", least=True)


def _unequal(requests: int, litellm: str) -> None:
    shown = ", ".join(f"{each * 1e3:.0f}" for each in SERVICES)
    print(f"\n**Four unequal servers ({shown} ms an answer, two slots each), 6 at once**\n")
    print("| | median ms | p95 ms | failed | share of the slowest |\n|---|--:|--:|--:|--:|")
    camus = [
        Contender(f"camus {each}", sys.executable, "camus_client.py", {"balancing": each})
        for each in ("response_time", "least_loaded")
    ]
    named = ("simple-shuffle", "least-busy", "latency-based-routing")
    others = contenders(litellm, strategies=named)[1:]
    best = 0.0
    for one in (*camus, *others):
        with _servers(*(busy(each, 2) for each in SERVICES)) as servers:
            spec = {"scenario": "load", "urls": [s.url for s in servers], "requests": requests}
            got = _ran(one, {**spec, "concurrency": 6})
            counts = [len(server.chats) for server in servers]
        p95 = percentile(got["waits"], 0.95) * 1e3
        best = best or p95
        share = counts[-1] / sum(counts)
        middle = statistics.median(got["waits"]) * 1e3
        print(f"| {one.name} | {middle:.0f} | {p95:.0f} | {got['failed']} | {share:.1%} |")
    verdict("p95 on four unequal servers", best, 340, "ms")


def _outages(litellm: str) -> None:
    print(f"\n**One of four replicas out for {OUTAGE_SECONDS:.0f} s, 4 users**\n")
    head = "| | how | requests | failed | over 1 s | asked while out | left alone after s "
    print(f"{head}| used again after s |\n|---|---|--:|--:|--:|--:|--:|--:|")
    worst = {"failed": 0.0, "slowed": 0.0, "again": 0.0}
    for how in ("refused", "500s", "hanging"):
        for one in contenders(litellm):
            if one.name == "bare httpx":
                continue
            seen = _outage(one, how)
            again = f"{seen['again']:.2f}" if seen["again"] < 99 else "never"
            print(
                f"| {one.name} | {how} | {seen['requests']:.0f} | {seen['failed']:.0f} "
                f"| {seen['slowed']:.0f} | {seen['asked']:.0f} | {seen['left']:.2f} | {again} |"
            )
            if one.name == "camus":
                worst = {key: max(worst[key], seen[key]) for key in worst}
    verdict("failed requests in an outage", worst["failed"], 0, "")
    verdict("slowed requests in an outage", worst["slowed"], 8, "")
    verdict("a returned replica in use again", worst["again"], 1, "s")


def _outage(one: Contender, how: str) -> dict[str, float]:
    """What users saw of one outage, and what the server that was out saw of them."""
    scripts = [lambda _asked: Reply(TEXT, first=0.03)] * 4
    with _servers(*scripts) as servers:
        spec = {
            "scenario": "outage",
            "urls": [server.url for server in servers],
            "seconds": BEFORE + OUTAGE_SECONDS + AFTER,
            "concurrency": 4,
        }
        process = subprocess.Popen(
            _command(one, spec),
            env=env_of_clients(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert process.stdout is not None
        while process.stdout.readline().strip() != "begun":
            pass
        time.sleep(BEFORE)
        went = time.monotonic()
        _put_out(servers[0], how)
        time.sleep(OUTAGE_SECONDS)
        _bring_back(servers[0], how)
        back = time.monotonic()
        out, _ = process.communicate(timeout=120)
        seen = json.loads(out.strip().splitlines()[-1])["seen"]
        own = [each.at for each in servers[0].chats if each.body.get("max_tokens") == 64]
    during = [each for each in seen if each[0] + each[1] > went and each[0] < back + 1]
    later = [at - back for at in own if at > back]
    wasted = [at - went for at in own if went < at < back]
    return {
        "requests": len(during),
        "failed": sum(bool(each[2]) for each in during),
        "slowed": sum(each[1] > SLOW and not each[2] for each in during),
        "asked": len(wasted),
        # A port where nobody listens sees nothing of who asks: there the failed and slowed tell.
        "left": max(wasted, default=0.0),
        "again": min(later, default=99.0),
    }


def _put_out(server: OpenAI, how: str) -> None:
    if how == "refused":
        server.stop()
    else:
        fault = Fault("status", status=500) if how == "500s" else Fault("silent")
        server.script = lambda _asked: fault


def _bring_back(server: OpenAI, how: str) -> None:
    server.script = lambda _asked: Reply(TEXT, first=0.03)
    if how == "refused":
        server.start()
