"""Models that go on after they have answered, over real loopback servers."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from camus.config import BackendKind
from camus.orchestrator import Outcome
from camus.routing import Override
from support.engines import document, request, running
from support.servers import Asked, Ollama, OpenAI, Reply, Told

STUB = "def area(width, height):\n    raise NotImplementedError\n"
GOOD = "def area(width, height):\n    return width * height\n"
CODE = f"```python\n{GOOD}```\n"
TALK = " ".join(f"Point {n} is that a product of both is given back." for n in range(200))
ROUND = "The product is given back, and the product of both is what is given back by it. " * 40
KINDS = {BackendKind.OLLAMA: Ollama, BackendKind.OPENAI: OpenAI}
BOTH = pytest.mark.parametrize("kind", KINDS)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


async def answered(
    root: Path, kind: BackendKind, server: Ollama | OpenAI, instruction: str = ""
) -> Outcome:
    entry = {"type": kind.value, "model": "small", "url": server.url}
    flags = {"server": {"discover": False}, "models": {"small": entry}}
    async with running(root, flags=flags) as engine:
        await engine.ready()
        code = document(root, "shapes.py", STUB)
        wish = Override(model="small")
        action = "modify" if instruction else "implement"
        return await engine.perform(
            request(code, action, "area", instruction=instruction, override=wish, several=True)
        )


@BOTH
async def test_talk_after_the_code_is_not_waited_for(root: Path, kind: BackendKind) -> None:
    slow = Reply(CODE + TALK, pause=0.01)
    with KINDS[kind](slow, models=[Told("small")]) as server:
        started = time.monotonic()
        outcome = await answered(root, kind, server)
        whole = len(slow.text.split()) * slow.pause
        assert time.monotonic() - started < whole / 2
        server.wait_free()  # the connection was closed, so that the server stops too
    assert outcome.state == "done"
    assert outcome.task.document.edited(outcome.edits).text == GOOD
    assert "left out what the model said after the code" in outcome.notes


@BOTH
async def test_circles_after_the_code_do_no_harm(root: Path, kind: BackendKind) -> None:
    with KINDS[kind](CODE + ROUND, models=[Told("small")]) as server:
        outcome = await answered(root, kind, server)
    assert outcome.task.document.edited(outcome.edits).text == GOOD


@BOTH
async def test_circles_before_the_code_are_an_error(root: Path, kind: BackendKind) -> None:
    with KINDS[kind](ROUND + CODE, models=[Told("small")]) as server:
        outcome = await answered(root, kind, server)
    assert outcome.state == "no_model"
    assert "repeated itself" in outcome.message
    assert len(outcome.decision.attempts) == 1


@BOTH
async def test_a_reply_for_several_files_is_heard_to_its_end(root: Path, kind: BackendKind) -> None:
    (root / "lines.py").write_text("def length():\n    return 1\n", encoding="utf-8")

    def both(_asked: Asked) -> Reply:
        other = "lines.py\n```python\ndef length():\n    return 2\n```\n"
        return Reply(f"shapes.py\n{CODE}{TALK[:1500]}\n\n{other}")

    with KINDS[kind](both, models=[Told("small")]) as server:
        outcome = await answered(
            root, kind, server, "implement area, and let length in lines.py give back 2"
        )
    assert outcome.task.document.edited(outcome.edits).text == GOOD
    assert [each.edits[0].text for each in outcome.beside] == ["2"]
