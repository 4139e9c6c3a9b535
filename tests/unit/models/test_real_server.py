"""The OpenAI backend over a real llama.cpp server, with models made on the spot."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from camus.config import BackendKind
from camus.models import Completion, Limits, Models, Overflow, Sampling
from support.gguf_files import babbling, replaying
from support.llama_servers import llama_server
from support.prompts import cleared, configured, model_at

ANSWER = "```python\ndef double(a):\n    return a * 2\n```\n"
PATIENT = Limits(first_token=60.0, idle=30.0, total=120.0)


@pytest.fixture(scope="module")
def babbler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    path = babbling(tmp_path_factory.mktemp("gguf") / "babble.gguf")
    with llama_server(path, slots=2) as url:
        yield url, path


@asynccontextmanager
async def opened(url: str, path: Path) -> AsyncIterator[Models]:
    model = model_at(url, type=BackendKind.OPENAI, model=str(path))
    models = Models(configured(model), env={})
    try:
        await models.refresh()
        yield models
    finally:
        await models.close()


async def ask(models: Models, text: str = "hi", **more: object) -> Completion:
    sampling = Sampling(**({"temperature": 1.0, "max_tokens": 64} | more))  # type: ignore[arg-type]
    return await models.generate("coder", cleared(text), sampling, PATIENT)


async def test_it_tells_its_window_and_its_slots(babbler: tuple[str, Path]) -> None:
    async with opened(*babbler) as models:
        (profile,) = models.profiles()
        assert (profile.state, profile.window) == ("ready", 4096)
        (replica,) = models.replicas("coder")
        assert (replica.use, replica.limit) == ("yes", 2)


async def test_it_answers_with_exact_text_and_counts(tmp_path: Path) -> None:
    path = replaying(tmp_path / "replay.gguf", ANSWER)
    with llama_server(path) as url:
        async with opened(url, path) as models:
            got = await ask(models, temperature=0.0)
    assert (got.text, got.finish) == (ANSWER, "stop")
    assert (got.usage.prompt_tokens or 0) > 10


async def test_random_weights_keep_to_a_grammar(babbler: tuple[str, Path]) -> None:
    async with opened(*babbler) as models:
        got = await ask(models, grammar=r'root ::= "\"it multiplies\""')
        assert json.loads(got.text) == "it multiplies"


@pytest.mark.parametrize(
    "bound", [{"schema": json.dumps({"enum": ["yes"]})}, {"grammar": "root ::= ("}]
)
async def test_a_server_that_cannot_keep_to_a_form_answers_without(
    babbler: tuple[str, Path], bound: dict[str, str]
) -> None:
    """This llama.cpp refuses schemas with such a template (ggml-org/llama.cpp#22396)."""
    async with opened(*babbler) as models:
        assert (await ask(models, max_tokens=4, **bound)).finish == "length"


async def test_a_prompt_over_its_window_is_an_overflow(babbler: tuple[str, Path]) -> None:
    async with opened(*babbler) as models:
        with pytest.raises(Overflow):
            await ask(models, "word " * 3000)
        assert (await ask(models, max_tokens=2)).finish == "length"


async def test_a_cancelled_answer_leaves_the_server_to_the_next(babbler: tuple[str, Path]) -> None:
    async with opened(*babbler) as models:
        await ask(models, max_tokens=2)
        cancelled = 0
        for wait in (0.0, 0.02, 0.1):  # a machine may be quick enough to have answered by then
            task = asyncio.create_task(ask(models, "x " * 500, max_tokens=2000))
            await asyncio.sleep(wait)
            task.cancel()
            await asyncio.wait((task,))
            cancelled += task.cancelled()
        assert cancelled
        assert (await ask(models, max_tokens=2)).finish == "length"
