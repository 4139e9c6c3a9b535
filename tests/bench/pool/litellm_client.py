"""LiteLLM's Router as a client of the harness; runs in an environment of its own.

`litellm-requirements.lock` beside this folder pins that environment. Imports nothing of Camus.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import litellm
from harness import Client, main

litellm.suppress_debug_info = True
litellm.telemetry = False


class Lite:
    """Its Router with its own defaults, but for the strategy that a scenario names."""

    def __init__(self, urls: list[str], strategy: str) -> None:
        deployments = [
            {
                "model_name": "m",
                "litellm_params": {"model": "openai/m", "api_base": f"{url}/v1", "api_key": "x"},
            }
            for url in urls
        ]
        self._router = litellm.Router(model_list=deployments, routing_strategy=strategy)

    async def ask(self, text: str) -> tuple[float, str]:
        start, first, pieces = time.perf_counter(), 0.0, []
        messages = [{"role": "user", "content": text}]
        stream = await self._router.acompletion(
            model="m", messages=messages, stream=True, max_tokens=64
        )
        async for chunk in stream:
            piece = chunk.choices[0].delta.content if chunk.choices else None
            if piece:
                first = first or time.perf_counter() - start
                pieces.append(piece)
        return first, "".join(pieces)

    async def close(self) -> None:
        """Nothing to end."""


async def make(spec: dict[str, Any]) -> Client:
    """The client over the servers of a scenario."""
    return Lite(spec["urls"], spec.get("strategy", "simple-shuffle"))


if __name__ == "__main__":
    main(make)
