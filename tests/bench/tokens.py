"""CPU that Camus adds to each streamed token, beside httpx reading the same bytes and lines.

Only the client's thread is measured; the server has its own. Goal: at most 30 µs more than httpx
that reads lines and parses each as JSON.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable

import httpx

from bench.table import verdict
from camus.config import BackendKind
from camus.models import Limits, Models, Sampling
from support.prompts import cleared, configured, model_at
from support.servers import Ollama, OpenAI, Reply

TOKENS = 1000
ROUNDS = 4
PAUSE = 0.0002
"""Seconds between tokens, so that each arrives by itself, as from a real model."""


async def _bytes(client: httpx.AsyncClient, url: str, body: object) -> None:
    async with client.stream("POST", url, json=body) as response:
        async for _ in response.aiter_raw():
            pass


async def _parsed(client: httpx.AsyncClient, url: str, body: object) -> None:
    async with client.stream("POST", url, json=body) as response:
        async for line in response.aiter_lines():
            data = line.removeprefix("data: ")
            if data.startswith("{"):
                json.loads(data)


async def _least(work: Callable[[], Awaitable[object]]) -> float:
    """Microseconds of this thread's CPU for a token, the least of some rounds."""
    spent = []
    for _ in range(ROUNDS):
        start = time.thread_time()
        await work()
        spent.append(time.thread_time() - start)
    return min(spent) / TOKENS * 1e6


async def measure(kind: type[Ollama | OpenAI]) -> dict[str, float]:
    """Microseconds a token: bytes alone, lines as JSON, Camus."""
    ollama = kind is Ollama
    path = "/api/chat" if ollama else "/v1/chat/completions"
    body = {"model": "qwen2.5-coder:7b", "messages": [{"role": "user", "content": "x"}]}
    protocol = BackendKind.OLLAMA if ollama else BackendKind.OPENAI
    text = "".join(f"token{n} " for n in range(TOKENS))
    with kind(Reply(text, pause=PAUSE)) as server:
        models = Models(configured(model_at(server.url, type=protocol)), env={})
        await models.refresh()
        async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
            url = server.url + path
            result = {
                "httpx, bytes": await _least(lambda: _bytes(client, url, body)),
                "httpx, lines as JSON": await _least(lambda: _parsed(client, url, body)),
                "camus": await _least(
                    lambda: models.generate("coder", cleared("x"), Sampling(), Limits())
                ),
            }
        await models.close()
    return result


def main() -> None:
    """Print both protocols."""
    for kind in (Ollama, OpenAI):
        spent = asyncio.run(measure(kind))
        camus = spent["camus"]
        print(f"\n**A streamed token, {kind.__name__}'s protocol**\n\n| | µs |\n|---|--:|")
        for name, micros in spent.items():
            print(f"| {name} | {micros:.1f} |")
        verdict("over httpx that parses lines", camus - spent["httpx, lines as JSON"], 30, "µs")
