"""Steps whose answer is bound to a JSON schema or a grammar, over real servers and llama.cpp."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest

from camus.config import BackendKind
from camus.orchestrator import Orchestrator, Outcome
from camus.routing import Override
from support.engines import document, fenced, request, running
from support.gguf_files import babbling
from support.servers import Asked, Ollama, OpenAI, Told

BEFORE = "def area(width, height):\n    return width * height\n"
FIRST = BEFORE.replace(":\n", ':\n    """Multiply."""\n', 1)
LAST = FIRST.replace("Multiply.", "Multiply width by height.")
WORDS = "`area` multiplies `width` by `height` and returns the product."
CODE = {"type": "object", "properties": {"code": {"type": "string"}}, "required": ["code"]}
KINDS = {BackendKind.OLLAMA: Ollama, BackendKind.OPENAI: OpenAI}
real = pytest.mark.skipif(
    importlib.util.find_spec("llama_cpp") is None, reason="the extra `llama` is not installed"
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


def flags(model: dict[str, Any], *steps: dict[str, Any]) -> dict[str, Any]:
    """One model and a pipeline of steps of it."""
    listed = [{"backend": "coder", **step} for step in steps]
    return {
        "server": {"discover": False},
        "models": {"coder": {"size": "medium", **model}},
        "pipelines": {"bound": {"strategy": "sequential", "steps": listed}},
        "multi_model": {"enabled": True},
    }


async def perform(engine: Orchestrator, root: Path, action: str = "modify") -> Outcome:
    await engine.ready()
    code = document(root, "a.py", BEFORE)
    wish = Override(pipeline="bound")
    asked = request(code, action, "area", instruction="say what it does", override=wish)
    return await engine.perform(asked)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_step_s_schema_reaches_the_server_and_its_json_becomes_the_edit(
    root: Path, kind: BackendKind
) -> None:
    def script(asked: Asked) -> str:
        bound = "format" in asked.body or "response_format" in asked.body
        return json.dumps({"code": FIRST}) if bound else fenced(LAST)

    with KINDS[kind](script, models=[Told("coder")]) as server:
        model = {"type": kind.value, "model": "coder", "url": server.url}
        steps = {"task": "implement_changes", "schema": CODE}, {"task": "implement_changes"}
        async with running(root, flags=flags(model, *steps)) as engine:
            outcome = await perform(engine, root)
    first, second = (chat.body for chat in server.chats)
    sent = first.get("format") or first["response_format"]["json_schema"]["schema"]
    assert sent == CODE
    assert "fits this JSON schema" in first["messages"][-1]["content"]
    assert json.dumps(CODE) in first["messages"][-1]["content"]
    assert not {"format", "response_format"} & second.keys(), "the other step is free"
    assert "JSON schema" not in second["messages"][-1]["content"]
    assert "Multiply." in second["messages"][-1]["content"], "it works on what came before"
    assert outcome.state == "done"
    assert document(root, "a.py", BEFORE).edited(outcome.edits).text == LAST


async def test_a_step_s_grammar_reaches_an_engine_that_takes_one(root: Path) -> None:
    grammar = r"root ::= [^\n]+"
    with OpenAI(WORDS, models=[Told("coder")]) as server:
        model = {"type": "openai", "model": "coder", "url": server.url}
        async with running(root, flags=flags(model, {"grammar": grammar})) as engine:
            outcome = await perform(engine, root, "explain")
    assert server.chats[0].body["grammar"] == grammar
    assert outcome.text.strip() == WORDS


async def test_a_kept_answer_of_a_free_step_does_not_stand_for_a_bound_one(root: Path) -> None:
    with Ollama(json.dumps({"said": WORDS}), models=[Told("coder")]) as server:
        model = {"type": "ollama", "model": "coder", "url": server.url}
        for step in ({}, {"grammar": 'root ::= "x"'}, {"schema": CODE}):
            async with running(root, flags=flags(model, step)) as engine:
                await perform(engine, root, "explain")
        assert len(server.chats) == 3
        async with running(root, flags=flags(model, {"schema": CODE})) as engine:
            await perform(engine, root, "explain")
        assert len(server.chats) == 3, "the same again is kept"


@real
@pytest.mark.parametrize(
    "bound",
    [{"schema": {"enum": [WORDS]}}, {"grammar": f'root ::= "\\"{WORDS}\\""'}],
    ids=["schema", "grammar"],
)
async def test_llama_cpp_keeps_to_what_a_step_asks_for(
    root: Path, tmp_path: Path, bound: dict[str, Any]
) -> None:
    path = babbling(tmp_path / "babble.gguf")
    model = {"type": "llama_cpp", "path": str(path), "threads": 1}
    async with running(root, flags=flags(model, bound)) as engine:
        outcome = await perform(engine, root, "explain")
    assert json.loads(outcome.text) == WORDS, "random weights, and yet this"
