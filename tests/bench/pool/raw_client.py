"""The bare HTTP client: httpx that streams, reads lines and parses each, by turns over servers."""

from __future__ import annotations

import itertools
import json
import time
from typing import Any

import httpx

from bench.pool.harness import Client, main


class Raw:
    """No retry, no choice: what the same bytes cost at the least."""

    def __init__(self, urls: list[str]) -> None:
        self._urls = itertools.cycle(urls)
        limits = httpx.Limits(max_connections=64, max_keepalive_connections=64)
        self._client = httpx.AsyncClient(
            verify=False,
            trust_env=False,
            timeout=60,
            limits=limits,
        )

    async def ask(self, text: str) -> tuple[float, str]:
        body = {
            "model": "m",
            "messages": [{"role": "user", "content": text}],
            "stream": True,
            "max_tokens": 64,
        }
        start, first, pieces = time.perf_counter(), 0.0, []
        url = f"{next(self._urls)}/v1/chat/completions"
        async with self._client.stream("POST", url, json=body) as response:
            response.raise_for_status()
            async for line in response.aiter_lines():
                data = line.removeprefix("data: ")
                if data.startswith("{"):
                    said = json.loads(data)["choices"]
                    piece = said[0]["delta"].get("content") if said else None
                    if piece:
                        first = first or time.perf_counter() - start
                        pieces.append(piece)
        return first, "".join(pieces)

    async def close(self) -> None:
        await self._client.aclose()


async def make(spec: dict[str, Any]) -> Client:
    """The client over the servers of a scenario."""
    return Raw(spec["urls"])


if __name__ == "__main__":
    main(make)
